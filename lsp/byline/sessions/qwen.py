"""Qwen Code's chat: its telemetry lines repeat the counts of its answers, and are left alone. Pure."""

from typing import Any

from byline.sessions.tally import Tally, Usage, count, entries, steps, table

_SHELLS = ("run_shell_command",)
_SPAWNS = ("agent", "task")


def take(tally: Tally, line: dict[str, Any], is_subagent: bool) -> None:
    """Take in one line."""
    kind, name = line.get("type"), line.get("uuid")
    at = tally.seen_at(line.get("timestamp"))
    for told, field in (("version", "agent_version"), ("gitBranch", "branch")):
        if isinstance(line.get(told), str) and line[told]:
            setattr(tally, field, line[told])
    if tally.cwd is None and isinstance(line.get("cwd"), str):
        tally.cwd = line["cwd"]
    parts = entries(table(line.get("message")).get("parts"))
    text = "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    if kind == "assistant" and isinstance(name, str):
        _answer(tally, line, name, parts, text)
    elif kind == "user" and line.get("provenance") in (None, "real_user") and not is_subagent:
        tally.ask(name if isinstance(name, str) else f"{at}", None, text, at)
    elif kind == "tool_result":
        result = table(line.get("toolCallResult"))
        if result.get("status") == "error" and isinstance(result.get("callId"), str):
            tally.failed[result["callId"]] = None
    elif kind == "system" and line.get("subtype") == "chat_compression":
        tally.compactions += 1


def _answer(tally: Tally, line: dict[str, Any], name: str, parts: list[dict[str, Any]], text: str) -> None:
    if isinstance(line.get("model"), str):
        tally.model = line["model"]
    tally.say(text)
    told = table(line.get("usageMetadata"))
    if told:
        given, cached = count(told.get("promptTokenCount")), count(told.get("cachedContentTokenCount"))
        # Providers differ in whether thoughts are among the candidates; the sum is theirs either way.
        output = count(told.get("totalTokenCount")) - given
        if output <= 0:
            output = count(told.get("candidatesTokenCount")) + count(told.get("thoughtsTokenCount"))
        tally.usage[name] = Usage(max(given - cached, 0), output, cached, 0)
        tally.context = given or tally.context
    for part in parts:
        call = table(part.get("functionCall"))
        given_args, tool, call_id = table(call.get("args")), call.get("name"), call.get("id")
        tally.call(call_id, tool, given_args.get("command") if tool in _SHELLS else None)
        if tool in _SPAWNS and isinstance(call_id, str):
            tally.spawned[call_id] = None
        if tool == "todo_write":
            tally.plan = steps(given_args.get("todos"))
