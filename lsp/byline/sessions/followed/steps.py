"""The steps of a session as an agent's own record tells them. Pure."""

from typing import Literal

import msgspec

Swap = tuple[str, str]
"""An old text and the new one that an edit put in its place."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a session did, in the order of its record."""

    event: Literal["prompt", "read", "write", "wrote", "turn_end"]
    """`wrote`: a write of `path`, of which the record does not say what it changed."""
    key: str
    """Names the step within its session, the same at every reading; of a tool call the agent's own id."""
    turn: str = ""
    model: str = ""
    tool: str = ""
    prompt: str = ""
    path: str = ""
    """Absolute, or relative to the session's folder."""
    span: tuple[int, int] | None = None
    """First and last line of a `read`, 1-based."""
    whole: str | None = None
    """Of a `read` that showed the whole file: its text."""
    is_new: bool = False
    """A `write` that made the file."""
    before: str | None = None
    """The text a `write` started from: the whole file's, or perhaps only a part of it (`swaps` is empty then)."""
    after: str | None = None
    """The text a `write` left; as `before`."""
    is_part: bool = False
    """`before` and `after` may be parts of the file."""
    swaps: tuple[Swap, ...] = ()
    """What a `write` exchanged, where that is all the record says."""
    commit: str = ""
    """The commit in which the agent itself says it put a `write`."""
    reply: str = ""
    """Beside `commit`: the model's answer, which holds every line it wrote."""
    tokens: dict[str, int] | None = None
    """Of a `turn_end`: used in the turn, by kind."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One session as its agent's record tells it."""

    agent: str
    session: str
    folder: str
    """Absolute: what relative paths start from."""
    version: str = ""
    steps: tuple[Step, ...] = ()
