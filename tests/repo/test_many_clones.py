"""What `tests/bench/clones.py` counts, with few clones: all push at once and end with the same anchors."""

import sys
from pathlib import Path

import pytest

from bench.clones import exchange

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the relay that counts bytes is a script with #!")


def test_clones_that_push_at_once_all_end_with_all_anchors(tmp_path: Path) -> None:
    found = exchange(tmp_path, clones=4, commits=2)
    assert (found.anchors, found.missing, found.tips) == (8, 0, 1)
    assert found.pushes >= 4 and found.bytes_up > 0 and found.bytes_down > 0
