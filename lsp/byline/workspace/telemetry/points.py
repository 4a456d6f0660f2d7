"""Requests of the OpenTelemetry protocol, in its JSON form, taken apart for the counts that agents send in them."""

from collections.abc import Callable, Iterator
from typing import Any

from byline.sessions.tally import entries, table
from byline.sessions.telemetry import Account, Attributes

Find = Callable[[str, str], Account | None]
"""The account of an agent's session; None where it can't be kept."""

_SESSION = ("session.id", "conversation.id", "gen_ai.conversation.id", "session_id", "thread.id", "thread_id")
_AGENTS = (
    ("claude", ("claude_code.", "claude-code")),
    ("codex", ("codex.", "codex_", "codex-", "codex")),
    ("gemini", ("gemini_cli.", "gemini-cli", "gemini_cli")),
    ("qwen", ("qwen-code.", "qwen_code.", "qwen-code")),
    ("copilot", ("copilot_chat.", "github.copilot", "github-copilot", "copilot")),
)
_TOKEN_TYPES = {
    "claude": {"input": "input", "output": "output", "cacheRead": "cache_read", "cacheCreation": "cache_creation"},
    "gemini": {"input": "all_input", "output": "output", "thought": "output", "cache": "cache_read", "tool": "input"},
}
_TOKEN_TYPES["qwen"] = _TOKEN_TYPES["gemini"]
_LOGGED = {
    "claude": (("input_tokens", "input"), ("output_tokens", "output"), ("cache_read_tokens", "cache_read"),
               ("cache_creation_tokens", "cache_creation")),
    "codex": (("input_token_count", "all_input"), ("output_token_count", "output"),
              ("cached_token_count", "cache_read")),
    "gemini": (("input_token_count", "all_input"), ("output_token_count", "output"),
               ("thoughts_token_count", "output"), ("cached_content_token_count", "cache_read"),
               ("tool_token_count", "input")),
    "copilot": (("gen_ai.usage.input_tokens", "all_input"), ("gen_ai.usage.output_tokens", "output"),
                ("gen_ai.usage.cache_read.input_tokens", "cache_read"),
                ("gen_ai.usage.cache_creation.input_tokens", "cache_creation")),
}  # fmt: skip
_LOGGED["qwen"] = _LOGGED["gemini"]
_SUM = (2, "2", "AGGREGATION_TEMPORALITY_CUMULATIVE")


def take(kind: str, request: dict[str, Any], find: Find) -> int:
    """Count what a request of `kind` (`metrics`, `logs`, `traces`) tells; how many points and records were known."""
    taken = 0
    if kind == "metrics":
        for resource, metric in _inside(request, "resourceMetrics", "scopeMetrics", "metrics"):
            taken += _metric(resource, metric, find)
    elif kind == "logs":
        for resource, record in _inside(request, "resourceLogs", "scopeLogs", "logRecords"):
            taken += _log(resource, record, find)
    else:
        for resource, span in _inside(request, "resourceSpans", "scopeSpans", "spans"):
            taken += _span(resource, span, find)
    return taken


def _inside(request: dict[str, Any], *names: str) -> Iterator[tuple[Attributes, dict[str, Any]]]:
    outer, middle, inner = names
    for group in entries(request.get(outer)):
        resource = _attributes(table(group.get("resource")).get("attributes"))
        for scope in entries(group.get(middle)):
            for one in entries(scope.get(inner)):
                yield resource, one


def _metric(resource: Attributes, metric: dict[str, Any], find: Find) -> int:
    name = str(metric.get("name") or "")
    told = table(metric.get("sum"))
    is_sum = told.get("aggregationTemporality") in _SUM
    taken = 0
    for point in entries(told.get("dataPoints")):
        attributes = _attributes(point.get("attributes"))
        account = _account(name, resource, attributes, find)
        value = _number(point.get("asInt", point.get("asDouble")))
        what = _counted(account.agent, name, attributes) if account is not None else None
        if account is None or what is None or value is None or value < 0:
            continue
        start, at = (int(_number(point.get(field)) or 0) for field in ("startTimeUnixNano", "timeUnixNano"))
        account.point(what, value, {**resource, **attributes}, start, at, is_sum=is_sum)
        _note(account, resource, attributes)
        taken += 1
    return taken


def _counted(agent: str, name: str, attributes: Attributes) -> str | None:
    """What a metric counts, in words of ours."""
    short = name.partition(".")[2]
    if short == "token.usage":
        kind = _TOKEN_TYPES.get(agent, {}).get(str(attributes.get("type")))
        return f"tokens.{kind}" if kind else None
    if short == "cost.usage":
        return "cost"
    if short == "api.request.count":
        return "requests"
    if short == "tool.call.count" and isinstance(attributes.get("function_name"), str):
        return f"tool.{attributes['function_name'][:200]}"
    return None


