"""Agents' SQLite databases, read without leaving a trace beside them."""

import contextlib
import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from byline.errors import BylineError
from byline.repo import programs
from byline.sessions.followed import trae as trae_state
from byline.sessions.followed import zed as zed_thread
from byline.sessions.followed.steps import Told

LARGEST_COPY = 512 << 20
LARGEST_THREAD = 64 << 20
MOST_THREADS = 200
_UNPACK_SECONDS = 10


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, for reading. SQLite makes files beside one with a write-ahead log: of that, a copy is opened."""
    log = path.with_name(f"{path.name}-wal")
    with contextlib.ExitStack() as stack:
        source = path
        if log.exists() and log.stat().st_size:
            if path.stat().st_size > LARGEST_COPY:
                raise BylineError(f"{path} is too large to be followed while it is open")
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="byline-")))
            source = folder / path.name
            shutil.copyfile(path, source)
            shutil.copyfile(log, folder / log.name)
            database = sqlite3.connect(source)
        else:
            database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        with contextlib.closing(database):
            yield database


def zed(path: Path, worktree: str) -> list[Told]:
    """The threads of Zed's database that worked in `worktree`, oldest first."""
    found = []
    with opened(path) as database:
        columns = {row[1] for row in database.execute("PRAGMA table_info(threads)")}
        if not {"id", "folder_paths", "updated_at", "data_type", "data"} <= columns:
            return []
        order = "SELECT id, folder_paths, data_type, data FROM threads ORDER BY updated_at DESC LIMIT ?"
        for thread, folders, kind, data in database.execute(order, (MOST_THREADS,)):
            listed = _folders(folders)
            if worktree not in [os.path.realpath(folder) for folder in listed] or not isinstance(data, bytes | str):
                continue
            packed = data.encode() if isinstance(data, str) else data
            text = unpacked(packed) if kind == "zstd" else packed
            told = zed_thread.session(str(thread), text.decode("utf-8", "replace"), listed, worktree)
            if told is not None:
                found.append(told)
    return found[::-1]


def trae(path: Path, worktree: str) -> list[Told]:
    """The sessions that the state of one of Trae's workspaces names."""
    with opened(path) as database:
        row = database.execute("SELECT value FROM ItemTable WHERE key = ?", (trae_state.KEY,)).fetchone()
    value = row[0] if row else ""
    return trae_state.sessions(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value), worktree)


def unpacked(data: bytes) -> bytes:
    """Bytes that were packed with Zstandard. Raises BylineError where nothing here can unpack them."""
    try:
        from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found]
    except ImportError:
        return _by_program(data)
    whole: bytes = ZstdDecompressor().decompress(data, LARGEST_THREAD)
    return whole


def can_unpack() -> bool:
    """Whether this machine has anything that unpacks Zstandard."""
    return importlib.util.find_spec("compression") is not None or programs.find("zstd", os.environ) is not None


def _by_program(data: bytes) -> bytes:
    program = programs.find("zstd", os.environ)
    if program is None:
        raise BylineError("Zed's threads are packed with Zstandard: the program zstd, or Python 3.14, can read them")
    with tempfile.TemporaryFile() as packed:
        packed.write(data)
        packed.seek(0)
        with subprocess.Popen(
            [program, "-dcq"], stdin=packed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as run:
            limit = threading.Timer(_UNPACK_SECONDS, run.kill)
            limit.start()
            assert run.stdout is not None
            text = run.stdout.read(LARGEST_THREAD + 1)  # a few bytes may stand for any number
            if len(text) > LARGEST_THREAD:
                run.kill()
            limit.cancel()
    if run.returncode != 0:
        raise BylineError("a thread of Zed's could not be unpacked")
    return text


def _folders(told: object) -> list[str]:
    """The project's folders: one a line, or a list in JSON."""
    if not isinstance(told, str):
        return []
    if told.startswith("["):
        with contextlib.suppress(ValueError):
            return [folder for folder in json.loads(told) if isinstance(folder, str)]
    return [line for line in told.split("\n") if line]
