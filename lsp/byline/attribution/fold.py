"""The states of one path, in order, from its events: who made each line what it is.

Each event either tells of a step somebody made (write, shell, save, format, correct) or only shows what is on disk.
Where the disk shows something no step explains, the change was made by nobody we saw: `unseen.py` says what can
still be known about it then.
"""

from collections.abc import Callable, Mapping, Sequence

from byline.attribution.formatters import is_formatter_run, uses_git
from byline.attribution.marks import EMPTY, Mark, Text, Version
from byline.attribution.node import Node, newest
from byline.attribution.shellstep import gits_doing, moved_here, rules_changed
from byline.attribution.step import Rule, step
from byline.attribution.unseen import UNSEEN, unseen
from byline.attribution.windows import Numbered, Window, Windows, is_persons_save
from byline.attribution.world import World
from byline.model import NONE_ID, UNREAD, Event, Owner

_LOOKED_AT = ("write", "save", "shell", "format", "observe")


class PathFold:
    """The nodes of one path over all worktrees."""

    def __init__(
        self, path: str, events: Sequence[Numbered], turn_ends: Mapping[str, Sequence[int]], world: World
    ) -> None:
        """`events`: those that concern `path`, ascending by position among all events."""
        self.path = path
        self.nodes: list[Node] = []
        self.current: dict[str | None, Node] = {}
        self._at_pre: dict[int, Node] = {}
        self._calls: set[tuple[str | None, ...]] = set()
        self._events: list[Numbered] = []
        self._turn_ends = turn_ends
        self._windows = Windows(events, turn_ends)
        self._world = world
        self._waiting = list(events)

    def extend(self, events: Sequence[Numbered]) -> bool:
        """Go on with new events about the path; False when they may change what older ones meant.

        `events`: all of them, older ones first. Then the path has to be folded anew.
        """
        done = len(self._events)
        last = next((event for _, event in reversed(self._events) if event.event in _LOOKED_AT), None)
        if last is not None and last.event == "save":
            return False  # what comes next may show that it was the agent's own write
        if len(events) <= done or (done and events[done - 1] is not self._events[-1]):
            return False
        open_calls = [window.pre[0] for window in self._windows.all if window.post is None]
        since = min(open_calls, default=self._events[-1][0] if done else 0)
        if any(event.event == "save" for seq, event in self._events if seq >= since):
            return False
        self._waiting = list(events[done:])
        self._windows = Windows(events, self._turn_ends)
        self.run()
        return True

    def run(self) -> None:
        """Fold the events that wait. Nodes are there as soon as they are known: the world may ask while this runs."""
        handlers: dict[str, Callable[[int, int, Event], None]] = {
            "pre_write": self._pre_write,
            "write": self._write,
            "pre_shell": self._pre_shell,
            "shell": self._shell,
            "save": self._save,
            "observe": self._observed,
            "format": self._format,
            "correct": self._correct,
        }
        start = len(self._events)
        self._events += self._waiting
        self._waiting = []
        for index in range(start, len(self._events)):
            seq, event = self._events[index]
            handler = handlers.get(event.event)
            if handler is not None:
                handler(index, seq, event)

    def known(self, content_id: str, worktree: str | None = None) -> Version | None:
        """The newest state with this content that no deletion came after."""
        return newest(self.nodes, content_id, worktree)

    # -- events ---------------------------------------------------------------------------------------------------

    def _pre_write(self, index: int, seq: int, event: Event) -> None:
        if event.after_id:
            self._at_pre[seq] = self._observe(event.after_id, seq, event)

    def _observed(self, index: int, seq: int, event: Event) -> None:
        if event.after_id:
            self._observe(event.after_id, seq, event)

    def _write(self, index: int, seq: int, event: Event) -> None:
        text = self._text(event.after_id)
        window = self._windows.of(seq)
        pre = self._at_pre.get(window.pre[0]) if window else None
        if event.after_id == NONE_ID:  # the tool deleted the file
            self._observe(NONE_ID, seq, event)
            return
        if text is None:
            self._opaque(seq, event)
            return
        if self._told_before(event):
            self._observe(event.disk_id or text.id, seq, event)
            return
        owner = self._session(event, seq, f"write by {event.tool}" if event.tool else "write event")
        current = self.current.get(event.worktree)
        begin = window.pre[0] if window else seq
        late = self._told_late(event, text, current) if window is None else None
        if late is not None and current is not None:
            self._push(seq, begin, event, text.id, self._close(late, current, text, owner, Rule.EDIT, event))
        elif event.before_id:
            parent = self._start(event.before_id, seq, event)
            if parent.version is None:
                version = self._named_lines(text, owner, seq, event)
            else:
                version = step(parent.version, text, Rule.EDIT, owner, event.edits, self._world.memo)
                self._rescue(version, current, parent, pre)
            self._push(seq, begin, event, text.id, version)
        elif pre is not None and pre.version is not None:
            if current is None or current.id != text.id or _unexplained(current, pre):
                closed = self._close(pre, current, text, owner, Rule.EDIT, event)
                self._push(seq, begin, event, text.id, closed)
        elif current is None or current.id != text.id:
            version = self._named_lines(text, owner, seq, event)
            self._push(seq, begin, event, text.id, version)
        if event.disk_id:
            self._observe(event.disk_id, seq, event)

    def _told_late(self, event: Event, text: Text, current: Node | None) -> Node | None:
        """The state a write started from whose result another write, told first, was already built on.

        Then the lines that appeared on the way with nobody seen making them are this write's, and no others.
        """
        before = self._text(event.before_id)
        if before is None or current is None or current.id != text.id or before.id == text.id:
            return None
        start = next((node for node in reversed(self.nodes) if node.id == before.id and node.known), None)
        if start is None and self._world.entry(event.head, self.path) == before.id:
            committed = self._world.committed(event.head, self.path)
            start = Node(-1, -1, event.worktree, event.head, before.id, committed)
        return start if start is not None and _unexplained(current, start) else None

    def _told_before(self, event: Event) -> bool:
        """Whether this very call was recorded already: two settings files may name the hook."""
        if not event.call_id:
            return False
        # Its id and where it started from: not every agent's ids are new for each call.
        call = (event.session_id, event.call_id, event.worktree, event.before_id or event.after_id)
        if call in self._calls:
            return True
        self._calls.add(call)
        return False

    def _pre_shell(self, index: int, seq: int, event: Event) -> None:
        content = self._listed(event)
        if content is not None:
            self._at_pre[seq] = self._observe(content, seq, event)

    def _shell(self, index: int, seq: int, event: Event) -> None:
        content = self._listed(event)
        if content is None:
            return
        window = self._windows.of(seq)
        pre = self._at_pre.get(window.pre[0]) if window else None
        text = self._text(content)
        current = self.current.get(event.worktree)
        if window is None or pre is None or current is None or text is None:
            self._observe(content, seq, event)
            return
        if pre.id == NONE_ID and current is pre and rules_changed(self._world, window.pre[1], event):
            self._observe(content, seq, event)  # it may only have been ignored before
            return
        if current.id == text.id and not (current is not pre and _unexplained(current, pre)):
            return
        version = self._shell_step(window, pre, current, text, seq, event)
        self._push(seq, window.pre[0], event, text.id, version)

    def _shell_step(
        self, window: Window, pre: Node, current: Node, text: Text, seq: int, event: Event
    ) -> Version | None:
        command = window.pre[1].command or event.command
        owner = self._session(event, seq, f"changed during shell call{quoted(command)}")
        if current.version is None or pre.version is None:
            return None
        before = window.pre[1]
        merges = bool(uses_git(command) or event.merging or (before.head, before.stash) != (event.head, event.stash))
        pair = (window.pre, (seq, event))
        version = gits_doing(self._world, self.path, pair, current, text, owner, self.nodes, merges)
        if version is not None:
            return version
        if is_formatter_run(command):
            owner = Owner("unknown", f"inside a formatter run{quoted(command)}", seq=seq)
            return self._close(pre, current, text, owner, Rule.FORMAT, event)
        if pre.id == NONE_ID and current is pre:
            source = moved_here(self._world, window.pre[1], event, text)
            if source is not None:
                return step(source, text, Rule.OTHER, owner, memo=self._world.memo)
        return self._close(pre, current, text, owner, Rule.OTHER, event)

    def _save(self, index: int, seq: int, event: Event) -> None:
        text = self._text(event.after_id)
        if text is None:
            self._opaque(seq, event)
            return
        current = self.current.get(event.worktree)
        if event.before_id is None and current is not None and current.id == text.id:
            return
        if not is_persons_save(self._windows, self._events, index):
            return
        parent = self._start(event.before_id, seq, event) if event.before_id else current
        if parent is not None and parent.id == text.id:
            return
        if event.before_id is None and parent is not None and parent.seen_at != event.head:
            parent = None  # HEAD moved since: what of the difference the person entered can't be told
        if parent is None or parent.version is None:
            self._observe(text.id, seq, event)
            return
        owner = Owner("human", "saved in the editor", None, event.id, seq, "explicit")
        self._push(seq, seq, event, text.id, step(parent.version, text, Rule.OTHER, owner, memo=self._world.memo))

    def _format(self, index: int, seq: int, event: Event) -> None:
        text = self._text(event.after_id)
        current = self.current.get(event.worktree)
        parent = self._start(event.before_id, seq, event) if event.before_id else current
        if text is None or parent is None or parent.version is None:
            if event.after_id:
                self._observe(event.after_id, seq, event)
            return
        if parent.id != text.id:
            owner = Owner("unknown", "new text inside a formatter run", seq=seq)
            self._push(
                seq, seq, event, text.id, step(parent.version, text, Rule.FORMAT, owner, memo=self._world.memo)
            )

    def _correct(self, index: int, seq: int, event: Event) -> None:
        if not event.after_id or not event.lines or not event.owner:
            return
        node = self._observe(event.after_id, seq, event)
        if node.version is None:
            return
        marks = list(node.version.marks)
        for first, last in event.lines:
            for k in range(max(first - 1, 0), min(last, len(marks))):
                marks[k] = _corrected(marks[k], event, seq)
        self.nodes.append(
            Node(seq, seq, event.worktree, event.head, node.id, Version(node.version.text, marks), corrected=True)
        )
        self.current[event.worktree] = self.nodes[-1]

    # -- steps ----------------------------------------------------------------------------------------------------

    def _start(self, before_id: str, seq: int, event: Event) -> Node:
        """The node a step with an explicit before text started from."""
        return self._observe(before_id, seq, event)

    def _observe(self, content_id: str, seq: int, event: Event) -> Node:
        """The disk (or a tool) shows this content: the current node, or a new one that nobody was seen making."""
        current = self.current.get(event.worktree)
        if content_id == NONE_ID:
            if current is not None and current.id == NONE_ID:
                return current
            return self._push(seq, seq, event, NONE_ID, EMPTY)
        text = self._text(content_id)
        if text is None:
            return self._opaque(seq, event)
        if current is not None and current.id == text.id and current.known:
            current.seen_at = event.head
            return current
        version = unseen(self._world, self.path, text, seq, event, current, self.nodes)
        return self._push(seq, seq, event, text.id, version)

    def _close(
        self, pre: Node, current: Node | None, text: Text, owner: Owner, rule: Rule, event: Event
    ) -> Version | None:
        """A call that changed the file between its pre and post event; who closed inside it keeps its own."""
        if pre.version is None:
            return None
        version = step(pre.version, text, rule, owner, event.edits, self._world.memo)
        if current is None or current is pre or current.version is None or current.seq <= pre.seq:
            return version
        inside = step(current.version, text, rule, owner, memo=self._world.memo)
        marks = [
            mine if _in_window_unknown(mark, pre) else mark
            for mark, mine in zip(inside.marks, version.marks, strict=True)
        ]
        return Version(text, marks)

    def _rescue(self, version: Version, current: Node | None, parent: Node, pre: Node | None) -> None:
        """Lines that others wrote while this call was open are theirs, though the call's own before text is older."""
        if pre is None or current is None or current is parent or current.version is None or current.seq <= pre.seq:
            return
        nobody = Owner("unknown", "")
        theirs = step(current.version, version.text, Rule.EDIT, nobody, memo=self._world.memo)
        for k, mark in enumerate(theirs.marks):
            if mark.owner.kind != "unknown" and mark.owner.seq > pre.seq:
                version.marks[k] = mark

    def _named_lines(self, text: Text, owner: Owner, seq: int, event: Event) -> Version:
        """Nothing is known about the text before: the call owns the lines its positions name and no others."""
        current = self.current.get(event.worktree)
        version = unseen(self._world, self.path, text, seq, event, current, self.nodes)
        marks = list(version.marks)
        for _, _, start, count in event.edits or ():
            if start < 1 or count < 0 or start - 1 + count > len(marks):
                return version  # positions in another text
            for k in range(start - 1, start - 1 + count):
                marks[k] = Mark(owner, marks[k])
        return Version(text, marks)

    def _listed(self, event: Event) -> str | None:
        """The content a shell event shows for this path; None when it does not tell."""
        if event.paths is None or event.after_ids is None:
            return None
        if self.path in event.paths:
            index = event.paths.index(self.path)
            found = event.after_ids[index] if index < len(event.after_ids) else UNREAD
            return None if found == UNREAD else found
        if event.incomplete:
            return None
        committed = self._world.entry(event.head, self.path)
        if committed is None and self._world.ignored(self.path):
            return None  # git status lists no ignored files: it may have been there
        return committed or NONE_ID

    def _text(self, content_id: str | None) -> Text | None:
        return self._world.text(content_id, self.path) if content_id and content_id != NONE_ID else None

    def _opaque(self, seq: int, event: Event) -> Node:
        return self._push(seq, seq, event, event.after_id or event.id, None)

    def _push(self, seq: int, begin: int, event: Event, content_id: str, version: Version | None) -> Node:
        node = Node(seq, begin, event.worktree, event.head, content_id, version)
        last = self.current.get(event.worktree)
        if last is not None and not any(last is pre for pre in self._at_pre.values()):
            last.pack()
        self.nodes.append(node)
        self.current[event.worktree] = node
        return node

    @staticmethod
    def _session(event: Event, seq: int, reason: str) -> Owner:
        if not event.session_id:
            return Owner("unknown", "an event without a session", evidence=event.id, seq=seq)
        return Owner("session", reason, event.session_id, event.id, seq, "explicit")


def _unexplained(current: Node, pre: Node) -> bool:
    """Whether the current state holds lines that appeared inside the window with nobody seen writing them."""
    if current is pre or current.version is None or current.seq <= pre.seq:
        return False
    return any(_in_window_unknown(mark, pre) for mark in current.version.marks)


def _in_window_unknown(mark: Mark, pre: Node) -> bool:
    """Whether the line appeared inside the window with nobody said to have made it."""
    return mark.owner.kind == "unknown" and mark.owner.seq > pre.seq and mark.owner.reason.startswith(UNSEEN)


def _corrected(mark: Mark, event: Event, seq: int) -> Mark:
    if event.owner == "undo":
        return mark.previous if mark.owner.reason.startswith("corrected") and mark.previous else mark
    kind = event.owner if event.owner in ("human", "unknown") else "session"
    session = event.owner if kind == "session" else None
    return Mark(Owner(kind, "corrected by a person", session, event.id, seq, "explicit", "manual"), mark)  # type: ignore[arg-type]


def quoted(command: str | None) -> str:
    """A shell command as a reason cites it: short, in backquotes; empty for none."""
    if not command:
        return ""
    words = " ".join(command.split())
    return f" `{words[:60]}{'…' if len(words) > 60 else ''}`"
