"""Deeds of people, sessions and formatters on files."""

from random import Random
from typing import Any

from fuzz.ledger import change_blanks, number_of
from fuzz.teller import FILES, PEOPLE, SESSIONS, Teller
from story.dialects import Claude


def changed(teller: Teller, who: str, lines: list[str], rng: Random) -> list[str]:
    """The text after `who` has worked on it: lines put in, replaced and taken out in one to three places."""
    lines = list(lines)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(lines) + 1)
        gone = rng.choice((0, 0, 0, 1, 2, 3))
        new = 0 if gone and rng.random() < 0.35 else rng.choice((1, 1, 2, 3, 5))
        lines[at : at + gone] = teller.ledger.new_lines(who, new, rng)
    return lines


def _pick_file(teller: Teller, rng: Random) -> str | None:
    files = teller.files()
    return rng.choice(files) if files else None


def edit(teller: Teller, rng: Random) -> None:
    """Somebody edits a file; a session's event may carry the positions."""
    who, path = rng.choice(PEOPLE), _pick_file(teller, rng)
    if path is None:
        return
    lines = teller.lines(path)
    if who in SESSIONS and rng.random() < 0.3:
        at = rng.randrange(len(lines) + 1)
        new = teller.ledger.new_lines(who, rng.choice((1, 2, 4)), rng, noise=True)
        hint = {"inserted_after": at, "count": len(new)}
        teller.write(who, path, lines[:at] + new + lines[at:], hint)
        return
    tool = {"tool": "write-whole-file"} if who in SESSIONS and rng.random() < 0.3 else None
    teller.write(who, path, changed(teller, who, lines, rng), tool)


def rewrite(teller: Teller, rng: Random) -> None:
    """A file gets a new text from top to bottom; a few old lines may stay."""
    who, path = rng.choice(PEOPLE), _pick_file(teller, rng)
    if path is None:
        return
    kept = [line for line in teller.lines(path) if rng.random() < 0.2]
    at = rng.randrange(len(kept) + 1)
    teller.write(who, path, kept[:at] + teller.ledger.new_lines(who, rng.randrange(2, 9), rng) + kept[at:])


def create(teller: Teller, rng: Random) -> None:
    """A new file."""
    missing = [path for path in FILES if path not in teller.files()]
    if missing:
        who = rng.choice(PEOPLE)
        teller.write(who, rng.choice(missing), teller.ledger.new_lines(who, rng.randrange(3, 10), rng))


def several_files(teller: Teller, rng: Random) -> None:
    """One session edits several files, as a patch does."""
    who = rng.choice(SESSIONS)
    for path in teller.files():
        if rng.random() < 0.7:
            teller.write(who, path, changed(teller, who, teller.lines(path), rng))


def shell(teller: Teller, rng: Random) -> None:
    """A session's command changes files."""
    who = rng.choice(SESSIONS)
    files = [path for path in teller.files() if rng.random() < 0.6]
    texts = {path: changed(teller, who, teller.lines(path), rng) for path in files}
    teller.do("shell", who, "make", texts)


def blanks(teller: Teller, rng: Random) -> None:
    """Only blanks and line breaks change: a formatter that is seen, a person, nobody seen, or a session's shell."""
    path = _pick_file(teller, rng)
    if path is None:
        return
    text = change_blanks(teller.lines(path), rng)
    who = rng.choice(("F", "F", "U", "H", "shell"))
    if who == "shell":
        teller.do("shell", rng.choice(SESSIONS), rng.choice(("black .", "make", "prettier --write .")), {path: text})
    else:
        teller.write(who, path, text)


def announced(teller: Teller, rng: Random) -> None:
    """A write in two events; the editor may save in between, the write may fail."""
    who, path = rng.choice(SESSIONS), _pick_file(teller, rng)
    if path is None:
        return
    teller.do("event", who, "pre-edit", path)
    if rng.random() < 0.2:
        teller.do("event", who, "edit-failed", path)
        return
    teller.do("disk-write", path, changed(teller, who, teller.lines(path), rng))
    if rng.random() < 0.4:
        teller.do("event", "H", "editor-saved", path)
    teller.do("event", who, "post-edit", path)
    if rng.random() < 0.3:
        teller.do("event", "H", "editor-saved", path)


