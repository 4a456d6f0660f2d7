"""A fuzzed story: made from a seed, played, and after every commit compared with the ledger."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fuzz.copies import changed_by_fetching
from fuzz.edits import EDITS
from fuzz.gitdeeds import BY_AGENTS, GIT
from fuzz.index import INDEX
from fuzz.teller import FILES, Teller, split
from fuzz.worktrees import WORKTREES
from scenarios.player import Player, Step, Verdict
from story.blame import Blame
from story.hook import ForkedHook
from story.stage import Ask, Stage
from story.world import World

Deed = Callable[[Teller, Random], None]
Plan = list[tuple[str, int]]
"""Names of deeds, each with the seed of its own choices: leaving one out changes no other's dice."""

BY_GIT = {**GIT, **WORKTREES}
DEEDS: dict[str, Deed] = {deed.__name__: deed for deed in (*EDITS, *BY_GIT, *BY_AGENTS, *INDEX)}


@dataclass(frozen=True)
class Difference:
    """One line whose owner is not the ledger's."""

    path: str
    rev: str | None
    line: int
    text: str
    expected: str
    got: str
    reason: str

    @property
    def kind(self) -> str:
        """`wrong`: a session that did not write it. `human`: a person is named without evidence. `missing`: a gap."""
        if self.got not in ("H", "U"):
            return "wrong"
        return "human" if self.got == "H" else "missing"

    def __str__(self) -> str:
        where = f"{self.path}@{self.rev or 'disk'}:{self.line}"
        return f"{self.kind}: {where}: {self.text!r}: expected {self.expected}, got {self.got} ({self.reason})"


@dataclass
class Outcome:
    """What came of one story."""

    plan: Plan
    steps: list[Step] = field(default_factory=list)
    lines: int = 0
    differences: list[Difference] = field(default_factory=list)
    crash: str = ""
    done: int = 0
    """How many deeds of the plan were played."""
    changed: list[str] = field(default_factory=list)
    """Lines whose owner another was once copies of the commits had been fetched."""

    def of_kind(self, *kinds: str) -> list[Difference]:
        return [one for one in self.differences if one.kind in kinds]


@dataclass(frozen=True)
class Settings:
    """How a story is played and judged."""

    judged: tuple[str, ...] = ("wrong", "human")
    """The kinds of difference that end a story."""
    dialect: str = "generic"
    ask: Ask | None = None
    every_deed: bool = False
    """Compare after every deed, not only after commits."""
    then_fetch: bool = False
    """At the end fetch copies of the commits, which must change no answer; `ask` has to answer afresh."""


def make_plan(seed: int, ops: int, *, staging: bool = False) -> Plan:
    """A story as a list of deeds; `staging`: with many of the index."""
    rng = Random(seed)
    by_git = {**BY_GIT, **INDEX} if staging else BY_GIT
    edits, git, agents = list(EDITS), list(by_git), list(BY_AGENTS)
    plan: Plan = []
    for _ in range(ops):
        kind = rng.random()
        if kind < 0.5:
            deed: Deed = rng.choices(edits, list(EDITS.values()))[0]
        elif kind < 0.93:
            deed = rng.choices(git, list(by_git.values()))[0]
        else:
            deed = rng.choice(agents)
        plan.append((deed.__name__, rng.randrange(1 << 30)))
    return plan


def tell(seed: int, plan: Plan, settings: Settings) -> Outcome:
    """Play the plan on a fresh repository. Stops at the first difference of a judged kind."""
    folder = Path(tempfile.mkdtemp(prefix=f"byline-fuzz-{seed}-"))
    try:
        return _Telling(seed, plan, folder, settings).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_ticking(seed: int) -> bool:
    """Whether commits of this story are a minute apart; in one of five they fall into the same second or two."""
    return seed % 5 != 0


def replay(seed: int, steps: list[Step], settings: Settings) -> list[Verdict]:
    """Play kept steps again on a fresh repository; what their expectations found."""
    folder = Path(tempfile.mkdtemp(prefix=f"byline-fuzz-{seed}-"))
    try:
        world = World(folder, ticking=is_ticking(seed))
        ask = settings.ask or Blame(forked=True)
        player = Player(Stage(world, dialect=settings.dialect, hook=ForkedHook(), blame=ask))
        return player.play(steps)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Telling:
    def __init__(self, seed: int, plan: Plan, folder: Path, settings: Settings) -> None:
        self.settings = settings
        self.plan = plan
        world = World(folder, ticking=is_ticking(seed))
        self.ask = settings.ask or Blame(forked=True)
        self.teller = Teller(Stage(world, dialect=settings.dialect, hook=ForkedHook(), blame=self.ask))
        self.outcome = Outcome(plan, self.teller.steps)
        self.rng = Random(seed)
        self.compared: set[str] = set()
        self.seen: set[Difference] = set()

    def run(self) -> Outcome:
        ledger, rng = self.teller.ledger, self.rng
        self.teller.do(
            "init", {path: ledger.new_lines("U", rng.randrange(4, 10), rng, noise=True) for path in FILES[:2]}
        )
        for name, seed in self.plan:
            self.outcome.done += 1
            try:
                DEEDS[name](self.teller, Random(seed))
                self._compare(Random(seed + 1))
            except Exception as failure:  # a surprise of any kind is a finding, and the story is kept with it
                self.outcome.crash = f"{type(failure).__name__}: {failure}"
                break
            if self.outcome.of_kind(*self.settings.judged):
                break
        else:
            if self.settings.then_fetch:
                stage = self.teller.stage
                self.outcome.changed = changed_by_fetching(stage.world, self.ask, rng)
        return self.outcome

    def _compare(self, rng: Random) -> None:
        head = self.teller.ask_git("rev-parse", "HEAD")
        if head not in self.compared:
            self._compare_revision("HEAD")
            self.compared.add(head)
        if rng.random() < 0.1:
            self._compare_revision(rng.choice(self.teller.branches() or ["HEAD"]))
        if self.settings.every_deed or rng.random() < 0.15:
            for path in self.teller.files():
                self._compare_file(path, None, self.teller.lines(path))

    def _compare_revision(self, rev: str) -> None:
        for path in self.teller.ask_git("ls-tree", "-r", "--name-only", rev).split():
            if path.endswith(".py"):
                self._compare_file(path, rev, self.teller.committed(rev, path) or [])

    def _compare_file(self, path: str, rev: str | None, lines: list[str]) -> None:
        answer = self.teller.stage.ask(path, rev)
        if [line.text for line in answer] != [line.removesuffix("\r") for line in lines]:
            raise AssertionError(f"{path}@{rev}: byline answers about another text: {answer}, not {lines}")
        for number, line in enumerate(answer, 1):
            expected = self.teller.ledger.owner(line.text)
            if expected is None:
                continue
            self.outcome.lines += 1
            if line.owner != expected:
                found = Difference(path, rev, number, line.text, expected, line.owner, line.reason)
                self.outcome.differences.append(found)


__all__ = ["DEEDS", "Difference", "Outcome", "Plan", "Settings", "make_plan", "split", "tell"]
