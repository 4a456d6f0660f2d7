"""Write events of one path: whose lines a tool call's change is made of."""

from byline.attribution.closing import close, rescue, unexplained
from byline.attribution.marks import EMPTY, Mark, Text, Version
from byline.attribution.merge import carry
from byline.attribution.node import Node
from byline.attribution.said import Said
from byline.attribution.states import States, session_owner
from byline.attribution.step import Rule, step
from byline.attribution.unseen import UNSEEN, unseen
from byline.attribution.windows import Window
from byline.model import NONE_ID, Event, Owner

_FORMATTING = ("opencode",)
"""Agents whose edit tools run the project's formatter on what they wrote before they tell of it."""
_REMEMBERED = 256
"""Calls of one file among which one that is told again is looked for: two hooks tell of it within seconds."""


class Writes:
    """What the write calls of agents make of a path's states."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._calls: dict[int, None] = {}
        """Hashes of what names the last calls."""

    def begin(self, seq: int, event: Event) -> None:
        """The call is about to write: what is there now is not its doing."""
        if event.after_id:
            self._states.at_pre[seq] = self._states.observe(event.after_id, seq, event)

    def end(self, seq: int, event: Event, window: Window | None) -> None:
        """The call has written: the lines it changed are its own."""
        text = self._states.text(event.after_id)
        pre = self._states.at_pre.get(window.pre[0]) if window else None
        if text is None:
            self._without_text(seq, event)
            return
        if self._told_before(event):
            self._states.observe(event.disk_id or text.id, seq, event)
            return
        if event.user_modified and event.disk_id:
            self._with_person(event, text, pre, seq)
            return
        owner = _owner(event, seq)
        current = self._states.current.get(event.worktree)
        begin = window.pre[0] if window else seq
        late = self._told_late(event, text, current) if window is None else None
        memo = self._states.memo
        if late is not None and current is not None:
            version = close(late, current, text, owner, Rule.EDIT, event, memo)
            self._states.push(seq, begin, event, text.id, self._said(event, version, late.version, owner))
        elif (moved := self._moved_from(event)) is not None:
            version = step(moved, text, Rule.EDIT, owner, event.edits, memo)
            self._states.push(seq, begin, event, text.id, self._said(event, version, moved, owner))
        elif event.before_id:
            parent = self._states.observe(event.before_id, seq, event)
            if parent.version is None:
                version = self._named_lines(text, owner, seq, event)
            else:
                version = step(parent.version, text, Rule.EDIT, owner, event.edits, memo)
                rescue(version, current, parent, pre, memo)
            version = self._said(event, version, parent.version, owner)
            self._states.push(seq, begin, event, text.id, version).commit = event.commit
        elif pre is not None and pre.version is not None:
            if current is None or current.id != text.id or unexplained(current, pre):
                closed = close(pre, current, text, owner, Rule.EDIT, event, memo)
                self._states.push(seq, begin, event, text.id, self._said(event, closed, pre.version, owner))
        elif current is None or current.id != text.id:
            version = self._named_lines(text, owner, seq, event)
            self._states.push(seq, begin, event, text.id, version)
        if event.disk_id:
            self._found_on_disk(event.disk_id, seq, event, window, owner)

    def _found_on_disk(self, content_id: str, seq: int, event: Event, window: Window | None, owner: Owner) -> None:
        """After what the call left there is something else by now."""
        own = self._states.current[event.worktree].version
        self._states.observe(content_id, seq, event)
        if window is not None and own is not None:
            self._credit(seq, event, own, owner, window.pre[0])

    def _credit(self, seq: int, event: Event, own: Version, owner: Owner, since: int) -> None:
        """What is on disk by now another call may have told of first: what that saw nobody make is this one's.

        `since`: the position at which the call began.
        """
        node = self._states.current[event.worktree]
        if node.version is None:
            return
        there = carry(node.version.lines, [own])
        marks = [
            new
            if new is not None
            and new.owner is owner
            and old.owner.seq > since
            and old.owner.reason.startswith(UNSEEN)
            else old
            for old, new in zip(node.version.marks, there, strict=True)
        ]
        if marks != node.version.marks:
            self._states.push(seq, seq, event, node.id, Version(node.version.text, marks))

    def _said(self, event: Event, version: Version | None, start: Version | None, owner: Owner) -> Version | None:
        """What changed and is not what the call says it put there was changed beside it, unseen."""
        if version is None or event.said_id is None:
            return version
        told = self._states.text(event.said_id)
        said = Said.read(told.lines) if told is not None else None
        start, text, memo = start or EMPTY, version.text, self._states.memo
        is_formatted = event.agent in _FORMATTING
        rule = Rule.FORMAT if is_formatted else Rule.OTHER
        nobody = Owner("unknown", "no evidence: changed beside what the call says", seq=owner.seq)
        proposal = said.proposed(start.lines, version.lines, is_whole=is_formatted) if said is not None else None
        if proposal == version.lines:
            return version
        if proposal is not None:
            return step(step(start, Text.of("", proposal), Rule.EDIT, owner), text, rule, nobody)
        beside = step(start, text, rule, nobody, memo=memo).marks
        marks = [
            other if mark.owner is owner and not (said is not None and said.has(line)) else mark
            for mark, other, line in zip(version.marks, beside, version.lines, strict=True)
        ]
        return Version(text, marks)

    def _without_text(self, seq: int, event: Event) -> None:
        if event.after_id == NONE_ID:  # the tool deleted the file
            self._states.observe(NONE_ID, seq, event)
        else:
            self._states.opaque(seq, event)

    def _with_person(self, event: Event, proposal: Text, pre: Node | None, seq: int) -> None:
        """What was written is what a person made of the call's proposal, which nobody ever had on disk."""
        written = self._states.text(event.disk_id)
        start = self._states.observe(event.before_id, seq, event) if event.before_id else pre
        if written is None or start is None or start.version is None:
            self._states.observe(event.disk_id or NONE_ID, seq, event)
            return
        memo = self._states.memo
        person = Owner("human", "changed in the agent's proposal", None, event.id, seq, "explicit")
        proposed = step(start.version, proposal, Rule.EDIT, _owner(event, seq), memo=memo)
        version = step(proposed, written, Rule.OTHER, person, memo=memo)
        # What the proposal would have taken out, and the person left where it was, is nobody's new text.
        kept = step(start.version, written, Rule.EDIT, person, memo=memo)
        marks = [old if mark.owner is person else mark for mark, old in zip(version.marks, kept.marks, strict=True)]
        self._states.push(seq, pre.seq if pre else seq, event, written.id, Version(written, marks))

    def _moved_from(self, event: Event) -> Version | None:
        """The version of another file that the call moved here."""
        if not event.old_path or not event.before_id or event.before_id == NONE_ID:
            return None
        world = self._states.world
        known = world.known(event.old_path, event.before_id)
        if known is None and world.entry(event.head, event.old_path) == event.before_id:
            return world.committed(event.head, event.old_path)
        return known

    def _told_late(self, event: Event, text: Text, current: Node | None) -> Node | None:
        """The state a write started from whose result another write, told first, was already built on.

        Then the lines that appeared on the way with nobody seen making them are this write's, and no others.
        """
        before = self._states.text(event.before_id)
        if before is None or current is None or current.id != text.id or before.id == text.id:
            return None
        start = next((node for node in reversed(self._states.nodes) if node.id == before.id and node.known), None)
        if start is None and self._states.world.entry(event.head, self._states.path) == before.id:
            committed = self._states.world.committed(event.head, self._states.path)
            start = Node(-1, -1, event.worktree, event.head, before.id, committed)
        return start if start is not None and unexplained(current, start) else None

    def _told_before(self, event: Event) -> bool:
        """Whether this very call was recorded already: two settings files may name the hook."""
        if not event.call_id:
            return False
        # Its id and where it started from: not every agent's ids are new for each call.
        call = hash((event.session_id, event.call_id, event.worktree, event.before_id or event.after_id))
        if call in self._calls:
            return True
        self._calls[call] = None
        if len(self._calls) > _REMEMBERED:
            del self._calls[next(iter(self._calls))]
        return False

    def _named_lines(self, text: Text, owner: Owner, seq: int, event: Event) -> Version:
        """Nothing is told of the text before: the call owns the lines its positions name and no others.

        Positions that name the whole file only say that the call wrote all of it, also what was there already.
        """
        current = self._states.current.get(event.worktree)
        version = unseen(self._states.world, self._states.path, text, seq, event, current, self._states.nodes)
        # The call said that it wrote: what it does not name is no other's that runs meanwhile.
        nobody = Mark(Owner("unknown", "written by a call that does not tell what was there before", seq=seq))
        version.marks = [nobody if mark.owner.seq == seq else mark for mark in version.marks]
        before = self._last_known(current, event)
        if before is not None and list(map(tuple, event.edits or ())) == [(1, 0, 1, text.count)]:
            return step(before, text, Rule.EDIT, owner, memo=self._states.memo)
        marks = list(version.marks)
        for _, _, start, count in event.edits or ():
            if start < 1 or count < 0 or start - 1 + count > len(marks):
                return version  # positions in another text
            for k in range(start - 1, start - 1 + count):
                marks[k] = Mark(owner, marks[k])
        return Version(text, marks)

    def _last_known(self, current: Node | None, event: Event) -> Version | None:
        """What the file was when it was last seen; what HEAD has where nobody looked since HEAD moved."""
        if current is not None and current.seen_at == event.head:
            return current.version
        return self._states.world.committed(event.head, self._states.path)


def _owner(event: Event, seq: int) -> Owner:
    """Whose the lines are that the call made."""
    if event.user_modified and not event.disk_id:
        return Owner("unknown", "a person changed the proposal; what of it is not told", evidence=event.id, seq=seq)
    return session_owner(event, seq, f"write by {event.tool}" if event.tool else "write event")
