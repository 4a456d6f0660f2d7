"""What Gemini CLI and Qwen Code wrote: their results hold the whole texts before and after. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from byline.sessions.deeds.deed import Deed, named, path_in
from byline.sessions.followed.steps import Step
from byline.sessions.tally import count, entries, nanoseconds, table


def gemini(lines: Iterable[dict[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the lines of a chat; of a call that stands there again the last."""
    found: dict[str, Deed] = {}
    for line in lines:
        model = line.get("model")
        for call in entries(line.get("toolCalls")):
            key = call.get("id")
            if line.get("type") != "gemini" or call.get("status") != "success" or not isinstance(key, str):
                continue
            told, at = table(call.get("resultDisplay")), nanoseconds(call.get("timestamp"))
            at = at or nanoseconds(line.get("timestamp"))
            step = _step(key, str(call.get("name") or ""), str(model or ""), told)
            if step is not None:
                found[key] = Deed(at, step)
            elif path_in(told, "filePath"):
                found[key] = named(at, key, told["filePath"])
    yield from found.values()


def qwen(lines: Iterable[dict[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the lines of a chat."""
    tools: dict[str, tuple[str, str]] = {}
    for line in lines:
        if line.get("type") == "assistant":
            for part in entries(table(line.get("message")).get("parts")):
                call = table(part.get("functionCall"))
                if isinstance(call.get("id"), str):
                    tools[call["id"]] = (str(call.get("name") or ""), str(line.get("model") or ""))
        elif line.get("type") == "tool_result":
            told = table(line.get("toolCallResult"))
            key = told.get("callId")
            if told.get("status") == "success" and isinstance(key, str):
                shown, at = table(told.get("resultDisplay")), nanoseconds(line.get("timestamp"))
                step = _step(key, *tools.pop(key, ("", "")), shown)
                if step is not None:
                    yield Deed(at, step)
                elif path_in(shown, "filePath"):
                    yield named(at, key, shown["filePath"])


def _step(key: str, tool: str, model: str, told: dict[str, Any]) -> Step | None:
    path, before, after = (told.get(name) for name in ("filePath", "originalContent", "newContent"))
    by_person = count(table(told.get("diffStat")).get("user_added_lines"))
    if not isinstance(path, str) or not isinstance(after, str) or by_person:
        return None
    is_new = told.get("isNewFile") is True or before is None
    if not isinstance(before, str) and not is_new:
        return None
    before = before if isinstance(before, str) and not is_new else None
    return Step(
        event="write", key=key, model=model, tool=tool, path=path, is_new=is_new, before=before, after=after
    )  # fmt: skip
