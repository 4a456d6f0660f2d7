"""A call that ends: which of the lines that appeared while it was open are its own."""

from byline.attribution.marks import Mark, Text, Version
from byline.attribution.node import Node
from byline.attribution.step import Memo, Rule, step
from byline.attribution.unseen import UNSEEN
from byline.model import Event, Owner

BESIDE = f"{UNSEEN}: another session's command ran there"
"""Of lines that one of two calls has written: not simply the last one's."""


def close(
    pre: Node, current: Node | None, text: Text, owner: Owner, rule: Rule, event: Event, memo: Memo | None
) -> Version | None:
    """A call that changed the file between its pre and post event; who closed inside it keeps its own."""
    if pre.version is None:
        return None
    version = step(pre.version, text, rule, owner, event.edits, memo)
    if current is None or current is pre or current.version is None or current.seq <= pre.seq:
        return version
    inside = step(current.version, text, rule, owner, memo=memo)
    nobody = Mark(Owner("unknown", "no evidence: it was there before the call, and gone meanwhile", seq=owner.seq))
    marks = [
        mine if _in_window_unknown(mark, pre) else nobody if mark.owner is owner and mine.owner is not owner else mark
        for mark, mine in zip(inside.marks, version.marks, strict=True)
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


def unexplained(current: Node, pre: Node) -> bool:
    """Whether the current state holds lines that appeared inside the window with nobody seen writing them."""
    if current is pre or current.version is None or current.seq <= pre.seq:
        return False
    return any(_in_window_unknown(mark, pre) for mark in current.version.marks)


def _in_window_unknown(mark: Mark, pre: Node) -> bool:
    """Whether the line appeared inside the window with nobody said to have made it."""
    owner = mark.owner
    is_new = owner.kind == "unknown" and owner.seq > pre.seq and owner.reason.startswith(UNSEEN)
    return is_new and not owner.reason.startswith(BESIDE)
