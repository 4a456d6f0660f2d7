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
    found: list[str] = []
    here, outer = base, list[str]()
    program, is_named = "", False
    for sign, word in _pieces(_without_texts(command)[:_LONGEST]):
        if sign == ">":
            is_named = True
        elif sign:
            if sign == "(":
                outer.append(here)
            elif sign == ")" and outer:
                here = outer.pop()
            program, is_named = "", False
        elif is_named or (program in _GOES and not word.startswith("-")) or _names_file(program, word):
            path = _path(here, word, home)
            if path:
                found.append(path)
            if program in _GOES and not is_named:
                here = path
            is_named = False
        elif not program:
            program = "" if word in _BEFORE or _is_variable(word) else word.rpartition("/")[2]
        elif word in _INTO:
            is_named = True
        elif word.startswith(("--", "-C")):
            option, _, value = word.partition("=") if word.startswith("--") else ("-C", "", word[2:])
            if option in _INTO and value and (path := _path(here, value, home)):
                found.append(path)
        elif program in _GOES:
            here = ""  # `cd -`
    return found


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


def _names_file(program: str, word: str) -> bool:
    return program in _WRITERS and "/" in word and not word.startswith("-")


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
