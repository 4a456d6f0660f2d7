"""Byline's own protocol, for any agent or script: `docs/event-format.md` describes it. Pure."""

from byline_hooks.observation import ABSENT, EVENTS, FILE_EVENTS, Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload, _Absent

_TEXTS = (
    *("agent", "agent_version", "session_id", "parent_session_id", "subagent_type", "turn_id", "call_id", "tool"),
    *("model", "prompt", "command", "reason", "wait_reason", "transcript_path"),
)
_NUMBERS = ("pid", "start_line", "end_line")
_WITHOUT_SESSION = ("save", "observe", "format")
_SIDES = ("old_start", "old_lines", "new_start", "new_lines")


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one message: one a path where it names several files."""
    event = payload.get("event")
    if payload.get("v", 1) != 1:
        raise Rejected("v is not 1")
    if not isinstance(event, str) or event not in EVENTS:
        raise Rejected("no known event")
    fields = _fields(payload)
    if event not in _WITHOUT_SESSION and not (fields.get("agent") and fields.get("session_id")):
        raise Rejected(f"{event} without agent or session_id")
    if event == "prompt" and not fields.get("prompt"):
        raise Rejected("prompt without a prompt")
    cwd = payload.get("cwd")
    base = cwd if isinstance(cwd, str) else ""
    if event == "session_start":
        fields["cwd"] = base
    if event == "save":
        fields["source"] = "editor"
    if event not in FILE_EVENTS:
        return [Observation(event, fields, cwd=base)]
    paths = _paths(payload)
    if not paths:
        raise Rejected(f"{event} without a path")
    if event == "write":
        fields["edits"] = _edits(payload.get("edits"))
    before = _before(payload) if len(paths) == 1 else None
    return [Observation(event, dict(fields), cwd=base, path=path, before=before, exact=True) for path in paths]


def _fields(payload: "Payload") -> "Payload":
    """The optional fields that have the right type; others count as left out."""
    fields: Payload = {}
    for name in _TEXTS:
        if isinstance(payload.get(name), str):
            fields[name] = payload[name]
    for name in _NUMBERS:
        value = payload.get(name)
        if type(value) is int and 0 < value < 1 << 53:
            fields[name] = value
    if payload.get("background") is True:
        fields["background"] = True
    if isinstance(payload.get("tokens"), int | dict):
        fields["tokens"] = payload["tokens"]
    cost = payload.get("cost_usd")
    if isinstance(cost, int | float) and not isinstance(cost, bool):
        fields["cost_usd"] = float(cost)
    return fields


def _paths(payload: "Payload") -> list[str]:
    several, one = payload.get("paths"), payload.get("path")
    named = [one, *several] if isinstance(several, list) else [one]
    return list(dict.fromkeys([path for path in named if isinstance(path, str) and path]))


def _before(payload: "Payload") -> "str | _Absent | None":
    if "before" not in payload:
        return None
    before = payload["before"]
    if before is None:
        return ABSENT
    return before if isinstance(before, str) else None


def _edits(value: object) -> list[list[int]] | None:
    """The ranges, if every one is whole; otherwise none, and readers compare the texts."""
    if not isinstance(value, list):
        return None
    ranges: list[list[int]] = []
    for edit in value:
        told = [edit.get(side) for side in _SIDES] if isinstance(edit, dict) else []
        numbers = [number for number in told if type(number) is int and 0 <= number < 1 << 31]
        if len(numbers) != len(_SIDES):
            return None
        ranges.append(numbers)
    return ranges
