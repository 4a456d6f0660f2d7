"""A call that ends while another session's call runs on: what that one has written is not the first one's."""

from collections.abc import Sequence

from byline.attribution.call import Call
from byline.attribution.commands import only_reads
from byline.attribution.formatters import changes_nothing
from byline.attribution.marks import Mark, Version
from byline.attribution.typed import is_typed, typed_among, typing_into
from byline.attribution.unseen import UNSEEN
from byline.model import Event, Owner

_REASON = f"{UNSEEN}: another session's command was still running, and may have written it"


def without_rivals(call: Call, version: Version) -> Version:
    """Lines that would be the call's own, though going by the commands another, still open, wrote them, are nobody's.

    They stand in that other command and not in the call's, or the call's runs only what changes no file. When the
    other call ends, it takes those that it typed.
    """
    own = [mark.owner is call.owner for mark in version.marks]
    if not call.owner.session_id or not any(own):
        return version
    rivals = [pre for pre in call.world.open_beside(call.after, call.end) if _may_have_written(pre, call.path)]
    if not rivals:
        return version
    theirs = own if changes_nothing(call.command) else _typed_by(rivals, call, version, own)
    nobody = Mark(Owner("unknown", _REASON, seq=call.end))
    marks = zip(version.marks, theirs, strict=True)
    return Version(version.text, [nobody if is_theirs else mark for mark, is_theirs in marks])


def _may_have_written(pre: Event, path: str) -> bool:
    return pre.may_write(path) and not only_reads(pre.command)


def _typed_by(rivals: Sequence[Event], call: Call, version: Version, own: Sequence[bool]) -> list[bool]:
    asked = [
        is_own and not (line.strip() and is_typed(line, call.command))
        for is_own, line in zip(own, version.lines, strict=True)
    ]
    found = [typed_among(version.lines, asked, typing_into(rival.command, call.path)) for rival in rivals]
    return [any(told) for told in zip(*found, strict=True)]
