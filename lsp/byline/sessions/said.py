"""What was said in a session, as messages: read from the transcript its agent leaves on disk, for publishing it.

Agents write one JSON object a line, or one document with a list of messages. A message is what has a role and a
content, at the top or one level down. Whatever is none (bookkeeping, snapshots, settings) is passed over.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from byline.cuts import MARGIN, at_a_blank
from byline.sessions.places import may_be_transcript
from byline.sessions.tally import nanoseconds

LARGEST_FILE = 64 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
LARGEST_TRANSCRIPT = 1024 * 1024
"""Characters of JSON that are kept of one session, its newest messages."""

LARGEST_TEXT = 16 * 1024
_LOOKED_AT = LARGEST_TEXT + MARGIN + 1
"""Characters of a text by which `cut` sees that it goes on."""

_LISTS = ("messages", "history", "turns", "conversation")
_INSIDE = ("message", "payload", "data")
_KEPT = ("role", "content", "model", "tool_calls", "name", "input", "arguments", "output", "toolCalls", "parts")
_CALLS = frozenset(("function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"))
_ROLES = {"user": "user", "human": "user", "assistant": "assistant", "gemini": "assistant", "model": "assistant"}


def messages(
    path: Path, until: int | None = None, cut: Callable[[str, int], str] = at_a_blank
) -> list[dict[str, Any]] | None:
    """The messages of a transcript, oldest first, none that is later than `until` (ns since 1970).

    `cut` shortens long texts: given one, and how many characters may be left of it.

    None where there is no such file or nobody can read it. Of a long transcript the newest messages.
    """
    try:
        status = path.stat()
        if not may_be_transcript(path) or status.st_size > LARGEST_FILE:
            return None
        data = path.read_bytes()
    except (OSError, ValueError):
        return None
    found: list[dict[str, Any]] = []
    for entry in _entries(data):
        message = _message(entry)
        at = nanoseconds(entry.get("timestamp") or entry.get("createdAt"))
        if message is not None and not (until is not None and at > until):
            found.append({**message, **({"timestamp": entry["timestamp"]} if at and "timestamp" in entry else {})})
    return [_each(message, lambda text: _shortened(text, cut)) for message in _newest(found)] or None


def last_words(said: list[dict[str, Any]]) -> str | None:
    """The text of the agent's last message that has one."""
    for message in reversed(said):
        if message.get("role") == "assistant":
            content = message.get("content")
            parts = content if isinstance(content, list) else [content]
            texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
            words = "\n".join(text for text in texts if isinstance(text, str) and text.strip())
            if words:
                return words
    return None


def _entries(data: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a file of lines, or those in the list of messages of a document."""
    text = data.decode("utf-8", "replace")
    if text.lstrip()[:1] in ("{", "["):
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError):
            whole = None
        if isinstance(whole, dict):
            whole = next((whole[name] for name in _LISTS if isinstance(whole.get(name), list)), [whole])
        if isinstance(whole, list):
            yield from (one for one in whole if isinstance(one, dict))
            return
    for line in text.split("\n"):
        if 0 < len(line) <= LONGEST_LINE:
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(entry, dict):
                yield entry


def _message(entry: dict[str, Any]) -> dict[str, Any] | None:
    for one in (*(entry[name] for name in _INSIDE if isinstance(entry.get(name), dict)), entry):
        role = one.get("role") or _ROLES.get(str(one.get("type") or entry.get("type")))
        if isinstance(role, str) and any(one.get(name) for name in ("content", "parts", "tool_calls", "toolCalls")):
            return {"role": _ROLES.get(role, role), **{n: _bounded(one[n]) for n in _KEPT[1:] if one.get(n)}}
        if one.get("type") in _CALLS:
            return {"role": "tool", "type": one["type"], **{n: _bounded(one[n]) for n in _KEPT[1:] if one.get(n)}}
    return None


def _bounded(value: Any) -> Any:
    """A value with as much of its long texts as `cut` needs; pictures and the like are left out."""
    return _each(value, lambda text: text[:_LOOKED_AT])


def _shortened(text: str, cut: Callable[[str, int], str]) -> str:
    return text if len(text) <= LARGEST_TEXT else cut(text, LARGEST_TEXT) + "…"


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """A value with its texts changed, without pictures and the like."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each(one, change) for one in value if not (isinstance(one, dict) and one.get("type") == "image")]
    if isinstance(value, dict):
        return {
            name: _each(one, change) for name, one in value.items() if name not in ("signature", "encrypted_content")
        }
    return value


def _newest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    size = 0
    kept: list[dict[str, Any]] = []
    for message in reversed(found):
        size += len(json.dumps(message, ensure_ascii=False))
        if size > LARGEST_TRANSCRIPT:
            kept.append({"role": "system", "content": f"{len(found) - len(kept)} earlier messages are left out"})
            break
        kept.append(message)
    return kept[::-1]
