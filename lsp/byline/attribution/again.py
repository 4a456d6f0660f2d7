"""A text that is known already stands there after a shell call: git may have brought it, or it was made once more."""

from byline.attribution.call import Call
from byline.attribution.marks import Mark, Version
from byline.attribution.merge import carry
from byline.attribution.typed import names, typed_among, types
from byline.model import Owner


def again(call: Call, known: Version) -> Version:
    """The owners where nothing shows that git was at work: a script may have run it, or written the text itself.

    What others wrote is nobody's then. Where the command runs nothing else, what it types is the caller's.
    """
    nobody = Mark(Owner("unknown", "no evidence: git may have brought it, or it was made once more", seq=call.end))
    there = _there(call, known)
    command = call.command if types(call.command, goes=True) and names(call.command, call.path) else None
    typed = typed_among(known.lines, [old is None for old in there], command)
    own = Mark(call.owner)
    return Version(
        known.text,
        [
            old or (own if is_typed else mark if _is_no_news(mark, call) else nobody)
            for old, mark, is_typed in zip(there, known.marks, typed, strict=True)
        ],
    )


def _there(call: Call, known: Version) -> list[Mark | None]:
    """The owners of the lines that stood there before."""
    return carry(known.lines, [call.current.version] if call.current.version is not None else [])


def _is_no_news(mark: Mark, call: Call) -> bool:
    return mark.owner.kind == "unknown" or mark.owner.session_id == call.owner.session_id
