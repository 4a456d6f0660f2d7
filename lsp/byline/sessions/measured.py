"""What an agent's telemetry says of one session, added up. Pure."""

import msgspec

from byline.sessions.tally import Usage


class Measured(msgspec.Struct, kw_only=True):
    """The sums of one session. None: telemetry says nothing of it."""

    usage: Usage | None = None
    model: str | None = None
    agent_version: str | None = None
    cost_usd: float | None = None
    requests: int | None = None
    errors: int | None = None
    tool_usage: dict[str, int] = {}
    tool_failures: int = 0
    prompts: int = 0
    events: int = 0
    """Points and log records that told of it."""
