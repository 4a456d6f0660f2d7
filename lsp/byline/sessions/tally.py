"""What a transcript tells, counted: nothing twice, whatever the agent repeats. Pure."""

from datetime import datetime
from typing import Any

import msgspec

MOST_COMMANDS = 1000
LONGEST_TEXT = 20_000
"""Characters kept of one prompt or summary."""


class Usage(msgspec.Struct, array_like=True, frozen=True):
    """Tokens of one answer of the model. No token is in two of the four."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_creation: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_creation + other.cache_creation,
        )


class Prompt(msgspec.Struct, array_like=True, frozen=True):
    """What a person asked."""

    id: str | None
    text: str
    at: int
    """Nanoseconds since 1970; 0 where the transcript has no time."""


class Step(msgspec.Struct, frozen=True):
    """One step of the agent's plan."""

    step: str
    status: str
    """As the agent calls it: `pending`, `in_progress`, `completed`."""


class Tally(msgspec.Struct):
    """The counts of one transcript, or of several of one session."""

    usage: dict[str, Usage] = {}
    """By the id of the model's answer: the last that was said of it holds."""
    cumulative: Usage | None = None
    """Where the transcript itself adds up."""
    model: str | None = None
    agent_version: str | None = None
    cwd: str | None = None
    branch: str | None = None
    prompts: dict[str, Prompt] = {}
    calls: dict[str, str] = {}
    """The tool of each call by the call's id."""
    failed: dict[str, None] = {}
    commands: dict[str, str] = {}
    spawned: dict[str, None] = {}
    """Calls that started a subagent."""
    summary: str | None = None
    thought: str | None = None
    """What the agent told of its reasons last."""
    plan: list[Step] = []
    compactions: int = 0
    api_errors: int = 0
    context: int | None = None
    window: int | None = None
    cost_usd: float | None = None
    thinking_ms: int | None = None
    first_at: int | None = None
    last_at: int | None = None
    records: int = 0
    """Lines that were understood."""

    @property
    def total(self) -> Usage | None:
        """All tokens; None where the transcript tells of none."""
        if self.cumulative is not None:
            return self.cumulative
        return sum(self.usage.values(), Usage()) if self.usage else None

    def seen_at(self, timestamp: object) -> int:
        """Note a line's time (ISO 8601); nanoseconds since 1970, 0 for none."""
        at = nanoseconds(timestamp)
        if at:
            self.first_at = at if self.first_at is None else min(self.first_at, at)
            self.last_at = at if self.last_at is None else max(self.last_at, at)
        return at

    def call(self, call_id: object, tool: object, command: object = None) -> None:
        """Note a tool call."""
        if isinstance(call_id, str) and isinstance(tool, str):
            self.calls[call_id] = tool
            if isinstance(command, str) and command and len(self.commands) < MOST_COMMANDS:
                self.commands[call_id] = command[:LONGEST_TEXT]

    def say(self, text: str) -> None:
        """Note what the agent said last."""
        if text.strip():
            self.summary = text.strip()[:LONGEST_TEXT]

    def think(self, text: str) -> None:
        """Note what the agent told of its reasons last."""
        if text.strip():
            self.thought = text.strip()[:LONGEST_TEXT]

    def ask(self, key: str, prompt_id: object, text: str, at: int) -> None:
        """Note a prompt; `key` is the same for one that the transcript repeats."""
        if text.strip():
            self.prompts[key] = Prompt(prompt_id if isinstance(prompt_id, str) else None, text[:LONGEST_TEXT], at)


def nanoseconds(timestamp: object) -> int:
    """An ISO 8601 moment; 0 for what is none."""
    if not isinstance(timestamp, str):
        return 0
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return 0
    return max(int(moment.timestamp() * 1_000_000) * 1000, 0) if moment.tzinfo else 0


def count(value: object) -> int:
    """A number of tokens; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def table(value: object) -> dict[str, Any]:
    """An object of JSON; an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[dict[str, Any]]:
    """The objects in a list of JSON."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def steps(value: object) -> list[Step]:
    """The steps of a plan, in whatever words agents have for them."""
    found = []
    for one in entries(value):
        text = next((one[name] for name in ("content", "step", "description", "text") if name in one), None)
        if isinstance(text, str):
            found.append(Step(text[:500], str(one.get("status") or "pending")))
    return found


def merged(tallies: list[Tally]) -> Tally:
    """One for all transcripts of a session, oldest first: what two of them repeat counts once."""
    result = Tally()
    for tally in tallies:
        for name in ("usage", "prompts", "calls", "failed", "commands", "spawned"):
            getattr(result, name).update(getattr(tally, name))
        for name in ("model", "agent_version", "cwd", "branch", "summary", "thought", "context", "window", "cost_usd",
                     "cumulative"):  # fmt: skip
            if getattr(tally, name) is not None:
                setattr(result, name, getattr(tally, name))
        result.plan = tally.plan or result.plan
        result.compactions += tally.compactions
        result.api_errors += tally.api_errors
        result.records += tally.records
        if tally.thinking_ms is not None:
            result.thinking_ms = (result.thinking_ms or 0) + tally.thinking_ms
        for at in (tally.first_at, tally.last_at):
            if at is not None:
                result.first_at = at if result.first_at is None else min(result.first_at, at)
                result.last_at = at if result.last_at is None else max(result.last_at, at)
    return result
