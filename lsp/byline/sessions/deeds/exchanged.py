"""What Copilot, Droid, Cline, Amp and OpenCode wrote: their edit tools name an old text and a new one. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from byline.sessions import documents
from byline.sessions.deeds.deed import Calls, Deed, blocks, named, of_unified, path_in, swapped
from byline.sessions.followed.steps import Step
from byline.sessions.tally import count, entries, nanoseconds, table

_WRITERS = ("create", "Create", "create_file", "write", "edit", "Edit", "edit_file", "MultiEdit", "editor")


def copilot(lines: Iterable[dict[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the lines of an event stream."""
    calls = Calls()
    for line in lines:
        data = table(line.get("data"))
        if line.get("agentId") is not None and not is_subagent:
            continue
        if line.get("type") == "tool.execution_start":
            calls.model = str(data.get("model") or calls.model)
            calls.begin(data.get("toolCallId"), data.get("toolName"), data.get("arguments"))
        elif line.get("type") == "tool.execution_complete":
            call, key = calls.end(data.get("toolCallId")), data.get("toolCallId")
            if call is not None and data.get("success") is True:
                yield from _deed(nanoseconds(line.get("timestamp")), str(key), call)


def droid(lines: Iterable[dict[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the lines of a session file."""
    calls = Calls()
    for line in lines:
        message = table(line.get("message"))
        calls.model = str(message.get("modelId") or calls.model)
        yield from _blocks(message, nanoseconds(line.get("timestamp")), calls)


def cline(members: Iterable[tuple[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the members of a file of messages."""
    calls = Calls()
    for name, value in members:
        message = table(value)
        if name == "messages":
            calls.model = str(table(message.get("modelInfo")).get("id") or calls.model)
            yield from _blocks(message, count(message.get("ts")) * 1_000_000, calls)


def amp(members: Iterable[tuple[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the members of a thread file."""
    calls = Calls()
    at = 0
    for name, value in members:
        message = table(value)
        if name == "created":
            at = count(value) * 1_000_000
        elif name == "messages":
            used = table(message.get("usage"))
            calls.model = str(used.get("model") or calls.model)
            at = max(at, nanoseconds(used.get("timestamp")))
            yield from _blocks(message, at, calls)


def opencode(parts: Iterable[dict[str, Any]]) -> Iterator[Deed]:
    """The writes in the tool parts of a session."""
    for part in parts:
        state, key = table(part.get("state")), part.get("callID")
        if part.get("type") != "tool" or state.get("status") != "completed" or not isinstance(key, str):
            continue
        given, told = table(state.get("input")), table(state.get("metadata"))
        at = count(table(state.get("time")).get("end")) * 1_000_000
        for number, file in enumerate(entries(told.get("files"))):
            if part.get("tool") == "apply_patch":
                yield from _patched(at, f"{key} {number}", file)
        if part.get("tool") in ("edit", "write"):
            path = told.get("filepath") or table(told.get("filediff")).get("file") or given.get("filePath")
            swaps = of_unified(told.get("diff"))
            if part["tool"] == "edit" and swaps and isinstance(path, str):
                yield Deed(at, Step(event="write", key=key, tool="edit", path=path, swaps=swaps))
                continue
            named = {**given, "filePath": path, "exists": told.get("exists")}
            yield from _deed(at, key, (str(part["tool"]), named, ""))


def _patched(at: int, key: str, file: dict[str, Any]) -> Iterator[Deed]:
    """One file of OpenCode's `apply_patch`."""
    path = path_in(file, "filePath")
    swaps = of_unified(file.get("patch")) if file.get("type") in ("add", "update") else ()
    if path and swaps:
        yield Deed(at, Step(event="write", key=key, tool="apply_patch", path=path, swaps=swaps))
    elif path:
        yield named(at, key, path)
    if path_in(file, "movePath"):
        yield named(at, key, file["movePath"])


def _blocks(message: dict[str, Any], at: int, calls: Calls) -> Iterator[Deed]:
    for block in blocks(message):
        if block.get("type") == "tool_use":
            calls.begin(block.get("id"), block.get("name"), block.get("input"))
        elif block.get("type") == "tool_result":
            key = block.get("tool_use_id", block.get("toolUseID"))
            call = calls.end(key)
            if call is not None and _succeeded(block):
                yield from _deed(at, str(key), call)


def _succeeded(block: dict[str, Any]) -> bool:
    if block.get("is_error") is True:
        return False
    run, content = block.get("run"), block.get("content")
    if isinstance(run, dict):
        return run.get("status") == "done"
    if isinstance(content, str) and content.lstrip().startswith("{"):
        return dict(documents.pairs(content)).get("success") is not False
    return True


def _deed(at: int, key: str, call: tuple[str, dict[str, Any], str]) -> Iterator[Deed]:
    tool, given, model = call
    path = path_in(given, "path", "file_path", "filePath", "filepath")
    if not path or not at:
        return
    whole = None
    swaps: tuple[tuple[str, str], ...] = ()
    if tool in ("create", "Create", "create_file", "write"):
        whole = next((given[name] for name in ("file_text", "content") if isinstance(given.get(name), str)), None)
    elif tool in ("edit", "Edit", "edit_file"):
        swaps = swapped(given, "old_str", "new_str", "change_all") or swapped(
            given, "oldString", "newString", "replaceAll"
        )
        swaps = () if given.get("replace_all") else swaps
    elif tool == "editor" and given.get("insert_line") is None:
        swaps = swapped(given, "old_text", "new_text")
        whole = given.get("new_text") if "old_text" not in given and isinstance(given.get("new_text"), str) else None
    if whole is not None or swaps:
        # What `write` of OpenCode replaced is not told; whatever makes a file says that there was none.
        is_new = whole is not None and given.get("exists") is not True
        yield Deed(at, Step(event="write", key=key, model=model, tool=tool, path=path, is_new=is_new, after=whole,
                            swaps=swaps))  # fmt: skip
    elif tool in _WRITERS:
        yield named(at, key, path)
