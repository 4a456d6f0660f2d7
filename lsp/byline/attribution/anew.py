"""A shell call that has git go to another text, then types: what it types it has from no commit, however alike."""

from collections.abc import Sequence

from byline.attribution.marks import Mark, Text
from byline.attribution.typed import typed_among, types
from byline.attribution.world import Caller, History

_GOES = ("checkout", "reset", "revert")
"""How HEAD's log names such movements."""


def anew(history: History, commit: str, path: str) -> Caller | None:
    """The caller, where a commit was made in such a call after git went; the file was as HEAD had it before."""
    birth = history.birth(commit)
    if birth is None or not birth.is_plain:
        return None
    caller = history.shell_of(commit, path)
    if caller is None or not types(caller.command, goes=True):
        return None
    before = history.movements_before(commit, caller.begin)
    return caller if any(movement.action.startswith(_GOES) for movement in before) else None


def typed_by(caller: Caller, text: Text, marks: Sequence[Mark | None]) -> list[Mark | None]:
    """The same marks, with the caller's for lines that have none and stand in its command."""
    found = typed_among(text.lines, [mark is None for mark in marks], caller.command)
    own = Mark(caller.owner)
    return [own if is_typed else mark for mark, is_typed in zip(marks, found, strict=True)]
