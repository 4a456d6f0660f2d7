"""Ages, and the newest event of each agent."""

import pytest

from byline.cli.here import newest
from byline.cli.moments import age
from byline.model import Event

S = 1_000_000_000


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (86400 * 9, "9 d ago"),
    ],
)
def test_age(ago: int, words: str) -> None:
    assert age(1000 * 86400 * S - ago * S, 1000 * 86400 * S) == words


def test_a_clock_that_is_ahead() -> None:
    assert age(10 * S, 5 * S) == "in the future"


def test_newest_counts_hooks_and_not_editors() -> None:
    def event(at: int, agent: str | None, source: str = "hook") -> Event:
        return Event(v=1, id=f"{at}{agent}", at=at, event="write", agent=agent, source=source)

    found = newest([event(2, "claude"), event(1, "claude"), event(9, "zed", "editor"), event(3, None)])
    assert {agent: last.at for agent, last in found.items()} == {"claude": 2}
