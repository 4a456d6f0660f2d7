"""Which files of a worktree were not as HEAD had them, when a turn ended: from events, as far as they tell. Pure.

A shell event lists every file that git finds changed; that is the whole truth of its moment. Between two of them each
event about a file tells of that file. What changed with nobody recording anything is not known, and not looked for.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

import msgspec

from byline.attribution.timeline import Movement
from byline.model import NONE_ID, UNREAD, Event
from byline_hooks import system
from byline_hooks.snapshots import is_secret

UNKNOWN = "unknown"
"""Stands among the contents for one that nobody has seen."""
Entry = Callable[[str | None, str], str | None]
"""The blob id of a path in a commit."""
Clean = Callable[[str, str], str]
"""The id under which git stores a content at a path: `(content id, path) -> blob id`."""


class TurnState(msgspec.Struct, frozen=True):
    """A worktree at one moment: a commit, and what differed from it."""

    head: str | None
    files: dict[str, str]
    """Content ids by path; `none`: the file was not there."""
    doubt: str | None = None
    """Why it is not known; then `files` says nothing."""


class WorktreeStates:
    """Follows the events of one worktree."""

    def __init__(self, log: Sequence[Movement], entry: Entry, clean: Clean) -> None:
        """`log`: the movements of HEAD."""
        self._log = log
        self._ends = [one.end for one in log]
        self._entry = entry
        self._clean = clean
        self._head: str | None = None
        self._length: int | None = None
        self._files: dict[str, str] = {}
        self._doubt: str | None = None
        self._open: dict[tuple[str | None, str | None], str | None] = {}
        self._is_new = True

    def add(self, event: Event) -> None:
        """Take in the next event of the worktree."""
        if self._is_new or event.head != self._head or event.head_log != self._length:
            self._move(event)
        if event.event in ("pre_shell", "shell"):
            self._shell(event)
        elif event.path is not None and not system.is_absolute(event.path):
            self._file(event)
        elif event.event in ("turn_end", "session_end", "prompt"):
            # Calls that never ended have been given up: what they did shows when the files are listed again.
            for call in [call for call in self._open if call[0] == event.session_id]:
                del self._open[call]
                self._doubt = self._doubt or "a shell call whose end was not seen"

    def now(self) -> TurnState:
        """The state after the events so far."""
        doubt = self._doubt or ("a shell call was at work" if self._open else None)
        lost = next((path for path, content in self._files.items() if content == UNKNOWN), None)
        if doubt is None and lost is not None:
            doubt = f"nobody has recorded what was in {lost}"
        return TurnState(self._head, dict(self._files), doubt)

    def _move(self, event: Event) -> None:
        """HEAD may have gone elsewhere since the last event, or away and back."""
        if self._is_new:
            self._head = event.head
        else:
            if self._length is not None and event.head_log is None:
                self._step(event.head, was_reset=True)  # the log was removed: anything may have happened
            first = bisect_right(self._ends, self._length or 0)
            for one in self._log[first : bisect_right(self._ends, event.head_log or 0)]:
                self._step(one.new, was_reset=one.action.startswith("reset"))
            if event.head != self._head:
                self._step(event.head, was_reset=False)
        self._length, self._is_new = event.head_log, False

    def _step(self, head: str | None, *, was_reset: bool) -> None:
        """HEAD goes to `head`: changed files stay as they are, but for those git has committed, or reset."""
        for path, content in list(self._files.items()):
            there = self._entry(head, path)
            stored = content if content in (NONE_ID, UNKNOWN) else self._clean(content, path)
            if stored == (there or NONE_ID):
                del self._files[path]
            elif was_reset or there != self._entry(self._head, path):
                self._files[path] = UNKNOWN
        self._head = head

    def _shell(self, event: Event) -> None:
        call = (event.session_id, event.call_id)
        if event.event == "pre_shell":
            self._open[call] = event.command
        else:
            self._open.pop(call, None)
        if event.paths is None or event.after_ids is None or event.incomplete:
            if event.paths is None or event.incomplete:
                self._doubt = "not every changed file was listed"
            return
        self._doubt = None
        self._files = {}
        for path, content in zip(event.paths, event.after_ids, strict=False):
            if content != UNREAD:
                self._files[path] = content
            elif not is_secret(path):
                self._files[path] = UNKNOWN

    def _file(self, event: Event) -> None:
        assert event.path is not None
        if event.event in ("read", "write_failed", "correct", "mark"):
            return
        content = event.disk_id or event.after_id
        if event.skipped == "secret" or is_secret(event.path):
            self._files.pop(event.path, None)
        elif content:
            stored = content if content == NONE_ID else self._clean(content, event.path)
            if stored == (self._entry(event.head, event.path) or NONE_ID):
                self._files.pop(event.path, None)
            else:
                self._files[event.path] = content
        elif event.event in ("write", "pre_write"):
            self._files[event.path] = UNKNOWN


def states(
    events: Sequence[Event],
    ends: Mapping[int, str],
    logs: Mapping[str, Sequence[Movement]],
    entry: Entry,
    clean: Clean,
) -> dict[int, TurnState]:
    """The state of a worktree after the event at each position of `ends`, which names the worktree."""
    wanted = frozenset(ends.values())
    followed = {worktree: WorktreeStates(logs.get(worktree, ()), entry, clean) for worktree in wanted}
    found: dict[int, TurnState] = {}
    for number, event in enumerate(events[: max(ends, default=-1) + 1]):
        worktree = ends.get(number)
        before = event.event in ("prompt", "session_start", "session_end")
        if worktree is not None and before:
            found[number] = followed[worktree].now()
        if event.worktree in wanted:
            followed[event.worktree].add(event)
        if worktree is not None and not before:
            found[number] = followed[worktree].now()
    return found
