"""What only Windows has: drives, long paths, devices with the names of files, writers that need a lock."""

import time

from byline_hooks import system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST = 240
"""Letters; a longer path is spelled so that the system does not refuse it (a folder may have 248, a file 260)."""
_DEVICES = ("con", "prn", "aux", "nul", "conin$", "conout$", "clock$")
_NUMBERED = ("com", "lpt")
_LOCKED = 1 << 40
"""The byte of a file that its writers lock: far behind the end, where nobody reads or writes."""
TRIES, PAUSE = 40, 0.005


def plain(path: str) -> str:
    """A path with `/` between parts and a drive: also from `\\\\?\\C:\\a`, and from `/c/a` and `/c:/a` as shells and
    URLs have it."""
    path = path.replace("\\", "/")
    if path.startswith(("//?/", "//./")):
        rest = path[4:]
        if rest[:4].upper() == "UNC/":
            return f"//{rest[4:]}"
        return rest if rest[1:2] == ":" else path
    if path[:1] == "/" and path[1:2].isalpha() and path[1:2].isascii():
        if path[2:3] == ":":
            return path[1:]
        if path[2:3] in ("/", ""):
            return f"{path[1].upper()}:/{path[3:]}"
    return path


def native(path: str) -> str:
    """The path as the system takes it however long it is."""
    if len(path) < LONGEST or path.startswith(("//?/", "\\\\?\\")):
        return path
    back = path.replace("/", "\\")
    if path[1:3] == ":/":
        return f"\\\\?\\{back}"
    return f"\\\\?\\UNC\\{back[2:]}" if back.startswith("\\\\") else path


def is_device(path: str) -> bool:
    """Whether the last part of a path names a device, with whatever ending: opening it may wait for ever."""
    name = path.replace("\\", "/").rpartition("/")[2].partition(":")[0].partition(".")[0].rstrip(" ").lower()
    return name in _DEVICES or (len(name) == 4 and name.startswith(_NUMBERED) and name[3] in "123456789¹²³")


def find_program(name: str, env: "Mapping[str, str]", is_file: "Callable[[str], bool]") -> str | None:
    """`name.exe` in a folder of the search path that has a drive or a server; never from the folder at hand."""
    for entry in env.get("PATH", "").split(";"):
        folder = entry.strip().strip('"').replace("\\", "/").rstrip("/")
        if (folder[:1].isalpha() and folder[1:3] == ":/") or folder.startswith("//"):
            candidate = f"{folder}/{name}.exe"
            if is_file(candidate):
                return candidate
    return None


def lock(descriptor: int) -> None:
    """Have other writers of the file wait, if they ask: appending is two steps here, go to the end and write."""
    import msvcrt

    for _ in range(TRIES):
        os.lseek(descriptor, _LOCKED, 0)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            time.sleep(PAUSE)
            continue
        return


def unlock(descriptor: int) -> None:
    """The end of it; closing the descriptor would do, but later."""
    import msvcrt

    os.lseek(descriptor, _LOCKED, 0)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        pass  # it was never got


def is_file(path: str) -> bool:
    """Whether there is a plain file."""
    try:
        return os.stat(system.native(path)).st_mode & 0o170000 == 0o100000
    except OSError:
        return False
