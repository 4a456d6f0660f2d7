"""Which commits lie behind which, kept as one bit a commit: sets of ids would be thousands of times as large."""

from collections.abc import Iterator, Mapping, Sequence

_KEPT_BITS = 16 * 1024 * 1024
"""Of all answers that are remembered at a time."""


class Reach:
    """What can be reached from a commit by steps such as that to its parents, itself among it."""

    def __init__(self, steps: Mapping[str, Sequence[str]]) -> None:
        """`steps`: by commit the next ones; when it has more, a new one of these is needed."""
        self._steps = steps
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._known: dict[str, int] = {}

    def reaches(self, commit: str, other: str) -> bool:
        """Whether `other` is `commit` or lies behind it."""
        mask = self._mask(commit)
        number = self._numbers.get(other)
        return number is not None and bool(mask >> number & 1)

    def shared(self, one: str, other: str) -> Iterator[str]:
        """The commits behind both."""
        both = self._mask(one) & self._mask(other)
        return (name for name, bit in zip(self._names, bin(both)[:1:-1], strict=False) if bit == "1")

    def _mask(self, commit: str) -> int:
        """A bit for each commit behind `commit`, by its number."""
        found = self._known.get(commit)
        if found is None:
            found = self._look(commit)
            if (len(self._known) + 1) * len(self._names) > _KEPT_BITS:
                self._known.clear()
            self._known[commit] = found
        return found

    def _look(self, commit: str) -> int:
        seen, stack, mask = set(), [commit], 0
        while stack:
            at = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            known = self._known.get(at)
            if known is not None:
                mask |= known
            else:
                stack.extend(self._steps.get(at, ()))
        bits = bytearray(len(self._names) // 8 + len(seen) // 8 + 2)
        for name in seen:
            number = self._numbers.get(name)
            if number is None:
                number = self._numbers[name] = len(self._names)
                self._names.append(name)
            bits[number >> 3] |= 1 << (number & 7)
        return mask | int.from_bytes(bits, "little")


def chain(parents: Mapping[str, tuple[str, ...]], tip: str, down_to: str) -> list[str]:
    """Commits from just above `down_to` up to `tip` along first parents; none if those do not lead there."""
    found: list[str] = []
    at: str | None = tip
    while at is not None and at != down_to and len(found) < 1000:
        found.append(at)
        above = parents.get(at)
        at = above[0] if above else None
    return found[::-1] if at == down_to else []
