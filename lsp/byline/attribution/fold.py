"""The states of one path, in order, from its events: who made each line what it is.

Each event either tells of a step somebody made (write, shell, save, format, correct) or only shows what is on disk.
Where the disk shows something no step explains, the change was made by nobody we saw: `unseen.py` says what can
still be known about it then.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from byline.attribution.fate import Fate, survives, whole_runs
from byline.attribution.marks import Mark, Text, Version, exact_keys
from byline.attribution.merge import carry, kept
from byline.attribution.node import Node
from byline.attribution.shellcalls import ShellCalls
from byline.attribution.states import Standing, States
from byline.attribution.step import Rule, step
from byline.attribution.unseen import UNSEEN, became_of
from byline.attribution.windows import Moment, Numbered, Past, Windows, is_persons_save
from byline.attribution.world import World
from byline.attribution.writes import Writes
from byline.model import NONE_ID, Event, Owner

_LOOKED_BACK = 20
"""States among which a save that is told late is looked for."""
_LOOKED_AT = ("write", "save", "shell", "format", "observe")


class PathFold:
    """The nodes of one path over all worktrees."""

    def __init__(
        self, path: str, events: Sequence[Numbered], turn_ends: Mapping[str, Sequence[int]], world: World
    ) -> None:
        """`events`: those that concern `path`, ascending by position among all events."""
        self._states = States(path, world)
        self._writes = Writes(self._states)
        self._shells = ShellCalls(self._states)
        self._events: list[Past] = []
        """Of those that were folded the ones that may still count."""
        self._since = 0
        """The position before which only the beginnings of calls were kept."""
        self._running: list[int] = []
        """Where calls began that may have been running when all that is known was folded."""
        self._folded = 0
        self._newest = -1
        self.at: int | None = None
        """The position of the event that is being folded; None where all that waited have been."""
        self._save: tuple[int, Standing] | None = None
        """A save that may yet prove to be an agent's own write: its position, and how things stood before it."""
        self._turn_ends = turn_ends
        self._windows = Windows(events, turn_ends)
        self._waiting = list(events)

    def extend(self, numbers: Sequence[int], read: Callable[[Sequence[int]], Sequence[Numbered]]) -> bool:
        """Go on with new events about the path; False when they may change what older ones meant.

        `numbers`: the positions of all of them, ascending; `read` gives events by position. When it is False the path
        has to be folded anew.
        """
        done = self._folded
        if len(numbers) <= done or (done and numbers[done - 1] != self._newest):
            return False
        since = min(self._running, default=self._newest + 1)
        if any(event.event == "save" for seq, event in self._events if seq >= since):
            return False
        waiting = read(numbers[done:])
        windows = Windows([*self._events, *waiting], self._turn_ends)
        ends = [window.pre[0] for seq, _ in waiting if (window := windows.of(seq)) is not None]
        if min(ends, default=self._since) < self._since:
            return False  # a call that was given up ended after all, and what happened beside it was let go of
        self._windows, self._waiting = windows, list(waiting)
        if self._save is not None:
            self._step_back(*self._save)
        self.run()
        return True

    def run(self) -> None:
        """Fold the events that wait. Nodes are there as soon as they are known: the world may ask while this runs."""
        start, waiting = len(self._events), self._waiting
        self._events += waiting
        self._folded += len(waiting)
        self._waiting = []
        for index, (seq, event) in enumerate(waiting, start):
            if event.event in _LOOKED_AT:
                self._save = (seq, self._states.standing()) if event.event == "save" else None
            self.at = seq
            self._take(index, seq, event)
        self.at = None
        if waiting:
            self._newest = waiting[-1][0]
        self._let_go()

    def _step_back(self, seq: int, before: Standing) -> None:
        """Take the events from a position on for new ones."""
        self._states.restore(before)
        again = [cast(Numbered, one) for one in self._events if one[0] >= seq]
        self._events = [one for one in self._events if one[0] < seq]
        self._waiting = [*again, *self._waiting]
        self._folded -= len(again)

    def _let_go(self) -> None:
        """Keep of events only what may still count: they are most of what a long story takes in memory."""
        unsettled = self._save[0] if self._save is not None else self._newest + 1
        open_calls = {window.pre[0]: window for window in self._windows.all if window.post is None}
        self._running = [seq for seq, window in open_calls.items() if not self._windows.abandoned(window)]
        self._since = min([unsettled, *self._running])
        begun = {window.pre[0] for window in self._windows.all if window.post and window.post[0] >= self._since}
        self._events = [
            one if seq in open_calls or seq >= unsettled or isinstance(one[1], Moment) else (seq, Moment.of(one[1]))
            for one in self._events
            if (seq := one[0]) >= self._since or seq in open_calls or seq in begun
        ]
        self._states.rest({seq for seq, _ in self._events})
        self._windows = Windows(self._events, self._turn_ends)

    def _take(self, index: int, seq: int, event: Event) -> None:
        match event.event:
            case "pre_write":
                self._writes.begin(seq, event)
            case "write":
                self._writes.end(seq, event, self._windows.of(seq))
            case "pre_shell":
                self._shells.begin(seq, event)
            case "shell":
                self._shells.end(seq, event, self._windows.of(seq))
            case "save":
                self._saved(index, seq, event)
            case "observe" if event.after_id:
                self._states.observe(event.after_id, seq, event)
            case "format":
                self._format(seq, event)
            case "correct":
                self._correct(seq, event)

    @property
    def nodes(self) -> list[Node]:
        """The recorded states, oldest first."""
        return self._states.nodes

    @property
    def current(self) -> Mapping[str | None, Node]:
        """The last recorded state in each worktree."""
        return self._states.current

    def known(self, content_id: str, worktree: str | None = None) -> Version | None:
        """The newest state with this content that no deletion came after."""
        return self._states.known(content_id, worktree)

    def _saved(self, index: int, seq: int, event: Event) -> None:
        text = self._states.text(event.after_id)
        if text is None:
            self._states.opaque(seq, event)
            return
        current = self._states.current.get(event.worktree)
        if event.before_id is None and current is not None and current.id == text.id:
            return
        if not is_persons_save(self._windows, self._events, index):
            return
        owner = Owner("human", "saved in the editor", None, event.id, seq, "explicit")
        if current is not None and (seen := self._overtaken(event, text, current)) is not None:
            self._credit(seq, event, step(seen, text, Rule.OTHER, owner, memo=self._states.memo), owner, current)
            return
        seen_at = current.seen_at if current is not None else None  # what HEAD has is not told of at all
        was_gone = current is not None and self._became(current, seq) is Fate.GONE
        parent = self._states.observe(event.before_id, seq, event) if event.before_id else current
        if parent is not None and parent.id == text.id:
            return
        if event.before_id is None and parent is not None and parent.seen_at != event.head:
            parent = None  # HEAD moved since: what of the difference the person entered can't be told
        if parent is None or parent.version is None:
            self._states.observe(text.id, seq, event)
            return
        edits = event.edits if event.before_id else None
        version = step(parent.version, text, Rule.OTHER, owner, edits, self._states.memo)
        is_late = parent is not current and event.before_id != NONE_ID and not was_gone
        if is_late and current is not None and current.version is not None and current.seen_at == event.head:
            # What the editor saw last was older: a line that somebody had written since was loaded, not entered.
            version.marks = kept(version, owner, _loaded(version, parent.version, current.version, owner))
        if current in (None, parent) and (came := self._came_with(event.head, seen_at, parent, text)) is not None:
            # git brought it here after the editor's last look, and the editor loaded it.
            version.marks = kept(version, owner, carry(text.lines, [came]))
        self._states.push(seq, seq, event, text.id, version)

    def _became(self, node: Node, end: int) -> Fate:
        return became_of(self._states.world, self._states.path, node, end)

    def _came_with(self, head: str | None, seen_at: str | None, before: Node, text: Text) -> Version | None:
        """What HEAD has of the path, where it moved since `before` was seen and had another text of the path then.

        None too where HEAD has what was there before, or what was saved: then a commit was made of that.
        """
        world, path = self._states.world, self._states.path
        if head == seen_at or world.entry(head, path) in (world.entry(seen_at, path), before.id, text.id):
            return None
        return world.committed(head, path)

    def _overtaken(self, event: Event, text: Text, current: Node) -> Version | None:
        """What a save started from, where its own text was seen on disk next and then gave way to `current`."""
        before = self._states.text(event.before_id)
        if before is None or current.id == text.id:
            return None
        own = [node for node in self.nodes[-_LOOKED_BACK:] if node.worktree == event.worktree]
        for older, newer in zip(reversed(own[:-1]), reversed(own), strict=False):
            if newer.id == text.id:
                return older.version if older.id == before.id else None
        return None

    def _credit(self, seq: int, event: Event, saved: Version, owner: Owner, current: Node) -> None:
        """A save that is told late: what nobody was seen entering is the person's, and nothing else changes."""
        if current.version is None:
            return
        there = carry(current.version.lines, [saved])
        marks = [
            new if new is not None and new.owner is owner and old.owner.reason.startswith(UNSEEN) else old
            for old, new in zip(current.version.marks, there, strict=True)
        ]
        self._states.push(seq, seq, event, saved.text.id, saved)
        self._states.push(seq, seq, event, current.id, Version(current.version.text, marks))

    def _format(self, seq: int, event: Event) -> None:
        text = self._states.text(event.after_id)
        current = self._states.current.get(event.worktree)
        parent = self._states.observe(event.before_id, seq, event) if event.before_id else current
        if text is None or parent is None or parent.version is None:
            if event.after_id:
                self._states.observe(event.after_id, seq, event)
            return
        if parent.id != text.id:
            owner = Owner("unknown", "new text inside a formatter run", seq=seq)
            self._states.push(
                seq, seq, event, text.id, step(parent.version, text, Rule.FORMAT, owner, memo=self._states.memo)
            )

    def _correct(self, seq: int, event: Event) -> None:
        if not event.after_id or not event.lines or not event.owner:
            return
        node = self._states.observe(event.after_id, seq, event)
        if node.version is None:
            return
        marks = list(node.version.marks)
        for first, last in event.lines:
            for k in range(max(first - 1, 0), min(last, len(marks))):
                marks[k] = _corrected(marks[k], event, seq)
        self._states.nodes.append(
            Node(seq, seq, event.worktree, event.head, node.id, Version(node.version.text, marks), corrected=True)
        )
        self._states.current[event.worktree] = self._states.nodes[-1]


