"""What a transcript tells, counted: nothing twice, whatever the agent repeats. Pure."""

from datetime import datetime
from typing import Any

import msgspec

from byline.cuts import at_a_blank
from byline.sessions import github

MOST_COMMANDS = 1000
MOST_PROMPTS = 1000
"""Kept with their texts; of more, the first and the last."""
_MOST_OPEN = 20_000
"""Answers and calls whose ids are remembered, so that a repeated one counts once. Half are let go at a time."""
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
    links: dict[str, list[github.Link]] = {}
    """What a call's output says that it made or showed on GitHub."""
    answers: int = 0
    """Of the agent, where the transcript does not count tokens by them."""
    estimate: Usage | None = None
    """Tokens by the length of texts, where the transcript states none."""
    summary: str | None = None
    plan: list[Step] = []
    compactions: int = 0
    api_errors: int = 0
    context: int | None = None
    window: int | None = None
    cost_usd: float | None = None
    thinking_ms: int | None = None
    folded: Usage = Usage()
    """Tokens of the answers that were let go."""
    folded_requests: int = 0
    folded_tools: dict[str, int] = {}
    folded_failures: int = 0
    folded_prompts: int = 0
    first_at: int | None = None
    last_at: int | None = None
    records: int = 0
    """Lines that were understood."""

    @property
    def total(self) -> Usage | None:
        """All tokens; None where the transcript tells of none."""
        if self.cumulative is not None:
            return self.cumulative
        return sum(self.usage.values(), self.folded) if self.usage else None

    @property
    def requests(self) -> int:
        """Answers of the model."""
        return len(self.usage) + self.folded_requests

    @property
    def asked(self) -> int:
        """Prompts, those without a kept text too."""
        return len(self.prompts) + self.folded_prompts

    @property
    def failures(self) -> int:
        """Calls that failed."""
        return len(self.failed) + self.folded_failures

    @property
    def tool_usage(self) -> dict[str, int]:
        """Calls by the agent's name of the tool."""
        usage = dict(self.folded_tools)
        for tool in self.calls.values():
            usage[tool] = usage.get(tool, 0) + 1
        return usage

    def let_go(self) -> None:
        """Add up the older half of what is remembered by id, where that grew long."""
        if len(self.usage) > _MOST_OPEN:
            for name in list(self.usage)[: _MOST_OPEN // 2]:
                self.folded += self.usage.pop(name)
                self.folded_requests += 1
        if len(self.calls) > _MOST_OPEN:
            for name in list(self.calls)[: _MOST_OPEN // 2]:
                tool = self.calls.pop(name)
                self.folded_tools[tool] = self.folded_tools.get(tool, 0) + 1
                if name in self.failed:
                    del self.failed[name]
                    self.folded_failures += 1
        if len(self.prompts) > MOST_PROMPTS:
            del self.prompts[list(self.prompts)[1]]
            self.folded_prompts += 1

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
                self.commands[call_id] = at_a_blank(command, LONGEST_TEXT)

    def result(self, call_id: object, output: object) -> None:
        """Note what a call printed; only links to what `gh` made are kept of it."""
        command = self.commands.get(call_id) if isinstance(call_id, str) else None
        if command is not None and isinstance(call_id, str) and isinstance(output, str) and github.uses_gh(command):
            made = github.created(command, output)
            if made:
                self.links[call_id] = made

    def say(self, text: str) -> None:
        """Note what the agent said last."""
        if text.strip():
            self.summary = at_a_blank(text.strip(), LONGEST_TEXT)

    def ask(self, key: str, prompt_id: object, text: str, at: int) -> None:
        """Note a prompt; `key` is the same for one that the transcript repeats."""
        if text.strip():
            words = at_a_blank(text, LONGEST_TEXT)
            self.prompts[key] = Prompt(prompt_id if isinstance(prompt_id, str) else None, words, at)


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
        for name in ("usage", "prompts", "calls", "failed", "commands", "spawned", "links"):
            getattr(result, name).update(getattr(tally, name))
        for name in ("model", "agent_version", "cwd", "branch", "summary", "context", "window", "cost_usd",
                     "cumulative", "estimate"):  # fmt: skip
            if getattr(tally, name) is not None:
                setattr(result, name, getattr(tally, name))
        result.plan = tally.plan or result.plan
        result.compactions += tally.compactions
        result.folded += tally.folded
        for name in ("folded_requests", "folded_failures", "folded_prompts"):
            setattr(result, name, getattr(result, name) + getattr(tally, name))
        for tool, count_ in tally.folded_tools.items():
            result.folded_tools[tool] = result.folded_tools.get(tool, 0) + count_
        result.answers += tally.answers
        result.api_errors += tally.api_errors
        result.records += tally.records
        if tally.thinking_ms is not None:
            result.thinking_ms = (result.thinking_ms or 0) + tally.thinking_ms
        for at in (tally.first_at, tally.last_at):
            if at is not None:
                result.first_at = at if result.first_at is None else min(result.first_at, at)
                result.last_at = at if result.last_at is None else max(result.last_at, at)
    return result
