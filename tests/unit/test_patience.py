"""How long something takes fails no test: other work on the machine must not."""

import re
from pathlib import Path

from hypothesis import settings

TESTS = Path(__file__).resolve().parents[1]


def test_examples_have_no_deadline() -> None:
    assert settings().deadline is None
    others = [path for path in TESTS.rglob("*.py") if path != Path(__file__)]
    assert [path for path in others if re.search(r"\bdeadline=(?!None)", path.read_text("utf-8"))] == []
