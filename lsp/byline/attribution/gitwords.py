"""The git commands in a command line, by their words: what they take away, and bring back. Pure."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from byline.attribution.commands import IMPORTERS, OF_GIT, PARTS, run_of, unredirected, uses_git
from byline.attribution.spoken import spoken

_KEPT_STASHES = frozenset("apply drop list pop show".split())
_ANY_FILE = frozenset(". :/ -f --force --discard-changes".split())
"""Words with which a checkout, restore or switch means all files."""
_MOST_WORDS = 200
_LONGEST_WORD = 300
"""Words of one git command that are looked at, and their letters: patterns of file names may be anything."""


@lru_cache(maxsize=4)  # one call is asked about for each file that changed
def _git_commands(command: str | None) -> list[list[str]]:
    """The words of the git commands in a command line, from the subcommand on."""
    told = spoken(command)
    found = unredirected(told) or [piece.split() for piece in PARTS.split(told)[::2]]
    return [words for name, words in map(run_of, found) if name == "git" and words]


def takes(command: str | None, path: str) -> bool:
    """Whether a command line is to take away what a file has that is in no commit."""
    return any(_takes(words, path) for words in _git_commands(command))


def keeps_stash(command: str | None) -> bool:
    """Whether a command line does with stashes what makes none."""
    return any(words[0] == "stash" and not _KEPT_STASHES.isdisjoint(words[1:2]) for words in _git_commands(command))


def resets_hard(command: str | None) -> bool:
    """Whether a command line has git take away all that is in no commit."""
    return any(map(_resets_hard, _git_commands(command)))


def pops(command: str | None) -> bool:
    """Whether a command line has git bring back what a stash holds."""
    return any(words[0] == "stash" and words[1:2] in (["pop"], ["apply"]) for words in _git_commands(command))


def runs_unknown(command: str | None) -> bool:
    """Whether a command line runs git under another name: an alias, or a tool that wraps it."""
    told = _git_commands(command)
    return uses_git(command) and (not told or any(words[0] not in OF_GIT | IMPORTERS for words in told))


def _resets_hard(words: Sequence[str]) -> bool:
    return words[0] == "reset" and "--hard" in words


def _takes(words: Sequence[str], path: str) -> bool:
    if words[0] in ("revert", "stash"):
        return True
    if words[0] not in ("checkout", "restore", "switch"):
        return _resets_hard(words)
    if not {"--staged", "-S"}.isdisjoint(words) and {"--worktree", "-W"}.isdisjoint(words):
        return False
    return any(word in _ANY_FILE or _is_for(word, path, plain="--" not in words) for word in words[1:_MOST_WORDS])


def _is_for(word: str, path: str, *, plain: bool) -> bool:
    """Whether a word is a name of the file, from wherever the command runs, or of a folder that holds it.

    `plain`: a folder's name alone may be a branch's.
    """
    if len(word) > _LONGEST_WORD:
        return False
    if fnmatchcase(path.rpartition("/")[2], word.rpartition("/")[2]):
        return True
    return (word.endswith("/") or not plain) and f"/{word.strip('/')}/" in f"/{path}"
