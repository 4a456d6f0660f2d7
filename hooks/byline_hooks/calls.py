"""What many agents' tool calls have in common. Pure."""

from byline_hooks import fastjson
from byline_hooks.observation import Observation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.observation import Payload
    from byline_hooks.positions import Change

PATHS = ("file_path", "path", "filePath", "notebook_path")
_SIDES = (("old_string", "new_string"), ("old_str", "new_str"), ("oldString", "newString"), ("old_text", "new_text"))


def text(payload: "Payload", *names: str) -> str:
    """The first of the fields that holds a text that is not empty."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def inner(payload: "Payload", *names: str) -> "Payload":
    """The first of the fields that holds an object; an empty one where none does."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, dict):
            return value
    return {}


def decoded(value: object) -> "Payload":
    """An object, also where it comes as the text of one."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = fastjson.loads(value, strict=False)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def call_id(session: str, given: object) -> str:
    """A name for a call of an agent that names none: from session and input, so that before and after share it.

    Two calls with the same input share it too; readers close the open one.
    """
    from byline_hooks import snapshots

    whole = dict(sorted(given.items())) if isinstance(given, dict) else given
    return "input:" + snapshots.blob_id(f"{session} {fastjson.dumps(whole)}".encode(), "sha1")[:16]


def swap(given: "Payload") -> "list[Change]":
    """The texts one edit exchanges; none where it tells none, or exchanges every occurrence."""
    if any(given.get(name) is True for name in ("replace_all", "replaceAll", "change_all")):
        return []
    for old, new in _SIDES:
        before, after = given.get(old, ""), given.get(new)
        if isinstance(after, str) and isinstance(before, str):
            return [(before, after)]
    return []


def created(seen: Observation, content: object) -> None:
    """Note on a `write` that it made the whole file; what was there before, the event before it knows."""
    if isinstance(content, str):
        seen.after = content
        seen.changes = [("", content)]


def swaps(edits: object) -> "list[Change]":
    """The same for a list of edits; none where one of them tells none."""
    found = [swap(edit) for edit in edits if isinstance(edit, dict)] if isinstance(edits, list) else []
    return [change[0] for change in found] if found and all(found) else []


def patched(event: str, fields: "Payload", cwd: str, patch: str) -> list[Observation]:
    """An `apply_patch` call, one observation a file. `event`: `pre_write`, `write` or `write_failed`."""
    from byline_hooks import patches

    found = []
    for file in patches.parse(patch) or ():
        seen = Observation(event, dict(fields), cwd=cwd, path=file.path)
        found.append(seen)
        if file.target and file.target != file.path:
            found.insert(-1, Observation(event, dict(fields), cwd=cwd, path=file.target))
            seen = found[-2]
            seen.old_path = file.path if event == "write" else None
        if event == "write" and file.kind == "add":
            created(seen, file.text())
        elif event == "write" and file.kind == "update":
            seen.hunks = file.hunks
            seen.changes = [hunk.lines for hunk in file.hunks if hunk.lines]
    return found
