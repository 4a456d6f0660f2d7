"""One measured figure, tables of many, and the comparison of two runs."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

NOISE = 1.2
"""A figure this many times the earlier one is called slower, one below its inverse faster: at least."""
TIMES = ("ms", "ms/MiB")
"""Units of what takes longer on a machine that is slower just now."""


class Figure(NamedTuple):
    """What one thing costs."""

    name: str
    value: float
    unit: str
    """`x` for a ratio to something measured in the same run; else `ms`, `MiB`, `ms/MiB` or `lost`."""
    beside: str = ""
    """What a ratio is a ratio to."""
    budget: float | None = None
    spread: float = 0.0
    """How far its samples lie apart, as a part of it: see `spread`. 0 for one that has no samples."""

    @property
    def key(self) -> str:
        """What the same figure of another run is found by."""
        return f"{self.name} [{self.unit}]"


class Size(NamedTuple):
    """How much there is of everything."""

    name: str
    files: int
    """In the repository of the hooks."""
    lines: int
    commits: int
    """Of the file that is asked about, and how many changed it."""
    anchored: int
    """Commits that get anchors."""
    sessions: int
    """A hundred events each."""
    rounds: int


SIZES = (
    Size("small", 1_000, 2_000, 50, 200, 100, 40),
    Size("medium", 10_000, 20_000, 200, 1_000, 1_000, 20),
    Size("large", 50_000, 50_000, 2_000, 2_000, 1_000, 10),
)


def spread(samples: Sequence[float]) -> float:
    """How far the middle half of some samples, or all of two or three, lie apart, as a part of their median."""
    if len(samples) < 2 or not (middle := statistics.median(samples)):
        return 0.0
    low, high = min(samples), max(samples)
    if len(samples) > 3:
        low, _, high = statistics.quantiles(samples, n=4)
    return (high - low) / middle


def table(figures: Iterable[Figure], earlier: Mapping[str, Figure], pace: float = 1.0) -> str:
    """A Markdown table; `earlier`: figures by key of another run; `pace`: how much slower the machine is now."""
    rows = ["| what | figure | budget | |", "| --- | --- | --- | --- |"]
    if earlier:
        rows = ["| what | figure | budget | | before | |", "| --- | --- | --- | --- | --- | --- |"]
    for figure in figures:
        unit = f"× {figure.beside}" if figure.unit == "x" else figure.unit
        budget = "" if figure.budget is None else f"{figure.budget:g}"
        kept = "" if figure.budget is None else "kept" if figure.value <= figure.budget else "**missed**"
        row = f"| {figure.name} | {figure.value:.2f} {unit} | {budget} | {kept} |"
        if earlier:
            row += _changed(figure, earlier.get(figure.key), pace)
        rows.append(row)
    return "\n".join(rows)


def _changed(figure: Figure, before: Figure | None, pace: float) -> str:
    """Slower is only what is so by more than the samples of the two runs lie apart, and by more than the machine.

    Not every program is as much slower as the machine is for an empty one, so `pace` only ever excuses.
    """
    if before is None:
        return " - | new |"
    noise = max(NOISE, 1 + figure.spread + before.spread)
    slower, faster = (max(pace, 1.0), min(pace, 1.0)) if figure.unit in TIMES else (1.0, 1.0)
    most = before.value + abs(before.value) * (noise * slower - 1)
    least = before.value - abs(before.value) * (1 - faster / noise)
    word = "**slower**" if figure.value > most else "faster" if figure.value < least else "as before"
    return f" {before.value:.2f} | {word} |"


def save(path: Path, machine: Mapping[str, str], found: Mapping[str, Sequence[Figure]]) -> None:
    """The figures of a run by size, for a later `--against`."""
    sizes = {size: [figure._asdict() for figure in figures] for size, figures in found.items()}
    path.write_text(json.dumps({"v": 1, "machine": machine, "sizes": sizes}, indent=1) + "\n", encoding="utf-8")


class Run(NamedTuple):
    """What an earlier run left."""

    floor: float
    """Milliseconds that an empty interpreter took; 0 where that was not measured."""
    figures: dict[str, dict[str, Figure]]
    """By size and key."""


def load(path: Path) -> Run:
    """An earlier run. Raises OSError, ValueError, TypeError and LookupError."""
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict) or told.get("v") != 1:
        raise ValueError("it has another form")
    found = {size: [Figure(**figure) for figure in figures] for size, figures in told["sizes"].items()}
    floor = float(told["machine"].get("floor", "0").split()[0])
    return Run(floor, {size: {figure.key: figure for figure in figures} for size, figures in found.items()})
