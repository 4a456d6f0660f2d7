"""As much of an id as tells it from others, which is taken back for the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.server.words import short_id
from byline.sessions.naming import pick
from byline.sessions.shortids import ShortIds

CODEX = ["019ab3c1-7d20-7a11-8000-000000000001", "019ab3c1-7d20-7a11-9000-000000000002", "019ab3ff-0000-7000-8000-1"]
OPENCODE = ["ses_e02b1c2d3e4f", "ses_e02b1c2a0000", "ses_e1"]
MANY = ["abcdefgh-1/child-one", "abcdefgh-1/child-two", "abcdefgh-2/x", "abcdefgh-1", "zz", "longer-than-eight"]


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        (CODEX, ["019ab3c1-7d20-7a11-8", "019ab3c1-7d20-7a11-9", "019ab3ff"]),
        (OPENCODE, ["ses_e02b1c2d", "ses_e02b1c2a", "ses_e1"]),
        (MANY, ["abcdefgh-1/child-o", "abcdefgh-1/child-t", "abcdefgh-2/x", "abcdefgh-1", "zz", "longer-t"]),
        (["session-1", "session-10"], ["session-1", "session-10"]),
    ],
)
def test_what_is_shown(known: list[str], shown: list[str]) -> None:
    short = ShortIds(known)
    assert [short(one) for one in known] == shown
    assert [pick(known, one) for one in shown] == known


@given(st.lists(st.from_regex(r"[ab]{1,12}(/[ab]{1,9})?", fullmatch=True), unique=True, min_size=1, max_size=12))
def test_what_is_shown_of_different_ids_is_different(known: list[str]) -> None:
    short = ShortIds(known)
    assert len({short(one) for one in known}) == len(known)


def test_an_id_that_is_not_known() -> None:
    assert ShortIds(CODEX)("ses_e02b1c2d3e4f/child-of-it") == "ses_e02b/child-"


def test_editors_show_more_and_an_ellipsis() -> None:
    assert short_id(CODEX[0]) == "019ab3c1-7d2…"
    assert short_id(CODEX[0], ShortIds(CODEX)) == "019ab3c1-7d20-7a11-8…"
