"""Continue: a session's JSON file, `~/.continue/sessions/ID.json`, which grows with the history. Pure."""

import json
import re
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from byline.sessions.followed.steps import Step, Swap, Told

_SHOWN = re.compile(r"Content of [^\n]*:\n")
_PATHS = ("filepath", "file_path", "path")
_READS = ("Read", "read_file")
_WRITES = ("Write", "create_new_file")
_EDITS = ("Edit", "MultiEdit", "single_find_and_replace", "multi_edit")


def session(text: str) -> Told | None:
    """The session in one file; None where it is none, or is just being written."""
    try:
        told = json.loads(text)
    except ValueError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("history"), list):
        return None
    name, folder = told.get("sessionId"), told.get("workspaceDirectory")
    if not isinstance(name, str) or not isinstance(folder, str) or not name:
        return None
    steps: list[Step] = []
    turn = 0
    for item in told["history"]:
        message = _table(item, "message")
        if message.get("role") == "user":
            prompt = _words(message.get("content"))
            turn += 1
            steps.append(Step(event="prompt", key=f"prompt {turn}", turn=str(turn), prompt=prompt))
        model = str(_table(message, "usage").get("model") or "")
        for state in item.get("toolCallStates") or () if isinstance(item, dict) else ():
            step = _call(state, str(turn), model)
            if step is not None:
                steps.append(step)
    return Told(agent="continue", session=name, folder=place(folder), steps=tuple(steps))


def place(folder: str) -> str:
    """A workspace's folder, which editors write as a URI."""
    return unquote(urlsplit(folder).path) if folder.startswith("file://") else folder


def _call(state: object, turn: str, model: str) -> Step | None:
    call = _table(state, "toolCall")
    tool = _table(call, "function").get("name")
    key = call.get("id")
    given = _table(state, "parsedArgs")
    path = next((value for name in _PATHS if isinstance(value := given.get(name), str)), "")
    if not isinstance(state, dict) or state.get("status") != "done" or not path:
        return None
    if not isinstance(tool, str) or not isinstance(key, str):
        return None
    shown = "".join(str(part.get("content") or "") for part in state.get("output") or () if isinstance(part, dict))
    step = Step(event="write", key=key, turn=turn, model=model, tool=tool, path=place(path))
    if tool in _READS:
        header = _SHOWN.match(shown)
        return replace(step, event="read", whole=shown[header.end() :] if header else None)
    if tool in _WRITES:
        content = given.get("content", given.get("contents"))
        is_new = tool == "create_new_file" or "created file" in shown
        return replace(step, after=content, is_new=is_new) if isinstance(content, str) else None
    if tool in _EDITS:
        swaps = _swaps(given)
        return replace(step, swaps=swaps) if swaps else None
    return None


def _swaps(given: dict[str, object]) -> tuple[Swap, ...]:
    """What an edit exchanges; nothing where it exchanges every occurrence of a text."""
    several = given.get("edits")
    edits = several if isinstance(several, list) else [given]
    found: list[Swap] = []
    for edit in edits:
        old, new = (edit.get("old_string"), edit.get("new_string")) if isinstance(edit, dict) else (None, None)
        if not isinstance(old, str) or not isinstance(new, str) or edit.get("replace_all") is True:
            return ()
        found.append((old, new))
    return tuple(found)


def _table(value: object, name: str) -> dict[str, object]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _words(content: object) -> str:
    """A message's text: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))
