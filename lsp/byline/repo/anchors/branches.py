"""On which branch a commit was made, as reflogs tell. Pure."""

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


def branches(
    logs: Mapping[str, Sequence[Entry]], current: Mapping[str, str | None], known: frozenset[str]
) -> dict[str, str]:
    """The branch each commit was made on.

    `logs` are all reflogs by name, `current` the branch that each HEAD (`HEAD`, `worktrees/NAME/HEAD`) is on now, and
    `known` the names of the branches there are. The log of a branch tells best; commits that were made while HEAD was
    detached, as in a rebase, and those of branches that are gone, are in the log of a HEAD alone.
    """
    found: dict[str, str] = {}
    for name, log in sorted(logs.items()):
        if name.startswith("refs/heads/"):
            for entry in log:
                if is_made_here(entry.message):
                    found.setdefault(entry.new, name.removeprefix("refs/heads/"))
    for name, log in sorted(logs.items()):
        if name == "HEAD" or name.startswith("worktrees/"):
            for commit, branch in branch_of(log, current.get(name), known).items():
                found.setdefault(commit, branch)
    return found


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