def _loaded(version: Version, before: Version, between: Version, owner: Owner) -> list[Mark | None]:
    """For lines of a save that would be `owner`'s, whose they are in a state that came between, unknown to the save.

    Where not all of that is in it, it may as well have been put away: then beside a line that is new, nobody's.
    """
    there = carry(version.lines, [between])
    known = [old if old is not None and old.owner.kind != "unknown" else None for old in there]
    if not set(exact_keys(between.lines)) - set(exact_keys(before.lines)) - set(exact_keys(version.lines)):
        return known
    nobody = Mark(Owner("unknown", f"{UNSEEN}: loaded, or entered again", seq=owner.seq))
    if not survives(between, version.lines, [before]):
        return [old and nobody for old in known]
    sure = [mark if mark.owner is not owner else None for mark in version.marks]
    whole = whole_runs(sure, [old or mark for old, mark in zip(known, sure, strict=True)])
    return [old and (old if found is not None else nobody) for old, found in zip(known, whole, strict=True)]


def _corrected(mark: Mark, event: Event, seq: int) -> Mark:
    if event.owner == "undo":
        return mark.previous if mark.owner.reason.startswith("corrected") and mark.previous else mark
    kind = event.owner if event.owner in ("human", "unknown") else "session"
    session = event.owner if kind == "session" else None
    return Mark(Owner(kind, "corrected by a person", session, event.id, seq, "explicit", "manual"), mark)  # type: ignore[arg-type]
