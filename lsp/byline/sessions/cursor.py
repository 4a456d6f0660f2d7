"""Cursor's transcript: who said what, and nothing else. It states no tokens, so they are estimated. Pure."""

from typing import Any

from byline.sessions.tally import Tally, Usage, entries, steps, table

_SHELLS = ("Shell",)
_SPAWNS = ("Task",)
_CHARACTERS_OF_A_TOKEN = 4
_BEGIN, _END = "<user_query>", "</user_query>"


def take(tally: Tally, line: dict[str, Any], is_subagent: bool) -> None:
    """Take in one line. Calls have no ids there: their place stands for one."""
    role, blocks = line.get("role"), entries(table(line.get("message")).get("content"))
    text = "\n".join(block["text"] for block in blocks if isinstance(block.get("text"), str))
    known = tally.estimate or Usage()
    if role == "user":
        asked = "\n".join(_queries(text)) or text
        tally.estimate = known + Usage(input=_tokens(asked))
        if not is_subagent:
            tally.ask(f"{tally.records}", None, asked, 0)
    elif role == "assistant":
        tally.answers += 1
        tally.say(text)
        length = _tokens(text)
        for place, block in enumerate(blocks):
            if block.get("type") == "tool_use":
                length += _call(tally, block, f"{tally.records}.{place}")
        tally.estimate = known + Usage(output=length)


def _tokens(text: str) -> int:
    return (len(text) + _CHARACTERS_OF_A_TOKEN - 1) // _CHARACTERS_OF_A_TOKEN


def _queries(text: str) -> list[str]:
    """What the person typed, between its marks; by hand, as a pattern takes the square of a long text's time."""
    found = []
    at = text.find(_BEGIN)
    while at >= 0 and (end := text.find(_END, at + len(_BEGIN))) >= 0:
        found.append(text[at + len(_BEGIN) : end].strip())
        at = text.find(_BEGIN, end)
    return found


def _call(tally: Tally, block: dict[str, Any], call: str) -> int:
    """Note a call; the tokens its input may have been."""
    given, tool = table(block.get("input")), block.get("name")
    tally.call(call, tool, given.get("command") if tool in _SHELLS else None)
    if tool in _SPAWNS:
        tally.spawned[call] = None
    if tool == "TodoWrite":
        tally.plan = steps(given.get("todos"))
    return sum(len(str(value)) for value in given.values()) // _CHARACTERS_OF_A_TOKEN
