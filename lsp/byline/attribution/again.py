"""A text that is known already stands there after a shell call: git may have brought it, or it was made once more."""

from byline.attribution.call import Call
from byline.attribution.marks import Mark, Version
from byline.attribution.merge import carry
from byline.attribution.typed import typed_among, typing_into
from byline.model import Owner


def again(call: Call, known: Version) -> Version:
    """The owners where nothing shows that git was at work: a script may have run it, or written the text itself.

    What others wrote is nobody's then. Where the command runs nothing else, what it types is the caller's.
    """
    nobody = Mark(Owner("unknown", "no evidence: git may have brought it, or it was made once more", seq=call.end))
    there = carry(known.lines, [call.current.version] if call.current.version is not None else [])
    command = typing_into(call.command, call.path, goes=True)
    typed = typed_among(known.lines, [old is None for old in there], command)
    own = Mark(call.owner)

    def whose(mark: Mark) -> Mark:
        is_others = mark.owner.kind != "unknown" and mark.owner.session_id != call.owner.session_id
        return nobody if is_others else mark

    lines = zip(there, known.marks, typed, strict=True)
    return Version(known.text, [old or (own if is_typed else whose(mark)) for old, mark, is_typed in lines])
