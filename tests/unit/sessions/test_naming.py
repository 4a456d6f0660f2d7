import pytest

from byline.errors import BylineError
from byline.sessions.naming import pick

KNOWN = ["abc-1", "abc-2", "abc-2/sub-1", "abc-2/sub-2", "x", "xy", "lone/child"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("abc-1", "abc-1"),
        ("abc-2", "abc-2"),
        ("abc-2/sub-1", "abc-2/sub-1"),
        ("x", "x"),
        ("xy", "xy"),
        ("ab/sub-2", "abc-2/sub-2"),
        ("lone", "lone/child"),
        ("l/c", "lone/child"),
    ],
)
def test_one(given: str, found: str) -> None:
    assert pick(KNOWN, given) == found


@pytest.mark.parametrize("given", ["abc", "abc-2/sub", "ab/sub", "nobody", ""])
def test_none_or_many(given: str) -> None:
    with pytest.raises(BylineError):
        pick(KNOWN, given)
