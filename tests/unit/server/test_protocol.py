"""Positions that no text has."""

from typing import Any

import pytest

from byline.server.protocol import MOST, inside


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"position": {"line": -1, "character": 0}}, {"position": {"line": MOST, "character": 0}}),
        ({"position": {"line": 2, "character": -5}}, {"position": {"line": 2, "character": 0}}),
        ({"position": {"line": 2**40, "character": 1}}, {"position": {"line": MOST, "character": 1}}),
        (
            {"range": {"start": {"line": -1, "character": 3}, "end": {"line": 2, "character": -1}}},
            {"range": {"start": {"line": 0, "character": 3}, "end": {"line": 2, "character": 0}}},
        ),
        ({"contentChanges": [{"text": "line"}], "line": "x"}, {"contentChanges": [{"text": "line"}], "line": "x"}),
        (None, None),
    ],
)
def test_a_position_is_one_that_the_protocol_can_hold(given: Any, taken: Any) -> None:
    assert inside(given) == taken
