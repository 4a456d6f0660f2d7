"""Two descriptions of one commit: what both support. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

Span = tuple[int, int, str | None, str | None, Literal["ai", "human"], str]
"""`(start, stop, session id, agent, author, source)`, 0-based and half open."""


def agree(descriptions: Sequence[Sequence[Span]]) -> list[Span]:
    """Spans in order and disjoint. A line that two descriptions give to different writers belongs to none.

    Writers are the same if author and session are; which of several sources is named does not matter, so the first.
    A description that contradicts itself says nothing.
    """
    sound = [spans for given in descriptions if _disjoint(spans := sorted(given, key=_place))]
    cuts = sorted({cut for spans in sound for span in spans for cut in span[:2]})
    places = [0] * len(sound)
    found: list[Span] = []
    for low, high in pairwise(cuts):
        here = []
        for number, spans in enumerate(sound):
            while places[number] < len(spans) and spans[places[number]][1] <= low:
                places[number] += 1
            if places[number] < len(spans) and spans[places[number]][0] <= low:
                here.append(spans[places[number]])
        if not here or len({(span[4], span[2]) for span in here}) > 1:
            continue
        if found and found[-1][1] == low and found[-1][2:] == here[0][2:]:
            found[-1] = (found[-1][0], high, *here[0][2:])
        else:
            found.append((low, high, *here[0][2:]))
    return found


def _disjoint(spans: Sequence[Span]) -> bool:
    return all(before[1] <= after[0] for before, after in pairwise(spans))


def _place(span: Span) -> tuple[int, int]:
    return span[:2]
