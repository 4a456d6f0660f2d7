"""The scenarios of `tests/data/scenarios`: each file is a JSON list of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """One story with expectations. `level`: core, extended or stretch."""

    id: str
    title: str
    family: str
    level: str
    note: str
    steps: list[list[Any]]


def load(folder: Path = DATA) -> list[Scenario]:
    """Every scenario, by family and number."""
    found = [one for path in sorted(folder.glob("*.json")) for one in read(path)]
    repeated = {one.id for one in found if sum(other.id == one.id for other in found) > 1}
    if repeated:
        raise ValueError(f"scenario ids used twice: {sorted(repeated)}")
    return found


def read(path: Path) -> list[Scenario]:
    """The scenarios of one file."""
    return [Scenario(**one) for one in json.loads(path.read_text("utf-8"))]
