"""What a shell command may have git bring into files: texts of commits, of stashes, of another folder. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from byline.attribution.commands import PARTS, QUIET, parts, run_of, words_of
from byline.attribution.spoken import spoken

_MOVERS = frozenset(
    "am apply checkout checkout-index cherry-pick merge pull read-tree rebase reset restore revert stash"
    " switch".split()
)
_GOES = re.compile(
    r"""(?:^|[\s;&|({'"])(?:cd|pushd|-C|--git-dir|--work-tree|GIT_DIR|GIT_WORK_TREE)[\s=]+(?:(?:--|-P|-L)\s+)?"""
    r"""["']?([^\s"';&|)]*)["']?([ \t]+[a-z-]+)?"""
)
_ONLY_LOOKS = frozenset("branch fetch log ls-files push remote rev-list rev-parse status tag worktree".split())
"""Subcommands of git that bring no text, and print none that is not committed."""
_TAKES = re.compile(r"\bstash (?:apply|branch|pop|show)\b")
_OLDER = re.compile(r"\bstash(?:@\{|\s+(?:apply|branch\s+[^\s;&|]+|pop|show)(?:\s+-[^\s;&|]+)*[ \t]+[^\s;&|)<>-])")
_REPEATS = re.compile(r"\bdo\b|\bxargs\b")
_OPENS = re.compile(r"\$\(|<\(|`")
_GROUPED = re.compile(r"(?:[)}]|\bdone|\bfi|\besac)\s*[|>]|\(\)\s*\{|\bfunction\s|\w=git\b|\beval\b|\bexec\s+\d+>")
"""What is printed somewhere between goes on together, or under a name that is called later."""
_CLOSES = re.compile(r"[)`;|&\n]")
_CONTINUES = re.compile(r"\\\n|(?<=\|)[ \t]*\n")
_QUOTES = str.maketrans("'\"", "  ")
_LONGEST = 300
"""Characters of a command within another one's words that are looked at."""
_INTO_FILES = frozenset(
    "bash cp csplit dd git install node patch python python3 ruby sh split sponge tar tee while xargs zsh".split()
)
"""Programs that may put into files what they read from a pipe."""
_WRITES = re.compile(r"\bw\s")
"""Of `sed`: into a file."""
_WHOLE = frozenset(("archive", "cat-file", "unpack-file"))
_PARTS_OF_TEXTS = frozenset("annotate blame diff difftool format-patch range-diff show".split())
_NAMES_ONLY = frozenset("--exit-code --name-only --name-status --numstat --quiet --shortstat --stat -q -s".split())
_COUNTS = re.compile(r"-[a-zA-Z]*[cLl]|--count|--files-with(?:out)?-match(?:es)?|--name-only")
"""Of `git grep`: no lines."""


def moves_texts(command: str | None) -> bool:
    """Whether a command runs git commands, or `patch`, that bring texts from elsewhere."""
    if prints_texts(command) or _patches(command or ""):
        return True
    told = spoken(command)
    found = parts(told)
    if found is None:
        return _names_mover(told)
    runs = map(run_of, found)
    # What git is told to write into a message is no command.
    return any(_brings_texts(words) if name == "git" else _names_mover(" ".join(words)) for name, words in runs)


def _patches(command: str) -> bool:
    """Whether a command runs `patch`: what it takes its lines from, git may have printed."""
    if "patch" not in command:
        return False
    return any(run_of(piece.strip(" \t({!").split())[0] == "patch" for piece in PARTS.split(command)[::2])


def _brings_texts(words: Sequence[str]) -> bool:
    """Whether a git command, from the subcommand on, brings texts; who begins a branch where HEAD is brings none."""
    told = [word for word in words if word not in ("-q", "--quiet")]
    begins = len(told) == 3 and told[0] in ("checkout", "switch") and told[1] in ("-b", "-c", "--create")
    return bool(told) and told[0] in _MOVERS and not begins


def _names_mover(words: str) -> bool:
    return not _MOVERS.isdisjoint(words_of(words))


@lru_cache(maxsize=16)
def prints_texts(command: str | None) -> bool:
    """Whether a command has git print the text of a file (`git show REV:PATH`), and not only for somebody to see."""
    if not command or "git" not in command:
        return False
    told = _CONTINUES.sub(" ", QUIET.sub(" ", spoken(command))).translate(_QUOTES)
    within = (told[found.end() : found.end() + _LONGEST] for found in _OPENS.finditer(told))
    if any(_prints(_CLOSES.split(piece, maxsplit=1)[0]) == "whole" for piece in within):
        return True
    pieces, cuts = PARTS.split(told)[::2], [*PARTS.split(told)[1::2], ""]
    is_grouped = _GROUPED.search(told) is not None  # `{ git show REV:PATH; echo x; } > PATH`
    return any(_prints(piece) and (is_grouped or _is_kept(pieces[at:], cuts[at:])) for at, piece in enumerate(pieces))


def _prints(piece: str) -> str:
    """`whole` where git prints a file's text, behind whatever words; `part` where it prints lines of it; or empty."""
    told = piece.replace("(", " ").replace("{", " ").replace("=git", " git").split()
    at = next((at for at, word in enumerate(told) if word.rpartition("/")[2] == "git"), None)
    if told[:1] in (["echo"], ["printf"]):
        return ""
    name, words = run_of(told[at:]) if at is not None else ("", [])
    if name != "git" or not words:
        return ""
    if words[0] in _WHOLE or (words[0] == "show" and any(":" in word for word in words)):
        return "whole"
    return "part" if _prints_lines(words) else ""


def _prints_lines(words: Sequence[str]) -> bool:
    match words[0]:
        case "log":
            return not {"-p", "-u", "--patch"}.isdisjoint(words)
        case "stash":
            return words[1:2] == ["show"]
        case "grep":
            return not any(_COUNTS.fullmatch(word) for word in words)
        case name:
            return name in _PARTS_OF_TEXTS and _NAMES_ONLY.isdisjoint(words)


def _is_kept(pieces: Sequence[str], cuts: Sequence[str]) -> bool:
    """Whether a file has what the first of some commands prints; `cuts`: what stands behind each."""
    for at, (piece, cut) in enumerate(zip(pieces, cuts, strict=True)):
        name = run_of(piece.split())[0] if at else ""
        if ">" in piece or name in _INTO_FILES or (name == "sed" and _WRITES.search(piece)):
            return True
        if cut != "|":
            return False
    return False


def takes_older_stash(command: str | None) -> bool:
    """Whether a command may take another stash than the newest: then nobody knows what was in it."""
    if not command or "stash" not in command:
        return False
    told = QUIET.sub(" ", spoken(command))
    taken = [found.start() for found in _TAKES.finditer(told)]
    if _OLDER.search(told) or len(taken) > 1:
        return True
    return bool(taken) and ("stash drop" in told[: taken[0]] or bool(_REPEATS.search(told)))


def carries(command: str | None, worktree: str | None, *, encloses: bool) -> bool:
    """Whether a command line has git bring texts and leaves the worktree that it begins in.

    What it has there committed or stashed elsewhere may be anybody's. `encloses`: another worktree is below this one.
    """
    if not moves_texts(command):
        return False
    return any(_leaves(found, worktree, encloses=encloses) for found in _GOES.finditer(spoken(command)))


def _leaves(found: re.Match[str], worktree: str | None, *, encloses: bool) -> bool:
    folder, subcommand = found[1], (found[2] or "").strip()
    if folder in (".", "./") or (found[0].strip().startswith("-C") and subcommand in _ONLY_LOOKS):
        return False
    return encloses or _is_outside(folder, worktree)


def _is_outside(folder: str, worktree: str | None) -> bool:
    """Whether a folder, as a command names it, may be outside the worktree."""
    if worktree is not None and f"{folder}/".startswith(f"{worktree}/") and ".." not in folder:
        return False
    unknown = any(sign in folder for sign in "{%*?")
    return (
        unknown or folder.startswith(("/", "..", "~", "$", "`", "-", "\\")) or folder[1:2] == ":" or "/.." in folder
    )
