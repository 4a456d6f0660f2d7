"""Sessions as anchors tell of them: a colleague's, of which this machine has no event, and one's own of long ago."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from byline.errors import GitFailed
from byline.moment import nanoseconds
from byline.repo.anchors import listing
from byline.repo.run import Git
from byline.sessions.facts import Facts
from byline.store.index import Index
from byline.workspace.place import Place

if TYPE_CHECKING:
    from byline.repo.anchors.format import SessionLink

_VERSION = 2
"""Another number forgets what was kept: to be raised when the same anchors make other sessions."""
_NEVER_NULL = ("tool_calls", "tool_failures", "subagent_count", "compact_count")
_SAME = ("model", "link_type", "is_estimated", "thinking_duration_ms", "parent_session_id", "subagent_type",
         "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "tool_calls", "tool_usage",
         "tool_failures", "compact_count", "context_tokens", "context_window_size", "subagent_count", "bash_commands",
         "peer_session_ids")  # fmt: skip


class Anchored(msgspec.Struct):
    """One session by the anchors that name it."""

    facts: Facts
    source: str
    """`anchor`, or `oobo` where only that tool's branch has it."""
    remote: str | None
    """The remote it was fetched from; None where this clone's own branch has it."""
    duration_secs: int | None = None
    commits: list[str] = []
    """Those with a step of the session, the newest first."""
    untold: list[str] = []
    """Counts of which the anchor says nothing; in `facts` they are 0."""


class _Kept(msgspec.Struct):
    version: int
    tips: list[listing.Tip]
    sessions: list[Anchored]


def find(place: Place | None, env: Mapping[str, str], index: Index | None) -> dict[str, Anchored]:
    """Every session that an anchor names, by id; kept in the index until a branch of anchors moves."""
    if place is None:
        return {}
    git = Git(Path(place.worktree), env=env)
    try:
        tips = listing.tips(git)
        if not tips:
            return {}
        kept = _kept(index)
        if kept is None or kept.tips != tips:
            kept = _Kept(_VERSION, tips, _read(git))
            if index is not None:
                with contextlib.suppress(UnicodeEncodeError):
                    index.put("sessions", "anchored", msgspec.msgpack.encode(kept))
    except GitFailed:
        return {}
    return {one.facts.session_id: one for one in kept.sessions}


def _kept(index: Index | None) -> _Kept | None:
    data = index.get("sessions", "anchored") if index is not None else None
    try:
        kept = msgspec.msgpack.decode(data, type=_Kept) if data else None
    except (msgspec.MsgspecError, ValueError):
        return None
    return kept if kept is not None and kept.version == _VERSION else None


def _read(git: Git) -> list[Anchored]:
    from byline.repo.anchors.order import newest_first
    from byline.repo.anchors.read import Anchors
    from byline.repo.objects import Objects

    found: dict[str, Anchored] = {}
    with Objects(git) as objects:
        anchors = Anchors(git, objects)
        commits = anchors.commits()
        anchors.load(commits)
        told = newest_first((one for commit in sorted(commits) for one in anchors.of(commit)), objects)
        for stored in told:
            commit, seconds = stored.anchor.commit_hash, stored.anchor.committed_at
            tool, _, remote = stored.source.partition(":")
            for link in anchors.links(stored):
                one = found.get(link.session_id)
                if one is None:
                    facts = _facts(link, nanoseconds(seconds))
                    untold = [name for name in _NEVER_NULL if getattr(link, name) is None]
                    one = Anchored(facts, tool, remote or None, link.duration_secs, untold=untold)
                    found[link.session_id] = one
                _join(one, link, commit, remote)
    return list(found.values())


def _join(one: Anchored, link: "SessionLink", commit: str, remote: str) -> None:
    """What one more anchor adds: its commit and its files. The newest tells the rest: counts only grow."""
    if commit not in one.commits:
        one.commits.append(commit)
    one.facts.files_written = tuple(dict.fromkeys((*one.facts.files_written, *(link.files_touched or ()))))
    one.remote = one.remote if remote else None


def _facts(link: "SessionLink", at: int) -> Facts:
    told: dict[str, Any] = {name: value for name in _SAME if (value := getattr(link, name)) is not None}
    return Facts(session_id=link.session_id, agent=link.agent, last_activity=at, **told)
