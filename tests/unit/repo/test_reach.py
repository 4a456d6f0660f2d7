"""What lies behind a commit, as bits, says what a walk over sets says."""

from collections.abc import Mapping, Sequence
from random import Random

import pytest

from byline.repo import reach
from byline.repo.reach import Reach

Steps = Mapping[str, Sequence[str]]


def history(seed: int) -> Steps:
    """Commits with up to three parents, some of which lie beyond what is known."""
    rng = Random(seed)
    count = rng.randrange(1, 60)
    return {
        f"c{number}": [f"c{rng.randrange(-3, number)}" for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))]
        for number in range(count)
    }


def behind(commit: str, steps: Steps) -> set[str]:
    found = {commit}
    for parent in steps.get(commit, ()):
        found |= behind(parent, steps)
    return found


@pytest.mark.parametrize("kept", [0, 200, reach._KEPT_BITS])
@pytest.mark.parametrize("seed", range(8))
def test_it_answers_as_a_walk_does(seed: int, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_KEPT_BITS", kept)
    steps, rng = history(seed), Random(seed)
    known, names = Reach(steps), [*steps, "c-1", "nowhere"]
    sets = {name: behind(name, steps) for name in names}
    for _ in range(400):
        one, other = rng.choice(names), rng.choice(names)
        assert known.reaches(one, other) == (other in sets[one])
        assert set(known.shared(one, other)) == sets[one] & sets[other]


def test_a_long_line_of_commits_is_no_trouble() -> None:
    steps = {f"c{number}": [f"c{number - 1}"] for number in range(1, 20_000)}
    known = Reach(steps)
    assert known.reaches("c19999", "c0")
    assert not known.reaches("c0", "c1")
    assert len(list(known.shared("c19999", "c5000"))) == 5001
