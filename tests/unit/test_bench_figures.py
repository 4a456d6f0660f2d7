"""Two runs of the benchmark, compared."""

import json
from pathlib import Path

import pytest

from bench.figure import Figure, load, save, table


def test_a_regression_is_visible_by_comparing_two_runs(tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    names = ("hook", "hover", "blame")
    save(file, {"cores": "2"}, {"small": [Figure(name, 1.0, "x", "git", 1.25) for name in names]})
    now = [Figure(name, value, "x", "git", 1.25) for name, value in zip(names, (1.6, 1.1, 0.5), strict=True)]
    rows = table([*now, Figure("new", 3, "ms")], load(file)["small"]).splitlines()
    assert "**missed**" in rows[2] and "**slower**" in rows[2] and "1.00" in rows[2]
    assert "kept" in rows[3] and "as before" in rows[3]
    assert "faster" in rows[4]
    assert "new |" in rows[5]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"v": 2}))
    with pytest.raises(ValueError, match="another form"):
        load(file)
