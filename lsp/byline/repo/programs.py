"""Where a program lies, never in the folder at hand: a repository may bring a `git.exe` of its own.

Windows looks there first, and on other systems so does a `PATH` with `.` or an empty part in it.
"""

import ntpath
import os
import posixpath
import sys
from collections.abc import Callable, Mapping

WINDOWS = sys.platform == "win32"
_ENDS = (".exe", ".com")
"""Programs; scripts (`.cmd`, `.bat`) take their arguments apart anew, so they are not started by name."""


def search_path(told: str, *, windows: bool = WINDOWS) -> str:
    """The folders of a `PATH` that are the same wherever one stands."""
    mark, absolute = (";", _has_drive) if windows else (":", posixpath.isabs)
    return mark.join(folder for part in told.split(mark) if absolute(folder := part.strip('"') if windows else part))


def find(
    name: str,
    env: Mapping[str, str],
    *,
    windows: bool = WINDOWS,
    is_file: Callable[[str], bool] = os.path.isfile,
) -> str | None:
    """The absolute path of the program `name`; None where there is none."""
    mark, join = (";", ntpath.join) if windows else (":", posixpath.join)
    for folder in search_path(env.get("PATH", os.defpath), windows=windows).split(mark):
        for end in _ENDS if windows else ("",):
            path = join(folder, name + end)
            if folder and is_file(path) and (windows or os.access(path, os.X_OK)):
                return path
    return None


def _has_drive(folder: str) -> bool:
    """`C:\\bin` or `\\\\server\\share`; `\\bin` hangs on the drive one is on."""
    drive, rest = ntpath.splitdrive(folder)
    return drive[:2] in ("\\\\", "//") or (bool(drive) and rest[:1] in ("\\", "/"))
