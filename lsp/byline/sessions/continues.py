"""Continue's session file: the sum at its end forgets the cache, so each answer is counted. Pure."""

import json
from typing import Any

from byline.sessions.tally import Tally, Usage, count, entries, table

_SHELLS = ("Bash", "run_terminal_command")
_FAILED = ("errored", "canceled")


def take(tally: Tally, name: str, value: Any, is_subagent: bool) -> None:
    """Take in one member of the file."""
    if name == "workspaceDirectory" and isinstance(value, str):
        tally.cwd = value
    cost = table(value).get("totalCost") if name == "usage" else None
    if isinstance(cost, int | float) and not isinstance(cost, bool):
        tally.cost_usd = float(cost)
    if name != "history":
        return
    step, key = table(value), f"{tally.asked + tally.requests + tally.answers}"
    message = table(step.get("message"))
    content = message.get("content")
    text = content if isinstance(content, str) else "\n".join(
        part["text"] for part in entries(content) if isinstance(part.get("text"), str)
    )  # fmt: skip
    if message.get("role") == "user" and not is_subagent:
        tally.ask(key, None, text, 0)
    elif message.get("role") == "assistant":
        _answer(tally, step, message, text, key)


def _answer(tally: Tally, step: dict[str, Any], message: dict[str, Any], text: str, key: str) -> None:
    tally.say(text)
    used = table(message.get("usage"))
    if used:
        cached = count(table(used.get("prompt_tokens_details")).get("cached_tokens"))
        given = count(used.get("prompt_tokens"))
        tally.usage[key] = Usage(max(given - cached, 0), count(used.get("completion_tokens")), cached, 0)
        tally.context = given
        tally.model = used["model"] if isinstance(used.get("model"), str) else tally.model
    else:
        tally.answers += 1
    states = {state.get("toolCallId"): state for state in entries(step.get("toolCallStates"))}
    for call in entries(message.get("toolCalls")):
        function, name = table(call.get("function")), call.get("id")
        tool, state = function.get("name"), table(states.get(name))
        given_args = table(state.get("parsedArgs")) or _arguments(function.get("arguments"))
        tally.call(name, tool, given_args.get("command") if tool in _SHELLS else None)
        if state.get("status") in _FAILED and isinstance(name, str):
            tally.failed[name] = None
        for output in entries(state.get("output")):
            tally.result(name, output.get("content"))


def _arguments(text: object) -> dict[str, Any]:
    try:
        return table(json.loads(text)) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
