"""Which files of a worktree were not as HEAD had them, when a turn ended: from events, as far as they tell.

A shell event lists every file that git finds changed; that is the whole truth of its moment. Between two of them each
event about a file tells of that file. What changed with nobody recording anything is not known, and not looked for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from byline.attribution.timeline import Movement
from byline.model import NONE_ID, UNREAD, Event
from byline.workspace.evidence import GIVES_UP, SHELL, Evidence
from byline_hooks import system
from byline_hooks.snapshots import is_secret

_SAY_NOTHING = ("read", "write_failed", "correct", "mark")
_AT_ONCE = 256
_MANY = 500
"""Events in a row from which on it is looked up which of them count."""
UNKNOWN = "unknown"
"""Stands among the contents for one that nobody has seen."""
Entry = Callable[[str | None, str], str | None]
"""The blob id of a path in a commit."""
Clean = Callable[[str, str], str]
"""The id under which git stores a content at a path: `(content id, path) -> blob id`."""
Expect = Callable[[Iterable[str]], None]
"""Told of paths that may be asked about."""


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
        elif event.event in GIVES_UP:
            # Calls that never ended have been given up: what they did shows when the files are listed again.
            for call in [call for call in self._open if call[0] == event.session_id]:
                del self._open[call]
                self._doubt = self._doubt or "a shell call whose end was not seen"

    def begin(self, event: Event, calls: Iterable[Event]) -> None:
        """Begin with a shell event that lists every changed file. calls: the beginnings of those under way then."""
        self._open = {(call.session_id, call.call_id): call.command for call in calls}
        self._head, self._length, self._is_new = event.head, event.head_log, False
        self._shell(event)

    @property
    def any_open(self) -> bool:
        """Whether shell calls are under way."""
        return bool(self._open)

    def now(self) -> TurnState:
        """The state after the events so far."""
        doubt = self._doubt or ("a shell call was at work" if self._open else None)
        lost = min((path for path, content in self._files.items() if content == UNKNOWN), default=None)
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
        if not lists_all(event):
            if event.paths is None or event.incomplete:
                self._doubt = "not every changed file was listed"
            return
        self._doubt = None
        self._files = {}
        for path, content in event.listed():
            if content != UNREAD:
                self._files[path] = content
            elif not is_secret(path):
                self._files[path] = UNKNOWN

    def _file(self, event: Event) -> None:
        assert event.path is not None
        if event.event in _SAY_NOTHING:
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


class StatesThen:
    """The states of worktrees after events. Reads on from the last event before that tells all of it."""

    def __init__(
        self, evidence: Evidence, logs: Mapping[str, Sequence[Movement]], entry: Entry, clean: Clean, expect: Expect
    ) -> None:
        """expect: told of the paths of events before they are taken in."""
        self._evidence = evidence
        self._logs = logs
        self._entry = entry
        self._clean = clean
        self._expect = expect

    def after(self, ends: Mapping[int, str]) -> dict[int, TurnState]:
        """The state of a worktree after the event at each position of `ends`, which names the worktree."""
        found: dict[int, TurnState] = {}
        for worktree in dict.fromkeys(ends.values()):
            found |= self._of(worktree, sorted(end for end, name in ends.items() if name == worktree))
        return found

    def _of(self, worktree: str, ends: Sequence[int]) -> dict[int, TurnState]:
        evidence = self._evidence
        followed = WorktreeStates(self._logs.get(worktree, ()), self._entry, self._clean)
        start = 0
        since = self._last_listing(worktree, ends[0])
        if since is not None:
            start = since + 1
            followed.begin(evidence.events[since], evidence.open_calls(worktree, since))
        found: dict[int, TurnState] = {}
        for end in ends:
            until = end + (not evidence.is_any(end, ("prompt", "session_start", "session_end")))
            numbers = evidence.in_worktree(worktree, range(start, until))
            for event in self._read(numbers if found else self._needed(worktree, numbers, followed)):
                followed.add(event)
            start, found[end] = until, followed.now()
        return found

    def _read(self, numbers: Sequence[int]) -> Iterator[Event]:
        if len(numbers) > _AT_ONCE:
            self._expect(self._evidence.paths())
        for start in range(0, len(numbers), _AT_ONCE):
            some = self._evidence.events.some(numbers[start : start + _AT_ONCE])
            self._expect(path for event in some for path in (event.path, *(event.paths or ())) if path)
            yield from some

    def _last_listing(self, worktree: str, end: int) -> int | None:
        """The last shell event before one that lists every changed file."""
        events = self._evidence.events
        shells = self._evidence.in_worktree(worktree, events.of_kinds(SHELL, 0, end))
        for stop in range(len(shells), 0, -_AT_ONCE // 8):
            some = shells[max(stop - _AT_ONCE // 8, 0) : stop]
            for number, event in reversed(list(zip(some, events.some(some), strict=True))):
                if lists_all(event):
                    self._expect(event.paths or ())
                    return number
        return None

    def _needed(self, worktree: str, numbers: Sequence[int], now: WorktreeStates) -> Sequence[int]:
        """Those of many events in a row after which a worktree is the same as after all: of a file the last counts.

        now: the worktree before the first.
        """
        evidence, paths = self._evidence, self._evidence.paths() if len(numbers) > _MANY else ()
        if len(numbers) <= _MANY + 4 * len(paths):
            return numbers
        since, until = numbers[0], numbers[-1] + 1
        shells = evidence.events.of_kinds(SHELL, since, until)
        others = [*shells, *(evidence.events.of_kinds(GIVES_UP, since, until) if shells or now.any_open else ())]
        found = {*evidence.moved(worktree, since, until), *evidence.in_worktree(worktree, others)}
        for path in paths:
            naming = evidence.naming(path)
            own = naming[bisect_left(naming, since) : bisect_left(naming, until)]
            for number in reversed(evidence.in_worktree(worktree, own)):
                event = evidence.events[number]
                if event.event not in SHELL and event.path == path and _tells_all(event):
                    found.add(number)
                    break
        return sorted(found)


def _tells_all(event: Event) -> bool:
    """Whether an event about a file says what is in it, or that nobody knows."""
    is_told = event.skipped == "secret" or is_secret(event.path or "") or event.disk_id or event.after_id
    return event.event not in _SAY_NOTHING and bool(is_told or event.event in ("write", "pre_write"))


def lists_all(event: Event) -> bool:
    """Whether a shell event lists every changed file of its moment."""
    return event.paths is not None and event.after_ids is not None and not event.incomplete
