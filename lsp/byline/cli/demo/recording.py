"""The recorded day: `recording.jsonl`, one step a line, played in order.

A step is one of `{"say": [who, what]}`, `{"file": path, "text": ...}` (somebody leaves these bytes on disk),
`{"hook": agent, "payload": {...}}` (what the agent's hook is fed; `{repo}` and `{home}` stand for folders) and
`{"git": [words...], "author": first name}`. `expected.json` beside it says what byline must answer at the end.
"""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import msgspec

from byline.cli.demo.scratch import Scratch
from byline.errors import BylineError


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the recording; exactly one of the first four is given."""

    say: tuple[str, str] | None = None
    file: str | None = None
    hook: str | None = None
    git: list[str] | None = None
    text: str = ""
    payload: dict[str, Any] = {}
    author: str = ""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hover: over which 1-based line, what is remarkable about it, and words that the answer must have.

    Without words there must be no answer.
    """

    line: int
    why: str
    words: list[str]


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What byline must answer about one file."""

    file: str
    lens: str
    writers: list[tuple[str, str]]
    """Writer and text of each line; the writer is a session's id, `human` or `unknown`."""
    hovers: list[Question]


def steps() -> list[Step]:
    """The recording."""
    return [msgspec.json.decode(line, type=Step) for line in _data("recording.jsonl").splitlines()]


def expected() -> list[Expected]:
    """The answers, for each file to show."""
    return msgspec.json.decode(_data("expected.json"), type=list[Expected])


def play(scratch: Scratch, say: Callable[[str, str], None]) -> int:
    """Play all steps; the number of hook events."""
    events = 0
    for step in steps():
        if step.say is not None:
            say(*step.say)
        elif step.file is not None:
            scratch.write(step.file, step.text)
        elif step.git is not None:
            scratch.git(step.author, step.git)
        elif step.hook is not None:
            scratch.hook(step.hook, step.payload)
            events += 1
    return events


def _data(name: str) -> bytes:
    try:
        return files(__package__).joinpath(name).read_bytes()
    except OSError:
        raise BylineError(f"this byline lacks its recording {name}; install it again") from None
