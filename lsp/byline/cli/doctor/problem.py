"""What a check finds."""

from typing import Literal, NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong, or worth knowing."""

    check: str
    """A stable name for programs."""
    problem: str
    """One sentence."""
    mend: str
    """The command to type, or what to do where no command does it."""
    level: Literal["problem", "note"] = "problem"
    """A note is nothing anybody has to act on: `byline doctor` still ends with 0."""
