"""The stand-in for a model in two more tongues: Anthropic's messages and Gemini's `generateContent`."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
USAGE = (1200, 34)
"""Tokens in and out of every answer."""


def asked_messages(body: Json) -> tuple[int, str]:
    """How many answers with calls a conversation holds, and what the user said."""
    turns, said = 0, []
    for message in body.get("messages", []):
        content = message.get("content")
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
        kinds = [block.get("type") for block in blocks]
        if message.get("role") == "assistant":
            turns += "tool_use" in kinds
        else:
            said += [block.get("text") or "" for block in blocks if block.get("type") == "text"]
    return turns, "\n".join(said)


def messages(step: Mapping[str, Any], body: Json) -> list[Json]:
    """The events of a streamed answer."""
    stop = "tool_use" if step.get("calls") else "end_turn"
    usage = {"input_tokens": USAGE[0], "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}
    head = {"id": f"msg_{uuid.uuid4().hex[:24]}", "type": "message", "role": "assistant", "model": body.get("model")}
    events: list[Json] = [
        {
            "type": "message_start",
            "message": {
                **head,
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {**usage, "output_tokens": 1},
            },
        }
    ]
    blocks: list[tuple[Json, Json]] = []
    if step.get("text") or not step.get("calls"):
        blocks.append(({"type": "text", "text": ""}, {"type": "text_delta", "text": step.get("text") or "ok"}))
    for tool, arguments in step.get("calls", ()):
        use = {"type": "tool_use", "id": f"toolu_{uuid.uuid4().hex[:24]}", "name": tool, "input": {}}
        blocks.append((use, {"type": "input_json_delta", "partial_json": json.dumps(arguments)}))
    for index, (block, delta) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events.append({"type": "content_block_delta", "index": index, "delta": delta})
        events.append({"type": "content_block_stop", "index": index})
    ended = {"stop_reason": stop, "stop_sequence": None}
    events.append({"type": "message_delta", "delta": ended, "usage": {"output_tokens": USAGE[1]}})
    return [*events, {"type": "message_stop"}]


def whole_message(events: list[Json]) -> Json:
    """The same answer in one piece."""
    content = []
    for started, delta in zip(events[1:-2:3], events[2:-2:3], strict=True):
        block = started["content_block"]
        told = delta["delta"]
        text = block["type"] == "text"
        content.append(
            {**block, "text": told["text"]} if text else {**block, "input": json.loads(told["partial_json"])}
        )
    return {**events[0]["message"], "content": content, "stop_reason": events[-2]["delta"]["stop_reason"]}


def asked_gemini(body: Json) -> tuple[int, str]:
    """As `asked_messages`."""
    turns, said = 0, []
    for content in body.get("contents", []):
        parts = content.get("parts", [])
        if content.get("role") == "model":
            turns += any("functionCall" in part for part in parts)
        else:
            said += [part.get("text") or "" for part in parts if "text" in part]
    return turns, "\n".join(said)


def gemini(step: Mapping[str, Any], body: Json) -> Json:
    """An answer, streamed in one piece or not."""
    parts: list[Json] = []
    if step.get("text") or not step.get("calls"):
        parts.append({"text": step.get("text") or "ok"})
    for tool, arguments in step.get("calls", ()):
        parts.append({"functionCall": {"id": f"call_{uuid.uuid4().hex[:12]}", "name": tool, "args": arguments}})
    if body.get("generationConfig", {}).get("responseMimeType") == "application/json":
        # Which model, who speaks next: whatever it asks itself, the answer changes nothing.
        asked = {"reasoning": "none", "next_speaker": "user", "model_choice": "flash", "complexity_score": 10}
        parts = [{"text": json.dumps({**asked, "complexity_reasoning": "none"})}]
    counts = {"promptTokenCount": USAGE[0], "candidatesTokenCount": USAGE[1], "totalTokenCount": sum(USAGE)}
    answer = {"index": 0, "finishReason": "STOP", "content": {"role": "model", "parts": parts}}
    return {"candidates": [answer], "usageMetadata": counts, "modelVersion": "mock", "responseId": uuid.uuid4().hex}
