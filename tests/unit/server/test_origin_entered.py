import pytest

from byline.server.origin import entered


@pytest.mark.parametrize(
    ("kept", "before", "expected"),
    [
        ([0, 1, 2], 3, []),
        ([0, -1, -1, 1, 2], 3, [[2, 0, 2, 2]]),
        ([0, 2], 3, [[2, 1, 2, 0]]),
        ([0, -1, 2], 3, [[2, 1, 2, 1]]),
        ([-1, 0, 1, -1], 3, [[1, 0, 1, 1], [3, 1, 4, 1]]),
        ([], 2, [[1, 2, 1, 0]]),
        ([-1], 0, [[1, 0, 1, 1]]),
    ],
)
def test_entered(kept: list[int], before: int, expected: list[list[int]]) -> None:
    assert entered(kept, before, len(kept)) == expected
    assert entered(kept, before, len(kept) + 1) is None
