"""What the servers of a soak hold, sample by sample, and whether that grows otherwise than with the record."""

import statistics
from collections.abc import Sequence

from soak.editors import Editor
from soak.world import World

AN_EVENT = 1.5
"""KiB that an event may cost, once caches are full: a line through the samples of the last two thirds says it."""
ENOUGH = 6000
"""Events from which on the caches are full in the last two thirds."""
MORE = 1.25
"""What a server that has worked all the time may have come to hold, by what one has that begins at the end."""
ROOM = 1.0
"""MiB beside that, which a small server may have by chance."""
STILL = 1.02
"""What a server may hold at the end of a standstill, by what it held at the beginning; or half a MiB more."""
_KIB = 1024


class Memory:
    """Samples of all servers."""

    def __init__(self, world: World, editors: Sequence[Editor]) -> None:
        self._world = world
        self._editors = editors
        for editor in editors:
            editor.look_at(world.paths[0])
        self._bases = self._now()
        """What each held before the first event: mostly the program itself."""
        self._events: list[int] = []
        self._working: list[list[float]] = []
        self._still: list[list[float]] = []
        self._end: list[float] = []
        self._anew = 0.0

    def sample(self) -> None:
        """Once more, while everybody works."""
        self._events.append(self._world.done["events"])
        self._working.append(self._now())

    def sample_still(self) -> None:
        """Once more, while nothing is recorded."""
        self._still.append(self._now())

    def compare(self, begun_now: Editor) -> None:
        """The end. `begun_now`: a server that has just begun on what all others left, and has looked at each file."""
        self._end, self._anew = self._now(), begun_now.memory()

    def tell(self) -> list[str]:
        """Print all of it; what is wrong with it."""
        problems: list[str] = []
        for number, base in enumerate(self._bases):
            problems += self._tell_one(number, base)
        return problems

    def _tell_one(self, number: int, base: float) -> list[str]:
        name, problems = f"server {number + 1}", list[str]()
        working = [each[number] for each in self._working]
        growth = per_event(self._events, working)
        thirds = ", ".join(f"{one:.1f}" for one in medians(working))
        print(f"memory of {name}, MiB: {base:.1f} before; medians of thirds {thirds}; most {max(working):.1f}")
        judged = self._events[-1:] >= [ENOUGH]
        print(f"  {growth:.2f} KiB an event in the last two thirds{'' if judged else ' (too few to be judged)'}")
        if judged and growth > AN_EVENT:
            problems.append(f"{name}: an event costs {growth:.2f} KiB")
        print(f"  {self._end[number]:.1f} at the end; a server begun then {self._anew:.1f}")
        if self._end[number] - base > MORE * (self._anew - base) + ROOM:
            problems.append(f"{name}: it holds {self._end[number]:.1f} MiB, one that begins now {self._anew:.1f}")
        still = medians([each[number] for each in self._still])
        print(f"  while nothing was recorded, medians of thirds: {', '.join(f'{one:.1f}' for one in still)}")
        if still and still[-1] > max(STILL * still[0], still[0] + 0.5):
            problems.append(f"{name}: it grew from {still[0]:.1f} to {still[-1]:.1f} MiB while nothing was recorded")
        return problems

    def _now(self) -> list[float]:
        return [editor.memory() for editor in self._editors]


def medians(values: Sequence[float]) -> list[float]:
    """Of each third, of those that have any."""
    third = max(1, len(values) // 3)
    parts = (values[:third], values[third : 2 * third], values[2 * third :])
    return [statistics.median(part) for part in parts if part]


def per_event(events: Sequence[int], values: Sequence[float]) -> float:
    """KiB an event: how steeply a line through the last two thirds of the samples (MiB) rises."""
    since = len(events) // 3
    if len(set(events[since:])) < 2:
        return 0.0
    return statistics.linear_regression(events[since:], values[since:]).slope * _KIB
