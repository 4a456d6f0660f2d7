"""What was worked out once about contents, which never change: comparisons and line counts. Losing it costs time."""

from collections.abc import Callable

import msgspec

from byline.attribution.reflow import Range
from byline.attribution.step import Kept
from byline.store.index import Index

_MOST = 1_000
"""Of each kind held in memory; all of them are on disk."""


class _Stored(msgspec.Struct, array_like=True):
    size: int
    gaps: list[tuple[int, int, int, int]]
    sources: dict[int, tuple[int, ...]]
    fits: bool = True


class Cache:
    """Answers from memory, then from the index on disk; `flush` writes what is new there."""

    def __init__(self, index: Index | None) -> None:
        self._index = index
        self._kept: dict[str, Kept] = {}
        self._facts: dict[str, tuple[str, int]] = {}
        self._new: dict[str, list[tuple[str, bytes]]] = {"step": [], "text": []}
        self._pack = msgspec.msgpack.Encoder().encode
        self._unpack_step = msgspec.msgpack.Decoder(_Stored).decode
        self._unpack_facts = msgspec.msgpack.Decoder(tuple[str, int]).decode

    def kept(self, key: str, compute: Callable[[], Kept]) -> Kept:
        """The comparison kept under `key`, or else the one that `compute` makes."""
        found = self._kept.get(key)
        if found is not None:
            return found
        found = self._read_step(key)
        if found is None:
            found = compute()
            self._new["step"].append(
                (key, self._pack(_Stored(found.size, list(found.gaps), found.sources, found.fits)))
            )
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = found
        return found

    def facts(self, content_id: str, normal: bool) -> tuple[str, int] | None:
        """The id of a content's stored form and its number of lines, -1 for a binary one; None if not known."""
        key = f"{content_id} {int(normal)}"
        found = self._facts.get(key)
        if found is None and self._index is not None:
            data = self._index.get("text", key)
            try:
                found = self._unpack_facts(data) if data else None
            except msgspec.MsgspecError:
                found = None
            if found is not None:
                self._hold(key, found)
        return found

    def _hold(self, key: str, facts: tuple[str, int]) -> None:
        if len(self._facts) >= _MOST:
            self._facts.clear()
        self._facts[key] = facts

    def learn(self, content_id: str, normal: bool, facts: tuple[str, int]) -> None:
        """Remember what `facts` will answer."""
        key = f"{content_id} {int(normal)}"
        self._hold(key, facts)
        self._new["text"].append((key, self._pack(facts)))

    def flush(self, many: int = 0) -> None:
        """Write what is new to disk, if it is more than `many`."""
        if sum(map(len, self._new.values())) <= many:
            return
        for kind, values in self._new.items():
            if values and self._index is not None:
                self._index.put_many(kind, values)
            values.clear()

    def _read_step(self, key: str) -> Kept | None:
        data = self._index.get("step", key) if self._index is not None else None
        if not data:
            return None
        try:
            stored = self._unpack_step(data)
        except msgspec.MsgspecError:
            return None
        return Kept(stored.size, tuple(Range(*gap) for gap in stored.gaps), stored.sources, stored.fits)
