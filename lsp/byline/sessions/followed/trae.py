"""Trae: the part of its state that is not encrypted, `memento/icube-ai-agent-storage`: sessions and prompts. Pure.

Nothing in it says what was written, so no line is ever Trae's.
"""

import json

from byline.sessions.followed.steps import Step, Told

KEY = "memento/icube-ai-agent-storage"


def sessions(value: str, folder: str) -> list[Told]:
    """The sessions in the value of KEY, for the workspace at the absolute path `folder`."""
    try:
        told = json.loads(value)
    except ValueError:
        return []
    listed = told.get("list") if isinstance(told, dict) else None
    found = []
    for one in listed if isinstance(listed, list) else ():
        name = one.get("sessionId") if isinstance(one, dict) else None
        if isinstance(name, str) and name:
            found.append(Told(agent="trae", session=name, folder=folder, steps=tuple(_prompts(one.get("messages")))))
    return found


def _prompts(messages: object) -> list[Step]:
    found: list[Step] = []
    for message in messages if isinstance(messages, list) else ():
        content = message.get("content") if isinstance(message, dict) and message.get("role") == "user" else None
        if isinstance(content, str) and content:
            turn = str(message.get("id") or len(found) + 1)
            found.append(Step(event="prompt", key=f"prompt {turn}", turn=turn, prompt=content))
    return found
