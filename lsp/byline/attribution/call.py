"""A shell call that has ended, as one path saw it."""

from collections.abc import Sequence
from typing import NamedTuple

from byline.attribution.commands import uses_git
from byline.attribution.marks import Mark, Text, Version, exact_keys
from byline.attribution.node import Node
from byline.attribution.typed import is_typed
from byline.attribution.windows import Numbered
from byline.attribution.world import World
from byline.model import Event, Owner


class Call(NamedTuple):
    """What was there before and after it, and whose its changes are."""

    world: World
    path: str
    pre: Numbered
    post: Numbered
    found: Node
    """The state that its pre event found."""
    current: Node
    """The last state that anyone told of before its end."""
    text: Text
    """What is there at its end."""
    owner: Owner
    """Of what is its own."""
    nodes: Sequence[Node]
    """All recorded states of the path, oldest first."""

    @property
    def begin(self) -> int:
        """The position of its pre event among all events."""
        return self.pre[0]

    @property
    def end(self) -> int:
        """The position of its post event among all events."""
        return self.post[0]

    @property
    def before(self) -> Event:
        """Its pre event."""
        return self.pre[1]

    @property
    def after(self) -> Event:
        """Its post event."""
        return self.post[1]

    @property
    def command(self) -> str | None:
        """What it ran."""
        return self.before.command or self.after.command

    @property
    def may_merge(self) -> bool:
        """Whether git ran, or something in the repository shows that it did."""
        before, after = self.before, self.after
        return bool(
            uses_git(self.command) or after.merging or (before.head, before.stash) != (after.head, after.stash)
        )

    def unless_typed(self, version: Version, there: Sequence[Mark | None]) -> Version:
        """The version, but what would be the call's own and does not stand in its command has the mark of `there`.

        `there`: one for each line; None where the line stays as it is.
        """
        lines = zip(version.marks, there, exact_keys(version.lines), strict=True)
        return Version(
            version.text,
            [
                old if old is not None and mark.owner is self.owner and not is_typed(line, self.command) else mark
                for mark, old, line in lines
            ],
        )
