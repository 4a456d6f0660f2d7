"""What the events of a repository tell about a commit, a path or a session: asked of the journal, which knows where
they stand, so that only those that matter are read.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from byline.attribution.timeline import Seen
from byline.model import Event
from byline.workspace.journal import Journal

SHELL = ("pre_shell", "shell")
GIVES_UP = ("turn_end", "session_end", "prompt")
"""Events after which shell calls of their session whose end was not seen are not waited for."""


class Evidence:
    """Positions are those among all events. Every answer that holds events may raise SpoolChanged."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._traces = journal.traces
        self._stays = journal.stays
        self.events = journal.events
        self.session = journal.sessions.get
        """One session by its id, None where no event speaks of it."""
        self.of_session = journal.by_session
        """The positions of the events of each session, ascending."""
        self.made_in_shell = journal.traces.made_in_shell
        self._by_id: dict[str, Event | None] = {}
        self._latest: list[int] = []

    # -- events -----------------------------------------------------------------------------------------------------

    def number(self, id: str | None) -> int | None:
        """The position of the event with an id."""
        return self.events.number(id) if id else None

    def event(self, id: str | None) -> Event | None:
        """The event with an id; those that were asked for are kept."""
        if id is None:
            return None
        if id not in self._by_id:
            number = self.events.number(id)
            self._by_id[id] = None if number is None else self.events[number]
        return self._by_id[id]

    def after(self, moment: int) -> int:
        """The position of the first event after a moment (ns since 1970), or behind the last one."""
        if len(self._latest) != len(self.events):
            self._latest = list(accumulate(self.events.at, max))
        return bisect_right(self._latest, moment)

    # -- sessions ---------------------------------------------------------------------------------------------------

    def before(self, session_id: str, until: int) -> Sequence[int]:
        """The positions before `until` of a session's events."""
        own = self.of_session.get(session_id, ())
        return own[: bisect_right(own, until - 1)]

    def children(self, session_id: str) -> Sequence[int]:
        """The positions of the first events of the sessions that a session started."""
        return self._traces.children.get(session_id, ())

    def ends_of_turns(self, session_id: str) -> Sequence[int]:
        """The positions of a session's events that may end a turn, prompts among them."""
        return self._journal.turn_ends.get(session_id, ())

    def sessions_with_turns(self) -> list[str]:
        """The sessions that have had a prompt."""
        return list(self._traces.begun)

    def prompts_of(self, session_id: str) -> Sequence[int]:
        """The positions of the prompts that began the turns of a session."""
        return self._traces.begun.get(session_id, ())

    # -- commits ----------------------------------------------------------------------------------------------------

    def first_at(self, head: str) -> int | None:
        """The position of the first event that saw HEAD at a commit."""
        loose = self._traces.loose.get(head, ())
        return min((one for one in (self._stays.first_at(head), *loose[:1]) if one is not None), default=None)

    def at_head(self, head: str | None, kinds: Sequence[str]) -> list[int]:
        """The positions of the events of some kinds that saw HEAD at a commit, at none for None."""
        events = self.events
        found = self._stays.at_head(head, lambda since, until: events.of_kinds(kinds, since, until))
        if head is not None:
            found += [seq for seq in self._traces.loose.get(head, ()) if self.is_any(seq, kinds)]
        else:
            nowhere = [seq for seq in events.of_kinds(kinds) if self._stays.is_nowhere(seq)]
            found += [seq for seq, event in zip(nowhere, events.some(nowhere), strict=True) if event.head is None]
        return sorted(found)

    def told_by_git(self, commit: str) -> Event | None:
        """What git's own hooks told of a commit, as it was made."""
        told = self.events.some(self.at_head(commit, ("commit", "merge")))
        own = [event for event in told if event.source == "git"]
        return next((event for event in own if event.event == "commit"), own[0] if own else None)

    def joined(self, commit: str) -> list[str]:
        """The sessions that an import, or what an agent left behind, joined to a commit."""
        links = self.events.some(self._traces.links.get(commit, ()))
        return [event.session_id for event in links if event.session_id]

    # -- paths ------------------------------------------------------------------------------------------------------

    def paths(self) -> set[str]:
        """Every path that some event names."""
        return set(self._traces.named)

    def naming(self, path: str) -> list[int]:
        """The positions of the events that name a path, ascending, and of some that only concern it."""
        return sorted({*self._journal.numbers(path), *self._traces.named.get(path, ())})

    # -- worktrees --------------------------------------------------------------------------------------------------

    def seen(self) -> dict[str, list[Seen]]:
        """What events saw of HEAD in each worktree, in the order in which events name those."""
        return self._stays.by_worktree

    def worktree_of(self, seq: int) -> str | None:
        """The worktree that an event names."""
        return self._stays.worktree_of(seq)

    def in_worktree(self, worktree: str, numbers: Iterable[int]) -> list[int]:
        """Those of some events that name a worktree."""
        return self._stays.in_worktree(worktree, numbers)

    def moved(self, worktree: str, since: int, until: int) -> list[int]:
        """From one position up to another the events of a worktree that saw HEAD or its log elsewhere than before."""
        return [seq for seq, _, _ in self._stays.by_worktree.get(worktree, ()) if since <= seq < until]

    def seen_live(self) -> dict[str, list[Seen]]:
        """What events saw of HEAD in each worktree, but for those that an import brought."""
        return self._stays.without(self._traces.imported)

    def first_live(self) -> int | None:
        """The position of the first event that no import brought."""
        imported = self._traces.imported
        found = next((seq for seq, other in enumerate(imported) if seq != other), len(imported))
        return found if found < len(self.events) else None

    def open_calls(self, worktree: str, before: int) -> list[Event]:
        """The beginnings of the shell calls in a worktree that were neither ended nor given up before an event.

        A session's calls are given up when its turn ends, or the next begins.
        """
        begun = self.in_worktree(worktree, self._journal.shells.open_at(before))
        return [
            event
            for number, event in zip(begun, self.events.some(begun), strict=True)
            if not self._gave_up(event.session_id, worktree, number, before)
        ]

    def _gave_up(self, session_id: str | None, worktree: str, since: int, until: int) -> bool:
        if not session_id:
            ends = self.in_worktree(worktree, self.events.of_kinds(GIVES_UP, since + 1, until))
            return any(event.session_id == session_id for event in self.events.some(ends))
        own = self.ends_of_turns(session_id)
        between = own[bisect_right(own, since) : bisect_right(own, until - 1)]
        return any(self.is_any(number, GIVES_UP) for number in self.in_worktree(worktree, between))

    def shells_of_nobody(self) -> Sequence[int]:
        """The positions of the shell events of no session."""
        return self._traces.nobodys

    # -- kinds ------------------------------------------------------------------------------------------------------

    def is_any(self, seq: int, kinds: Iterable[str]) -> bool:
        """Whether an event is of one of some kinds."""
        return any(self.events.is_kind(seq, kind) for kind in kinds)
