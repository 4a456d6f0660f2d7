"""What a shell command plainly does: run git, look, change what git overlooks. Pure."""

import re
import shlex
from collections.abc import Sequence
from functools import lru_cache

_WORDS = re.compile(r"[\s;&|()`'\"]+")
PARTS = re.compile(r"(&&|\|\||[;|\n])")
"""What stands between the commands of a command line."""
_ENDS = re.compile(r"[;&|\n]")
QUIET = re.compile(r"(?:\d|&)?>>?\s*(?:/dev/null|/dev/stderr|/dev/stdout)|\d?>&[\d-]|<\s*/dev/null")
"""Redirections that change no file."""
_REDIRECTED = re.compile(r"\d?>>?\s*[^\s;&|<>]+|<<?-?\s*[^\s;&|<>]+")
OF_GIT = frozenset(
    "add blame branch cat-file checkout cherry-pick clean commit config describe diff fetch gc grep init log ls-files"
    " ls-tree merge mv notes pull push rebase reflog remote reset restore rev-list rev-parse revert rm shortlog show"
    " sparse-checkout stash status switch tag update-index worktree".split()
)
"""Subcommands that write no text but what is in the repository; `apply` and `am` take it from elsewhere."""
IMPORTERS = frozenset(("clone", "read-tree", "submodule", "subtree"))
"""Subcommands of git that make files of another repository's."""
_MOVES_OR_MAKES = OF_GIT | IMPORTERS
_LOOKS = frozenset(": [ cat cd date echo exit export grep head ls printf pwd set sleep tail test true wc".split())
"""Commands that write no file but by a redirection."""
_READS = frozenset("cat cmp df diff du file find grep head ls ps pwd rg sleep stat tail wc which".split())
"""Commands that are run to look, or to wait, and write no file but by a redirection."""
_FIND_WRITES = frozenset(("-delete", "-exec", "-execdir", "-fls", "-fprint", "-fprint0", "-fprintf", "-ok", "-okdir"))
_REMOVES = re.compile(r"\b(?:rm|mv|unlink)\b")
_RULES = re.compile(r"\.git(?:ignore)?\b")

Parts = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=16)  # one call asks several things of its command, and does so for each file that changed
def parts(command: str | None) -> Parts | None:
    """The commands of a command line, as words; None for none, and where it can't be parsed or writes to a file."""
    if not command or any(sign in command for sign in ("`", "$(", "<(", ">(")):
        return None
    try:
        lexer = shlex.shlex(QUIET.sub(" ", command).replace("\n", " ; "), posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError:
        return None
    found: list[list[str]] = [[]]
    for word in words:
        if word.strip("<>") == "" or (">" in word and word.strip("<>&|") == ""):
            return None
        if word.strip("&|;(){}") == "":
            found.append([])
        else:
            found[-1].append(word)
    return tuple(tuple(part) for part in found if part)


def only_git(command: str | None) -> bool:
    """Whether a command line runs git alone: what it puts into files is nobody's typing, markers of conflicts too."""
    programs = [_program(part) for part in parts(command) or ()]
    return "git" in programs and all(program in ("git", "looks") for program in programs)


def only_reads(command: str | None) -> bool:
    """Whether a command line plainly looks or waits, and nothing else: what changes meanwhile is not its doing."""
    found = parts(command)
    if not found:
        return False
    runs = [run_of(part) for part in found]
    names = {name for name, _ in runs}
    if _READS.isdisjoint(names) or not names <= _READS | _LOOKS:
        return False
    return not any(name == "find" and not _FIND_WRITES.isdisjoint(words) for name, words in runs)


def _program(part: Sequence[str]) -> str:
    """`git`, where it only moves what is in the repository; `looks`, where nothing is changed; else `other`."""
    name, words = run_of(part)
    if name != "git":
        return "looks" if name in _LOOKS else "other"
    runs_others = words[:1] == ["rebase"] and any(word.startswith(("-x", "--exec")) for word in words)
    runs_others = runs_others or words[:2] == ["submodule", "foreach"]
    return "git" if words and words[0] in _MOVES_OR_MAKES and not runs_others else "other"


def run_of(part: Sequence[str]) -> tuple[str, list[str]]:
    """The program that a command runs, and its words; of git from the subcommand on."""
    words = list(part)
    while words and "=" in words[0]:
        words.pop(0)  # a variable
    name = words.pop(0).rsplit("/", 1)[-1] if words else "true"
    while name == "git" and words and words[0].startswith("-"):
        if words.pop(0) in ("-C", "-c", "--git-dir", "--work-tree"):
            del words[:1]
    return name, words


def uncovers(command: str | None) -> bool:
    """Whether a command may have git list what it ignored, without a listed file that shows it."""
    words = (command or "").lower()
    if "info/exclude" in words or "excludesfile" in words:
        return True
    found = ((piece, _REMOVES.search(piece)) for piece in _ENDS.split(words))
    return any(removes and _RULES.search(piece, removes.end()) for piece, removes in found)


def uses_git(command: str | None) -> bool:
    """Whether a command line may run git, directly or through a tool that wraps it."""
    if not command:
        return False
    padded = f" {command.replace(chr(10), ' ')} "
    return any(
        sign in padded
        for sign in (" git ", "\tgit ", "/git ", "(git ", ";git ", "&git ", " gh ", " hub ", " gt ", " jj ")
    )


def unredirected(command: str | None) -> Parts | None:
    """`parts` of a command line that may read and write files by redirections, which are left out."""
    return parts(_REDIRECTED.sub(" ", command or ""))


def tells_index(command: str | None) -> bool:
    """Whether a command has git change what it overlooks (`git update-index`)."""
    found = unredirected(command)
    if found is None:
        return "update-index" in words_of(command)
    return any(name == "git" and words[:1] == ["update-index"] for name, words in map(run_of, found))


def words_of(command: str | None) -> list[str]:
    """What stands between blanks, quotes and operators."""
    return [word for word in _WORDS.split(command or "") if word]
