"""What a shell command plainly does: run git, bring texts with it, write what stands in the command."""

import re
import shlex
from collections.abc import Sequence
from functools import lru_cache

_MOVERS = frozenset(
    "am apply checkout checkout-index cherry-pick merge pull read-tree rebase reset restore revert stash"
    " switch".split()
)
_WORDS = re.compile(r"[\s;&|()`'\"]+")
PARTS = re.compile(r"(&&|\|\||[;|\n])")
"""What stands between the commands of a command line."""
_ENDS = re.compile(r"[;&|\n]")
_QUIET = re.compile(r"(?:\d|&)?>>?\s*(?:/dev/null|/dev/stderr|/dev/stdout)|\d?>&[\d-]|<\s*/dev/null")
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
_GOES = re.compile(
    r"""(?:^|[\s;&|({])(?:cd|pushd|-C|--git-dir|--work-tree)[\s=]+(?:(?:--|-P|-L)\s+)?["']?([^\s"';&|)]*)"""
)
_REMOVES = re.compile(r"\b(?:rm|mv|unlink)\b")
_TAKES = re.compile(r"\bstash (?:apply|branch|pop|show)\b")
_OLDER = re.compile(r"\bstash(?:@\{| (?:apply|branch [^\s;&|]+|pop|show)(?: -[^\s;&|]+)* \d+(?![\w>]))")
_REPEATS = re.compile(r"\bdo\b|\bxargs\b")
_OPENS = re.compile(r"\$\(|<\(|`")
_GROUPED = re.compile(r"[)}]\s*[|>]")
_CLOSES = re.compile(r"[)`;|&\n]")
_LONGEST = 300
"""Characters of a command within another one's words that are looked at."""
_INTO_FILES = frozenset("bash git patch python python3 sh sponge tar tee xargs".split())
"""Programs that may put into files what they read from a pipe."""
_RULES = re.compile(r"\.git(?:ignore)?\b")

Parts = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=16)  # one call asks several things of its command, and does so for each file that changed
def parts(command: str | None) -> Parts | None:
    """The commands of a command line, as words; None for none, and where it can't be parsed or writes to a file."""
    if not command or any(sign in command for sign in ("`", "$(", "<(", ">(")):
        return None
    try:
        lexer = shlex.shlex(_QUIET.sub(" ", command).replace("\n", " ; "), posix=True, punctuation_chars=True)
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


def moves_texts(command: str | None) -> bool:
    """Whether a command runs git commands that bring texts from elsewhere."""
    if prints_texts(command):
        return True
    found = parts(command)
    if found is None:
        return _names_mover(command or "")
    runs = map(run_of, found)
    # What git is told to write into a message is no command.
    return any(_brings_texts(words) if name == "git" else _names_mover(" ".join(words)) for name, words in runs)


def _brings_texts(words: Sequence[str]) -> bool:
    """Whether a git command, from the subcommand on, brings texts; who begins a branch where HEAD is brings none."""
    told = [word for word in words if word not in ("-q", "--quiet")]
    begins = len(told) == 3 and told[0] in ("checkout", "switch") and told[1] in ("-b", "-c", "--create")
    return bool(told) and told[0] in _MOVERS and not begins


@lru_cache(maxsize=16)
def prints_texts(command: str | None) -> bool:
    """Whether a command has git print the text of a file (`git show REV:PATH`), and not only for somebody to see."""
    if not command or "git" not in command:
        return False
    told = _QUIET.sub(" ", command)
    within = (told[found.end() : found.end() + _LONGEST] for found in _OPENS.finditer(told))
    if any(_prints(_CLOSES.split(piece, maxsplit=1)[0]) for piece in within):
        return True
    pieces, cuts = PARTS.split(told)[::2], [*PARTS.split(told)[1::2], ""]
    is_grouped = _GROUPED.search(told) is not None  # `{ git show REV:PATH; echo x; } > PATH`
    return any(_prints(piece) and (is_grouped or _is_kept(pieces[at:], cuts[at:])) for at, piece in enumerate(pieces))


def _prints(piece: str) -> bool:
    name, words = run_of(piece.strip(" \t({!").split())
    if name != "git" or not words:
        return False
    return words[0] in ("archive", "cat-file") or (words[0] == "show" and any(":" in word for word in words))


def _is_kept(pieces: Sequence[str], cuts: Sequence[str]) -> bool:
    """Whether a file has what the first of some commands prints; `cuts`: what stands behind each."""
    for at, (piece, cut) in enumerate(zip(pieces, cuts, strict=True)):
        if ">" in piece or (at and run_of(piece.split())[0] in _INTO_FILES):
            return True
        if cut != "|":
            return False
    return False


def takes_older_stash(command: str | None) -> bool:
    """Whether a command may take another stash than the newest: then nobody knows what was in it."""
    told = command or ""
    if "stash" not in told:
        return False
    taken = len(_TAKES.findall(told))
    return (
        bool(_OLDER.search(told))
        or taken > 1
        or (taken == 1 and ("stash drop" in told or bool(_REPEATS.search(told))))
    )


def carries(command: str | None, worktree: str | None, *, encloses: bool) -> bool:
    """Whether a command line has git bring texts and leaves the worktree that it begins in.

    What it has there committed or stashed elsewhere may be anybody's. `encloses`: another worktree is below this one.
    """
    if not moves_texts(command):
        return False
    return any(encloses or _is_outside(found[1], worktree) for found in _GOES.finditer(command or ""))


def _is_outside(folder: str, worktree: str | None) -> bool:
    """Whether a folder, as a command names it, may be outside the worktree."""
    if worktree is not None and f"{folder}/".startswith(f"{worktree}/") and ".." not in folder:
        return False
    return folder.startswith(("/", "..", "~", "$", "`", "-", "\\")) or folder[1:2] == ":" or "/.." in folder


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


def _names_mover(words: str) -> bool:
    return not _MOVERS.isdisjoint(words_of(words))
