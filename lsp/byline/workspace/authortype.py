"""Who made a commit: a person, an agent, both, or a machine. Pure."""

from typing import Literal

from byline.model import Event
from byline.repo.anchors.format import AuthorType
from byline.repo.commits import CommitObject

AT_ONCE = 120
"""Seconds within which a merge that was made here is told of. One that was only fetched is older."""


def of(
    commit: CommitObject, event: Event | None, in_shell: bool, *, has_sessions: bool
) -> tuple[AuthorType, Literal["observed", "derived"]]:
    """The author type of a commit, and how it is known.

    event: what a hook told of it. in_shell: a session's shell call was seen making it. has_sessions: whether sessions
    have a step of their own in it. An editor or a git client stands for a terminal.
    """
    if event is not None and not _speaks_of(commit, event):
        event = None
    if event is not None and event.ci:
        return "automated", "observed"
    if in_shell or (event is not None and event.agent is not None):
        return "agent", "observed"
    if event is None or event.tty is None:
        return ("assisted" if has_sessions else "human"), "derived"
    if event.tty or event.client:
        return ("assisted" if has_sessions else "human"), "observed"
    return ("agent" if has_sessions else "automated"), "observed"


def _speaks_of(commit: CommitObject, event: Event) -> bool:
    """A merge is also told of when it only brought commits of others, the newest of which HEAD names then."""
    if event.event != "merge":
        return True
    return len(commit.parents) > 1 and abs(event.at // 1_000_000_000 - commit.committer.time) <= AT_ONCE
