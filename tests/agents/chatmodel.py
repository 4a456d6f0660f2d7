"""A stand-in for a model, on loopback: answers chat completions and responses with the steps of a plan.

A plan is a list of steps, `{"text": …}` or `{"calls": [(tool, arguments), …]}`. Which one is next follows from the
conversation (how many answers with calls it holds), so the server keeps no state. A conversation whose first words
hold a mark follows the plan of that mark: subagents.
"""

import json
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import othermodels

Step = Mapping[str, Any]
Json = dict[str, Any]
MAIN = "@main"
"""In a prompt: the plan without a mark, whatever else it says."""


class ChatModel:
    """The server, from `with` to its end. `url` is what agents take as the base address."""

    def __init__(self, plan: Sequence[Step], marked: Mapping[str, Sequence[Step]] | None = None) -> None:
        self.plan = plan
        self.marked = marked or {}
        handler = type("Bound", (_Handler,), {"model": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "ChatModel":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def step(self, turns: int, said: str, has_tools: bool) -> Step:
        """The answer after so many answers with calls."""
        if not has_tools:
            return {"text": "ok"}  # titles and the like
        steps = self.plan
        if MAIN not in said:
            steps = next((plan for mark, plan in self.marked.items() if mark in said), steps)
        return steps[turns] if turns < len(steps) else {"text": "Done."}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: ChatModel

    def log_message(self, *args: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._whole({"object": "list", "data": [{"id": "mock-model", "object": "model", "owned_by": "mock"}]})

    def do_POST(self) -> None:
        try:
            body = json.loads(self._read() or b"{}")
        except ValueError:  # what an agent tells its maker, packed
            body = {}
        if self.path.endswith("/chat/completions"):
            messages = body.get("messages", [])
            turns = sum(bool(message.get("tool_calls")) for message in messages)
            step = self.model.step(turns, _said(messages), bool(body.get("tools")))
            events = list(_chat(step, body))
            if body.get("stream"):
                self._stream([*events, None])
            else:
                self._whole(_joined(events))
        elif self.path.endswith("/responses"):
            step = self.model.step(_turns(body.get("input")), _said(body.get("input")), bool(body.get("tools")))
            events = list(_responses(step, body))
            if body.get("stream"):
                self._stream(events)
            else:
                self._whole(events[-1]["response"])
        else:
            self._others(body)

    def _others(self, body: Json) -> None:
        path = self.path.partition("?")[0]
        has_tools = bool(body.get("tools"))
        if path.endswith("/messages"):
            events = othermodels.messages(self.model.step(*othermodels.asked_messages(body), has_tools), body)
            if body.get("stream"):
                self._stream(events)
            else:
                self._whole(othermodels.whole_message(events))
        elif path.endswith(("count_tokens", ":countTokens")):
            self._whole({"input_tokens": 1200, "totalTokens": 1200})
        elif path.endswith("enerateContent"):
            answer = othermodels.gemini(self.model.step(*othermodels.asked_gemini(body), has_tools), body)
            if ":stream" in path:
                self._stream([answer])
            else:
                self._whole(answer)
        else:
            self.send_error(404)

    def _read(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        data = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _whole(self, value: Json) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events: Sequence[Json | None]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for event in events:
            kind = f"event: {event['type']}\n" if event and "type" in event else ""
            self.wfile.write(f"{kind}data: {json.dumps(event) if event else '[DONE]'}\n\n".encode())
        self.close_connection = True


def _said(messages: Any) -> str:
    """What users said, in one text."""
    if not isinstance(messages, list):
        return str(messages)
    found = []
    for message in messages:
        if message.get("role") == "user":
            content = message.get("content")
            parts = content if isinstance(content, list) else [{"text": content}]
            found += [part.get("text") or "" for part in parts if isinstance(part, dict)]
    return "\n".join(found)


def _turns(items: Any) -> int:
    """How many runs of calls the input of a responses request holds."""
    kinds = [item.get("type", "") for item in items] if isinstance(items, list) else []
    is_call = [kind in ("function_call", "custom_tool_call") for kind in kinds]
    return sum(now and not before for before, now in zip([False, *is_call], is_call, strict=False))


def _free_text(body: Json) -> set[str]:
    """The tools that take text, not JSON."""
    return {
        str(tool.get("name") or tool.get("custom", {}).get("name"))
        for tool in body.get("tools") or []
        if tool.get("type") == "custom"
    }


def _text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _chat(step: Step, body: Json) -> Iterator[Json]:
    base = {"id": _new("chatcmpl"), "object": "chat.completion.chunk", "created": 0, "model": body.get("model")}

    def chunk(delta: Json, finish: str | None = None) -> Json:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": step.get("text", "")})
    for number, (tool, arguments) in enumerate(step.get("calls", ())):
        function = {"name": tool, "arguments": _text(arguments)}
        call = {"index": number, "id": _new("call"), "type": "function", "function": function}
        yield chunk({"tool_calls": [call]})
    yield chunk({}, "tool_calls" if step.get("calls") else "stop")
    usage = {"prompt_tokens": 1200, "completion_tokens": 34, "total_tokens": 1234}
    yield {**base, "choices": [], "usage": usage}


def _joined(events: Sequence[Json]) -> Json:
    deltas = [choice for event in events for choice in event["choices"]]
    calls = [call for one in deltas for call in one["delta"].get("tool_calls", ())]
    message: Json = {"role": "assistant", "content": deltas[0]["delta"]["content"], "tool_calls": calls or None}
    choice = {"index": 0, "message": message, "finish_reason": deltas[-1]["finish_reason"]}
    return {**events[0], "object": "chat.completion", "choices": [choice], "usage": events[-1]["usage"]}


def _responses(step: Step, body: Json) -> Iterator[Json]:
    items: list[Json] = []
    if step.get("text"):
        part = {"type": "output_text", "text": step["text"], "annotations": []}
        items.append({"type": "message", "id": _new("msg"), "role": "assistant", "content": [part]})
    for tool, arguments in step.get("calls", ()):
        is_free = tool in _free_text(body)
        space, _, name = tool.rpartition(":")
        named = {"call_id": _new("call"), "name": name, "input" if is_free else "arguments": _text(arguments)}
        named |= {"namespace": space} if space else {}
        items.append({"type": "custom_tool_call" if is_free else "function_call", "id": _new("item"), **named})
    items = [{**item, "status": "completed"} for item in items]
    usage = {"input_tokens": 1200, "output_tokens": 34, "total_tokens": 1234}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}  # type: ignore[dict-item]
    whole = {"id": _new("resp"), "object": "response", "created_at": 0, "model": body.get("model"), "error": None}
    whole |= {"status": "completed", "output": items, "usage": usage}
    yield {"type": "response.created", "response": {**whole, "status": "in_progress", "output": [], "usage": None}}
    for number, item in enumerate(items):
        where = {"output_index": number, "item_id": item["id"]}
        bare = {**item, "status": "in_progress"} | {name: "" for name in ("input", "arguments") if name in item}
        yield {"type": "response.output_item.added", "output_index": number, "item": bare}
        if "input" in item:
            yield {"type": "response.custom_tool_call_input.done", "input": item["input"], **where}
        elif "arguments" in item:
            yield {"type": "response.function_call_arguments.done", "arguments": item["arguments"], **where}
        else:
            text = item["content"][0]["text"]
            yield {"type": "response.output_text.delta", "content_index": 0, "delta": text, **where}
        yield {"type": "response.output_item.done", "output_index": number, "item": item}
    yield {"type": "response.completed", "response": whole}


def _new(kind: str) -> str:
    return f"{kind}_{uuid.uuid4().hex[:24]}"
