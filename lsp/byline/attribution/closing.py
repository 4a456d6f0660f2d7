"""A call that ends: which of the lines that appeared while it was open are its own."""

from byline.attribution.marks import Mark, Text, Version
from byline.attribution.node import Node
from byline.attribution.step import Memo, Rule, step
from byline.attribution.typed import typed_among
from byline.attribution.unseen import UNSEEN
from byline.model import Event, Owner

BESIDE = f"{UNSEEN}: another session's command ran there"
"""Of lines that one of two calls has written: not simply the last one's."""
NOT_ITS_DOING = f"{UNSEEN}: changed "
"""How the reasons begin of lines that were found, and that who found them has not written."""


def close(
    pre: Node,
    current: Node | None,
    text: Text,
    owner: Owner,
    rule: Rule,
    event: Event,
    memo: Memo | None,
    command: str | None = None,
) -> Version | None:
    """A call that changed the file between its pre and post event; who closed inside it keeps its own.

    `command`: of a shell call that plainly types and names the file; else None.
    """
    if pre.version is None:
        return None
    version = step(pre.version, text, rule, owner, event.edits, memo)
    if current is None or current is pre or current.version is None or current.seq <= pre.seq:
        return version
    inside = step(current.version, text, rule, owner, memo=memo)
    nobody = Mark(Owner("unknown", "no evidence: it was there before the call, and gone meanwhile", seq=owner.seq))
    marks = [
        mine if is_left else nobody if mark.owner is owner and mine.owner is not owner else mark
        for mark, mine, is_left in zip(inside.marks, version.marks, _left(inside, pre, rule, command), strict=True)
    ]
    return Version(text, marks)


def rescue(version: Version, current: Node | None, parent: Node, pre: Node | None, memo: Memo | None) -> None:
    """Lines that others wrote while this call was open are theirs, though the call's own before text is older."""
    if pre is None or current is None or current is parent or current.version is None or current.seq <= pre.seq:
        return
    nobody = Owner("unknown", "")
    theirs = step(current.version, version.text, Rule.EDIT, nobody, memo=memo)
    for k, mark in enumerate(theirs.marks):
        if mark.owner.kind != "unknown" and mark.owner.seq > pre.seq:
            version.marks[k] = mark


def unexplained(current: Node, pre: Node, rule: Rule = Rule.EDIT, command: str | None = None) -> bool:
    """Whether the current state holds lines that appeared inside the window, and that are left to the call.

    `rule` and `command`: as for `close`.
    """
    if current is pre or current.version is None or current.seq <= pre.seq:
        return False
    return any(_left(current.version, pre, rule, command))


def _left(version: Version, pre: Node, rule: Rule, command: str | None) -> list[bool]:
    """Which lines are the call's that began at `pre`, if it changed them: nobody who ended inside it may have.

    An edit tool says itself what it wrote. Of a shell call's lines those that another call's end has found, and left
    in doubt, are as much in doubt at this one's, but where it plainly typed them.
    """
    if rule is Rule.EDIT:
        return [_in_window_unknown(mark, pre) for mark in version.marks]
    new = [mark.owner.kind == "unknown" and mark.owner.seq > pre.seq for mark in version.marks]
    reasons = [mark.owner.reason for mark in version.marks]
    found = [is_new and why.startswith(NOT_ITS_DOING) for is_new, why in zip(new, reasons, strict=True)]
    doubted = [is_new and why.startswith(UNSEEN) for is_new, why in zip(new, reasons, strict=True)]
    typed = typed_among(version.lines, doubted, command)
    return [is_found or is_typed for is_found, is_typed in zip(found, typed, strict=True)]


def _in_window_unknown(mark: Mark, pre: Node) -> bool:
    """Whether the line appeared inside the window with nobody said to have made it."""
    owner = mark.owner
    is_new = owner.kind == "unknown" and owner.seq > pre.seq and owner.reason.startswith(UNSEEN)
    return is_new and not owner.reason.startswith(BESIDE)
