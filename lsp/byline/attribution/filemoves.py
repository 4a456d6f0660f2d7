"""Files that a shell command moves: what `mv` and `git mv` put where, by the words of the command. Pure."""

import re
from posixpath import basename, normpath

from byline.attribution.bringing import carries, moves_texts
from byline.attribution.commands import IMPORTERS, parts, run_of, unredirected, words_of
from byline.attribution.spoken import spoken
from byline.model import Event

_GOES = re.compile(r"""\s*cd\s+("[^"$`]*"|'[^']*'|[^\s;&|"'$`]+)\s*(?:&&|;|\n)(.*)""", re.DOTALL)
Moves = list[tuple[list[str], str]]
"""What is moved, and where to, as the command spells it."""


def from_root(command: str | None, event: Event) -> str | None:
    """A command line without the `cd` to the root of an event's worktree that it begins with."""
    found = _GOES.fullmatch(command or "")
    if found is None or event.worktree is None:
        return command
    folder = normpath(found[1].strip("\"'"))
    goes = folder.startswith(("/", "..", "~")) and basename(folder) == basename(event.worktree)
    return found[2] if folder == event.worktree or (event.beside and goes) else command


def carries_here(command: str | None, event: Event, *, encloses: bool) -> bool:
    """Whether what a command has git bring into an event's worktree may be from another one where it worked, too.

    encloses: another worktree is below this one.
    """
    return carries(from_root(command, event), event.worktree, encloses=encloses)


def brings_files(command: str | None, path: str) -> bool:
    """Whether the new file `path` may have come from elsewhere: it was moved there, or git has it from afar."""
    words = words_of(spoken(command))
    if "mv" in words and (moves_texts(command) or _may_move_to(command, path)):
        return True
    if "git" not in words or IMPORTERS.isdisjoint(words):
        return False
    folders = {part.removesuffix(".git") for word in words for part in re.split("[/=]", word)}
    return path == ".gitmodules" or not folders.isdisjoint(path.split("/"))


def puts_over(command: str | None, path: str) -> bool:
    """Whether a command has git move a file to `path`, which is there already: git tells of no rename then."""
    runs = [run_of(part) for part in unredirected(command) or ()]
    return any(name == "git" and words[:1] == ["mv"] for name, words in runs) and bool(moved_to(command, path))


def may_put_over(command: str | None, path: str) -> bool:
    """Whether a command may move a file that it did not write to `path`, which is there already."""
    return "mv" in words_of(spoken(command)) and _may_move_to(command, path, by_git=True)


def _may_move_to(command: str | None, path: str, *, by_git: bool = False) -> bool:
    """Whether a `mv` names the path, or a folder above it, as where something goes; where it can't be read it may.

    What the same command line has written before it is not from elsewhere. `by_git`: `git mv` counts as well.
    """
    told = spoken(command)
    runs = [run_of(part) for part in unredirected(told) or ()]
    moves = [words for name, words in runs if name == "mv" or (name == "git" and words[:1] == ["mv"])]
    if len(moves) < words_of(told).count("mv"):
        return True
    plain = [words for words in moves if words and words[0] != "mv"]
    if by_git:
        plain += [words[1:] for words in moves if words[:1] == ["mv"] and len(words) > 1]
    if any(word.startswith(("-t", "--target")) for words in plain for word in words):
        return True
    return any(_may_go_to(into, path) and not all(_is_made(one, told) for one in rest) for *rest, into in plain)


def _may_go_to(target: str, path: str) -> bool:
    name = target.rstrip("/").rpartition("/")[2]
    return name in path.split("/") or name in ("", ".", "..") or any(letter in name for letter in "$*?~")


def _is_made(name: str, command: str) -> bool:
    """Whether an earlier redirection or option of the command line says that it writes this file."""
    return name.startswith("-") or bool(re.search(rf"(?:>|-o|--output|tee)[= ]*{re.escape(name)}(?![\w./])", command))


def names_move(command: str | None, old: str, new: str) -> bool:
    """Whether a command line says that the file `old` is moved to `new`, both below the folder that it begins in.

    A command that changes the folder, or that puts something else in the place of `old`, says nothing.
    """
    moved: list[tuple[str, str]] = []
    for part in parts(command) or ():
        name, words = run_of(part)
        if name in ("cd", "pushd", "popd") or "-C" in part:
            return False
        if name == "git" and words[:1] == ["mv"]:
            words = words[1:]
        elif name != "mv":
            continue
        if any(word.startswith(("-t", "--target")) for word in words):
            return False
        *sources, into = [normpath(word) for word in words if not word.startswith("-")] or [""]
        moved += [(source, place) for source in sources for place in (into, normpath(f"{into}/{basename(source)}"))]
    if any(f"{old}/".startswith(f"{place}/") for _, place in moved):
        return False
    return any(
        f"{old}/".startswith(f"{source}/") and normpath(f"{place}/{old[len(source) :]}") == new
        for source, place in moved
    )


def moved_to(command: str | None, path: str) -> list[str] | None:
    """The files that a command line moves to `path`, as it spells them from where it begins.

    None where that cannot be read: it changes the folder, or may move more there than it plainly names.
    """
    moves = _moves(command)
    found: list[str] = []
    for number, (sources, into) in enumerate(moves or ()):
        exact = [one for source in sources if (one := _moved_from(source, into, path, len(sources) > 1))]
        if not exact and _may_go_to(into, path):
            return None
        found += [_before(one, (moves or [])[:number]) for one in exact]
    return found or None


def _moves(command: str | None) -> Moves | None:
    """All that a command line moves; None where it does so in a way that can't be read."""
    found: Moves = []
    for part in unredirected(command) or ():
        name, words = run_of(part)
        if name in ("cd", "pushd", "popd") or "-C" in part:
            return None
        if name == "git" and words[:1] == ["mv"]:
            words = words[1:]
        elif name == "git":
            continue
        elif name != "mv":
            if "mv" in words_of(" ".join(words)):
                return None  # `xargs mv`, `sh -c 'mv …'`
            continue
        if any(word.startswith(("-t", "--target")) for word in words):
            return None
        *sources, into = [word for word in words if not word.startswith("-")] or [""]
        found.append((sources, into))
    return found


def _before(name: str, moves: Moves) -> str:
    """What a file was called before all these moves."""
    for sources, into in reversed(moves):
        name = next((one for each in sources if (one := _moved_from(each, into, name, len(sources) > 1))), name)
    return name


def _moved_from(source: str, into: str, path: str, is_folder: bool) -> str | None:
    """The file that is `path` after `mv SOURCE INTO`: the source, or one below it; None where there is none.

    is_folder: `INTO` is one, whatever it looks like.
    """
    source = normpath(source)
    inside = normpath(f"{into}/{basename(source)}")
    places = (inside,) if is_folder or into.endswith("/") else (inside, normpath(into))
    if path in places:
        return source
    return next((source + path[len(place) :] for place in places if path.startswith(f"{place}/")), None)
