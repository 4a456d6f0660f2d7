"""Amp's thread file, as older clients kept it. Its input is without the cache; its total is not added. Pure."""

from typing import Any

from byline.sessions.tally import Tally, Usage, count, entries, steps, table

_SHELLS = ("Bash", "shell_command")
_SPAWNS = ("Task",)


def take(tally: Tally, name: str, value: Any, is_subagent: bool) -> None:
    """Take in one member of the file."""
    message = table(value)
    if name != "messages" or not message:
        return
    key = str(message.get("messageId"))
    if message.get("role") == "assistant":
        _answer(tally, message, key)
        return
    texts = []
    for block in entries(message.get("content")):
        run = table(block.get("run"))
        if block.get("type") == "tool_result":
            call = block.get("toolUseID")
            if run.get("status") in ("error", "cancelled") and isinstance(call, str):
                tally.failed[call] = None
            tally.result(call, table(run.get("result")).get("output"))
        elif block.get("type") == "text" and isinstance(block.get("text"), str):
            texts.append(block["text"])
    if texts and not is_subagent:
        tally.ask(key, None, "\n".join(texts), count(table(message.get("meta")).get("sentAt")) * 1_000_000)


def _answer(tally: Tally, message: dict[str, Any], key: str) -> None:
    used = table(message.get("usage"))
    if used:
        told = Usage(
            count(used.get("inputTokens")),
            count(used.get("outputTokens")),
            count(used.get("cacheReadInputTokens")),
            count(used.get("cacheCreationInputTokens")),
        )
        tally.usage[key] = told
        tally.context = told.input + told.cache_read + told.cache_creation
        tally.window = count(used.get("maxInputTokens")) or tally.window
        tally.model = used["model"] if isinstance(used.get("model"), str) else tally.model
        tally.seen_at(used.get("timestamp"))
    for block in entries(message.get("content")):
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            tally.say(block["text"])
        elif block.get("type") == "tool_use":
            given, tool, call = table(block.get("input")), block.get("name"), block.get("id")
            command = given.get("command", given.get("cmd"))
            tally.call(call, tool, command if tool in _SHELLS else None)
            if tool in _SPAWNS and isinstance(call, str):
                tally.spawned[call] = None
            if tool == "todo_write":
                tally.plan = steps(given.get("todos"))
