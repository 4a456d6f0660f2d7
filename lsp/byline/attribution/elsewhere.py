"""The lines of a path in other commits: who has such a line anew need not have written it. Pure."""

from collections.abc import Iterator

from byline.attribution.bringing import takes_older_stash
from byline.attribution.gitwords import pops
from byline.attribution.marks import exact_keys, telling
from byline.attribution.unseen import lines_in
from byline.attribution.world import Caller, History

_SETTLED = ("commit (cherry-pick)", "commit (merge)")
"""What HEAD's log calls commits that end a conflict: who takes both its sides has some lines twice."""
_MOST_OTHERS = 400
"""Commits of a path whose texts are looked through for lines that are not new."""


def elsewhere(history: History, commit: str | None, path: str, before: int, *, beside: bool = False) -> set[bytes]:
    """The lines of a path in other commits, also under the names that git says it was renamed from.

    Commits that were not there yet when it was made, or at the event at position `before`, are none of them: they
    may have the lines from it.
    `beside`: only commits that `commit` does not come from.
    """
    found: set[bytes] = set()
    for blob in () if beside else history.older(path)[:_MOST_OTHERS]:
        text = history.text(blob, path)
        found.update(exact_keys(text.lines) if text else ())
    for name in {path, *old_names(history, path)}:
        others = history.touching(name) - {commit or ""}
        if beside and commit is not None:
            others = {other for other in others if not history.reaches(commit, other)}
        for other in sorted(others)[:_MOST_OTHERS]:
            if history.may_have_been(other, before, commit):
                found.update(lines_in(history, other, name))
    return found


def lines_before(history: History, commit: str, path: str, caller: Caller) -> set[bytes]:
    """Lines that the call which made a commit may have from other commits: it is no writer of those.

    In a plain commit they may only be from a commit beside it, squashed in the same call; where the call moves
    texts, a conflict that it settled may have left no other word of what it picked or reverted.
    """
    birth = history.birth(commit)
    if birth is None:
        return set()
    if birth.action.startswith(_SETTLED):
        return telling(elsewhere(history, commit, path, birth.before))
    if birth.action.startswith("commit"):
        there = telling(elsewhere(history, commit, path, birth.before, beside=not caller.moves))
        return there | telling(lines_in(history, caller.stash if caller.moves else None, path))
    return elsewhere(history, commit, path, birth.before)


def popped_for(history: History, commit: str, path: str) -> str | None:
    """The stash that the shell call which made a commit says it pops; it is in no list of stashes any more."""
    caller = history.shell_of(commit, path)
    if caller is None or takes_older_stash(caller.command):
        return None
    return caller.stash if pops(caller.command) and caller.stash not in history.stashes() else None


def old_names(history: History, path: str) -> Iterator[str]:
    """The paths that git says `path` was renamed from, or may have been, by any commit."""
    for commit in sorted(history.touching(path)):
        parents = history.parents(commit)
        if parents and history.entry(parents[0], path) is None:
            yield from history.rename_sources(parents[0], commit, path)
