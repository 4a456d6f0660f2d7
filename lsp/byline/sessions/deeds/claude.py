"""What Claude Code wrote: its results hold the whole text before, and what was put in. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from byline.sessions.deeds.deed import Calls, Deed, blocks, named, path_in, swapped
from byline.sessions.followed.steps import Step
from byline.sessions.tally import nanoseconds, table

_WRITERS = ("Write", "Edit", "MultiEdit", "NotebookEdit")


def deeds(lines: Iterable[dict[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the lines of a transcript, in order."""
    calls = Calls()
    for line in lines:
        if line.get("isSidechain") is True and not is_subagent:
            continue
        if isinstance(line.get("promptId"), str):
            calls.turn = line["promptId"]
        message = table(line.get("message"))
        if line.get("type") == "assistant":
            calls.model = message["model"] if isinstance(message.get("model"), str) else calls.model
            for block in blocks(message):
                if block.get("type") == "tool_use":
                    calls.begin(block.get("id"), block.get("name"), block.get("input"))
        elif line.get("type") == "user":
            for block in blocks(message):
                call = calls.end(block.get("tool_use_id")) if block.get("type") == "tool_result" else None
                if call is None or block.get("is_error") is True:
                    continue
                told = table(line.get("toolUseResult"))
                key, at = str(block["tool_use_id"]), nanoseconds(line.get("timestamp"))
                step = (_step if told else _asked)(key, call, told or block, calls.turn)
                path = path_in(call[1], "file_path", "notebook_path")
                if step is not None:
                    yield Deed(at, step)
                elif call[0] in _WRITERS and path:
                    yield named(at, key, path)


def _step(key: str, call: tuple[str, dict[str, Any], str], told: dict[str, Any], turn: str) -> Step | None:
    tool, given, model = call
    path = path_in(given, "file_path", "notebook_path")
    before, is_new = told.get("originalFile"), told.get("type") == "create"
    after: object = None
    if tool == "Write":
        after = told.get("content")
    elif tool == "NotebookEdit":
        before, after = told.get("original_file"), told.get("updated_file")
    elif tool in ("Edit", "MultiEdit"):
        old, new = told.get("oldString"), told.get("newString")
        if isinstance(before, str) and isinstance(old, str) and isinstance(new, str) and old in before:
            after = before.replace(old, new, -1 if told.get("replaceAll") is True else 1) if old else before or new
        elif before is None and old == "" and isinstance(new, str):
            after, is_new = new, True
    if not path or not isinstance(after, str) or told.get("userModified") is True:
        return None
    if not isinstance(before, str) and not is_new:
        return None
    return Step(
        event="write", key=key, turn=turn, model=model, tool=tool, path=path, is_new=is_new,
        before=before if isinstance(before, str) else None, after=after,
    )  # fmt: skip


def _asked(key: str, call: tuple[str, dict[str, Any], str], block: dict[str, Any], turn: str) -> Step | None:
    """Of a subagent only the call's input and the words of its result are kept."""
    tool, given, model = call
    path, said = path_in(given, "file_path"), block.get("content")
    if not path or not isinstance(said, str):
        return None
    if tool == "Write" and isinstance(given.get("content"), str):
        is_new = said.startswith("File created successfully")
        return Step(event="write", key=key, turn=turn, model=model, tool=tool, path=path, is_new=is_new,
                    after=given["content"])  # fmt: skip
    swaps = swapped(given, "old_string", "new_string", "replace_all")
    if tool != "Edit" or not swaps:
        return None
    return Step(event="write", key=key, turn=turn, model=model, tool=tool, path=path, swaps=swaps)
