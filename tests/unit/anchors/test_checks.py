"""An anchor that contradicts itself is not written."""

from typing import Any

import msgspec
import pytest

from byline.repo.anchors.checks import problems
from byline.repo.anchors.format import (
    Anchor,
    Contributor,
    FileChange,
    LineAttribution,
    LineRange,
    SessionLink,
    TurnLink,
)

RIGHT = Anchor(
    commit_hash="a" * 40,
    branch="main",
    author="Ada <ada@example.org>",
    author_type="assisted",
    committed_at=1,
    message="m",
    files_changed=("f",),
    added=4,
    deleted=1,
    file_changes=(
        FileChange(
            path="f",
            added=4,
            deleted=1,
            attribution="mixed",
            line_attributions=(
                LineAttribution(author="ai", session_id="s", ranges=(LineRange(start=1, end=2),)),
                LineAttribution(author="human", ranges=(LineRange(start=4, end=4),)),
            ),
        ),
    ),
    ai_added=2,
    ai_deleted=1,
    human_added=2,
    human_deleted=0,
    unknown_added=1,
    unknown_deleted=0,
    ai_percentage=60.0,
    session_ids=("s",),
    contributors=(Contributor(name="Ada", role="human"), Contributor(name="a", role="agent")),
    transparency_mode="off",
)
LINKS = (SessionLink(session_id="s", agent="a", link_type="explicit"),)
GUESSED = SessionLink(session_id="g", agent="b", link_type="inferred")


def with_ranges(*spans: tuple[int, int]) -> dict[str, Any]:
    lines = LineAttribution(author="ai", ranges=tuple(LineRange(start=a, end=b) for a, b in spans))
    return {"file_changes": (msgspec.structs.replace(RIGHT.file_changes[0], line_attributions=(lines,)),)}


def with_file(**fields: Any) -> dict[str, Any]:
    return {"file_changes": (msgspec.structs.replace(RIGHT.file_changes[0], **fields),)}


def with_lines(**fields: Any) -> dict[str, Any]:
    first, *others = RIGHT.file_changes[0].line_attributions
    first = msgspec.structs.replace(first, agent=fields.pop("agent", "a"), **fields)
    return with_file(line_attributions=(first, *others))


def test_a_right_one_has_no_problems() -> None:
    assert problems(RIGHT, LINKS, {"f": 5}) == []
    assert problems(RIGHT, (*LINKS, GUESSED), {"f": 5}) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ai_added": 3}, "added is not the sum of its parts"),
        ({"human_deleted": 1}, "deleted is not the sum of its parts"),
        ({"unknown_added": 3}, "unknown lines are not part"),
        ({"added": 5, "human_added": 3}, "added is not the sum of the files"),
        ({"deleted": 2, "human_deleted": 1}, "deleted is not the sum of the files"),
        ({"ai_percentage": 59.0}, "ai_percentage"),
        ({"ai_percentage": None}, "ai_percentage"),
        ({"files_changed": ("f", "g")}, "different files"),
        ({"session_ids": ()}, "session_ids"),
        (with_ranges((2, 3), (3, 3)), "overlap"),
        (with_ranges((3, 3), (1, 1)), "not in order"),
        (with_ranges((2, 1)), "ends before"),
        (with_ranges((5, 6)), "leaves the file"),
        (with_ranges((1, 5)), "more lines than were added"),
        (with_ranges((1, 1)), "number of lines in ranges"),
        ({"contributors": ()}, "contributors"),
        ({"author_type": "human"}, "author_type"),
        ({"files_changed": ("f", "f")}, "named twice"),
        (with_lines(agent="b"), "lines of one agent are given to a session of another"),
        (with_lines(agent="b", session_id=None), "contributors"),
        (with_lines(turn_id="t"), "of a turn that is not named"),
        (
            with_file(agent="b", line_attributions=RIGHT.file_changes[0].line_attributions[1:]),
            "its agent wrote none of it",
        ),
        (with_file(agent="b", added=0, deleted=0, line_attributions=()), "its agent wrote none of it"),
    ],
)
def test_each_contradiction_is_found(change: dict[str, Any], problem: str) -> None:
    found = problems(msgspec.structs.replace(RIGHT, **change), LINKS, {"f": 5})
    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    ("links", "problem"),
    [
        ((), "differ"),
        ((GUESSED, *LINKS), "differ"),
        ((*LINKS, *LINKS), "linked twice"),
        ((msgspec.structs.replace(LINKS[0], link_type="inferred"),), "differ"),
        ((*LINKS, msgspec.structs.replace(GUESSED, link_type="explicit")), "differ"),
    ],
)
def test_links_that_do_not_fit(links: tuple[SessionLink, ...], problem: str) -> None:
    assert any(problem in one for one in problems(RIGHT, links, {"f": 5}))


def test_a_guess_owns_no_line() -> None:
    lines = msgspec.structs.replace(RIGHT.file_changes[0].line_attributions[0], session_id="g")
    changes = (msgspec.structs.replace(RIGHT.file_changes[0], line_attributions=(lines,)),)
    found = problems(msgspec.structs.replace(RIGHT, file_changes=changes), (*LINKS, GUESSED), {"f": 5})
    assert "lines are given to a session that was only guessed" in found


def test_lines_of_an_agent_need_no_session() -> None:
    alone = msgspec.structs.replace(
        RIGHT,
        **with_lines(agent="a", session_id=None),
        session_ids=(),
        contributors=(Contributor(name="Ada", role="human"), Contributor(name="a", role="agent")),
    )
    assert problems(alone, (), {"f": 5}) == []
    assert "author_type does not follow from the sessions" in problems(
        msgspec.structs.replace(alone, author_type="human"), (), {"f": 5}
    )


def test_a_turn_of_lines_is_named() -> None:
    turn = TurnLink(id="t", session_id="s", source="a", turn_index=0)
    told = msgspec.structs.replace(RIGHT, **with_lines(turn_id="t"))
    assert problems(msgspec.structs.replace(told, turns=(turn,)), LINKS, {"f": 5}) == []
    assert problems(msgspec.structs.replace(told, imported_from="git-ai"), LINKS, {"f": 5}) == []
    carried = msgspec.structs.replace(RIGHT, **with_lines(turn_id="t", carried=True))
    assert problems(carried, LINKS, {"f": 5}) == []
