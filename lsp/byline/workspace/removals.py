"""Who removed a line that a commit no longer has, as events tell. Pure.

The events of a file are followed from the parent's text to the commit's. Each step that removes lines is somebody's;
a change that no event explains is nobody's, and so is all that git does inside a shell call.
"""

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from byline.attribution.commands import uses_git
from byline.attribution.diff import mapping
from byline.attribution.formatters import is_formatter_run
from byline.attribution.marks import Lines
from byline.model import NONE_ID, Event

Kind = Literal["session", "human", "unknown"]

Contents = Callable[[str], bytes | None]
"""The bytes of a blob or snapshot by id; None for what is lost."""

Texts = Callable[[str], Lines | None]
"""The lines of a blob or snapshot by id, without their ends; None for what is lost."""

Entry = Callable[[str | None, str], str | None]
"""The blob id of a path in a commit."""


class Remover(NamedTuple):
    """Who made a step."""

    kind: Kind
    session_id: str | None = None


NOBODY = Remover("unknown")

_MOVES_FILES = re.compile(
    r"\bgit\b(?:(?!\bgit\b)[^|;&\n])*\s(?:am|apply|bisect|checkout|cherry-pick|clean|merge|pull|read-tree|rebase|reset|restore|revert"
    r"|stash|switch|worktree)\b"
)
_COMMITS = re.compile(r"\bgit\b(?:(?!\bgit\b)[^|;&\n])*\scommit\b")


class Step(NamedTuple):
    """The file went from one content to the next. `after` is `none` where there is no file."""

    after: str
    by: Remover
    head: str | None
    is_told: bool = False
    """An event of its own names the file; not only a listing of what is dirty."""


def steps(events: Sequence[Event], path: str, old_path: str | None, entry: Entry) -> list[Step]:
    """What happened to a file, in order; `events` are those of one worktree that may concern it, ascending."""
    found: list[Step] = []
    shells: dict[tuple[str | None, str | None], Event] = {}
    for event in events:
        if event.event in ("pre_shell", "shell"):
            if not event.may_write(path):
                continue
            after = _listed(event, path, old_path, entry)
            by = NOBODY
            if event.event == "pre_shell":
                shells[event.session_id, event.call_id] = event
            elif (pre := shells.get((event.session_id, event.call_id))) is not None:
                by = _of_shell(pre, event)
            if after is not None:
                found.append(Step(after, by, event.head))
        elif event.path in (path, old_path) and event.after_id:
            if event.before_id:
                found.append(Step(event.before_id, NOBODY, event.head))
            found.append(Step(event.after_id, _of(event), event.head, is_told=True))
            if event.disk_id:
                found.append(Step(event.disk_id, Remover("human") if event.user_modified else NOBODY, event.head))
    return found


def removers(
    old_id: str, old: Lines, new_id: str | None, parent: str | None, happened: Sequence[Step], texts: Texts
) -> dict[int, Remover]:
    """Who removed which line of `old`, 0-based, on the way to the content `new_id` (None: no file any more).

    The way begins where the file had the content `old_id`, else where HEAD was at `parent`, and ends where it last
    had `new_id`, else with the events. Lines that are not in the answer were not seen going; of a line that is still
    there the answer says nothing.
    """
    goal = new_id or NONE_ID
    ends = [place for place, step in enumerate(happened) if step.after == goal]
    end = ends[-1] + 1 if ends else len(happened)
    starts = [place for place, step in enumerate(happened[:end]) if step.after == old_id]
    start = starts[-1] if starts else next((p for p, step in enumerate(happened[:end]) if step.head == parent), end)
    way = [step for step in happened[start:end] if step.after != old_id]
    if len(way) == 1 and way[0].after == goal:
        return dict.fromkeys(range(len(old)), way[0].by)  # one step: whatever went, went in it
    alive = list(range(len(old)))  # for each line of the current text the line of `old` it is, or -1
    current, current_id = without_ends(old), old_id
    gone: dict[int, Remover] = {}
    for step in happened[start:end]:
        if step.after == current_id:
            continue
        text = [] if step.after == NONE_ID else texts(step.after)
        if text is None:
            break  # what happened from here on cannot be told
        origins = mapping(current, text)
        kept = {origin for origin in origins if origin >= 0}
        gone.update({line: step.by for place, line in enumerate(alive) if place not in kept and line >= 0})
        alive = [alive[origin] if origin >= 0 else -1 for origin in origins]
        current, current_id = text, step.after
    return gone


def maker(blob: str | None, commit: str, happened: Sequence[Step]) -> Step | None:
    """The step of a session that made the file what `commit` has of it (None: no file any more), if one did.

    What a shell call's listing shows is its work only where the file was seen to be something else before.
    """
    goal, before = blob or NONE_ID, None
    found: Step | None = None
    for step in happened:
        if step.after == goal != before:
            is_known = step.by.kind == "session" and (before is not None or step.is_told)
            found = step if is_known else None
        before = step.after
        if step.head == commit:
            break
    return found


def _of(event: Event) -> Remover:
    if event.event == "write" and event.session_id and (event.disk_id or not event.user_modified):
        return Remover("session", event.session_id)
    return Remover("human") if event.event == "save" else NOBODY


def _of_shell(pre: Event, event: Event) -> Remover:
    """A shell call's own, unless git or a formatter may have done it."""
    command = pre.command or event.command or ""
    if not event.session_id or _MOVES_FILES.search(command) or is_formatter_run(command):
        return NOBODY
    if uses_git(command) and "git " not in command:
        return NOBODY  # a tool that wraps git: what it did cannot be told
    if pre.head != event.head and not _COMMITS.search(command):
        return NOBODY
    return Remover("session", event.session_id)


def _listed(event: Event, path: str, old_path: str | None, entry: Entry) -> str | None:
    """The content that a shell event shows for a file, wherever it was at that moment."""
    if event.paths is None or event.after_ids is None:
        return None
    shown = dict(zip(event.paths, event.after_ids, strict=False))
    for name in (path, old_path):
        if name is not None:
            content = shown.get(name) or entry(event.head, name) or NONE_ID
            if content != NONE_ID:
                return content
    return NONE_ID


def without_ends(lines: Lines) -> Lines:
    """Lines as far as they matter here: line endings of either kind are the same."""
    return [line.rstrip(b"\r\n") for line in lines]