def _log(resource: Attributes, record: dict[str, Any], find: Find) -> int:
    attributes = _attributes(record.get("attributes"))
    body = table(record.get("body")).get("stringValue")
    name = str(attributes.get("event.name") or record.get("eventName") or body or "")
    account = _account(name, resource, attributes, find)
    if account is None:
        return 0
    short = name.rpartition(".")[2]
    at = _number(record.get("timeUnixNano")) or _number(record.get("observedTimeUnixNano"))
    kind = _logged_as(account.agent, short, attributes)
    if kind is None or not account.is_new(name, at, sorted(attributes.items(), key=str)):
        return 0
    _note(account, resource, attributes)
    _count(account, kind, attributes)
    return 1


def _logged_as(agent: str, name: str, attributes: Attributes) -> str | None:
    if agent == "codex" and name == "sse_event":
        # It tells of the end of an answer twice, once without the counts.
        return "request" if "input_token_count" in attributes else None
    if agent == "codex" and name == "api_request":
        return "error" if _is(attributes.get("success"), "false") or attributes.get("error.message") else None
    if name in ("api_request", "api_response"):
        # Gemini CLI tells of a request before and after it; only then it knows what it cost.
        return "request" if name == ("api_request" if agent == "claude" else "api_response") else None
    return {"api_error": "error", "tool_result": "tool", "tool_call": "tool", "user_prompt": "prompt"}.get(name)


def _count(account: Account, kind: str, attributes: Attributes) -> None:
    if kind == "request":
        account.count("requests")
        account.count("errors", 0)
        for name, what in _LOGGED[account.agent]:
            value = _number(attributes.get(name))
            if value is not None and value >= 0:
                account.count(f"tokens.{what}", value)
        cost = _number(attributes.get("cost_usd"))
        if cost is not None and cost >= 0:
            account.count("cost", cost)
    elif kind == "error":
        account.count("errors")
    elif kind == "prompt":
        account.count("prompts")
    else:
        tool = attributes.get("tool_name") or attributes.get("function_name") or attributes.get("gen_ai.tool.name")
        if isinstance(tool, str):
            account.tool(tool[:200], failed=_is(attributes.get("success"), "false"))


def _span(resource: Attributes, span: dict[str, Any], find: Find) -> int:
    """Spans by the conventions for generative AI. That of a whole run repeats what its requests say."""
    attributes = _attributes(span.get("attributes"))
    operation = attributes.get("gen_ai.operation.name")
    account = _account(str(span.get("name") or ""), resource, attributes, find)
    if account is None or operation not in ("chat", "execute_tool") or account.agent not in _LOGGED:
        return 0
    if not account.is_new("span", span.get("traceId"), span.get("spanId")):
        return 0
    _note(account, resource, attributes)
    failed = table(span.get("status")).get("code") in (2, "STATUS_CODE_ERROR")
    if operation == "execute_tool":
        _count(account, "tool", {**attributes, "success": not failed})
    elif account.agent == "copilot":
        _count(account, "error" if failed else "request", attributes)
    return 1


def _account(name: str, resource: Attributes, attributes: Attributes, find: Find) -> Account | None:
    session = next(
        (
            told
            for field in _SESSION
            for told in (attributes.get(field), resource.get(field))
            if isinstance(told, str)
        ),
        None,
    )
    service = str(resource.get("service.name") or "")
    agent = next((agent for agent, starts in _AGENTS if name.startswith(starts) or service.startswith(starts)), None)
    if agent is None or session is None:
        return None
    inside = attributes.get("agent_id")
    if agent == "claude" and isinstance(inside, str) and inside:
        return find(agent, f"{session}/{inside}")  # a subagent, under its parent's id
    if agent == "claude" and attributes.get("query_source") == "subagent":
        return None  # metrics do not say which; their records do
    return find(agent, session)


def _note(account: Account, resource: Attributes, attributes: Attributes) -> None:
    model = (
        attributes.get("model") or attributes.get("gen_ai.response.model") or attributes.get("gen_ai.request.model")
    )
    version = attributes.get("app.version")
    if version is None and account.agent == "claude":  # others put the version of what they run on there
        version = resource.get("service.version")
    if isinstance(model, str):
        account.model = model[:200]
    if isinstance(version, str):
        account.agent_version = version[:200]


def _attributes(told: object) -> Attributes:
    found: Attributes = {}
    for one in entries(told):
        value = table(one.get("value"))
        if isinstance(one.get("key"), str) and value:
            kind, plain = next(iter(value.items()))
            found[one["key"]] = _number(plain) if kind in ("intValue", "doubleValue") else plain
    return found


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1 << 62 else None


def _is(value: object, word: str) -> bool:
    return str(value).lower() == word
