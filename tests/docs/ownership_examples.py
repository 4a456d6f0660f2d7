"""The examples of `docs/ownership.md`, as byline itself answers them.

`python tests/docs/ownership_examples.py` writes them into the page; the test beside it says whether they are true.
"""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parents[1]))

from story import Blame, ForkedHook, Story
from story.stage import Stage
from story.world import World

PAGE = Path(__file__).parents[2] / "docs" / "ownership.md"
BEGIN, END = "<!-- examples: python tests/docs/ownership_examples.py -->", "<!-- end of examples -->"
_KIND = {"H": "person", "U": "unknown"}


class Example(NamedTuple):
    """A story, told in words and as deeds."""

    title: str
    words: tuple[str, ...]
    deeds: Callable[[Story], Story]
    rev: str | None = "HEAD"
    """Which version of `f.txt` is shown; None: the working file."""


def _rebased(told: Story) -> Story:
    told.init(f=["one", "two"]).git("checkout", "-q", "-b", "feature")
    told.edit("A", f=["one", "two", "written by A"]).commit()
    told.git("checkout", "-q", "main").on_disk(f=["header", "one", "two"]).commit()
    return told.git("checkout", "-q", "feature").git("rebase", "-q", "main")


def _pulled(told: Story) -> Story:
    told.init(f=["one"])
    told.world.bare_remote("origin")
    told.world.colleague("origin", {"f.txt": b"one\na colleague's line\n"}, "theirs")
    return told.shell("A", "git pull", lambda it: it.git("pull", "-q", "--rebase", "origin", "main"))


def _conflict(told: Story) -> Story:
    told.init(f=["top", "end"]).git("checkout", "-q", "-b", "feature")
    told.edit("A", f=["top", "from A", "end"]).commit().git("checkout", "-q", "main")
    told.edit("B", f=["top", "from B", "end"]).commit().git_stops("merge", "-q", "feature")
    told.on_disk(f=["top", "from A", "from B", "made up while merging", "end"])
    return told.git("add", "-A").git("commit", "-q", "--no-edit")


EXAMPLES = [
    Example(
        "A session, a person, and a change nobody saw",
        (
            "Session A writes two lines with its edit tool.",
            "A person corrects one of them in an editor.",
            "Another program adds a line.",
        ),
        lambda told: (
            told.init(f=["old"])
            .edit("A", f=["old", "retry(3)", "timeout(30)"])
            .edit("H", f=["old", "retry(5)", "timeout(30)"])
            .on_disk(f=["old", "retry(5)", "timeout(30)", "generated()"])
            .commit()
        ),
    ),
    Example(
        "A formatter keeps owners",
        ("Session A writes a call on one line.", "Session B runs `black .` in its shell, which wraps it."),
        lambda told: (
            told.init(f=["x"])
            .edit("A", f=["x", "call(foo, bar)"])
            .shell("B", "black . 2>&1 | tail -3", f=["x", "call(", "    foo,", "    bar,", ")"])
            .commit()
        ),
    ),
    Example(
        "An edit tool that only indents",
        ("Session A writes a line.", "Session B's edit tool writes it again, indented."),
        lambda told: (
            told.init(f=["if x:"]).edit("A", f=["if x:", "run()"]).edit("B", f=["if x:", "    run()"]).commit()
        ),
    ),
    Example(
        "A shell call owns what it changed, not what it found",
        ("Somebody adds a line unseen.", "Session A runs `make`, which adds another."),
        lambda told: (
            told.init(f=["a"])
            .on_disk(f=["a", "was there before"])
            .shell("A", "make", f=["a", "was there before", "made by make"])
            .commit()
        ),
    ),
    Example("A pull by a session makes it no writer", ("Session A runs `git pull`.",), _pulled),
    Example(
        "A rebase carries owners",
        ("Session A commits a line on a branch.", "`main` moves on; the branch is rebased onto it."),
        _rebased,
    ),
    Example(
        "A merge with a conflict",
        (
            "Sessions A and B change the same place on two branches.",
            "Somebody settles the conflict in a program nobody watches: both lines stay, one is made up.",
        ),
        _conflict,
    ),
    Example(
        "The same text twice",
        ("Session A writes a line.", "A person types the same line elsewhere."),
        lambda told: (
            told.init(f=["a", "b"])
            .edit("A", f=["a", "b", "x = compute(a)"])
            .edit("H", f=["x = compute(a)", "a", "b", "x = compute(a)"])
            .commit()
        ),
    ),
    Example(
        "Only part of it is committed",
        ("Session A writes two lines.", "One of them is staged and committed."),
        lambda told: (
            told.init(f=["a"]).edit("A", f=["a", "first", "second"]).stage_text(f=["a", "first"]).commit(staged=True)
        ),
    ),
]


def render() -> str:
    """The examples as Markdown."""
    return "\n".join(_rendered(example) for example in EXAMPLES)


def _rendered(example: Example) -> str:
    with tempfile.TemporaryDirectory(prefix="byline-example-") as folder:
        world = World(Path(folder), ticking=True)
        told = example.deeds(Story(Stage(world, hook=ForkedHook(), blame=Blame(forked=True))))
        lines = told.stage.ask("f.txt", example.rev)
    owners = [_KIND.get(line.owner) or f"session {line.owner}" for line in lines]
    wide, long = max(map(len, owners)), max(len(line.text) for line in lines)
    rows = [
        f"{owner:<{wide}}  {line.text:<{long}}  {re.sub('[0-9a-f]{7,40}', '1a2b3c4', line.reason)}".rstrip()
        for owner, line in zip(owners, lines, strict=True)
    ]
    return "\n".join(
        [f"### {example.title}", "", *(f"- {one}" for one in example.words), "", "```", *rows, "```", ""]
    )


def written() -> str:
    """The page with its examples made anew."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN, 1)
    return f"{before}{BEGIN}\n\n{render()}\n{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
