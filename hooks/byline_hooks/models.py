"""Which model made a call, from the transcript that the payload names: Claude Code's hooks do not tell.

The agent writes what the model said before it runs the call, near the transcript's end.
"""

from byline_hooks.transcript import end_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.observation import Observation

_SHORT, _LONG = 1 << 16, 1 << 21
"""Last bytes of the transcript: most calls are short, and a file that was written whole stands in its line."""
_LONGEST = 200


def take(seen: "Observation") -> None:
    """Note the model of the observed call, where its transcript has it."""
    call = seen.fields.get("call_id")
    if seen.fields.get("model") or not isinstance(call, str) or not call or not seen.transcript:
        return
    end = end_of(seen.transcript, _SHORT)
    found = model_of(end, call)
    if found is None and len(end) == _SHORT and (_names(call) in end or not 0 <= end.find(b"\n") < _SHORT // 2):
        found = model_of(end_of(seen.transcript, _LONG), call)  # the call, or what it wrote, is a long line
    seen.fields["model"] = found


def _names(call: str) -> bytes:
    return f'"{call}"'.encode("utf-8", "replace")


def model_of(transcript: bytes, call: str) -> str | None:
    """The model of the message that made the call, in the last lines of a transcript. Pure."""
    name = _names(call)
    at = transcript.rfind(name)
    while at >= 0:
        start = transcript.rfind(b"\n", 0, at) + 1
        line = transcript[start : transcript.find(b"\n", at) + 1 or len(transcript)]
        if b'"tool_use"' in line and (found := _value(line)) is not None:
            return found
        at = transcript.rfind(name, 0, start)
    return None


def _value(line: bytes) -> str | None:
    """What stands behind the first `"model":`; in a text within the line its quotes would be escaped."""
    at = line.find(b'"model":')
    if at < 0:
        return None
    _, quote, rest = line[at + 8 : at + 16 + _LONGEST].partition(b'"')
    value, end, _ = rest.partition(b'"')
    if not quote or not end or not value or b"\\" in value or not value.isascii():
        return None
    return value.decode("ascii")
