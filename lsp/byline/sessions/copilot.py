"""Copilot CLI's events: a subagent's stand between its parent's, and its input includes the cache. Pure."""

from typing import Any

from byline.sessions.tally import Tally, Usage, count, table

_SHELLS = ("bash", "powershell", "shell")


def take(tally: Tally, line: dict[str, Any], is_subagent: bool) -> None:
    """Take in one line. Lines with an `agentId` are a subagent's: it is a session of its own."""
    kind, data, name = line.get("type"), table(line.get("data")), line.get("id")
    at = tally.seen_at(line.get("timestamp"))
    if line.get("agentId") is not None and not is_subagent:
        return
    if kind == "session.start":
        _begin(tally, data)
    elif kind == "user.message" and isinstance(data.get("content"), str) and not is_subagent:
        tally.ask(name if isinstance(name, str) else f"{at}", data.get("turnId"), data["content"], at)
    elif kind == "assistant.message":
        tally.model = data["model"] if isinstance(data.get("model"), str) else tally.model
        if isinstance(data.get("content"), str):
            tally.say(data["content"])
    elif kind == "session.usage_record" and isinstance(name, str):
        told = table(data.get("usage"))
        cached, written = count(told.get("cacheReadTokens")), count(told.get("cacheWriteTokens"))
        given = max(count(told.get("inputTokens")) - cached - written, 0)
        tally.usage[name] = Usage(given, count(told.get("outputTokens")), cached, written)
        tally.context = count(told.get("inputTokens")) or tally.context
    elif kind == "tool.execution_start":
        tool, given_args = data.get("toolName"), table(data.get("arguments"))
        tally.call(data.get("toolCallId"), tool, given_args.get("command") if tool in _SHELLS else None)
        if tool == "task" and isinstance(data.get("toolCallId"), str):
            tally.spawned[data["toolCallId"]] = None
    elif (
        kind == "tool.execution_complete" and data.get("success") is False and isinstance(data.get("toolCallId"), str)
    ):
        tally.failed[data["toolCallId"]] = None
    elif kind == "session.compaction_complete":
        tally.compactions += 1


def _begin(tally: Tally, data: dict[str, Any]) -> None:
    around = table(data.get("context"))
    for told, field in (
        (data.get("copilotVersion"), "agent_version"),
        (data.get("selectedModel"), "model"),
        (around.get("cwd"), "cwd"),
        (around.get("branch"), "branch"),
    ):
        if isinstance(told, str) and told:
            setattr(tally, field, told)
