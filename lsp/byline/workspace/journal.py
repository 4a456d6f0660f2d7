"""All events of a repository in order, and by the paths they concern.

Of each event there is kept where it stands and what it concerns: it is read again when somebody asks about it.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from byline.attribution.bringing import moves_texts, takes_older_stash
from byline.attribution.commands import only_git
from byline.attribution.filemoves import brings_files, carries_here
from byline.attribution.formatters import hides_commit, names_formatter
from byline.attribution.ignoring import Entry, rules_changed
from byline.attribution.shellcalls import quoted
from byline.attribution.world import Caller
from byline.errors import GitFailed
from byline.model import NONE_ID, UNREAD, Event, Owner
from byline.sessions.fromevents import Sessions
from byline.store.events import Events
from byline.store.packed import Bytes, Parts, below
from byline.store.postings import Postings
from byline.store.spool import Placed
from byline.workspace.moves import Moves
from byline.workspace.overlaps import Overlaps
from byline.workspace.shells import Shells
from byline.workspace.stays import Stays
from byline.workspace.traces import Traces

Numbered = tuple[int, Event]
ChangedBetween = Callable[[str | None, str | None], frozenset[str] | None]

_TURN_ENDS = ("turn_end", "session_end", "prompt", "session_start")


class Journal:
    """Events as they come, numbered from 0 by their place in the whole."""

    def __init__(self, changed_between: ChangedBetween, kept: Parts | None = None) -> None:
        """changed_between: the paths that differ between two commits, asked for shell calls that moved HEAD; None
        where git does not have them, GitFailed where it can't say. kept: what `parts` gave.
        """
        parts = kept or {}
        state: dict[str, Any] = json.loads(bytes(parts["state"])) if kept else {}
        self.events = Events(below(parts, "events"))
        self._of_path = Postings(below(parts, "paths") or None)
        self.by_session = Postings(below(parts, "of") or None)
        """By session: its events."""
        self.turn_ends = Postings(below(parts, "ends") or None)
        self.sessions = Sessions(below(parts, "sessions") or None, self.of_session)
        self.stays = Stays(self.events.at, state.get("stays"), parts.get("where", b""))
        self.traces = Traces(
            self.events.__getitem__, self.by_session, self.sessions.turns, below(parts, "traces") or None
        )
        self.shells = Shells(state.get("shells"), parts.get("calls", b""))
        self.overlaps = Overlaps(self.shells, self.some, self.turn_ended)
        self.first_head: str | None = state.get("first_head")
        """The commit HEAD named at the first event; None when that was unborn, or there is no event."""
        self.heads: set[str] = set(state.get("heads", ()))
        """Every commit that HEAD or the stash named at some event."""
        self.rewrites: dict[str, list[tuple[str, str]]] = {
            made: [(old, word) for old, word in olds] for made, olds in state.get("rewrites", {}).items()
        }
        """For each commit those it came from, as git's hooks told, and by what (`amend`, `rebase`)."""
        self.moves = Moves(state.get("moves"))
        """How HEADs of linked worktrees moved."""
        self.agents: dict[str, list[int]] = state.get("agents", {})
        """For each agent the number of its events, and position and time of the newest of a hook (-1 for none)."""
        self.unanswered: list[tuple[str, str]] = [(old, new) for old, new in state.get("unanswered", ())]
        """Commits between which git could not say what changed, as it did not have them."""
        self._head: str | None = None
        self.is_unsure = False
        """Whether git failed to answer, so that another time it may answer otherwise."""
        self._open_writes: dict[str, set[str]] = {
            name: set(paths) for name, paths in state.get("open_writes", {}).items()
        }
        self._changed_between = changed_between

    @property
    def by_worktree(self) -> dict[str, Any]:
        """What events saw of HEAD, in each worktree."""
        return self.stays.by_worktree

    def add(self, events: Iterable[Event | Placed]) -> set[str]:
        """Take in new events; the paths they concern. One that is known already is passed over."""
        touched: set[str] = set()
        for one in events:
            event, place = (one, None) if isinstance(one, Event) else (one.event, one)
            seq = self.events.add(event, place)
            if seq is not None:
                touched |= self._place(seq, event)
        return touched

    def concerning(self, path: str) -> list[Numbered]:
        """The events that tell of a path, in order. Raises SpoolChanged."""
        return self.some(self.numbers(path))

    def numbers(self, path: str) -> Sequence[int]:
        """The positions of the events that tell of a path, ascending."""
        return self._of_path.get(path, ())

    def some(self, numbers: Sequence[int]) -> list[Numbered]:
        """Events by position, with it. Raises SpoolChanged."""
        return list(zip(numbers, self.events.some(numbers), strict=True))

    def of_path_and_kind(self, path: str, kind: str) -> list[Event]:
        """The events of one kind that tell of a path, in order. Raises SpoolChanged."""
        return self.events.some([number for number in self.numbers(path) if self.events.is_kind(number, kind)])

    def paths(self) -> list[str]:
        """Every path any event concerns."""
        return list(self._of_path)

    def turn_ended(self, session_id: str | None, after: int, before: int) -> bool:
        """Whether a turn of the session, or the session itself, ended between two positions.

        The next prompt says nothing of that: people write it while the agent is still at work.
        """
        ends = self.turn_ends.get(session_id or "", ())
        between = ends[bisect_right(ends, after) : bisect_left(ends, before)]
        return any(self.events.is_kind(seq, kind) for seq in between for kind in ("turn_end", "session_end"))

    def encloses(self, worktree: str | None) -> bool:
        """Whether another worktree of the repository, of which events tell, is below this one."""
        return worktree is not None and any(str(other).startswith(f"{worktree}/") for other in self.by_worktree)

    def shell_at(
        self, worktree: str | None, before: int, path: str, entry: Entry, *, settles: bool = False
    ) -> Caller | None:
        """The session in whose shell call, and nobody else's, that happened which event `before` came next after.

        settles: it is a commit that ends a conflict; what the file was with its markers is told by the pre event.
        """
        around = [(begin, self.events[begin], end) for begin, end in self.shells.around(before)]
        around = [call for call in around if call[1].worktree == worktree]
        if not around or len({pre.session_id for _, pre, _ in around}) > 1:
            return None
        if any(not _tells_before(pre, path, settles=settles) or not pre.may_write(path) for _, pre, _ in around):
            return None  # what was in the index already, perhaps from somebody else, can't be told from what is new
        begin, pre, seq = around[-1]
        if pre.session_id is None or names_formatter(pre.command) or only_git(pre.command):
            return None
        if self.shells.is_beside(pre, begin, seq):
            return None
        reason = f"committed during shell call{quoted(pre.command)}"
        post = self.events[seq]
        told = pre.command
        brings = told is not None and (brings_files(told, path) or rules_changed(entry, path, pre, post))
        owner = Owner("session", reason, pre.session_id, post.id, seq, "explicit")
        moves = moves_texts(told) or hides_commit(told)
        carries = takes_older_stash(told) or carries_here(told, pre, encloses=self.encloses(worktree))
        return Caller(owner, moves, pre.stash, brings, carries, pre.head, begin, told)

    def parts(self) -> dict[str, Bytes]:
        """All of it, packed; to be let go of before anything is added."""
        state = {
            "stays": self.stays.kept,
            "shells": self.shells.kept,
            "first_head": self.first_head,
            "heads": sorted(self.heads),
            "rewrites": self.rewrites,
            "moves": self.moves.kept,
            "agents": self.agents,
            "unanswered": self.unanswered,
            "open_writes": {name: sorted(paths) for name, paths in self._open_writes.items()},
        }
        found: dict[str, Bytes] = {
            "state": json.dumps(state, separators=(",", ":")).encode(),
            "where": self.stays.where,
            "calls": self.shells.calls,
        }
        for name, parts in (
            ("events", self.events.parts()),
            ("paths", self._of_path.parts()),
            ("of", self.by_session.parts()),
            ("ends", self.turn_ends.parts()),
            ("sessions", self.sessions.parts()),
            ("traces", self.traces.parts()),
        ):
            found |= {f"{name}.{key}": part for key, part in parts.items()}
        return found

    def of_session(self, name: str) -> Sequence[Event]:
        """The events of a session, in order. Raises SpoolChanged."""
        return self.events.some(self.by_session.get(name, ()))

    def _place(self, seq: int, event: Event) -> set[str]:
        self._note(seq, event)
        if event.background and event.event == "shell" and not self._is_stranger(event):
            self.shells.goes_on(seq, event)
        elif event.background:
            self.shells.still_runs(event)
        self.sessions.take(event)
        if event.session_id:
            self.by_session.add(event.session_id, seq)
            if event.event in _TURN_ENDS:
                begins = event.event == "session_start" and event.reason in ("startup", "resume")
                if begins or (event.event in ("turn_end", "session_end") and not event.background):
                    self.shells.is_over(seq, event.session_id)
                self.turn_ends.add(event.session_id, seq)
                self.traces.take(seq, event, ())
                # Calls that were still open have been given up: what was saved meanwhile is a person's after all.
                return self._open_writes.pop(event.session_id, set())
        placed = self._of_paths(seq, event)
        self.traces.take(seq, event, placed)
        return placed

    def _is_stranger(self, event: Event) -> bool:
        """Whether a call only works here: when its session's turn is over is told in another repository."""
        return bool(event.beside) and not self.turn_ends.get(event.session_id or "", ())

    def _of_paths(self, seq: int, event: Event) -> set[str]:
        if event.event in ("pre_shell", "shell"):
            return self._shell(seq, event)
        if event.path is not None:
            if event.event == "pre_write" and event.session_id:
                self._open_writes.setdefault(event.session_id, set()).add(event.path)
            self._of_path.add(event.path, seq)
            return {event.path}
        return set()

    def _note(self, seq: int, event: Event) -> None:
        """What an event tells besides what happened to files."""
        if event.worktree is not None and not self.stays.by_worktree:
            self.first_head = event.head
        self.stays.add(seq, event.worktree, event.head, event.head_log, event.at)
        if event.head is not None and event.head != self._head:
            self._head = event.head
            self.heads.add(event.head)
        if event.moves and event.worktree is not None:
            self.moves.add(seq, event.worktree, event.moves)
        if event.stash is not None:
            self.heads.add(event.stash)
        for old, made in event.pairs or ():
            self.heads.add(old)
            self.rewrites.setdefault(made, []).append((old, event.reason or "rewrite"))
        if event.agent:
            known = self.agents.setdefault(event.agent, [0, -1, -1])
            known[0] += 1
            if event.source != "editor" and event.at >= known[2]:
                known[1:] = seq, event.at

    def _shell(self, seq: int, event: Event) -> set[str]:
        """A shell call concerns the files that were dirty on either side of it, and those its commits changed."""
        paths = set(event.paths or ())
        if event.event == "pre_shell":
            self.shells.begin(seq, event)
        elif (number := self.shells.end(seq, event)) is not None:
            pre = self.events[number]
            before = set(pre.paths or ())
            paths |= before
            if pre.head != event.head:
                paths |= self._changed(pre.head, event.head)
            for path in paths - before:
                self._of_path.add(path, number)
        for path in paths:
            self._of_path.add(path, seq)
        return paths

    def _changed(self, old: str | None, new: str | None) -> frozenset[str]:
        try:
            found = self._changed_between(old, new)
        except GitFailed:
            self.is_unsure = True
            return frozenset()
        if found is None and old is not None and new is not None:
            self.unanswered.append((old, new))
        return found or frozenset()


def _tells_before(pre: Event, path: str, *, settles: bool) -> bool:
    """Whether a call's pre event says that a file was as HEAD has it, or what a conflict had made of it."""
    if pre.paths is None or pre.incomplete:
        return False
    content = dict(pre.listed()).get(path)
    return content is None or (settles and bool(pre.merging) and content not in (NONE_ID, UNREAD))
