"""What git took away during a call: what stands there afterwards need not come from it, however alike."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from byline.attribution.call import Call
from byline.attribution.commands import IMPORTERS, OF_GIT, PARTS, run_of, unredirected, uses_git
from byline.attribution.fate import Fate, fate, survives, whole_runs
from byline.attribution.marks import Mark, Version, exact_keys, telling
from byline.attribution.merge import carry
from byline.attribution.spoken import spoken
from byline.attribution.typed import is_typed
from byline.attribution.unseen import merging_sources
from byline.model import Owner

_KEPT_STASHES = frozenset("apply drop list pop show".split())
_ANY_FILE = frozenset(". :/ -f --force --discard-changes".split())
"""Words with which a checkout, restore or switch means all files."""
_MOST_WORDS = 200
_LONGEST_WORD = 300
"""Words of one git command that are looked at, and their letters: patterns of file names may be anything."""


def without_taken(call: Call, version: Version) -> Version:
    """Lines that the call found, but that git has taken away since, are the caller's where they stand in its command.

    Others of them are nobody's, beside lines that nobody had, if anything of what the call found is missing.
    """
    was, became = call.current.version, _became(call)
    if was is None or became is Fate.STAYS or call.world.entry(call.after.head, call.path) == call.text.id:
        return version
    committed = call.world.committed(call.after.head, call.path)
    there = [committed] if committed is not None else []
    there += merging_sources(call.world, call.path, call.after)  # what a conflict brings back was not taken away
    sure = carry(version.lines, there)
    found = {id(mark) for mark in was.marks}
    keys = exact_keys(version.lines)
    is_in_doubt = [
        old is None and mark.owner.session_id != call.owner.session_id and id(mark) in found
        for mark, old in zip(version.marks, sure, strict=True)
    ]
    if not any(is_in_doubt):
        return version
    if became is Fate.DOUBTFUL:
        lacks = not survives(was, version.lines, there)
    else:
        lacks = bool(telling(exact_keys(was.lines)).difference(keys, *(exact_keys(one.lines) for one in there)))
    own, nobody = Mark(call.owner), Mark(Owner("unknown", "no evidence: git may have taken it away", seq=call.end))
    open_lines = [mark if mark.owner is not call.owner else None for mark in version.marks]
    whole = whole_runs(
        [None if doubt else mark for mark, doubt in zip(open_lines, is_in_doubt, strict=True)], open_lines
    )

    def kept(k: int, mark: Mark) -> Mark:
        if not is_in_doubt[k]:
            return mark
        if became is Fate.GONE and is_typed(keys[k], call.command):
            return own
        return nobody if lacks and (whole[k] is None or became is Fate.GONE) else mark

    return Version(version.text, [kept(k, mark) for k, mark in enumerate(version.marks)])


def _became(call: Call) -> Fate:
    """What became, during the call, of what it found."""
    world, path, before, after = call.world, call.path, call.before, call.after
    found = call.current.id
    if after.stash != before.stash and after.stash is not None and world.entry(after.stash, path) == found:
        return Fate.GONE
    movements = world.movements(after.worktree, call.begin, call.end)
    became = fate(found, movements, lambda commit: world.entry(commit, path))
    told = _git_commands(call.command)
    if before.stash == after.stash and any(map(_keeps_stash, told)):
        return Fate.STAYS
    is_tracked = any(world.entry(head, path) for head in (before.head, after.head))  # others a reset leaves alone
    if (
        became is Fate.DOUBTFUL
        and is_tracked
        and any(map(_resets_hard, told))
        and not movements[-1].action.startswith("commit")
    ):
        return Fate.GONE
    return Fate.DOUBTFUL if became is Fate.STAYS and any(_takes(words, path) for words in told) else became


@lru_cache(maxsize=4)  # one call is asked about for each file that changed
def _git_commands(command: str | None) -> list[list[str]]:
    """The words of the git commands in a command line, from the subcommand on."""
    told = spoken(command)
    found = unredirected(told) or [piece.split() for piece in PARTS.split(told)[::2]]
    return [words for name, words in map(run_of, found) if name == "git" and words]


def pops(command: str | None) -> bool:
    """Whether a command line has git bring back what a stash holds."""
    return any(words[0] == "stash" and words[1:2] in (["pop"], ["apply"]) for words in _git_commands(command))


def runs_unknown(command: str | None) -> bool:
    """Whether a command line runs git under another name: an alias, or a tool that wraps it."""
    told = _git_commands(command)
    return uses_git(command) and (not told or any(words[0] not in OF_GIT | IMPORTERS for words in told))


def _keeps_stash(words: Sequence[str]) -> bool:
    return words[0] == "stash" and not _KEPT_STASHES.isdisjoint(words[1:2])


def _resets_hard(words: Sequence[str]) -> bool:
    return words[0] == "reset" and "--hard" in words


def _takes(words: Sequence[str], path: str) -> bool:
    """Whether a git command is to take away what a file has that is in no commit."""
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
