"""Texts that many events have in common, kept once: that halves what events take in memory."""

import msgspec

from byline.model import Event

_LISTS = 64
"""Lists of files that are remembered at a time."""
_MOST = 4096
"""Texts that are remembered at a time."""
_REPEATED = (
    *("event", "source", "agent", "agent_version", "model", "tool", "machine_id", "cwd", "transcript_path"),
    *("session_id", "parent_session_id", "turn_id", "worktree", "head", "path", "before_id"),
)


class Words:
    """The texts of events seen so far. Safe to use from several threads: at worst a text is kept twice."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}

    def lighter(self, event: Event) -> Event:
        """The same event, its texts shared with those seen before."""
        if len(self._words) > _MOST:
            self._words = {}
        words = self._words
        for field in _REPEATED:
            if (text := getattr(event, field)) is not None:
                msgspec.structs.force_setattr(event, field, words.setdefault(text, text))
        for field in ("paths", "after_ids"):
            if (listed := getattr(event, field)) is not None:
                msgspec.structs.force_setattr(event, field, self._one(listed))
        return event

    def _one(self, listed: tuple[str, ...]) -> tuple[str, ...]:
        """The files of a shell event: mostly those of the event before, and the same names again and again."""
        known = self._lists.get(listed)
        if known is None:
            if len(self._lists) >= _LISTS:
                self._lists = {}
            words = self._words
            known = self._lists[listed] = tuple(words.setdefault(text, text) for text in listed)
        return known
