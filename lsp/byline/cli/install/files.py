"""Settings files of other programs: read as bytes, written through links, replaced whole or not at all."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from byline.errors import BylineError

_BOM = b"\xef\xbb\xbf"


class SettingsUnusable(BylineError):
    """A settings file that can't be read or written by us."""


def read(path: Path) -> bytes | None:
    """The file's bytes, None where there is no file. Raises SettingsUnusable."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SettingsUnusable(f"can't read {path}: {problem.strerror}") from problem


def decode(content: bytes, path: Path) -> tuple[str, bytes]:
    """Text and the byte order mark before it (mostly empty). Raises SettingsUnusable unless it is UTF-8."""
    mark = _BOM if content.startswith(_BOM) else b""
    try:
        return content[len(mark) :].decode("utf-8"), mark
    except UnicodeDecodeError as problem:
        raise SettingsUnusable(f"{path} is not UTF-8; nothing was changed") from problem


def missing_folders(path: Path) -> list[Path]:
    """The folders that `write` will have to make for the file behind `path`, outermost first."""
    return [folder for folder in reversed(Path(os.path.realpath(path)).parents) if not folder.exists()]


def write(path: Path, content: bytes) -> None:
    """Replace the file behind `path` in one step, folders made, mode and links kept. Raises SettingsUnusable."""
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not os.access(target, os.W_OK):
            raise SettingsUnusable(f"{path} is write protected; nothing was changed")
        _replace(target, content)
    except OSError as problem:
        raise SettingsUnusable(f"can't write {path}: {problem.strerror}; nothing was changed") from problem


def delete(path: Path, folders: list[Path]) -> None:
    """Delete the file behind `path` and those of `folders`, innermost first, that are empty then."""
    try:
        Path(os.path.realpath(path)).unlink(missing_ok=True)
    except OSError as problem:
        raise SettingsUnusable(f"can't delete {path}: {problem.strerror}") from problem
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if target.exists():
            shutil.copymode(target, fresh)
            known = target.stat()
            with suppress(OSError, AttributeError):
                os.chown(fresh, known.st_uid, known.st_gid)
        else:
            mask = os.umask(0)
            os.umask(mask)
            fresh.chmod(0o666 & ~mask)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
