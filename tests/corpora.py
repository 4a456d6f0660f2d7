"""Texts to compare and seeded edits of them that remember where each line came from."""

import random
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from gitdiff import split

Origins = list[int]


def standard_library(least: int, seed: int = 1) -> Iterator[list[bytes]]:
    """Texts of standard library modules of at least that many lines, in a seeded order."""
    folder = Path(sysconfig.get_path("stdlib"))
    modules = sorted(path for path in folder.glob("*.py") if path.is_file())
    random.Random(seed).shuffle(modules)
    for module in modules:
        lines = split(module.read_bytes())
        if len(lines) >= least:
            yield lines


def code(length: int) -> list[bytes]:
    """That many lines of standard library source, end to end, packages included."""
    folder = Path(sysconfig.get_path("stdlib"))
    lines: list[bytes] = []
    for module in sorted(folder.rglob("*.py")):
        if "site-packages" not in module.parts and "test" not in module.parts:
            lines += split(module.read_bytes())
            if len(lines) >= length:
                return lines[:length]
    raise AssertionError("the standard library is shorter than that")


def periodic(length: int) -> list[bytes]:
    """JSON of five-line records whose ids repeat every 500 records: no line is unique."""
    lines = []
    for record in range(length // 5):
        number = record % 500
        name = f'    "id": {number},\n    "name": "user{number}",\n    "active": true\n'
        lines += split(b"  {\n" + name.encode() + b"  },\n")
    return lines


def repeating(length: int, distinct: int = 4, seed: int = 2) -> list[bytes]:
    """Lines drawn from a few."""
    choice = random.Random(seed)
    return [b"line %d\n" % choice.randrange(distinct) for _ in range(length)]


def unrelated(length: int, name: str) -> list[bytes]:
    """Lines no other name has."""
    return [f"{name} {number}\n".encode() for number in range(length)]


def edited(lines: Sequence[bytes], seed: int, share: float = 0.01) -> tuple[list[bytes], Origins]:
    """A text with about that share of lines edited in blocks of 1 to 8, and for each of its lines the old one or -1.

    A block is replaced, inserted, deleted, or inserted as a copy of lines from elsewhere in the text.
    """
    chance = random.Random(seed)
    text = list(lines)
    origins = list(range(len(lines)))
    left = max(1, int(len(lines) * share))
    fresh = 0
    while left > 0:
        size = chance.randint(1, 8)
        left -= size
        at = chance.randrange(len(text) + 1)
        kind = chance.choice(("replace", "insert", "copy", "delete"))
        block: list[bytes] = []
        if kind in ("replace", "insert"):
            depth = len(text[at]) - len(text[at].lstrip(b" ")) if at < len(text) else 0
            block = [b" " * depth + b"edit %d %d\n" % (seed, fresh + row) for row in range(size)]
            fresh += size
        elif kind == "copy":
            start = chance.randrange(max(1, len(lines) - size))
            block = list(lines[start : start + size])
        stop = min(len(text), at + size) if kind in ("replace", "delete") else at
        text[at:stop] = block
        origins[at:stop] = [-1] * len(block)
    return text, origins


def moved_pieces(lines: Sequence[bytes], seed: int, count: int = 12) -> list[bytes]:
    """A text with some pieces of code taken out and some put in a second time, each from one statement to another.

    Such pieces start and end alike, so they often could as well sit a few lines higher or lower.
    """
    chance = random.Random(seed)
    text = list(lines)
    words = (b"def ", b"class ", b"if ", b"for ", b"try:", b"return", b"@")
    for _ in range(count):
        starts = [at for at, line in enumerate(text) if line.lstrip().startswith(words)]
        if len(starts) < 10:
            break
        first = chance.randrange(len(starts) - 4)
        start, stop = starts[first], starts[first + chance.randint(1, 4)]
        at = chance.choice((start, stop, chance.choice(starts)))
        text[at:at] = text[start:stop]
        if chance.random() < 0.5:
            first = chance.randrange(len(starts) - 4)
            del text[starts[first] : starts[first + chance.randint(1, 4)]]
    return text


def wrong(found: Origins, truth: Origins) -> int:
    """Lines whose origin is not the true one: taken for new, for old, or for another old line."""
    assert len(found) == len(truth)
    return sum(1 for one, other in zip(found, truth, strict=True) if one != other)
