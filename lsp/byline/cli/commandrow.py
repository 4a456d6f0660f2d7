"""One row of the table of commands."""

from typing import NamedTuple


class Command(NamedTuple):
    """One row of the command table. The module offers `arguments(parser)` and `run(args, env) -> exit code`."""

    name: str
    module: str
    summary: str
    examples: tuple[tuple[str, str], ...]
    """Pairs of a command line and what it does."""
