"""Cline's session file, which adds up for itself, and the messages beside it. Pure but for `beside`.

The sums over all agents have those of subagents in them, and each message repeats its part: the session's own sum
holds, or where there is none the messages'. Its input includes the cache.
"""

import re
from pathlib import Path
from typing import Any

from byline.sessions.documents import members
from byline.sessions.tally import Tally, Usage, count, entries, table

_SHELLS = ("run_commands", "execute_command")
_FAILED = re.compile(r'"success"\s*:\s*false')
_WRAPPED = re.compile(r'\A<user_input mode="\w*">(.*)</user_input>\Z', re.DOTALL)
_SPAWNS = ("spawn_agent",)


def take(tally: Tally, name: str, value: Any, is_subagent: bool) -> None:
    """Take in one member of the session's file, or of a file of messages."""
    if name == "messages":
        _message(tally, table(value), is_subagent)
    elif name == "model" and isinstance(value, str):
        tally.model = value
    elif name == "cwd" and isinstance(value, str):
        tally.cwd = value
    elif name in ("started_at", "ended_at"):
        tally.seen_at(value)
    elif name == "prompt" and isinstance(value, str) and not is_subagent:
        tally.ask("first", None, value, tally.first_at or 0)
    elif name == "metadata":
        _begin(tally, table(value))


def beside(tally: Tally, path: Path) -> None:
    """Take in the messages of the session at `path`; OSError where they cannot be read."""
    if path.name.endswith(".messages.json"):
        return
    messages = path.with_suffix(".messages.json")
    if not messages.is_file():
        return
    sums, tally.cumulative = tally.cumulative, None
    first = tally.prompts.pop("first", None)
    for name, value in members(messages):
        take(tally, name, value, is_subagent=False)
    if first is not None and not tally.prompts:
        tally.prompts["first"] = first
    tally.cumulative = sums


def _begin(tally: Tally, told: dict[str, Any]) -> None:
    origin = table(told.get("sessionHistoryOrigin"))
    if isinstance(origin.get("version"), str):
        tally.agent_version = origin["version"]
    branch = table(told.get("git")).get("branch")
    tally.branch = branch if isinstance(branch, str) else tally.branch
    used = table(told.get("usage"))
    if used:
        tally.cumulative = _usage(used)
        cost = used.get("totalCost")
        if isinstance(cost, int | float) and not isinstance(cost, bool):
            tally.cost_usd = float(cost)


def _message(tally: Tally, message: dict[str, Any], is_subagent: bool) -> None:
    key = str(message.get("id") or f"{tally.asked + tally.requests + tally.answers}")
    at = count(message.get("ts")) * 1_000_000
    if message.get("role") == "assistant":
        _answer(tally, message, key)
        return
    texts = []
    content = message.get("content")
    for block in entries([{"type": "text", "text": content}] if isinstance(content, str) else content):
        if block.get("type") == "tool_result":
            call = block.get("tool_use_id")
            if block.get("is_error") is True and isinstance(call, str):
                tally.failed[call] = None
            told = block.get("content")
            tally.result(call, told)
            # Failed edits come without the flag.
            if isinstance(told, str) and isinstance(call, str) and _FAILED.search(told[:4000] + told[-200:]):
                tally.failed[call] = None
        elif block.get("type") == "text" and isinstance(block.get("text"), str):
            texts.append(_WRAPPED.sub(r"\1", block["text"]))
    if texts and not is_subagent:
        tally.ask(key, None, "\n".join(texts), at)


def _answer(tally: Tally, message: dict[str, Any], key: str) -> None:
    model, used = table(message.get("modelInfo")).get("id"), table(message.get("metrics"))
    tally.model = model if isinstance(model, str) else tally.model
    if used:
        tally.usage[key] = _usage(used)
        tally.context = count(used.get("inputTokens")) or tally.context
    else:
        tally.answers += 1
    for block in entries(message.get("content")):
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            tally.say(block["text"])
        elif block.get("type") == "tool_use":
            given, tool, call = table(block.get("input")), block.get("name"), block.get("id")
            listed = given.get("commands")
            command = " && ".join(map(str, listed)) if isinstance(listed, list) else given.get("command")
            tally.call(call, tool, command if tool in _SHELLS else None)
            if tool in _SPAWNS and isinstance(call, str):
                tally.spawned[call] = None


def _usage(used: dict[str, Any]) -> Usage:
    read, written = count(used.get("cacheReadTokens")), count(used.get("cacheWriteTokens"))
    given = count(used.get("inputTokens"))
    return Usage(max(given - read - written, 0), count(used.get("outputTokens")), read, written)
