"""One measured figure, tables of many, and the comparison of two runs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

NOISE = 1.2
"""A figure this many times the earlier one is called slower, one below its inverse faster."""


class Figure(NamedTuple):
    """What one thing costs."""

    name: str
    value: float
    unit: str
    """`x` for a ratio to something measured in the same run; else `ms`, `MiB`, `ms/MiB` or `lost`."""
    beside: str = ""
    """What a ratio is a ratio to."""
    budget: float | None = None

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


def table(figures: Iterable[Figure], earlier: Mapping[str, float]) -> str:
    """A Markdown table; `earlier`: values by key of another run."""
    rows = ["| what | figure | budget | |", "| --- | --- | --- | --- |"]
    if earlier:
        rows = ["| what | figure | budget | | before | |", "| --- | --- | --- | --- | --- | --- |"]
    for figure in figures:
        unit = f"× {figure.beside}" if figure.unit == "x" else figure.unit
        budget = "" if figure.budget is None else f"{figure.budget:g}"
        kept = "" if figure.budget is None else "kept" if figure.value <= figure.budget else "**missed**"
        row = f"| {figure.name} | {figure.value:.2f} {unit} | {budget} | {kept} |"
        if earlier:
            row += _changed(figure, earlier.get(figure.key))
        rows.append(row)
    return "\n".join(rows)


def _changed(figure: Figure, before: float | None) -> str:
    if before is None:
        return " - | new |"
    ratio = figure.value / before if before else 1.0
    word = "**slower**" if ratio > NOISE else "faster" if ratio < 1 / NOISE else "as before"
    return f" {before:.2f} | {word} |"


def save(path: Path, machine: Mapping[str, str], found: Mapping[str, Sequence[Figure]]) -> None:
    """The figures of a run by size, for a later `--against`."""
    sizes = {size: [figure._asdict() for figure in figures] for size, figures in found.items()}
    path.write_text(json.dumps({"v": 1, "machine": machine, "sizes": sizes}, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> dict[str, dict[str, float]]:
    """The values of a run by size and key. Raises OSError, ValueError, TypeError and LookupError."""
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict) or told.get("v") != 1:
        raise ValueError("it has another form")
    return {
        size: {Figure(**figure).key: figure["value"] for figure in figures} for size, figures in told["sizes"].items()
    }
