"""The other worktrees that a shell command works in: `cd F && …`, `git -C F …`, `sed -i … F/name`, `… > F/name`.

A shell event tells of one worktree, that of the agent's folder. A command that goes to another one, or from outside
into a repository, has an event for each. The text of the command is all that is known: what a script changes
elsewhere is told by nothing.
"""

from byline_hooks import system
from byline_hooks.observation import Observation
from byline_hooks.place import find_repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST = 1 << 12
"""Characters of a command that are looked at, without the texts that stand in it."""
_MOST_NAMED = 16
MOST = 3
"""Worktrees beside the agent's own: each costs a run of git."""
_GOES = ("cd", "pushd")
_INTO = ("-C", "--cwd", "--directory", "--prefix", "--work-tree")
_WRITERS = ("cp", "mv", "patch", "perl", "rm", "sed", "tee", "touch")
"""Programs whose words name the files that they write."""
_BEFORE = frozenset("builtin command do else env exec if nohup sudo then time until while ! {".split())
"""Words that a program comes after."""
_UNREAD = "$`*?"
"""What the shell would have to work out first."""


def observations(seen: Observation, env: "Mapping[str, str]") -> list[Observation]:
    """What a shell event is for the worktrees that its command goes to besides."""
    command = seen.fields.get("command")
    base = seen.cwd if system.is_absolute(seen.cwd) else system.cwd()
    if not isinstance(command, str) or not base:
        return []
    home = env.get("HOME") or env.get("USERPROFILE") or ""
    project = env.get("CLAUDE_PROJECT_DIR", "")  # where the agent began: its folder follows `cd`, also in between
    bases = [base, project] if system.is_absolute(project) and project != base else [base]
    named = [folder for start in bases for folder in folders(command, start, home) if folder != base]
    if not named:
        return []
    known = [find_repository(base)]
    found: list[Observation] = []
    for folder in [*dict.fromkeys([*named, *bases[1:]])][:_MOST_NAMED]:
        place = find_repository(folder)
        if place is None or place in known or len(found) == MOST:
            continue
        known.append(place)
        other = Observation(seen.event, {**seen.fields, "beside": True}, cwd=place.worktree)
        other.transcript = seen.transcript
        found.append(other)
    return found


def folders(command: str, base: str, home: str) -> list[str]:
    """The folders that a command line goes to, and files that it names to write them, as absolute paths.

    base: where it begins; home: the user's, or "". Pure. Neither `.` and `..` nor links are worked out.
    """
    walk = _Walk(base, home)
    for sign, word in _pieces(_without_texts(command)[:_LONGEST]):
        if sign:
            walk.end(sign)
        else:
            walk.read(word)
    return walk.found


class _Walk:
    """Where a command line is, word by word."""

    def __init__(self, base: str, home: str) -> None:
        self.found: list[str] = []
        self._here = base
        self._home = home
        self._outer: list[str] = []
        self._program = ""
        self._is_named = False
        """The next word is a path: a redirection, or an option that names a folder, stands before it."""

    def end(self, sign: str) -> None:
        """A command is over, or goes on into a file."""
        if sign == ">":
            self._is_named = True
            return
        if sign == "(":
            self._outer.append(self._here)
        elif sign == ")" and self._outer:
            self._here = self._outer.pop()
        self._program, self._is_named = "", False

    def read(self, word: str) -> None:
        """The next word of a command."""
        if self._is_named:
            self._is_named = False
            self._note(word)
        elif not self._program:
            self._program = "" if word in _BEFORE or _is_variable(word) else word.rpartition("/")[2]
        elif self._program in _GOES:
            self._here = self._note(word) if not word.startswith("-") else ""  # `cd -`
        elif word in _INTO:
            self._is_named = True
        elif word.startswith("--"):
            option, _, value = word.partition("=")
            if option in _INTO:
                self._note(value)
        elif word.startswith("-C"):
            self._note(word[2:])
        elif self._program in _WRITERS and "/" in word and not word.startswith("-"):
            self._note(word)

    def _note(self, word: str) -> str:
        path = _path(self._here, word, self._home)
        if path:
            self.found.append(path)
        return path


def _without_texts(command: str) -> str:
    """A command line without what stands between `<<EOF` and `EOF`."""
    start = command.find("<<")
    while start >= 0 and not command.startswith("<<<", start):
        body = command.find("\n", start)
        name = command[start + 2 : body].lstrip("- ").partition(" ")[0].rstrip(";)").strip("'\"\\")
        end = command.find(f"\n{name}", body) if body >= 0 and name else -1
        if end < 0:
            break
        command = command[:body] + command[end + 1 + len(name) :]
        start = command.find("<<", start + 2)
    return command


def _is_variable(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()


def _path(here: str, word: str, home: str) -> str:
    """The absolute path; "" where it cannot be told."""
    for start in ("~", "$HOME", "${HOME}"):
        if home and (word == start or word.startswith(f"{start}/")):
            word = home + word[len(start) :]
    if not word or word.startswith(("~", "//", "\\\\")) or any(letter in _UNREAD for letter in word):
        return ""
    return system.join(here, word) if here or system.is_absolute(word) else ""


def _pieces(command: str) -> "Iterator[tuple[str, str]]":
    """The words of a command line, each as `("", word)`, and what ends one, as `(sign, "")`: `;`, `(`, `)` or `>`."""
    word: str | None = None
    quote = ""
    is_escaped = False
    for letter in [*command, ";"]:
        if is_escaped:
            is_escaped = False
            word = (word or "") + letter if letter != "\n" else word
        elif quote:
            if letter == quote:
                quote = ""
            else:
                word = (word or "") + letter
        elif letter in "'\"":
            quote, word = letter, word or ""
        elif letter == "\\" and not system.WINDOWS:
            is_escaped = True
        elif letter in " \t;&|\n()<>":
            if word is not None and not (letter in "<>" and word.isdigit()):
                yield "", word
            word = None
            if letter not in " \t<":
                yield letter if letter in "()>" else ";", ""
        else:
            word = (word or "") + letter
