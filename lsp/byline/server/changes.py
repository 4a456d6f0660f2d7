"""The change that wrote a line, as a diff: from the texts that its event names, else from its commit."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from byline.attribution.diff import blocks, hunks
from byline.attribution.marks import split
from byline.errors import BylineError
from byline.model import NONE_ID, UNREAD, Attribution, Event
from byline.repo.run import Git
from byline.server.places import Answering
from byline.server.words import clean, short_id
from byline.sessions.shortids import ShortIds
from byline.store.events import number_of

CONTEXT = 3


def name_of(line: Attribution, path: str) -> str | None:
    """What names the change in the address of a page; None for a line of which neither event nor commit is known."""
    if line.evidence:
        return f"{line.evidence}/{path}"
    return f"{line.commit}/{path}" if line.commit else None


def change_text(workspace: Answering, name: str, env: Mapping[str, str]) -> str | None:
    """The diff that `name_of` names; None where its texts are not kept here."""
    id, _, path = name.partition("/")
    events = workspace.events()
    number = number_of(events, id)
    if number is None:
        return _committed(workspace, id, path, env)
    event = events[number]
    file = event.path or path
    old, new = _sides(workspace, event, file)
    if new is None and old is None:
        return _committed(workspace, event.head, file, env) if event.event == "shell" else None
    if new is None or old is None:
        return None
    return "".join([*_head(event, ShortIds(workspace.sessions())), *unified(file, old, new)])


def unified(path: str, old: bytes, new: bytes) -> Iterator[str]:
    """The rows of a unified diff."""
    before, after = split(old), split(new)
    yield f"--- a/{clean(path)}\n+++ b/{clean(path)}\n"
    for group in _groups(hunks(blocks(before, after), len(before), len(after))):
        low, shift = max(0, group[0][0] - CONTEXT), group[0][2] - group[0][0]
        high = min(len(before), group[-1][1] + CONTEXT)
        end = high + group[-1][3] - group[-1][1]
        first = low + shift
        yield f"@@ -{_span(low, high - low)} +{_span(first, end - first)} @@\n"
        at = low
        for i, i_end, j, j_end in group:
            yield from _rows(" ", before[at:i])
            yield from _rows("-", before[i:i_end])
            yield from _rows("+", after[j:j_end])
            at = i_end
        yield from _rows(" ", before[at:high])


def _head(event: Event, among: ShortIds) -> Iterator[str]:
    what = " · ".join(clean(part) for part in (event.agent, event.model, event.tool) if part)
    session = f" · session {short_id(event.session_id, among)}" if event.session_id else ""
    yield f"# {what or event.event}{session} · event {event.id}\n"
    if event.command:
        yield f"# {clean(event.command)[:200]}\n"


def _span(start: int, count: int) -> str:
    return f"{start + 1 if count else start},{count}"


def _groups(changed: Sequence[tuple[int, int, int, int]]) -> Iterator[list[tuple[int, int, int, int]]]:
    group: list[tuple[int, int, int, int]] = []
    for one in changed:
        if group and one[0] - group[-1][1] > 2 * CONTEXT:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _rows(sign: str, lines: Sequence[bytes]) -> Iterator[str]:
    for line in lines:
        yield sign + line.decode("utf-8", "replace").rstrip("\r\n") + "\n"
        if not line.endswith(b"\n"):
            yield "\\ No newline at end of file\n"


def _sides(workspace: Answering, event: Event, path: str) -> tuple[bytes | None, bytes | None]:
    near = workspace.of_session(event.session_id) if event.session_id else workspace.about(path)
    earlier = takewhile(lambda one: one.id != event.id, near)
    pre = next((one for one in reversed(list(earlier)) if _is_pre(one, event)), None)
    before_id = event.before_id or _after(pre, path)
    after_id = _after(event, path)
    if before_id is None and event.event == "shell" and event.head and workspace.objects is not None:
        before_id = workspace.objects.entry((pre or event).head or event.head, path) or NONE_ID
    return _content(workspace, before_id), _content(workspace, after_id)


def _is_pre(one: Event, event: Event) -> bool:
    named = (event.call_id, event.worktree, f"pre_{event.event}")
    return bool(event.call_id) and (one.call_id, one.worktree, one.event) == named


def _after(event: Event | None, path: str) -> str | None:
    if event is None:
        return None
    if event.path is not None:
        return event.after_id
    return dict(event.listed()).get(path)


def _content(workspace: Answering, id: str | None) -> bytes | None:
    if id == NONE_ID:
        return b""
    if id is None or id == UNREAD:
        return None
    data = workspace.snapshots.get(id)
    return data if data is not None or workspace.objects is None else workspace.objects.blob(id)


def _committed(workspace: Answering, commit: str | None, path: str, env: Mapping[str, str]) -> str | None:
    """What git says that a commit changed in a file."""
    if workspace.worktree is None or not commit or not set(commit) <= set("0123456789abcdef"):
        return None
    words = ("show", "--format=# commit %H%n# %an: %s", "--no-color", commit, "--", path)
    try:
        data = Git(workspace.worktree, env=env).run(*words)
    except BylineError:
        return None
    return data.decode("utf-8", "replace") if b"\n@@" in data else None
