"""Devin where it runs hooks of Claude Code's settings: the same payloads under another name. Pure.

Known from other tools' notes only.
"""

from byline_hooks.dialects import claude

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Observation, Payload


def observe(payload: "Payload", env: "Mapping[str, str]") -> "list[Observation]":
    """The observations in one payload."""
    found = claude.observe(payload, env)
    for seen in found:
        seen.fields["agent"] = "devin"
        seen.fields.pop("agent_version", None)
    return found
