"""What only the index held when a call began: the call may have had git bring it back, and did not write it."""

from byline.attribution.call import Call
from byline.attribution.marks import Mark, Version
from byline.attribution.merge import carry
from byline.attribution.node import unanimous
from byline.model import Owner


def without_staged(call: Call, version: Version) -> Version:
    """Lines that would be the call's own, but were staged before it, are whose they were where that is known."""
    blob = (call.before.staged or {}).get(call.path)
    own = call.owner
    if blob is None or not any(mark.owner is own for mark in version.marks):
        return version
    nobody = Mark(Owner("unknown", "no evidence: it may have been staged before", seq=call.end))
    text = call.world.text(blob, call.path)
    if text is None:
        there: list[Mark | None] = [nobody] * len(version.marks)
    else:
        there = carry(version.lines, [_known(call, blob) or Version(text, [nobody] * text.count)])
    return call.unless_typed(version, there)


def _known(call: Call, blob: str) -> Version | None:
    """The recorded states with this content, be it deleted since; lines on which they disagree are nobody's."""
    states = [version for node in call.nodes if node.id == blob and (version := node.version) is not None]
    if not states:
        return call.world.held(call.path, blob, call.begin)
    return unanimous(states[-1], states[:-1])
