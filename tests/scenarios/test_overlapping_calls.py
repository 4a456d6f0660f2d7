"""Two calls of different sessions run at once: what one of them has written is never the other's."""

from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

OWN = "cat > g.txt <<'EOF'\nown a1\n{\n\n}\nown a2\nEOF\nsleep 3"
WRITTEN = b"own a1\n{\n\n}\nown a2\n"


@pytest.fixture
def told(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c")


def begins(told: Story, who: str, command: str) -> None:
    told.stage.agent.pre_shell(who, told.stage.here, command)


def ends(told: Story, who: str, command: str) -> None:
    told.stage.agent.shell(who, told.stage.here, command)


def owners(told: Story, path: str) -> str:
    return "".join(line.owner[-1] for line in told.stage.ask(path, None))


def runs_on(told: Story, who: str) -> None:
    """A command of a session goes on in the background."""
    fields = {
        "v": 1,
        "agent": "robot",
        "session_id": who,
        "cwd": str(told.stage.here),
        "tool": "Bash",
        "call_id": "b",
    }
    fields |= {"command": "sleep 1"}
    told.stage._send("generic", {**fields, "event": "pre_shell"})
    told.stage._send("generic", {**fields, "event": "shell", "background": True})


@pytest.mark.parametrize("end", ["", "commit"])
def test_what_a_background_command_puts_in_doubt_is_not_the_outer_calls(told: Story, end: str) -> None:
    runs_on(told, "A")
    begins(told, "A", "touch started; sleep 6")
    told.shell("B", "sleep 1; python3 gen.py", f="a b1 c", g="b2 b3")
    if end:
        told.shell("B", "git add -A; git commit -qm b", lambda tale: tale.commit())
    ends(told, "A", "touch started; sleep 6")
    assert (owners(told, "f.txt"), owners(told, "g.txt")) == ("UUU", "UU")


def test_but_what_stands_in_its_command(told: Story) -> None:
    runs_on(told, "C")
    begins(told, "A", OWN)
    told.shell("B", "make", g=WRITTEN)
    ends(told, "A", OWN)
    assert owners(told, "g.txt") == "AAUAA"


@pytest.mark.parametrize("inner", ["cat f.txt", "git status", "git add -A && git diff --stat"])
def test_whoever_only_looks_leaves_it_to_the_outer_call(told: Story, inner: str) -> None:
    begins(told, "A", "make")
    told.shell("B", inner, g="a1")
    told.on_disk(g="a1 a2")
    ends(told, "A", "make")
    assert owners(told, "g.txt") == "AA"


def test_also_where_a_background_command_of_the_outer_one_runs(told: Story) -> None:
    runs_on(told, "A")
    begins(told, "A", "make")
    told.shell("B", "cat f.txt", g="a1")
    ends(told, "A", "make")
    assert owners(told, "g.txt") == "A"


@pytest.mark.parametrize(
    "inner",
    ["pytest -q", "sleep 2; npm test", "echo b > b.txt", "make build || true; cp x y", "cat f.txt; ls", "true"],
)
@pytest.mark.parametrize(("one", "other"), [("A", "B"), ("S/1", "S/2")])
def test_what_an_open_command_types_is_not_of_who_ends_first(told: Story, one: str, other: str, inner: str) -> None:
    begins(told, one, OWN)
    told.shell(other, inner, g=WRITTEN, b="b")
    assert owners(told, "g.txt") == "UUUUU"
    ends(told, one, OWN)
    assert owners(told, "g.txt") == one[-1] * 5
    assert owners(told, "b.txt") in "U" + other[-1] + (one[-1] if inner.startswith("cat") else "")


def test_a_line_that_is_typed_into_another_file_is_of_who_ends_first(told: Story) -> None:
    begins(told, "A", OWN)
    told.shell("B", "make", h="own x".replace(" ", "_"), k=WRITTEN)
    ends(told, "A", OWN)
    assert (owners(told, "h.txt"), owners(told, "k.txt")) == ("B", "BBBBB")


def test_what_both_type_is_of_who_ends_first(told: Story) -> None:
    begins(told, "A", OWN)
    told.shell("B", OWN, g=WRITTEN)
    ends(told, "A", OWN)
    assert owners(told, "g.txt") == "BBBBB"


@pytest.mark.parametrize("inner", ["pytest -q", "make lint"])
@pytest.mark.parametrize(
    "outer", ["", "cat f.txt", "sleep 9", "turn_end"], ids=["alone", "reads", "waits", "turn over"]
)
def test_with_nothing_that_writes_beside_it_what_changed_is_the_calls(told: Story, inner: str, outer: str) -> None:
    if outer:
        begins(told, "A", "make" if outer == "turn_end" else outer)
    if outer == "turn_end":
        told.stage.agent.session_event("A", told.stage.here, outer)
    told.shell("B", inner, g="b1")
    assert owners(told, "g.txt") == "B"


def test_a_check_beside_a_command_that_writes_claims_nothing(told: Story) -> None:
    begins(told, "A", "make")
    told.shell("B", "pytest -q", g="a1")
    ends(told, "A", "make")
    assert owners(told, "g.txt") == "U"


def test_what_an_edit_tool_writes_meanwhile_keeps_its_name(told: Story) -> None:
    begins(told, "C", "make")
    told.about_to_write("A", "g.txt")
    told.shell("B", "pytest -q", g="a1")
    told.has_written("A", "g.txt")
    ends(told, "C", "make")
    assert owners(told, "g.txt") == "A"


@pytest.mark.parametrize("inner", ["pytest -q; git add -A; git commit -qm b", "make; git add -A; git commit -qm b"])
def test_nor_is_it_of_who_commits_it_meanwhile(told: Story, inner: str) -> None:
    begins(told, "A", OWN)
    told.shell("B", inner, lambda tale: tale.commit(), g=WRITTEN)
    told.expect(g=b"U|own a1\nU|{\nU|\nU|}\nU|own a2\n")
    ends(told, "A", OWN)
    told.expect(g=b"U|own a1\nU|{\nU|\nU|}\nU|own a2\n")
    assert set(owners(told, "g.txt")) <= {"A", "U"}


def test_what_is_in_doubt_is_not_of_the_outer_call_that_commits_it(told: Story) -> None:
    runs_on(told, "C")
    begins(told, "A", "sleep 6; git add -A; git commit -qm a")
    told.shell("B", "make", f="a b1 c", g="b2 b3").commit()
    ends(told, "A", "sleep 6; git add -A; git commit -qm a")
    told.expect(f="U|a U|b1 U|c", g="U|b2 U|b3")
