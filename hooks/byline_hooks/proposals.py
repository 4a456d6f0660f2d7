"""What an agent proposed before a person changed it, from the transcript that the payload names.

A payload tells of the write as it was made and that a person had a hand in it, not of who wrote which line. The
agent's own words stand in the call that the transcript has under its id. Only read where a person changed something.
"""

from byline_hooks import fastjson, system
from byline_hooks.observation import ABSENT
from byline_hooks.transcript import end_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.observation import Observation, Payload

LAST_BYTES = 8 << 20
"""Of the transcript: the call stands near its end."""


def take(seen: "Observation") -> None:
    """Make the agent's proposal what the write made, where it is known: what is on disk is then other than that.

    Where it isn't, the write tells of no text of its own.
    """
    call, transcript = seen.fields.get("call_id"), seen.transcript
    seen.written, seen.after = seen.after, None
    if not isinstance(call, str) or not call or not transcript:
        return
    before = "" if seen.before is ABSENT else seen.before
    given = _given(system.text(end_of(transcript, LAST_BYTES)), call)
    if isinstance(before, str) and given is not None:
        seen.after = proposed(before, given)
    if seen.after is not None:
        seen.fields["edits"] = None  # they are of what was written


def _given(text: str, call: str) -> "Payload | None":
    """What the call with this id was given, in the lines of a transcript."""
    if not call.isascii() or '"' in call or "\\" in call:
        return None
    for line in reversed(text.split("\n")):
        if f'"{call}"' not in line or '"tool_use"' not in line:
            continue
        try:
            content = fastjson.loads(line, strict=False)["message"]["content"]  # type: ignore[index]
            given = [part["input"] for part in content if (part.get("type"), part.get("id")) == ("tool_use", call)]
        except (ValueError, LookupError, TypeError, AttributeError):
            continue
        if given:
            return given[0] if isinstance(given[0], dict) else None
    return None


def proposed(before: str, given: "Payload") -> str | None:
    """What a file with this text would have become by a call with this input; None where that can't be told."""
    content, edits = given.get("content"), given.get("edits", [given])
    if isinstance(content, str):
        return content
    for edit in edits if isinstance(edits, list) else ():
        old, new = (edit.get("old_string"), edit.get("new_string")) if isinstance(edit, dict) else (None, None)
        if not isinstance(old, str) or not isinstance(new, str) or (old not in before if old else before):
            return None
        before = before.replace(old, new, -1 if edit.get("replace_all") is True else 1)
    return before if isinstance(edits, list) and edits else None
