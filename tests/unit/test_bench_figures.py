"""Two runs of the benchmark, compared."""

import json
from pathlib import Path

import pytest

from bench.figure import Figure, load, save, spread, table


def test_a_regression_is_visible_by_comparing_two_runs(tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    names = ("hook", "hover", "blame")
    save(file, {"cores": "2"}, {"small": [Figure(name, 1.0, "x", "git", 1.25) for name in names]})
    now = [Figure(name, value, "x", "git", 1.25) for name, value in zip(names, (1.6, 1.1, 0.5), strict=True)]
    rows = table([*now, Figure("new", 3, "ms")], load(file).figures["small"]).splitlines()
    assert "**missed**" in rows[2] and "**slower**" in rows[2] and "1.00" in rows[2]
    assert "kept" in rows[3] and "as before" in rows[3]
    assert "faster" in rows[4]
    assert "new |" in rows[5]


def test_what_scatters_in_either_run_is_slower_only_beyond_that(tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    save(file, {}, {"small": [Figure("wide", 100.0, "ms", spread=0.3), Figure("narrow", 100.0, "ms", spread=0.02)]})
    now = [Figure("wide", 150.0, "ms", spread=0.3), Figure("narrow", 150.0, "ms", spread=0.02)]
    rows = table(now, load(file).figures["small"]).splitlines()
    assert "as before" in rows[2]
    assert "**slower**" in rows[3]
    wider = table([Figure("wide", 170.0, "ms", spread=0.3)], load(file).figures["small"])
    assert "**slower**" in wider


def test_milliseconds_are_seen_beside_those_of_an_empty_interpreter(tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    save(file, {"floor": "8.0 ms"}, {"small": [Figure("search", 80.0, "ms"), Figure("blame", 1.0, "x", "git")]})
    earlier = load(file)
    assert earlier.floor == 8.0
    now = [Figure("search", 150.0, "ms"), Figure("blame", 1.9, "x", "git")]
    rows = table(now, earlier.figures["small"], pace=1.9).splitlines()
    assert "as before" in rows[2], "the machine is slower, not the program"
    assert "**slower**" in rows[3], "what is beside git has that in it"


def test_the_middle_half_says_how_far_samples_lie_apart() -> None:
    assert spread([1.0]) == 0.0
    assert spread([2.0, 1.0]) == pytest.approx(2 / 3)
    assert spread([10.0] * 7 + [1000.0]) == 0.0, "one stray sample says nothing"
    assert spread([8.0, 9.0, 10.0, 11.0, 12.0]) == pytest.approx(0.3)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"v": 2}))
    with pytest.raises(ValueError, match="another form"):
        load(file)
