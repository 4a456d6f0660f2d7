"""Folders and files that only their owner may look into, whatever the umask."""

import os
from pathlib import Path


def make_folders(folder: Path) -> None:
    """`mkdir -p`, mode 0700 for each folder that is made: `Path.mkdir` gives its mode to the last one alone.

    Raises OSError, also where a file is in the way.
    """
    try:
        folder.mkdir(0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        make_folders(folder.parent)
        folder.mkdir(0o700, exist_ok=True)  # once: below a link to nothing there is never a folder


def copy(source: Path, target: Path) -> None:
    """The bytes of one file as another, mode 0600; a new one where there is one already. Raises OSError."""
    target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(source.read_bytes())
