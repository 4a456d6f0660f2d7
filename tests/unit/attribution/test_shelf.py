from collections.abc import Iterator
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from byline.attribution.marks import Lines, Mark, Text, Version
from byline.attribution.palette import Palette
from byline.attribution.shelf import Block, shorten
from byline.attribution.states import States
from byline.attribution.world import World
from byline.model import Event, Owner

Story = list[tuple[int, int]]
"""Which line of a file was written, and by whom."""
_STORIES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=80)


def _owner(name: int, seq: int) -> Owner:
    return Owner("session", "write", str(name), f"event {seq}", seq, "explicit")


def _versions(story: Story, *, again: bool) -> Iterator[Version]:
    """A file of six lines after each write; `again`: whether its texts can be read again."""
    marks = [Mark(Owner("unknown", "no evidence"), None, rooted=True)] * 6
    for seq, (line, name) in enumerate(story):
        marks = list(marks)
        marks[line] = Mark(_owner(name, seq // 2), marks[line])
        lines = [b"%d\n" % id(mark) for mark in marks]
        yield Version(Text(str(seq), 6, None, _read, f"of {seq}") if again else Text.of(str(seq), lines), marks)


def _read(text: Text, source: str) -> Lines:
    return [f"{text.id} {source}\n".encode()] * text.count


def _told(version: Version | None) -> list[tuple[Owner, bool, list[Owner]]]:
    assert version is not None
    return [(mark.owner, mark.rooted, list(mark.history())) for mark in version.marks]


@given(_STORIES, st.booleans())
def test_a_block_gives_back_what_was_put_into_it(story: Story, again: bool) -> None:
    versions = list(_versions(story, again=again))
    palette = Palette()
    block = Block([palette.packed(version) for version in versions])
    for closed in (False, True):
        for at, version in enumerate(versions):
            found = block.version(at)
            assert _told(found) == _told(version)
            assert (found.text.id, found.text.count, found.lines) == (version.text.id, 6, version.lines)
            if closed:
                block.close()


def test_versions_of_an_open_block_have_the_same_marks() -> None:
    versions = list(_versions([(0, 1), (1, 2)], again=True))
    palette = Palette()
    block = Block([palette.packed(version) for version in versions])
    assert block.version(0).marks[0] is block.version(1).marks[0]


@given(_STORIES, st.integers(1, 80))
def test_what_is_shortened_tells_the_same(story: Story, newest: int) -> None:
    versions = list(_versions(story, again=True))[-newest:]
    told = [_told(version) for version in versions]
    shorten([mark for version in versions for mark in version.marks])
    assert [_told(version) for version in versions] == told


def test_a_long_story_of_one_line_becomes_short() -> None:
    *_, last = _versions([(0, k % 3) for k in range(400)], again=True)
    shorten(last.marks)
    assert _length(last.marks[0]) < 40


def test_states_are_as_they_were_when_they_are_history() -> None:
    story = [(k * 7 % 6, k % 4) for k in range(400)]
    states = States("f", cast(World, None))
    told = []
    for seq, version in enumerate(_versions(story, again=True)):
        told.append(_told(version))
        states.push(seq, seq, Event(v=1, id="e", event="write", at=seq, worktree="/w"), version.text.id, version)
    assert [_told(node.version) for node in states.nodes] == told
    assert all(node.known for node in states.nodes)
    current = states.nodes[-1].version
    assert current is not None
    assert all(_length(mark) < 150 for mark in current.marks)


def _length(mark: Mark) -> int:
    count, at = 0, mark.previous
    while at is not None:
        count, at = count + 1, at.previous
    return count
