"""What Claude Code's hooks and those of agents that took over its names of events have in common."""

from collections.abc import Iterable

from byline.cli.install import jsontext

TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""
_LIFE = ("SessionStart", "SessionEnd", "UserPromptSubmit", "Stop")
_MORE = ("SubagentStart", "SubagentStop", "PreCompact", "Notification")


def matchers(
    writes: str, reads: str, *, more: Iterable[str] = _MORE, tells_failures: bool = True
) -> dict[str, str | None]:
    """The tools of each event, None for events that have none: the fewest that show a file before and after a change.

    `writes`, `reads`: the names of tools, with `|` between them. `more`: events beside a session's prompts and ends.
    """
    found: dict[str, str | None] = dict.fromkeys((*_LIFE, *more))
    found |= {"PreToolUse": writes, "PostToolUse": f"{writes}|{reads}"}
    return found | ({"PostToolUseFailure": writes} if tells_failures else {})


def switched_off(text: str, *keys: str) -> str | None:
    """Which of these settings is true, in words."""
    for key in keys:
        found = jsontext.find(text, [key]) if text.strip() else None
        if found is not None and found.value is True:
            return f"{key} is true"
    return None
