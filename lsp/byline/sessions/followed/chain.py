"""The whole texts before and after each write of a record, as far as they follow from it. Pure.

Forwards from what the agent was shown or made itself; backwards from the file as it is now. What follows neither way
stays open: a guess would name somebody's lines.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from byline.sessions.followed.steps import Step, Swap


class Texts(NamedTuple):
    """The whole file around one write; None where that can't be told. Both None: nothing is known."""

    before: str | None = None
    after: str | None = None


def texts(steps: Sequence[Step], known: Callable[[str], list[str]]) -> list[Texts]:
    """Those around each step, in order; of steps that write nothing, none.

    `known`: the whole texts that a path is known to have had, the present one first.
    """
    found = [Texts()] * len(steps)
    for path in dict.fromkeys(step.path for step in steps if step.event == "write"):
        own = [number for number, step in enumerate(steps) if step.path == path and step.event in ("write", "read")]
        had = known(path)
        wholes = _wholes([steps[number] for number in own], had)
        _forwards(own, steps, wholes, found)
        _backwards(own, steps, wholes, found, had)
    return found


def _wholes(steps: Sequence[Step], had: Sequence[str]) -> set[str]:
    """The texts that are certainly whole files: seen as one, or next to one that is."""
    sure = set(had) | {
        text for step in steps if not step.is_part for text in (step.before, step.after, step.whole) if text
    }
    for _ in steps:
        grown = {
            text
            for step in steps
            if step.before in sure or step.after in sure or step.is_new
            for text in (step.before, step.after)
            if text is not None
        }
        if grown <= sure:
            break
        sure |= grown
    return sure


def _forwards(own: Sequence[int], steps: Sequence[Step], wholes: set[str], found: list[Texts]) -> None:
    now: str | None = None
    for number in own:
        step = steps[number]
        if step.event == "read":
            now = step.whole if step.whole is not None else now
            continue
        swaps = _swaps(step, wholes)
        if swaps is None:
            found[number] = Texts(step.before if step.before is not None else now, step.after)
        else:
            after = None if now is None else exchanged(swaps, now)
            found[number] = Texts(now if after is not None else None, after)
        now = found[number].after


def _backwards(
    own: Sequence[int], steps: Sequence[Step], wholes: set[str], found: list[Texts], had: Sequence[str]
) -> None:
    now = had[0] if had else None
    for number in reversed(own):
        step = steps[number]
        if step.event == "read" or now is None:
            continue
        if found[number].after is not None:
            now = found[number].before
            continue
        swaps = _swaps(step, wholes)
        before = taken_back(swaps, now) if swaps else None
        if before is not None:
            found[number] = Texts(before, now)
        now = before


def _swaps(step: Step, wholes: set[str]) -> tuple[Swap, ...] | None:
    """What a write exchanges; None where it tells the whole text."""
    if step.swaps:
        return step.swaps
    if step.is_part and step.before is not None and step.after is not None and step.after not in wholes:
        return ((step.before, step.after),)
    return None


def exchanged(swaps: Sequence[Swap], text: str) -> str | None:
    """`text` with each old text, which must stand there exactly once, exchanged for the new one."""
    for old, new in swaps:
        if text.count(old) != 1 or not old:
            return None
        text = text.replace(old, new)
    return text


def taken_back(swaps: Sequence[Swap], text: str) -> str | None:
    """The text from which the swaps lead to `text`; None unless each new text stands there exactly once."""
    before = text
    for old, new in reversed(swaps):
        if not new or not old or before.count(new) != 1:
            return None
        before = before.replace(new, old)
    return before if exchanged(swaps, before) == text else None
