"""Sessions of a commit of which no event here tells, only the anchor of a commit that it was made from.

A rebase, a squash or a cherry-pick in a clone of somebody else brings their lines along, and what is known of
those who wrote them.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from byline.model import Attribution
from byline.repo.anchors.format import SessionLink, TurnLink


class Told(msgspec.Struct, frozen=True):
    """A session as an anchor describes it."""

    link: SessionLink
    turns: tuple[TurnLink, ...]

    def again(self, agent: str, touched: Sequence[str], peers: Iterable[str]) -> SessionLink:
        """The session's link with another commit, whose files `touched` it wrote.

        What was said is not told again, nor what only another program or version understands.
        """
        return msgspec.structs.replace(
            self.link,
            unknown={},
            agent=agent,
            link_type="explicit" if touched else "inferred",
            files_touched=tuple(sorted(touched)) or None,
            bash_commands=None,
            peer_session_ids=tuple(sorted(peers)) or None,
        )


def anchor_of(lines: Iterable[Attribution]) -> str | None:
    """The commit whose anchor tells of some of these lines."""
    return next((line.anchor for line in lines if line.anchor), None)


def turns_again(told: Mapping[str, Told], own: Mapping[str, Sequence[Attribution]]) -> tuple[TurnLink, ...]:
    """The turns of such sessions that led to their lines `own`."""
    wanted = {(one, line.turn_id) for one in told for line in own.get(one, ())}
    return tuple(
        msgspec.structs.replace(turn, unknown={}, prompt=None)
        for one, known in told.items()
        for turn in known.turns
        if (one, turn.id) in wanted
    )
