"""`byline gc --keep-days 0` before every question of the ownership scenarios: every answer is the one of before."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from faults import deaths
from scenarios.load import Scenario, load
from scenarios.player import Player
from story import Blame, ForkedHook, World
from story.blame import LineOwner
from story.stage import Stage

SCENARIOS = load()
SOME = SCENARIOS[5::40]


class Tidying:
    """Asks, tidies, and asks again."""

    def __init__(self) -> None:
        self.asked = self.packed = 0
        self.wrong: list[str] = []

    def __call__(self, path: str, rev: str | None, env: Mapping[str, str], cwd: Path) -> list[LineOwner]:
        blame = Blame(forked=True)
        before = blame(path, rev, env, cwd)
        code, said = deaths.ended(["gc", "--keep-days", "0"], env, cwd)
        if code:
            self.wrong.append(f"gc: {said}")
        after = blame(path, rev, env, cwd)
        self.asked += 1
        self.packed += any(cwd.rglob("packs/*.pack"))
        for number, (was, now) in enumerate(zip(before, after, strict=True), 1):
            if (was.text, was.owner, was.state) != (now.text, now.owner, now.state):
                self.wrong.append(f"{path}@{rev}:{number} {was.text!r}: {was.owner}, and {now.owner} after gc")
        return after


def play(scenario: Scenario, folder: Path) -> Tidying:
    ask = Tidying()
    Player(Stage(World(folder), hook=ForkedHook(), blame=ask)).play(scenario.steps)
    return ask


@pytest.mark.parametrize("scenario", SOME, ids=lambda one: one.id)
def test_some(scenario: Scenario, tmp_path: Path) -> None:
    ask = play(scenario, tmp_path)
    assert ask.asked
    assert not ask.wrong, "\n".join([scenario.title, *ask.wrong])


@pytest.mark.long
def test_many(tmp_path: Path) -> None:
    asked = packed = 0
    wrong = []
    for number, scenario in enumerate(SCENARIOS[::6]):
        ask = play(scenario, tmp_path / str(number))
        asked, packed = asked + ask.asked, packed + ask.packed
        wrong += [f"{scenario.id}: {line}" for line in ask.wrong]
    print(f"{asked} questions, {packed} of them with packs")
    assert not wrong, "\n".join(wrong)
    assert packed > 10
