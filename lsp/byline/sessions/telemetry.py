"""What agents' telemetry counts, by session, each thing once. Pure.

Metrics and log records of one agent tell of the same tokens: of the two the one that saw more holds, never the sum.
A metric may come as a running sum or as what was added since; a batch that is sent again changes nothing.
"""

import hashlib
from typing import Any

import msgspec

from byline.sessions.measured import Measured
from byline.sessions.tally import Usage

Attributes = dict[str, Any]
_MOST_SEEN = 4_000
_MOST_SERIES = 2_000
"""Of one session. What would be one more is not counted: no agent has nearly as many."""
_MOST_TOOLS = 500
_KINDS = ("input", "output", "cache_read", "cache_creation")


class Series(msgspec.Struct, array_like=True):
    """One counter of one process; numbers that only rise."""

    start: int
    """When the present run of it began, in ns since 1970."""
    at: int = 0
    value: float = 0
    """Of the present run."""
    past: float = 0
    """Of the runs before."""

    @property
    def total(self) -> float:
        """Of all runs."""
        return self.past + self.value

    def add(self, value: float, start: int, at: int, *, is_sum: bool) -> bool:
        """Take in a point; False for one that was seen, or that a later one has overtaken."""
        if at <= self.at:
            return False
        if not is_sum:
            self.value += value
        elif start > self.start or value < self.value:
            self.past, self.value = self.past + self.value, value
        else:
            self.value = value
        self.start, self.at = max(start, self.start), at
        return True


class Account(msgspec.Struct):
    """What is known of one session by telemetry."""

    agent: str
    session_id: str
    version: int = 1
    series: dict[str, Series] = {}
    """By what is counted and by whom: `tokens.input`, `cost`, … and a digest of the other attributes."""
    seen: dict[str, None] = {}
    """Digests of the log records and spans that were counted last."""
    counts: dict[str, float] = {}
    """From log records and spans."""
    tools: dict[str, int] = {}
    model: str | None = None
    agent_version: str | None = None
    events: int = 0

    def point(self, what: str, value: float, attributes: Attributes, start: int, at: int, *, is_sum: bool) -> None:
        """A point of a metric. `is_sum`: it is the sum since `start`, else what was added since the last."""
        key = f"{what} {_digest(sorted(attributes.items()))}"
        if key not in self.series and len(self.series) >= _MOST_SERIES:
            return
        series = self.series.setdefault(key, Series(start))
        if series.add(value, start, at, is_sum=is_sum):
            self.events += 1

    def is_new(self, *identity: object) -> bool:
        """Whether a log record or span was not counted yet; it counts from now on."""
        key = _digest(identity)
        if key in self.seen:
            return False
        self.seen[key] = None
        if len(self.seen) > _MOST_SEEN:
            del self.seen[next(iter(self.seen))]
        self.events += 1
        return True

    def count(self, what: str, value: float = 1) -> None:
        """Add to a count of log records and spans."""
        self.counts[what] = self.counts.get(what, 0) + value

    def tool(self, name: str, *, failed: bool) -> None:
        """A tool call that came to its end."""
        if name in self.tools or len(self.tools) < _MOST_TOOLS:
            self.tools[name] = self.tools.get(name, 0) + 1
        self.count("failures", int(failed))

    def measured(self) -> Measured:
        """The sums."""
        by_metric: dict[str, float] = {}
        tools: dict[str, int] = {}
        for key, series in self.series.items():
            what = key.rpartition(" ")[0]
            by_metric[what] = by_metric.get(what, 0) + series.total
            if what.startswith("tool."):
                name = what.removeprefix("tool.")
                tools[name] = tools.get(name, 0) + int(series.total)
        logged, metered = _usage(self.counts), _usage(by_metric)
        both = [usage for usage in (logged, metered) if usage is not None]
        usage = max(both, key=lambda one: one.input + one.output + one.cache_read + one.cache_creation, default=None)
        costs = [told["cost"] for told in (self.counts, by_metric) if "cost" in told]
        requests = max(self.counts.get("requests", 0), by_metric.get("requests", 0))
        return Measured(
            usage=usage,
            model=self.model,
            agent_version=self.agent_version,
            cost_usd=max(costs) if costs else None,
            requests=int(requests) or None,
            errors=int(self.counts["errors"]) if "errors" in self.counts else None,
            tool_usage=self.tools if sum(self.tools.values()) >= sum(tools.values()) else tools,
            tool_failures=int(self.counts.get("failures", 0)),
            prompts=int(self.counts.get("prompts", 0)),
            events=self.events,
        )


def _usage(counts: dict[str, float]) -> Usage | None:
    """The tokens; input that includes the cache is told as `tokens.all_input`."""
    if not any(name.startswith("tokens.") for name in counts):
        return None
    kinds = {kind: int(counts.get(f"tokens.{kind}", 0)) for kind in _KINDS}
    whole = int(counts.get("tokens.all_input", 0))
    kinds["input"] += max(whole - kinds["cache_read"] - kinds["cache_creation"], 0)
    return Usage(**kinds)


def _digest(told: object) -> str:
    return hashlib.sha1(repr(told).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:16]
