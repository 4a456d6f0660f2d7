"""Where a shell command works, by its words: the folders it goes to, and the files it names to write them. Pure.

The text of the command is all that is known: what a script changes elsewhere is told by nothing.
"""

from byline_hooks import system
from byline_hooks.words import pieces, unrolled

TYPE_CHECKING = False
if TYPE_CHECKING:
    Worked = tuple[str, str]
    """A path, and what is done there: `folder` (anything below it may change), `file` (it alone, be it a folder) or
    `git` (only what git does)."""

_MOST_WITHIN = 1 << 14
"""Characters of commands within commands, each as often as it is run."""
_DEEPEST = 3
"""Shells within shells."""
_GOES = ("cd", "popd", "pushd")
_INTO = ("-C", "--cwd", "--directory", "--prefix")
_SHELLS = ("bash", "dash", "sh", "zsh")
_WRITERS = ("patch", "tee", "touch")
"""Programs whose words name the files that they write."""
_PUTTERS = ("cp", "install", "ln", "mv", "rsync")
"""Programs whose last word names what they write."""
_IN_PLACE = ("perl", "sed")
_BEFORE = frozenset(
    "builtin command do else env exec if nice nohup sudo then time timeout until while xargs ! {".split()
)
"""Words that a program comes after, perhaps with options and numbers of their own."""
_LOOKS = frozenset(
    ": [ [[ awk basename break cat cksum cmp column comm continue cut date df diff dirname done du echo esac exit"
    " export false fi file fmt fold grep head hexdump hostname id join jq less local ls md5sum more nl od paste pgrep"
    " printf ps pwd read readlink realpath return rev rg rm seq set sha1sum sha256sum shift sleep sort stat strings"
    " tac tail test tr trap tree true type ulimit umask uname uniq unset wait wc which whoami xxd }".split()
)
"""Programs that write no lines but by a redirection: who runs them in a folder only looks there, or tidies."""
_GIT_LOOKS = frozenset(
    "blame branch cat-file config describe diff fetch for-each-ref grep log ls-files ls-remote ls-tree merge-base"
    " push reflog remote rev-list rev-parse shortlog show status tag worktree".split()
)
_LONGEST_WORD = 1 << 12
_GLOBS = "*?"
_UNREAD = f"$`{_GLOBS}"
"""What the shell would have to work out first."""


def worked_in(command: str, base: str, home: str) -> "list[Worked]":
    """Where a command line works, as absolute paths; neither `.` and `..` nor links are worked out.

    base: where it begins, which is left out; home: the user's, or "".
    """
    walk = _Walk(base, home)
    walk.follow(command, 0)
    return [one for one in dict.fromkeys(walk.found) if one[0] != base]


