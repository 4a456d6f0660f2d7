"""Factory Droid's session file, and the settings beside it, where the tokens are. Pure but for `beside`.

The settings' inclusive counts have those of subagents in them, which are sessions of their own: they are left alone.
"""

from pathlib import Path
from typing import Any

import msgspec

from byline.sessions.tally import Tally, Usage, count, entries, steps, table

_SHELLS = ("Execute",)
_SPAWNS = ("Task",)
_NOT_ASKED = ("<system-reminder", "<system-notification")
_LARGEST = 1024 * 1024


def take(tally: Tally, line: dict[str, Any], is_subagent: bool) -> None:
    """Take in one line."""
    at = tally.seen_at(line.get("timestamp"))
    if line.get("type") == "session_start":
        if isinstance(line.get("cwd"), str):
            tally.cwd = line["cwd"]
        return
    if line.get("type") == "compaction_state":
        tally.compactions += 1
    message = table(line.get("message"))
    # Runs of hooks stand there as a person's messages that only a person is shown.
    if line.get("type") != "message" or message.get("visibility") == "user_only":
        return
    if message.get("role") == "assistant":
        _answer(tally, message)
    elif message.get("role") == "user":
        _asked(tally, line, message, at, is_subagent)


def beside(tally: Tally, path: Path) -> None:
    """Take in the settings of the session at `path`."""
    try:
        with path.with_suffix(".settings.json").open("rb") as file:
            told = table(msgspec.json.decode(file.read(_LARGEST)))
    except (OSError, ValueError, RecursionError):
        return
    used = table(told.get("tokenUsage"))
    if used:
        tally.cumulative = Usage(
            count(used.get("inputTokens")),
            count(used.get("outputTokens")),
            count(used.get("cacheReadTokens")),
            count(used.get("cacheCreationTokens")),
        )
    last = table(told.get("lastCallTokenUsage"))
    if last:
        tally.context = sum(
            count(last.get(name)) for name in ("inputTokens", "cacheReadTokens", "cacheCreationTokens")
        )
    if isinstance(told.get("model"), str):
        tally.model = told["model"]


def _answer(tally: Tally, message: dict[str, Any]) -> None:
    tally.answers += 1
    if isinstance(message.get("modelId"), str):
        tally.model = message["modelId"]
    for block in entries(message.get("content")):
        kind = block.get("type")
        if kind == "text" and isinstance(block.get("text"), str):
            tally.say(block["text"])
        elif kind == "tool_use":
            given, tool, call = table(block.get("input")), block.get("name"), block.get("id")
            tally.call(call, tool, given.get("command") if tool in _SHELLS else None)
            if tool in _SPAWNS and isinstance(call, str):
                tally.spawned[call] = None
            if tool == "TodoWrite":
                tally.plan = steps(given.get("todos"))


def _asked(tally: Tally, line: dict[str, Any], message: dict[str, Any], at: int, is_subagent: bool) -> None:
    texts = []
    for block in entries(message.get("content")):
        if block.get("type") == "tool_result":
            call = block.get("tool_use_id")
            tally.result(call, block.get("content"))
            if block.get("is_error") is True and isinstance(call, str):
                tally.failed[call] = None
        text = block.get("text") if block.get("type") == "text" else None
        if isinstance(text, str) and not text.lstrip().startswith(_NOT_ASKED):
            texts.append(text)
    if texts and not is_subagent:
        name = line.get("id")
        tally.ask(name if isinstance(name, str) else f"{at}", name, "\n".join(texts), at)
