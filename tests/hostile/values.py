"""Values that nobody sends in good faith, and real ones with something changed in them."""

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("BYLINE_FUZZ", "0"))
"""How many examples each property tries; 0: as few as the default run has time for."""
NASTY = (
    *("", "\0", "..", "../../x", "/etc/passwd", "C:\\x", "CON", "a" * 10_000, "\ud800", "\u202e", "\x1b]0;x\x07"),
    *("-", "--", "{}", "[]", '{"', "*** Begin Patch", "\n", "\r\n", "%00", "file:///x", "é", "\x85", "\u2028"),
    *("9" * 5000, "1e999", "NaN", "@@ -1 +1 @@", "none", "unread", "input:", "s/../../y", "~", "$(id)", "`id`"),
)


def few(count: int) -> settings:
    """Settings of a property: `count` examples in the default run."""
    return settings(
        max_examples=EXAMPLES or count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not EXAMPLES,
    )


TEXTS = st.sampled_from(NASTY) | st.text(max_size=40)
NUMBERS = (
    st.integers()
    | st.floats()
    | st.sampled_from([-1, 0, 1 << 31, 1 << 53, 1 << 63, 1 << 64, -(1 << 63) - 1, 10**400, 1e308])
)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=20
)


def nested(depth: int) -> str:
    """JSON so deep that a parser by recursion fails."""
    return '{"a":' * depth + "1" + "}" * depth


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """`value` with one to four things in it changed, left out, doubled or put elsewhere."""
    for _ in range(draw(st.integers(1, 4))):
        value = _changed(draw, value)
    return value


def _changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(value, key=str)))
        kind = draw(st.integers(0, 7))
        rest = {name: one for name, one in value.items() if name != key}
        if kind == 0:
            return rest
        if kind == 1:
            return {**rest, draw(TEXTS): value[key]}
        return {**value, key: _changed(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        place = draw(st.integers(0, len(value) - 1))
        if draw(st.integers(0, 5)) == 0:
            return value + value[place:]
        return [*value[:place], _changed(draw, value[place]), *value[place + 1 :]]
    if isinstance(value, str) and draw(st.booleans()):
        cut = draw(st.integers(0, len(value)))
        return value[:cut] + draw(TEXTS) + value[cut:]
    return draw(JSON)
