"""Files that look otherwise in the worktree than in git: what a filter made of a line is nobody's writing."""

from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story


@pytest.fixture
def told(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True))


def _checked_out(told: Story, attributes: str, **lines: str) -> Story:
    """The files as git lays them down: a filter changes them only then."""
    told.init({".gitattributes": attributes.encode()}, **lines)
    for path in lines:
        (told.stage.here / f"{path}.txt").unlink()
        told.git("checkout", "--", f"{path}.txt")
    return told


def _texts(told: Story) -> list[str]:
    return (told.stage.here / "f.txt").read_text().split("\n")[:-1]


def _owners(told: Story, rev: str | None = "HEAD") -> str:
    return "".join(line.owner for line in told.stage.ask("f.txt", rev))


def _put(told: Story, who: str, line: str) -> None:
    text = "".join(f"{one}\n" for one in [*_texts(told), line]).encode()
    if who == "shell":
        told.stage.shell("C", "echo >> f.txt", lambda: told.stage.put({"f.txt": text}))
    else:
        told.stage.edit(who, "f.txt", text)


@pytest.mark.parametrize(("who", "owner"), [("A", "A"), ("H", "H"), ("shell", "C")])
def test_an_id_that_git_puts_in_is_nobodys(told: Story, who: str, owner: str) -> None:
    _checked_out(told, "*.txt ident\n", f="$Id$ a")
    assert _texts(told)[0].startswith("$Id: ")
    _put(told, who, "s1")
    assert _owners(told, None) == f"UU{owner}"
    told.commit()
    assert _owners(told) == _owners(told, None) == f"UU{owner}"


@pytest.mark.parametrize("who", ["A", "H"])
def test_what_a_filter_makes_of_a_line_is_nobodys(told: Story, who: str) -> None:
    told.world.create()
    told.git("config", "filter.v.clean", "sed s/1.2/@V@/").git("config", "filter.v.smudge", "sed s/@V@/1.2/")
    _checked_out(told, "*.txt filter=v\n", f="version@V@ a")
    assert _texts(told)[0] == "version1.2"
    for name in (who, "B"):
        _put(told, name, f"by{name}")
    assert _owners(told, None) == f"UU{who}B"
    told.commit()
    assert _owners(told) == _owners(told, None) == f"UU{who}B"
    _put(told, "A", "more")
    assert _owners(told, None) == f"UU{who}BA"
