"""Who has which lines of a path in commits: what was taken out and put in again is not its first writer's."""

from collections.abc import Callable, Sequence, Set

from byline.attribution.marks import EMPTY, Mark, Version, exact_keys, same_writer


class Held:
    """The lines of one path in some commits, each looked at once."""

    def __init__(
        self, wanted: Set[bytes], version: Callable[[str], Version | None], reaches: Callable[[str, str], bool]
    ) -> None:
        """`wanted`: lines that are asked about; `reaches`: whether the first commit is the other or comes from it."""
        self._wanted = wanted
        self._version = version
        self._reaches = reaches
        self._lines: dict[str, dict[bytes, list[Mark]]] = {}

    def still(
        self, lines: Sequence[bytes], marks: Sequence[Mark], commit: str, others: Sequence[str]
    ) -> list[Mark | None]:
        """A commit's lines, but for those that a later one of `others` has from somebody else, not from this writer.

        They were taken out and put in again since: a squash has them from who did that.
        """
        found: list[Mark | None] = list(marks)
        for other in others:
            if other == commit or not self._reaches(other, commit):
                continue
            held = self._in(other)
            for k, (line, mark) in enumerate(zip(lines, marks, strict=True)):
                if line in held and not any(same_writer(mark, one) for one in held[line]):
                    found[k] = None
        return found

    def _in(self, commit: str) -> dict[bytes, list[Mark]]:
        held = self._lines.get(commit)
        if held is None:
            held = self._lines[commit] = {}
            version = self._version(commit) or EMPTY
            for line, mark in zip(exact_keys(version.lines), version.marks, strict=True):
                if line not in self._wanted:
                    continue
                marks = held.setdefault(line, [])
                if not any(same_writer(mark, one) for one in marks):
                    marks.append(mark)
        return held
