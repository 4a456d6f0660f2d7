"""Zed's own agent: a thread of its database, unpacked. Pure.

Texts in an edit's result are those of the whole buffer, in all versions seen; where one is not, it is only used as
far as it stands in the file exactly once.
"""

import json
from collections.abc import Sequence
from pathlib import PurePosixPath

from msgspec.structs import replace

from byline.sessions.followed.steps import Step, Told
from byline_hooks import system

_EDITS = ("edit_file", "write_file", "create_file")


def session(thread: str, data: str, folders: Sequence[str], worktree: str) -> Told | None:
    """The thread's session; None where `data` is no thread or none that worked in `worktree`.

    folders: the absolute paths of the project's folders; tools name files by the last part of one and what follows.
    """
    try:
        told = json.loads(data)
    except ValueError:
        return None
    messages = told.get("messages") if isinstance(told, dict) else None
    if not isinstance(messages, list) or not folders:
        return None
    model = _text(_table(told, "model").get("model"))
    steps: list[Step] = []
    turn = ""
    for message in messages:
        user, agent = _table(message, "User"), _table(message, "Agent")
        if user:
            turn = _text(user.get("id")) or str(len(steps))
            steps.append(Step(event="prompt", key=f"prompt {turn}", turn=turn, prompt=_words(user.get("content"))))
        results = _table(agent, "tool_results")
        for part in _list(agent.get("content")):
            step = _call(_table(part, "ToolUse"), results, folders, turn, model)
            if step is not None:
                steps.append(step)
    return Told(agent="zed", session=thread, folder=worktree, version="", steps=tuple(steps))


def _call(
    use: dict[str, object], results: dict[str, object], folders: Sequence[str], turn: str, model: str
) -> Step | None:
    key, tool, given = _text(use.get("id")), _text(use.get("name")), _table(use, "input")
    result = _table(results, key)
    path = _place(_text(given.get("path")), folders)
    if not key or not path or not result or result.get("is_error") is True:
        return None
    call = Step(event="write", key=key, turn=turn, model=model, tool=tool, path=path)
    if tool == "read_file":
        first, last = given.get("start_line"), given.get("end_line")
        span = (first, last) if isinstance(first, int) and isinstance(last, int) and 0 < first <= last else None
        return replace(call, event="read", span=span)
    output = _table(result, "output")
    old, new = output.get("old_text"), output.get("new_text")
    if tool not in _EDITS or not isinstance(old, str) or not isinstance(new, str) or old == new:
        return None
    is_new = given.get("mode") == "create" and not old
    return replace(call, before=None if is_new else old, after=new, is_new=is_new, is_part=not is_new)


def _place(path: str, folders: Sequence[str]) -> str:
    """The absolute path of a file as tools name it; "" where no folder, or more than one, fits."""
    if not path or system.is_absolute(path):
        return path
    first, *rest = PurePosixPath(path).parts
    fitting = {folder for folder in folders if PurePosixPath(folder).name == first}
    return str(PurePosixPath(fitting.pop(), *rest)) if len(fitting) == 1 and ".." not in rest else ""


def _words(content: object) -> str:
    return "\n".join(part["Text"] for part in _list(content) if isinstance(part, dict) and _text(part.get("Text")))


def _table(value: object, name: str) -> dict[str, object]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
