"""Who made a commit, from what git's hooks told."""

from typing import Any

import msgspec
import pytest

from byline.model import Event
from byline.repo.commits import CommitObject, Person
from byline.workspace.authortype import of
from byline.workspace.evidence import Evidence
from byline.workspace.journal import Journal

ADA = Person("Ada", "ada@example.org", 1000, "+0000")
COMMIT = "c" * 40


def commit(parents: int = 1) -> CommitObject:
    return CommitObject(
        id=COMMIT, tree="t" * 40, parents=("p" * 40,) * parents, author=ADA, committer=ADA, message="m"
    )


def event(kind: str = "commit", at: int = 1000, **more: Any) -> Event:
    return Event(v=1, id="e", at=at * 10**9, event=kind, source="git", head=COMMIT, **more)


@pytest.mark.parametrize(
    ("more", "in_shell", "with_sessions", "without"),
    [
        ({"tty": True}, False, "assisted", "human"),
        ({"tty": False}, False, "agent", "automated"),
        ({"tty": False, "client": "vscode"}, False, "assisted", "human"),
        ({"tty": True, "agent": "claude"}, False, "agent", "agent"),
        ({"tty": True}, True, "agent", "agent"),
        ({"tty": True, "agent": "claude", "ci": True}, True, "automated", "automated"),
    ],
)
def test_what_was_observed(more: dict[str, Any], in_shell: bool, with_sessions: str, without: str) -> None:
    assert of(commit(), event(**more), in_shell, has_sessions=True) == (with_sessions, "observed")
    assert of(commit(), event(**more), in_shell, has_sessions=False) == (without, "observed")


def test_nothing_was_observed() -> None:
    assert of(commit(), None, False, has_sessions=True) == ("assisted", "derived")
    assert of(commit(), None, False, has_sessions=False) == ("human", "derived")
    assert of(commit(), None, True, has_sessions=False) == ("agent", "observed")


def test_a_merge_that_was_only_fetched_was_not_observed() -> None:
    assert of(commit(2), event("merge", 1001, tty=True), False, has_sessions=False) == ("human", "observed")
    assert of(commit(1), event("merge", 1001, tty=False), False, has_sessions=False) == ("human", "derived")
    assert of(commit(2), event("merge", 5000, tty=False), False, has_sessions=False) == ("human", "derived")


@pytest.mark.parametrize("worktree", ["/w", None])
def test_the_commit_itself_says_more_than_a_merge_after_it(worktree: str | None) -> None:
    here: dict[str, Any] = {"worktree": worktree}
    merge, made = event("merge", tty=False, **here), event("commit", tty=True, **here)
    other = Event(v=1, id="x", at=1, event="write", head="d" * 40, **here)
    for events in ([merge, made, other], [other, made, merge]):
        journal = Journal(lambda old, new: frozenset())
        journal.add(msgspec.structs.replace(one, id=f"e{number}") for number, one in enumerate(events))
        told = Evidence(journal).told_by_git(COMMIT)
        assert told is not None
        assert (told.event, told.tty) == ("commit", True)
        assert Evidence(journal).told_by_git("d" * 40) is None
