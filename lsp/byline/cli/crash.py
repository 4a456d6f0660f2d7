"""What happens when byline itself is wrong: a file to paste into a report instead of a screen of traceback."""

import os
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import data_folder
from byline.errors import BylineError
from byline.privacy import make_folders

KEPT = 10


def report(surprise: BaseException, env: Mapping[str, str]) -> str:
    """Write the traceback below the user data folder and return the line to show."""
    said = str(surprise).partition("\n")[0][:200]
    head = f"unexpected {type(surprise).__name__}: {said}".rstrip(": ")
    text = f"byline {sys.argv[1:]}\npython {sys.version}\n\n" + "".join(traceback.format_exception(surprise))
    try:
        where = _write(data_folder(env) / "crashes", text)
    except (OSError, BylineError):  # no room, no right, no home
        sys.stderr.write(text)
        return f"{head}; please report the lines above"
    return f"{head}; please report it with the contents of {where}"


def _write(folder: Path, text: str) -> Path:
    make_folders(folder)
    path = folder / f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-{os.getpid()}.txt"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # arguments and paths are private
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    for old in sorted(folder.glob("*.txt"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path
