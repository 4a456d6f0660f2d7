"""Two descriptions of one commit: what both support. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from byline.repo.anchors.format import writer_of


class Span(NamedTuple):
    """Lines of one writer, 0-based and half open."""

    start: int
    stop: int
    session_id: str | None
    agent: str | None
    author: Literal["ai", "human", "contested"]
    source: str
    """The branch that says so: `anchor`, `anchor:REMOTE`, `oobo`, `oobo:REMOTE`."""
    turn_id: str | None = None


def agree(descriptions: Sequence[Sequence[Span]]) -> list[Span]:
    """Spans in order and disjoint. A line that two descriptions give to different writers belongs to none.

    Writers are the same if author and session are, or where no session is known the agent; which of several sources
    is named does not matter, so the first. What one description calls contested is nobody's in all. A description
    that contradicts itself says nothing.
    """
    sound = [spans for given in descriptions if _disjoint(spans := sorted(given, key=_place))]
    cuts = sorted({cut for spans in sound for span in spans for cut in (span.start, span.stop)})
    places = [0] * len(sound)
    found: list[Span] = []
    for low, high in pairwise(cuts):
        here = []
        for number, spans in enumerate(sound):
            while places[number] < len(spans) and spans[places[number]].stop <= low:
                places[number] += 1
            if places[number] < len(spans) and spans[places[number]].start <= low:
                here.append(spans[places[number]])
        if not here or here[0].author == "contested" or len(set(map(_writer, here))) > 1:
            continue
        if found and found[-1].stop == low and found[-1][2:] == here[0][2:]:
            found[-1] = found[-1]._replace(stop=high)
        else:
            found.append(here[0]._replace(start=low, stop=high))
    return found


def _writer(span: Span) -> tuple[str | None, ...]:
    return writer_of(span.author, span.session_id, span.agent)


def _disjoint(spans: Sequence[Span]) -> bool:
    if any(span.start >= span.stop for span in spans):
        return False
    return all(before.stop <= after.start for before, after in pairwise(spans))


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.stop
