"""On which branch a commit was made, and which commits were made here, as reflogs tell. Pure."""

import re
from collections.abc import Mapping, Sequence

from byline.repo.reflog import Entry

_CHECKOUT = re.compile(r"checkout: moving from (\S+) to (\S+)$")
_FINISH = re.compile(r"rebase(?: -i)? \(finish\): returning to refs/heads/(\S+)$")
_STARTS = re.compile(r"(?:pull.*|rebase(?: -i)?) \(start\)|rebase(?:: checkout| finished)")
_MADE = re.compile(
    r"commit(?: \((?:initial|amend|merge|cherry-pick)\))?:"
    r"|(?:pull|rebase)\b.*\((?:pick|reword|edit|squash|fixup|continue|merge)\)"
    r"|rebase: |cherry-pick: |revert: |am: |(?:merge|pull)\b.*: Merge made by"
)
_COMMIT_NAME = re.compile(r"[0-9a-f]{7,64}$|.*[~^]|HEAD\b|.*@\{")


def is_made_here(message: str) -> bool:
    """Whether a reflog entry tells of a commit that was made, not of one that was only gone to."""
    return bool(_MADE.match(message)) and not _STARTS.match(message)


def made_since(log: Sequence[Entry], first_head: str | None, seconds: int) -> list[str]:
    """The commits that HEAD came to by being made, since HEAD was `first_head` at the time `seconds`.

    Either is enough: dates of commits can be set at will, and HEAD can return to where it was.
    """
    before = max((place for place, entry in enumerate(log) if entry.new == first_head), default=None)
    if first_head is None:
        before = -1
    return [
        entry.new
        for place, entry in enumerate(log)
        if is_made_here(entry.message) and (entry.time >= seconds or (before is not None and place > before))
    ]


def branch_of(log: Sequence[Entry], current: str | None, known: frozenset[str]) -> dict[str, str]:
    """The branch HEAD was on when it first came to each commit; none while it was detached.

    `current` is HEAD's branch now, `known` are the names of the branches there are.
    """
    found: dict[str, str] = {}
    names = _branches_along(log, current, known)
    for entry, name in zip(log, names, strict=True):
        if name and is_made_here(entry.message):
            found.setdefault(entry.new, name)
    return found


def _branches_along(log: Sequence[Entry], current: str | None, known: frozenset[str]) -> list[str | None]:
    """The branch HEAD was on at each entry, going backwards from now."""
    names: list[str | None] = [None] * len(log)
    here = current
    rebased: str | None = None
    for place in range(len(log) - 1, -1, -1):
        message = log[place].message
        if finish := _FINISH.match(message):
            rebased = finish[1]
        names[place] = rebased or here
        if rebased and _STARTS.match(message):
            here, rebased = rebased, None
        elif moved := _CHECKOUT.match(message):
            names[place] = _branch(moved[2], known)
            here = _branch(moved[1], known)
    return names


def _branch(name: str, known: frozenset[str]) -> str | None:
    return name if name in known or not _COMMIT_NAME.match(name) else None


def merged(logs: Mapping[str, Sequence[Entry]]) -> dict[str, list[Entry]]:
    """The logs of every worktree's HEAD, by name."""
    return {name: list(log) for name, log in logs.items() if name == "HEAD" or name.startswith("worktrees/")}
