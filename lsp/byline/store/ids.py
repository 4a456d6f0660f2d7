"""Finding an event by its id: a table of hashes, a few bytes each. Pure."""

import hashlib
from array import array

from byline.store.packed import Bytes, packed

_LEAST = 1024


def hash_of(id: str) -> int:
    """64 bits that two ids hardly ever share; the same in every process."""
    return int.from_bytes(hashlib.blake2b(packed(id), digest_size=8).digest(), "little")


class Ids:
    """The hashes of ids, numbered from 0 in the order in which they were added."""

    def __init__(self, hashes: Bytes = b"", table: Bytes = b"") -> None:
        """Both as they were kept."""
        self.hashes = array("Q", bytes(hashes))
        self.table = array("I", bytes(table)) or array("I", bytes(4 * _LEAST))
        """Numbers, from 1, where the hash says or at the next free place; 0 where nothing is. At most half full."""

    def __len__(self) -> int:
        return len(self.hashes)

    def find(self, hashed: int) -> int | None:
        """The number of the first id with this hash."""
        hashes, table = self.hashes, self.table
        last = len(table) - 1
        place = hashed & last
        while found := table[place]:
            if hashes[found - 1] == hashed:
                return found - 1
            place = (place + 1) & last
        return None

    def add(self, hashed: int) -> None:
        """One more; of several with one hash `find` tells the first."""
        self.hashes.append(hashed)
        self._enter(len(self.hashes), hashed)
        if 2 * len(self.hashes) > len(self.table):
            self._widen()

    def _widen(self) -> None:
        self.table = array("I", bytes(8 * len(self.table)))
        for number, hashed in enumerate(self.hashes, 1):
            self._enter(number, hashed)

    def _enter(self, number: int, hashed: int) -> None:
        table = self.table
        last = len(table) - 1
        place = hashed & last
        while table[place]:
            place = (place + 1) & last
        table[place] = number
