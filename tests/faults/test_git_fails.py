"""Git is missing, fails, dies or hangs: lines become unknown, and nobody is ever named who did not write them."""

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from faults.brokengit import WAYS, Choose, broken_git
from scenarios.load import Scenario, load
from scenarios.player import Player
from story import Blame, ForkedHook, World
from story.blame import BlameFailed, LineOwner
from story.stage import Stage

SCENARIOS = load()
MOST_RUNS = 60
"""No blame of a scenario starts git more often."""


class Doubting:
    """Asks with a broken git first, then with a whole one, and compares."""

    def __init__(self, plans: "list[Choose]") -> None:
        self.plans = plans
        self.asked = self.refused = self.lost = 0
        self.wrong: list[str] = []

    def __call__(self, path: str, rev: str | None, env: Mapping[str, str], cwd: Path) -> list[LineOwner]:
        blame = Blame(forked=True)
        found: list[tuple[int, list[LineOwner]]] = []
        for number, plan in enumerate(self.plans):
            with broken_git(plan):
                self.asked += 1
                try:
                    found.append((number, blame(path, rev, env, cwd)))
                except BlameFailed as failure:
                    self.refused += 1
                    words = str(failure)
                    if ": exit 1: byline: " not in words or words.count("\n") > 1:
                        self.wrong.append(f"{path}@{rev}, plan {number}: {words}")
        truth = blame(path, rev, env, cwd)
        for number, answer in found:
            for line, (said, true) in enumerate(zip(answer, truth, strict=True), 1):
                if said.owner not in (true.owner, "U"):
                    self.wrong.append(
                        f"{path}@{rev}:{line} {true.text!r}: {true.owner}, but {said.owner}, plan {number}"
                    )
                self.lost += said.owner != true.owner
        return truth


def play(scenario: Scenario, folder: Path, plans: "list[Choose]") -> Doubting:
    """The scenario with doubts; it ends with the owners it expects, whatever the broken git left behind."""
    ask = Doubting(plans)
    stage = Stage(World(folder), hook=ForkedHook(), blame=ask)
    player = Player(stage)
    player.play(scenario.steps)
    assert not ask.wrong, "\n".join([scenario.title, *ask.wrong])
    left = [str(one) for one in player.verdicts if not one.right]
    assert not left, "after git worked again:\n" + "\n".join([scenario.title, *left])
    return ask


def at_random(seed: int, share: float) -> Choose:
    chance = random.Random(seed)
    picks = [chance.choice(WAYS) if chance.random() < share else None for _ in range(MOST_RUNS)]
    return lambda number, args: picks[number] if number < len(picks) else None


def only(number: int, way: str) -> Choose:
    return lambda run, args: way if run == number else None


def plans_for(name: str, singles: int, mixed: int) -> "list[Choose]":
    """The same ones each time: one run that fails, and every seventh or so."""
    chance = random.Random(name)
    alone = [only(chance.randrange(24), chance.choice(WAYS)) for _ in range(singles)]
    return alone + [at_random(chance.randrange(1 << 30), 0.15) for _ in range(mixed)]


QUICK = ("S58",)


@pytest.mark.parametrize(
    "scenario",
    [one if one.id in QUICK else pytest.param(one, marks=pytest.mark.long) for one in SCENARIOS],
    ids=lambda one: one.id,
)
def test_no_false_owner_while_git_fails(scenario: Scenario, tmp_path: Path) -> None:
    assert play(scenario, tmp_path, plans_for(scenario.id, 5, 2)).asked