class _Walk:
    """Where a command line is, command by command."""

    def __init__(self, base: str, home: str) -> None:
        self.found: list[Worked] = []
        self._within = 0
        self._here = base
        self._left: list[str] = []
        """The folders that `popd` goes back to."""
        self._told = {"HOME": home} if home else {}
        """Variables whose values are plainly said."""

    def follow(self, command: str, depth: int) -> None:
        """A whole command line."""
        self._within += len(command) if depth else 0
        if self._within > _MOST_WITHIN:
            return
        outer: list[str] = []
        words: list[str] = []
        begun = self._here
        is_target = False
        for sign, word in unrolled(pieces(command)):
            if not sign and is_target:
                self._note(word, "file")
            elif not sign:
                words.append(word)
            is_target = sign == ">"
            if sign and not is_target:
                here = self._here
                self._run(words, depth)
                words = []
                # A part of a pipe, and a list in the background, go to a folder for themselves.
                self._here = here if sign == "|" else begun if sign == "&" else self._here
            if sign == "(":
                outer.append(self._here)
            elif sign == ")" and outer:
                self._here = outer.pop()
            if sign in (";", "&"):
                begun = self._here

    def _run(self, words: list[str], depth: int) -> None:
        """One command."""
        if "xargs" in words and _changes_in_place(words):
            self._anything([])  # the files are told by another program
        words = self._program(words)
        if not words:
            return
        program, rest = words[0].rpartition("/")[2], words[1:]
        plain = [word for word in rest if not word.startswith("-")]
        if program in _GOES:
            self._go(program, rest, plain)
        elif program == "git":
            self._git(rest)
        elif program == "eval" or (program in _SHELLS and "-c" in rest and plain):
            here = self._here
            if depth < _DEEPEST:
                self.follow(" ".join(rest) if program == "eval" else plain[0], depth + 1)
            self._here = self._here if program == "eval" else here
        elif (files := _written(program, rest, plain)) is not None:
            self._write(program, files, rest)
        elif program == "find":
            if plain and not {"-exec", "-execdir"}.isdisjoint(rest):
                self._note(plain[0], "folder")
        elif program not in _LOOKS:
            self._anything(rest)

    def _write(self, program: str, files: list[str], rest: list[str]) -> None:
        """Into files that a command names."""
        for word in files:
            self._note(word, "file")
        if program in _IN_PLACE:
            after_e = (word for before, word in zip(["", *rest], rest, strict=False) if _says_script(before))
            scripts = [*files[:1], *after_e]
            if any("$" in self._filled(word) or "`" in word for word in files if word not in scripts):
                self._anything([])  # which they are is not told, but mostly they lie where it works

    def _go(self, program: str, rest: list[str], plain: list[str]) -> None:
        """To another folder."""
        if program == "popd":
            self._here = self._left.pop() if self._left else ""
        else:
            self._left += [self._here] if program == "pushd" else []
            self._here = "" if "-" in rest else self._path(plain[0] if plain else "$HOME")

    def _program(self, words: list[str]) -> list[str]:
        """A command from its program on; what is said of variables is remembered."""
        while words:
            name, equals, value = words[0].partition("=")
            if equals and name.isidentifier():
                if len(words) == 1:
                    self._told[name] = self._filled(value)
                words = words[1:]
            elif words[0] in _BEFORE:
                words = words[1:]
                while words and (words[0].startswith("-") or words[0][:1].isdigit()):
                    words = words[1:]
            else:
                break
        return words

    def _git(self, rest: list[str]) -> None:
        """What git does is nobody's writing, but a commit may be the call's."""
        at = self._here
        words = [*rest]
        while words and words[0].startswith("-"):
            option = words.pop(0)
            if option == "-C" and words:
                at = self._path(words.pop(0), at)
            elif option == "-c" and words:
                words.pop(0)
        if not at or not words or words[0] in _GIT_LOOKS:
            return
        self.found.append((at, "folder" if words[0] in ("am", "apply") else "git"))
        if words[0] == "mv" and (into := self._path(words[-1], at)):
            self.found.append((into, "file"))

    def _anything(self, rest: list[str]) -> None:
        """A program that may write what it likes: below the folder that it is told to work in, or where it runs."""
        for number, word in enumerate(rest):
            option, _, value = word.partition("=")
            if word in _INTO and number + 1 < len(rest):
                return self._note(rest[number + 1], "folder")
            if option in _INTO and value:
                return self._note(value, "folder")
            if word.startswith("-C") and len(word) > 2:
                return self._note(word[2:], "folder")
        if self._here:
            self.found.append((self._here, "folder"))
        return None

    def _note(self, word: str, what: str) -> None:
        word = self._filled(word)
        if any(letter in word for letter in _GLOBS) and "$" not in word and "`" not in word:
            folder = word.partition("*")[0].partition("?")[0].rpartition("/")[0]
            word, what = folder or ("/" if word.startswith("/") else "."), "folder"
        path = self._path(word)
        if path:
            self.found.append((path, what))

    def _path(self, word: str, here: str | None = None) -> str:
        """The absolute path; "" where it cannot be told."""
        here = self._here if here is None else here
        if word == "~" or word.startswith("~/"):
            word = f"$HOME{word[1:]}"
        word = self._filled(word, here)
        if not word or word.startswith(("~", "/dev/", "//", "\\\\")) or any(letter in _UNREAD for letter in word):
            return ""
        return system.join(here, word) if here or system.is_absolute(word) else ""

    def _filled(self, word: str, here: str | None = None) -> str:
        """A word with the values of variables, as far as they are said; one that becomes too long as it is."""
        first, *rest = word.split("$")
        made = first
        for part in rest:
            size = 0
            while size < len(part) and (part[size].isalnum() or part[size] == "_"):
                size += 1
            name, after = part[:size], part[size:]
            if part[:1] == "{":
                name, _, after = part[1:].partition("}")
            value = (self._here if here is None else here) if name == "PWD" else self._told.get(name)
            made += f"{value}{after}" if value else f"${part}"
            if len(made) > _LONGEST_WORD:
                return word
        return made


def _written(program: str, rest: list[str], plain: list[str]) -> list[str] | None:
    """The files that a command names to write them; None of a program that does not say."""
    if program in _WRITERS:
        return plain
    if program in _IN_PLACE:
        return plain if any(_says_in_place(program, word) for word in rest) else []
    if program == "dd":
        return [word[3:] for word in rest if word.startswith("of=")]
    if program in _PUTTERS:
        told = [word.partition("=")[2] for word in rest if word.startswith("--target-directory=")]
        told += rest[rest.index("-t") + 1 :][:1] if "-t" in rest else []
        return told or plain[-1:]
    return None


def _changes_in_place(words: list[str]) -> bool:
    return any(_says_in_place(one, word) for one in _IN_PLACE if one in words for word in words[words.index(one) :])


def _says_script(word: str) -> bool:
    return word.startswith("-") and word.endswith("e")


def _says_in_place(program: str, word: str) -> bool:
    if word.startswith(("-i", "--in-place")):
        return True
    if program == "sed" and word[:1] == "-" and word[1:].lstrip("nErsuz")[:1] == "i":
        return True
    return program == "perl" and word[:1] == "-" and word[1:2] != "-" and "i" in word.partition("e")[0]
