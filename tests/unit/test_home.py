"""A suite that can write to a developer's real folders will one day do it; this one cannot."""

from pathlib import Path

import pytest

from realhome import REAL_HOME, TestTouchedTheRealHome


@pytest.mark.parametrize("path", [".claude/settings.json", ".local/share/byline/machine_id", ".gitconfig"])
def test_the_real_home_is_out_of_reach(path: str) -> None:
    with pytest.raises(TestTouchedTheRealHome):
        Path(REAL_HOME, path).read_bytes()


def test_home_is_another_one(home: Path) -> None:
    assert Path.home() == home != Path(REAL_HOME)
    assert list(home.iterdir()) == []
