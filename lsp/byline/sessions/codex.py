"""Codex's rollout: it adds up its tokens itself, and counts what came from the cache as input. Pure."""

import json
import re
from typing import Any

from byline.sessions.tally import Tally, Usage, count, entries, steps, table

_SHELLS = ("exec_command", "shell", "local_shell", "shell_command")
_CALLS = ("function_call", "custom_tool_call", "local_shell_call")
_REFUSED = (
    "apply_patch verification failed",
    "patch rejected",
    "exec_command failed",
    "failed to parse function arguments",
    "unsupported call",
)
"""How results begin of calls that never ran: no other line tells of them."""
_ENDED = re.compile(r"(?:Exit code:|Process exited with code) (-?\d+)$", re.MULTILINE)


def take(tally: Tally, line: dict[str, Any], is_subagent: bool) -> None:
    """Take in one line."""
    kind, payload = line.get("type"), table(line.get("payload"))
    at = tally.seen_at(line.get("timestamp"))
    if kind == "session_meta":
        _begin(tally, payload)
    elif kind == "turn_context":
        tally.model = payload["model"] if isinstance(payload.get("model"), str) else tally.model
    elif kind == "token_usage_record":
        tally.cumulative = _usage(table(payload.get("thread_token_usage"))) or tally.cumulative
        _answered(tally, payload.get("response_id"))
    elif kind == "compacted":
        tally.compactions += 1
    elif kind == "response_item":
        _item(tally, payload)
    elif kind == "event_msg":
        _event(tally, payload, at, is_subagent)


def _begin(tally: Tally, payload: dict[str, Any]) -> None:
    for name, field in (("cli_version", "agent_version"), ("cwd", "cwd")):
        if isinstance(payload.get(name), str):
            setattr(tally, field, payload[name])
    branch = table(payload.get("git")).get("branch")
    tally.branch = branch if isinstance(branch, str) else tally.branch


def _event(tally: Tally, payload: dict[str, Any], at: int, is_subagent: bool) -> None:
    kind = payload.get("type")
    if kind == "token_count":
        info = table(payload.get("info"))
        tally.cumulative = _usage(table(info.get("total_token_usage"))) or tally.cumulative
        last = table(info.get("last_token_usage"))
        tally.context = count(last.get("input_tokens")) or tally.context
        tally.window = count(info.get("model_context_window")) or tally.window
    elif kind == "task_started":
        tally.window = count(payload.get("model_context_window")) or tally.window
    elif kind == "task_complete" and isinstance(payload.get("last_agent_message"), str):
        tally.say(payload["last_agent_message"])
    elif kind in ("error", "stream_error"):
        tally.api_errors += 1
    elif kind == "user_message" and isinstance(payload.get("message"), str) and not is_subagent:
        # Versions before the items; where both are told, one stands for the other.
        if not any(known.text == payload["message"] for known in list(tally.prompts.values())[-1:]):
            tally.ask(f"{at} message", None, payload["message"], at)
    elif kind == "item_completed":
        _completed(tally, payload, at, is_subagent)


def _completed(tally: Tally, payload: dict[str, Any], at: int, is_subagent: bool) -> None:
    item = table(payload.get("item"))
    kind, name = item.get("type"), item.get("id")
    text = "\n".join(one["text"] for one in entries(item.get("content")) if isinstance(one.get("text"), str))
    if kind == "UserMessage" and not is_subagent:
        last = next(reversed(tally.prompts), None)
        if last is not None and last.endswith(" message") and tally.prompts[last].text == text:
            del tally.prompts[last]
        tally.ask(name if isinstance(name, str) else f"{at}", payload.get("turn_id"), text, at)
    elif kind == "AgentMessage":
        tally.say(text)
    elif kind in ("CommandExecution", "FileChange") and isinstance(name, str):
        code = item.get("exit_code")
        if item.get("status") in ("failed", "declined") or (isinstance(code, int) and code != 0):
            tally.failed[name] = None


def _item(tally: Tally, payload: dict[str, Any]) -> None:
    if payload.get("type") in ("function_call_output", "custom_tool_call_output"):
        _returned(tally, payload)
    if payload.get("type") not in _CALLS:
        return
    tool, call = payload.get("name") or payload.get("type"), payload.get("call_id")
    given: dict[str, Any] = {}
    if isinstance(payload.get("arguments"), str):
        try:
            given = table(json.loads(payload["arguments"]))
        except (ValueError, RecursionError):
            given = {}
    command = given.get("cmd", given.get("command")) if tool in _SHELLS else None
    tally.call(call, tool, " ".join(map(str, command)) if isinstance(command, list) else command)
    if isinstance(tool, str) and tool.endswith("spawn_agent") and isinstance(call, str):
        tally.spawned[call] = None
    if tool == "update_plan":
        tally.plan = steps(given.get("plan"))


def _returned(tally: Tally, payload: dict[str, Any]) -> None:
    """The words that a call came back with; of a command the code it ended with stands above what it printed."""
    call, said = payload.get("call_id"), payload.get("output")
    if not isinstance(call, str) or not isinstance(said, str):
        return
    ended = None
    if tally.calls.get(call) in (*_SHELLS, "apply_patch"):
        ended = _ENDED.search(said[:1000].partition("\nOutput:\n")[0])
    if said.startswith(_REFUSED) or (ended is not None and ended[1] != "0"):
        tally.failed[call] = None


def _answered(tally: Tally, name: object) -> None:
    if isinstance(name, str):
        tally.usage[name] = Usage()  # one request more; the sums stand beside


def _usage(told: dict[str, Any]) -> Usage | None:
    if "input_tokens" not in told:
        return None
    cached = count(told.get("cached_input_tokens"))
    written = count(told.get("cache_write_input_tokens"))
    given = max(count(told.get("input_tokens")) - cached - written, 0)
    return Usage(given, count(told.get("output_tokens")), cached, written)
