"""Contents of files between being read and being needed: on disk, since there may be very much of them."""

import tempfile
import zlib
from pathlib import Path
from types import TracebackType


class Shelf:
    """Bytes by name in a folder of its own, which goes with it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="byline-")

    def keep(self, name: str, data: bytes) -> None:
        """Put bytes there, once."""
        path = Path(self._folder.name, name)
        if not path.exists():
            path.write_bytes(zlib.compress(data, 1))

    def get(self, name: str) -> bytes:
        """What was put there. OSError for nothing."""
        return zlib.decompress(Path(self._folder.name, name).read_bytes())

    def __enter__(self) -> "Shelf":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()
