"""One test for each ownership scenario and dialect, strict: three classes, every line."""

from pathlib import Path

import pytest

from scenarios.load import Scenario, load
from scenarios.run import play

SCENARIOS = load()


def _told(scenario: Scenario, dialect: str, folder: Path) -> None:
    result = play(scenario, folder, dialect=dialect, forked=True)
    assert result.passed(), "\n".join([scenario.title, result.broken, *map(str, result.wrong())])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_scenario(scenario: Scenario, tmp_path: Path) -> None:
    _told(scenario, "generic", tmp_path)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_scenario_told_by_claude(scenario: Scenario, tmp_path: Path) -> None:
    _told(scenario, "claude", tmp_path)
