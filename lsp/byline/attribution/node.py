"""One state of one path in one worktree: a content, and the step that led there. Owners belong to nodes."""

from collections.abc import Iterator, Sequence

from byline.attribution.marks import Version, undisputed
from byline.attribution.palette import Palette
from byline.model import NONE_ID


class Node:
    """A state of a file.

    `seq` is the position of the event that told of it, `begin` that of the event before which it can't have existed
    (a call's pre event). `version` is None where the content is not known as lines: binary, too large, lost.
    """

    __slots__ = (
        "_palette",
        "_version",
        "begin",
        "commit",
        "corrected",
        "head",
        "id",
        "last",
        "seen_at",
        "seq",
        "worktree",
    )

    def __init__(
        self,
        seq: int,
        begin: int,
        worktree: str | None,
        head: str | None,
        content_id: str,
        version: Version | None,
        corrected: bool = False,
    ) -> None:
        self.seq = seq
        self.begin = begin
        self.worktree = worktree
        self.head = head
        self.seen_at = head
        """Where HEAD was when the content was last seen; `head` is where it was when it came to be."""
        self.last = seq
        """The position of the event that saw it last."""
        self.id = content_id
        self.corrected = corrected
        self.commit: str | None = None
        """The commit that the write itself says it is in, however late it is told."""
        self._version: Version | int | None = version
        """Itself, or its number in the palette."""
        self._palette: Palette | None = None

    @property
    def known(self) -> bool:
        """Whether the content is known as lines."""
        return self._version is not None

    @property
    def version(self) -> Version | None:
        """The text and its owners."""
        kept = self._version
        if isinstance(kept, int):
            assert self._palette is not None
            return self._palette.version(kept)
        return kept

    def pack(self, palette: Palette) -> None:
        """Keep it small: it is history now."""
        if isinstance(self._version, Version):
            self._palette = palette
            self._version = palette.packed(self._version)


def newest(nodes: Sequence[Node], content_id: str, worktree: str | None = None) -> Version | None:
    """The newest state with this content that no deletion came after; of one worktree if any has it there."""
    found: Version | None = None
    deleted: set[str | None] = set()
    for node in reversed(nodes):
        if node.id == NONE_ID:
            deleted.add(node.worktree)
        elif node.id == content_id and node.known and node.worktree not in deleted:
            if worktree is None or node.worktree == worktree:
                return node.version
            found = found or node.version
    return found


def restored(nodes: Sequence[Node], content_id: str, worktree: str | None, head: str | None) -> Version | None:
    """What a content that came back brings with it.

    Where HEAD stands as it stood for the newest state with this content, that state is it (an undo). Else it may be
    any of them: lines on whose writer they disagree are nobody's.
    """
    latest = newest(nodes, content_id, worktree)
    same = [node for node in nodes if node.id == content_id and node.known]
    if latest is None or len(same) < 2 or same[-1].head == head or same[-1].corrected:
        return latest
    return unanimous(latest, [version for node in same[:-1] if (version := node.version) is not None])


def unanimous(latest: Version, others: Sequence[Version]) -> Version:
    """The latest version of a content: lines on which others with as many lines disagree with it are nobody's."""
    alike = [other.marks for other in others if len(other.marks) == len(latest.marks)]
    return Version(latest.text, undisputed([latest.marks, *alike]))


def recent(nodes: Sequence[Node], limit: int) -> Iterator[Node]:
    """The newest states with known lines, each content once, newest first."""
    seen: set[str] = set()
    for node in reversed(nodes):
        if node.known and node.id != NONE_ID and node.id not in seen:
            seen.add(node.id)
            yield node
            if len(seen) == limit:
                return
