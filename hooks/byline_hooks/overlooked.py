"""Files that git takes for unchanged though they are not.

Git compares sizes and whole seconds. A file that was written after git had read it for a commit, but in the same
second and with as many bytes, looks unchanged to it until it is touched again, if the index was written a second
later. Only what was recorded lately is looked at, and only what can be proved is told: the index names a content that
this file had on disk before, and it has another one now.
"""

from byline_hooks import fastjson, snapshots, spool, status, system
from byline_hooks.place import Place, data_dir
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byline_hooks.observation import Payload

LOOKED_AT = 1 << 15
"""Bytes at the end of the spool's file of the day."""
WINDOW = range(-1, 11)
"""Seconds from a file's last change to something git did for which it may have read the file just before."""
_LOG = 1 << 12
_ASKED = ("--no-optional-locks", "--literal-pathspecs", "ls-files", "--stage", "-z", "--")


class Suspect:
    """A file that git may overlook."""

    __slots__ = ("now", "others", "path")

    def __init__(self, path: str, now: snapshots.Look, others: "list[str]") -> None:
        self.path = path
        self.now = now
        self.others = others
        """Other contents of the same size that it had before: their ids."""


def suspects(place: Place, env: "Mapping[str, str]", at: int) -> list[Suspect]:
    """The recorded files that git may overlook, told without git. `at`: nanoseconds since 1970, of the record."""
    found = []
    try:
        written = int(os.stat(system.native(f"{place.git_dir}/index")).st_mtime)
        folder = next(spool.folders(place.common_dir, env))
        tail = _end(spool.file(folder, spool.machine_id(data_dir(env)), at), LOOKED_AT)[0]
    except OSError:
        return []
    moments = [written, *_movements(place)]
    for path, ids in _recorded(tail, place.worktree).items():
        full = f"{place.worktree.rstrip('/')}/{path}"
        try:
            changed = int(os.lstat(system.native(full)).st_mtime)
        except (OSError, ValueError):
            continue
        if changed >= written or not any(moment - changed in WINDOW for moment in moments):
            continue  # git looks into what is as new as its index
        now = snapshots.look(full, place.object_format)
        if now.data is not None:
            others = [one for one in ids if one != now.id and _has_size(folder, one, len(now.data))]
            if others:
                found.append(Suspect(path, now, others))
    return found


def proved(place: Place, env: "Mapping[str, str]", asked: list[Suspect]) -> list[Suspect]:
    """Those that git does overlook: its index has one of the other contents."""
    if not asked:
        return []
    listed = status.Run(place, env, (*_ASKED, *[one.path for one in asked])).result() or b""
    held = {}
    for entry in listed.split(b"\0"):
        words, _, path = entry.partition(b"\t")
        if path:
            held[system.text(path)] = words.split()[1].decode("ascii", "replace")
    return [one for one in asked if held.get(one.path) in one.others]


def _movements(place: Place) -> list[int]:
    """When HEAD moved lately, by the file system and by git: seconds since 1970."""
    try:
        log, moment = _end(f"{place.git_dir}/logs/HEAD", _LOG)
    except OSError:
        return []
    words = [line.partition(b"\t")[0].split() for line in log.split(b"\n")]
    return [moment, *[int(each[-2]) for each in words if len(each) > 2 and each[-2].isdigit()]]


def _end(path: str, size: int) -> tuple[bytes, int]:
    """The whole lines among the last `size` bytes of a file, and when it changed last, in seconds since 1970."""
    descriptor = os.open(system.native(path), system.READ_ONLY)
    try:
        seen = os.fstat(descriptor)
        start = max(0, seen.st_size - size)
        os.lseek(descriptor, start, 0)
        data = system.read_descriptor(descriptor, size)
    finally:
        os.close(descriptor)
    return data.partition(b"\n")[2] if start else data, int(seen.st_mtime)


def _recorded(tail: bytes, worktree: str) -> dict[str, dict[str, None]]:
    """The files of a worktree that records name, each with the ids of its contents."""
    found: dict[str, dict[str, None]] = {}
    for line in tail.split(b"\n"):
        if b'"path":' not in line and b'"paths":["' not in line:
            continue
        try:
            event = fastjson.loads(line.decode())
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("worktree") == worktree:
            for path, content in _contents(event):
                if isinstance(path, str) and isinstance(content, str) and content.isalnum() and len(content) > 8:
                    found.setdefault(path, {})[content] = None
    return found


def _contents(event: "Payload") -> "Iterator[tuple[object, object]]":
    for field in ("before_id", "after_id", "disk_id"):
        yield event.get("path"), event.get(field)
    paths, ids = event.get("paths"), event.get("after_ids")
    if isinstance(paths, list) and isinstance(ids, list):
        yield from zip(paths, ids, strict=False)


def _has_size(folder: str, blob: str, size: int) -> bool:
    """Whether the snapshot is there and has that many bytes."""
    data = snapshots.unpacked(f"{folder}/blobs/{blob[:2]}/{blob[2:]}", size + 1)
    return data is not None and len(data) == size
