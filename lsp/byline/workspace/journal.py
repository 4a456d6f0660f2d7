"""All events of a repository in order, and by the paths they concern."""

from collections.abc import Callable, Iterable

from byline.attribution.formatters import is_formatter_run
from byline.attribution.shellcalls import quoted
from byline.model import Event, Owner
from byline.sessions.fromevents import Sessions

Numbered = tuple[int, Event]

_TURN_ENDS = ("turn_end", "session_end", "prompt", "session_start")


class Journal:
    """Events as they come, numbered from 0 by their place in the whole."""

    def __init__(self, changed_between: Callable[[str | None, str | None], frozenset[str]]) -> None:
        """`changed_between`: the paths that differ between two commits, asked for shell calls that moved HEAD."""
        self.events: list[Event] = []
        self.sessions = Sessions()
        self.turn_ends: dict[str, list[int]] = {}
        self.by_worktree: dict[str, list[tuple[int, Event, int | None]]] = {}
        self.first_head: str | None = None
        """The commit HEAD named at the first event; None when that was unborn, or there is no event."""
        self.heads: set[str] = set()
        """Every commit that HEAD or the stash named at some event."""
        self.by_id: dict[str, int] = {}
        self.rewrites: dict[str, list[tuple[str, str]]] = {}
        """For each commit those it came from, as git's hooks told, and by what (`amend`, `rebase`)."""
        self._by_path: dict[str, list[Numbered]] = {}
        self._open_shells: dict[tuple[str | None, str | None, str | None], Numbered] = {}
        self._first_seen = False
        self._open_writes: dict[str, set[str]] = {}
        self._shells: list[tuple[Numbered, Numbered]] = []
        self._changed_between = changed_between

    def add(self, events: Iterable[Event]) -> set[str]:
        """Take in new events; the paths they concern."""
        touched: set[str] = set()
        new = list(events)
        for event in new:
            seq = len(self.events)
            self.events.append(event)
            self.by_id[event.id] = seq
            touched |= self._place(seq, event)
        self.sessions.add(new)
        return touched

    def concerning(self, path: str) -> list[Numbered]:
        """The events that tell of a path, in order."""
        return self._by_path.get(path, [])

    def paths(self) -> list[str]:
        """Every path any event concerns."""
        return list(self._by_path)

    def shell_at(self, worktree: str | None, before: int, path: str) -> Owner | None:
        """The session in whose shell call, and nobody else's, that happened which event `before` came next after."""
        around = [
            (pre, post) for pre, post in self._shells if pre[0] < before <= post[0] and pre[1].worktree == worktree
        ]
        if not around or len({pre[1].session_id for pre, _ in around}) > 1:
            return None
        if any(pre[1].paths is None or pre[1].incomplete or path in pre[1].paths for pre, _ in around):
            return None  # what was in the index already, perhaps from somebody else, can't be told from what is new
        (_, pre), (seq, post) = around[-1]
        if pre.session_id is None or is_formatter_run(pre.command):
            return None
        reason = f"committed during shell call{quoted(pre.command)}"
        return Owner("session", reason, pre.session_id, post.id, seq, "explicit")

    def _place(self, seq: int, event: Event) -> set[str]:
        if event.worktree is not None:
            self.by_worktree.setdefault(event.worktree, []).append((seq, event, event.head_log))
            if not self._first_seen:
                self._first_seen = True
                self.first_head = event.head
        if event.head is not None:
            self.heads.add(event.head)
        if event.stash is not None:
            self.heads.add(event.stash)
        for old, made in event.pairs or ():
            self.heads.add(old)
            self.rewrites.setdefault(made, []).append((old, event.reason or "rewrite"))
        if event.session_id and event.event in _TURN_ENDS:
            self.turn_ends.setdefault(event.session_id, []).append(seq)
            # Calls that were still open have been given up: what was saved meanwhile is a person's after all.
            return self._open_writes.pop(event.session_id, set())
        if event.event in ("pre_shell", "shell"):
            return self._shell(seq, event)
        if event.path is not None:
            if event.event == "pre_write" and event.session_id:
                self._open_writes.setdefault(event.session_id, set()).add(event.path)
            self._by_path.setdefault(event.path, []).append((seq, event))
            return {event.path}
        return set()

    def _shell(self, seq: int, event: Event) -> set[str]:
        """A shell call concerns the files that were dirty on either side of it, and those its commits changed."""
        key = (event.session_id, event.call_id, event.worktree)
        if event.event == "pre_shell":
            self._open_shells[key] = (seq, event)
            return self._add_shell(set(event.paths or ()), seq, event)
        paths = set(event.paths or ())
        pre = self._open_shells.pop(key, None)
        if pre is not None:
            self._shells.append((pre, (seq, event)))
            paths |= set(pre[1].paths or ())
            if pre[1].head != event.head:
                paths |= self._changed_between(pre[1].head, event.head)
            for path in paths - set(pre[1].paths or ()):
                self._by_path.setdefault(path, []).append(pre)
                self._by_path[path].sort(key=lambda numbered: numbered[0])
        return self._add_shell(paths, seq, event)

    def _add_shell(self, paths: set[str], seq: int, event: Event) -> set[str]:
        numbered = (seq, event)  # one for all of them: a call may concern thousands
        for path in paths:
            self._by_path.setdefault(path, []).append(numbered)
        return paths
