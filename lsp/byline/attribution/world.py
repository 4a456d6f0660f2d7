"""What the pure core may ask about the world, as a protocol; the workspace answers it from disk and git."""

from typing import Protocol

from byline.attribution.marks import Text, Version
from byline.attribution.step import Memo


class World(Protocol):
    """Contents and history of one repository. Every method answers None for what is not there or not readable."""

    @property
    def memo(self) -> Memo:
        """Comparisons made before."""

    def text(self, blob_id: str, path: str) -> Text | None:
        """A content by blob id, line endings as the repository stores them for `path`; None when binary."""

    def entry(self, commit: str | None, path: str) -> str | None:
        """The blob id of `path` in `commit`."""

    def committed(self, commit: str | None, path: str) -> Version | None:
        """The owners of `path` in `commit`."""

    def ignored(self, path: str) -> bool:
        """Whether git ignores the path, or may have until a short while ago."""

    def parents(self, commit: str) -> tuple[str, ...]:
        """A commit's parents; none for those from before the first event."""

    def known(self, path: str, blob_id: str) -> Version | None:
        """The newest recorded state of another path with this content."""

    def latest(self, path: str) -> Version | None:
        """The newest recorded state of another path."""

    def renamed_from(self, path: str) -> str | None:
        """The path git says `path` was renamed from, by a commit that came later."""

    def commit_holding(self, path: str, blob_id: str, before: int) -> str | None:
        """A commit, made before the event at position `before`, that has this content at `path`."""

    def repeats(self, commit: str) -> bool:
        """Whether a commit's message says that it repeats or reverts another."""

    def made_by_commit(self, commit: str) -> bool:
        """Whether a `git commit` made it (an amend or the end of a merge too), not a pull, rebase or cherry-pick."""
