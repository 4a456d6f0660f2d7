"""Claude Code's transcript: one line a content block, each repeating the usage of the whole message. Pure."""

from typing import Any

from byline.cuts import at_a_blank
from byline.sessions.tally import LONGEST_TEXT, Tally, Usage, count, entries, steps, table

_SHELLS = ("Bash", "PowerShell")
_SPAWNS = ("Task", "Agent")
_NOT_ASKED = (
    "<command-",
    "<local-command",
    "<task-notification",
    "<bash-",
    "<system-reminder",
    "[Request interrupted",
)
"""How texts begin that stand where a person's words do but are not."""


def take(tally: Tally, line: dict[str, Any], is_subagent: bool) -> None:
    """Take in one line. What is a subagent's own is skipped in its parent's file, where old versions kept it."""
    if line.get("isSidechain") is True and not is_subagent:
        return
    kind = line.get("type")
    at = tally.seen_at(line.get("timestamp"))
    if kind in ("user", "assistant"):
        for name, field in (("version", "agent_version"), ("gitBranch", "branch")):
            if isinstance(line.get(name), str) and line[name]:
                setattr(tally, field, line[name])
        if tally.cwd is None and isinstance(line.get("cwd"), str):
            tally.cwd = line["cwd"]
    if kind == "assistant":
        _answer(tally, line)
    elif kind == "user":
        _asked(tally, line, at)
    elif kind == "system" and line.get("subtype") == "compact_boundary":
        tally.compactions += 1
    elif kind == "cost-state" and isinstance(line.get("totalCostUSD"), int | float):
        tally.cost_usd = float(line["totalCostUSD"])


def _answer(tally: Tally, line: dict[str, Any]) -> None:
    message = table(line.get("message"))
    if line.get("isApiErrorMessage") is True:
        tally.api_errors += 1
        return
    model, name = message.get("model"), message.get("id")
    if isinstance(model, str) and model and not model.startswith("<"):
        tally.model = model
    used = table(message.get("usage"))
    if isinstance(name, str) and used:
        told = Usage(
            count(used.get("input_tokens")),
            count(used.get("output_tokens")),
            count(used.get("cache_read_input_tokens")),
            count(used.get("cache_creation_input_tokens")),
        )
        known = tally.usage.get(name)
        # While a message streams in, its first lines may know less of the output than its last.
        tally.usage[name] = told if known is None or told.output >= known.output else known
        tally.context = told.input + told.cache_read + told.cache_creation
    for block in entries(message.get("content")):
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            tally.say(block["text"])
        elif block.get("type") == "tool_use":
            _call(tally, block)


def _call(tally: Tally, block: dict[str, Any]) -> None:
    given, tool, call = table(block.get("input")), block.get("name"), block.get("id")
    tally.call(call, tool, given.get("command") if tool in _SHELLS else None)
    if tool in _SPAWNS and isinstance(call, str):
        tally.spawned[call] = None
    if tool == "TodoWrite":
        tally.plan = steps(given.get("todos"))


def _asked(tally: Tally, line: dict[str, Any], at: int) -> None:
    content = table(line.get("message")).get("content")
    texts = [content] if isinstance(content, str) else []
    for block in entries(content):
        if block.get("type") == "tool_result":
            tally.result(block.get("tool_use_id"), _text(block.get("content")))
            if block.get("is_error") is True and isinstance(block.get("tool_use_id"), str):
                tally.failed[block["tool_use_id"]] = None
        elif block.get("type") == "text" and isinstance(block.get("text"), str):
            texts.append(block["text"])
    text = at_a_blank("\n".join(texts), LONGEST_TEXT)
    # A subagent is not asked by a person: the prompt above its work is its parent's.
    if line.get("isMeta") is True or line.get("isCompactSummary") is True or line.get("isSidechain") is True:
        return
    if text and not text.lstrip().startswith(_NOT_ASKED):
        key = line.get("uuid") or line.get("promptId")
        tally.ask(key if isinstance(key, str) else f"{at} {text[:40]}", line.get("promptId"), text, at)


def _text(content: object) -> str:
    """The words of a result, which is a text or a list of blocks."""
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in entries(content) if isinstance(block.get("text"), str))
