"""The model: lines with a number each, and a ledger of who wrote which number.

By the rules of ownership a number keeps its writer for good: git moves lines about, formatters and people change
their blanks, and only new text has a new number. So the expected owner is a look-up, whatever happened to the line.
"""

import re
from dataclasses import dataclass, field
from random import Random

NOISE = ("}", "{", "end", "pass")
"""Lines that many places share. Nobody is asked about them; they tempt a diff to slide."""

_NUMBER = re.compile(r"\d+")
_INDENTS = ("", "    ", "        ", "\t")


def number_of(line: str) -> int | None:
    """The number of a line; None for noise and for anything that is not the model's."""
    found = _NUMBER.search(line)
    return int(found.group()) if found else None


@dataclass
class Ledger:
    """Who wrote which number."""

    owners: dict[int, str] = field(default_factory=dict)

    def new_lines(self, who: str, count: int, rng: Random, *, noise: bool = False) -> list[str]:
        """Lines nobody has seen before, written by `who`; with noise only where the event says which lines are new.

        Otherwise a line of noise that goes here and comes there could as well be the one that has stayed, and the
        lines between the ones that have moved.
        """
        lines = []
        for _ in range(count):
            number = len(self.owners) + 1
            self.owners[number] = who
            lines.append(rng.choice(_INDENTS) + _shape(number, rng))
            if noise and rng.random() < 0.2:
                lines.append(rng.choice(NOISE))
        return lines

    def owner(self, line: str) -> str | None:
        """The writer of this line; None where the model has no opinion."""
        number = number_of(line)
        return None if number is None else self.owners[number]


def _shape(number: int, rng: Random) -> str:
    n = number
    shapes = (f"k{n} = value(v{n})", f"k{n}=value(v{n})", f"k{n}(a{n}, b{n}, c{n})z{n}", f"word k{n}")
    return rng.choice(shapes)


def change_blanks(lines: list[str], rng: Random) -> list[str]:
    """What a formatter or a restless person does: other indents, other spaces, calls wrapped and joined."""
    result: list[str] = []
    at = 0
    start, end = sorted((rng.randrange(len(lines) + 1), rng.randrange(len(lines) + 1))) if lines else (0, 0)
    while at < len(lines):
        joined = _joined(lines, at)
        if not start <= at < end or number_of(lines[at]) is None:
            result.append(lines[at])
            at += 1
        elif joined and rng.random() < 0.5:
            result.append(joined[0])
            at += joined[1]
        else:
            result += _other_blanks(lines[at], rng)
            at += 1
    return result


def _other_blanks(line: str, rng: Random) -> list[str]:
    bare = line.strip()
    indent = rng.choice(_INDENTS)
    call = re.fullmatch(r"(k\d+\(a\d+), ?(b\d+), ?(c\d+\)z\d+)", bare)
    if call and rng.random() < 0.6:
        return [f"{indent}{call[1]},", f"{indent}    {call[2]},", f"{indent}    {call[3]}"]
    if " = " in bare and rng.random() < 0.5:
        bare = bare.replace(" = ", "=")
    elif "=" in bare:
        bare = bare.replace(" = ", "=").replace("=", " = ")
    return [indent + bare]


def _joined(lines: list[str], at: int) -> tuple[str, int] | None:
    """A wrapped call that starts here, on one line again, and how many lines it took."""
    text = "".join(line.strip() for line in lines[at : at + 3])
    call = re.fullmatch(r"k(\d+)\(a\1,b\1,c\1\)z\1", text)
    if not call or "z" in lines[at]:
        return None
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    return indent + text.replace(",", ", "), 3
