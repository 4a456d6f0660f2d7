"""A SessionLink. Pure."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from byline.sessions.facts import Facts

Count = Annotated[int, Meta(ge=0)]
Small = Annotated[int, Meta(ge=0, lt=1 << 32)]


class OoboSession(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A SessionLink. What is null is left out; null is read.

    The two that older records lack, `is_subagent` and `is_estimated`, may be missing in what is read; `oobo` always
    tells them.
    """

    session_id: str
    agent: str
    model: str | None = None
    link_type: Literal["explicit", "inferred"]
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_tokens: Count | None = None
    cache_creation_tokens: Count | None = None
    duration_secs: Count | None = None
    tool_calls: Small | None = None
    files_touched: list[str] | None = None
    tool_usage: dict[str, Small] | None = None
    tool_failures: Small | None = None
    subagent_count: Small | None = None
    bash_commands: list[str] | None = None
    thinking_duration_ms: Count | None = None
    compact_count: Small | None = None
    context_tokens: Count | None = None
    context_window_size: Count | None = None
    is_subagent: bool | msgspec.UnsetType = msgspec.UNSET
    parent_session_id: str | None = None
    subagent_type: str | None = None
    is_estimated: bool | msgspec.UnsetType = msgspec.UNSET
    peer_session_ids: list[str] | None = None


def oobo(one: Facts) -> OoboSession:
    """As a SessionLink."""
    return OoboSession(
        session_id=one.session_id,
        agent=one.agent,
        model=one.model,
        link_type=one.link_type,
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        cache_read_tokens=one.cache_read_tokens,
        cache_creation_tokens=one.cache_creation_tokens,
        duration_secs=one.duration // 1_000_000_000 if one.duration is not None else None,
        tool_calls=one.tool_calls,
        files_touched=list(one.files_written),
        tool_usage=one.tool_usage or None,
        tool_failures=one.tool_failures,
        subagent_count=one.subagent_count,
        bash_commands=list(one.bash_commands) or None,
        thinking_duration_ms=one.thinking_duration_ms,
        compact_count=one.compact_count,
        context_tokens=one.context_tokens,
        context_window_size=one.context_window_size,
        is_subagent=one.is_subagent,
        parent_session_id=one.parent_session_id,
        subagent_type=one.subagent_type,
        is_estimated=one.is_estimated,
        peer_session_ids=list(one.peer_session_ids) or None,
    )