def formatted_on_save(teller: Teller, rng: Random) -> None:
    """A session writes, the editor's formatter follows at once, the editor saves."""
    who, path = rng.choice(SESSIONS), _pick_file(teller, rng)
    if path is None:
        return
    teller.write(who, path, changed(teller, who, teller.lines(path), rng))
    teller.write("F", path, change_blanks(teller.lines(path), rng))
    teller.do("event", "H", "editor-saved", path)


def opened_then_saved(teller: Teller, rng: Random) -> None:
    """A person opens a file, types, saves; the save does not carry the text before."""
    path = _pick_file(teller, rng)
    if path is None:
        return
    teller.do("event", "H", "editor-opened", path)
    teller.do("disk-write", path, changed(teller, "H", teller.lines(path), rng))
    teller.do("event", "H", "editor-saved", path)


def crossed(teller: Teller, rng: Random) -> None:
    """While a session's command runs, somebody else edits one of the files with evidence of their own."""
    runner, other, path = rng.choice(SESSIONS), rng.choice((*SESSIONS, "H")), _pick_file(teller, rng)
    if path is None or runner == other:
        return
    texts: dict[str, Any] = {
        one: changed(teller, runner, teller.lines(one), rng) for one in teller.files() if one != path
    }
    teller.do("event", runner, "pre-shell", "make")
    for one in texts:
        if rng.random() < 0.5:
            teller.do("disk-write", one, texts[one])
    teller.write(other, path, changed(teller, other, teller.lines(path), rng))
    teller.do("event", runner, "post-shell", "make")


def two_shells(teller: Teller, rng: Random) -> None:
    """Two sessions' commands overlap on one change: the one that closed first owns it."""
    first, second, path = *rng.sample(SESSIONS, 2), _pick_file(teller, rng)
    if path is None:
        return
    openers = [first, second]
    rng.shuffle(openers)
    for who in openers:
        teller.do("event", who, "pre-shell", "make")
    teller.do("disk-write", path, changed(teller, first, teller.lines(path), rng))
    teller.do("event", first, "post-shell", "make")
    teller.do("event", second, "post-shell", "make")


def line_ends(teller: Teller, rng: Random) -> None:
    """All line ends of a file become those of the other system, by anybody but an edit tool."""
    path = _pick_file(teller, rng)
    if path is None or isinstance(teller.stage.agent, Claude):  # whose payloads do not tell line ends apart
        return
    lines = teller.lines(path)
    end = "" if any(line.endswith("\r") for line in lines) else "\r"
    teller.write(rng.choice("FUH"), path, [line.removesuffix("\r") + end for line in lines])


def move(teller: Teller, rng: Random) -> None:
    """A person or a formatter moves a block past at least three other lines: no line changes hands."""
    path = _pick_file(teller, rng)
    lines = teller.lines(path) if path else []
    sizes = rng.randrange(3, 6), rng.randrange(3, 6)
    if path is None or len(lines) < sum(sizes):
        return
    start = rng.randrange(len(lines) - sum(sizes) + 1)
    middle, end = start + sizes[0], start + sum(sizes)
    region = lines[start:end]
    if any(number_of(line) is None or lines.count(line) > 1 for line in region):
        return
    moved = lines[:start] + lines[middle:end] + lines[start:middle] + lines[end:]
    teller.write(rng.choice("HF"), path, moved)


def sort(teller: Teller, rng: Random) -> None:
    """A formatter that is seen puts unique lines in another order."""
    path = _pick_file(teller, rng)
    lines = teller.lines(path) if path else []
    if path is None or len(lines) < 3:
        return
    start = rng.randrange(len(lines) - 2)
    region = lines[start : start + rng.randrange(2, 7)]
    if all(number_of(line) is not None and lines.count(line) == 1 for line in region):
        teller.write("F", path, lines[:start] + sorted(region) + lines[start + len(region) :])


EDITS = {
    edit: 30,
    rewrite: 2,
    create: 4,
    several_files: 4,
    shell: 8,
    blanks: 9,
    announced: 6,
    formatted_on_save: 3,
    opened_then_saved: 5,
    crossed: 4,
    two_shells: 2,
    line_ends: 1,
    move: 2,
    sort: 1,
}
