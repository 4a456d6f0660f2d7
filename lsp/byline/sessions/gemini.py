"""Gemini CLI's chat: a message stands there again each time it changes, and the last one holds. Pure."""

from typing import Any

from byline.sessions.tally import Tally, Usage, count, entries, steps, table

_SHELLS = ("run_shell_command",)
_SPAWNS = ("invoke_agent",)


def take(tally: Tally, line: dict[str, Any], is_subagent: bool) -> None:
    """Take in one line."""
    changes = table(line.get("$set"))
    if changes:
        tally.seen_at(changes.get("lastUpdated"))
        return
    if isinstance(line.get("directories"), list) and line["directories"] and isinstance(line["directories"][0], str):
        tally.cwd = line["directories"][0]
    kind, name = line.get("type"), line.get("id")
    at = tally.seen_at(line.get("timestamp") or line.get("startTime"))
    if kind == "gemini" and isinstance(name, str):
        _answer(tally, line, name)
    elif kind == "user" and isinstance(name, str) and not is_subagent:
        content = line.get("content")
        texts = [one["text"] for one in entries(content) if isinstance(one.get("text"), str)]
        tally.ask(name, None, content if isinstance(content, str) else "\n".join(texts), at)
    elif kind == "error":
        tally.api_errors += 1


def _answer(tally: Tally, line: dict[str, Any], name: str) -> None:
    if isinstance(line.get("model"), str):
        tally.model = line["model"]
    told = table(line.get("tokens"))
    if told:
        cached = count(told.get("cached"))
        given = max(count(told.get("input")) - cached, 0) + count(told.get("tool"))
        tally.usage[name] = Usage(given, count(told.get("output")) + count(told.get("thoughts")), cached, 0)
        tally.context = count(told.get("input")) + count(told.get("tool")) or tally.context
    if isinstance(line.get("content"), str):
        tally.say(line["content"])
    for call in entries(line.get("toolCalls")):
        tool, call_id, given_args = call.get("name"), call.get("id"), table(call.get("args"))
        tally.call(call_id, tool, given_args.get("command") if tool in _SHELLS else None)
        if not isinstance(call_id, str):
            continue
        if call.get("status") == "error":
            tally.failed[call_id] = None
        if tool in _SPAWNS:
            tally.spawned[call_id] = None
        if tool == "write_todos":
            tally.plan = steps(given_args.get("todos"))
