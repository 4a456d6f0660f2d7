"""Patches that may not have an event after them: what each is to make of a file is kept until the file is just that.

Codex applies an `apply_patch` inside a shell call itself and then starts no hook. So the event before says what is to
come, and the session's next events look whether it did. A file that never looks like that was not patched; the end of
the turn drops what is left.
"""

from byline_hooks import fastjson, patches, snapshots, spool, system
from byline_hooks.observation import Observation
from byline_hooks.place import find_repository
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

LARGEST = 1 << 20
"""Bytes of one session's file; nothing more is kept beyond them."""


def expected(seen: Observation, disk: bytes | None) -> bytes | None:
    """The bytes the file at hand is to have when the patch was applied; None where that can't be told."""
    if seen.after is not None:
        return seen.after.encode("utf-8", "replace")
    if seen.old_path is not None:
        disk = snapshots.look(_old(seen), "sha1").data
    if seen.hunks is None or disk is None:
        return None
    try:
        after = patches.apply(seen.hunks, disk.decode())
    except UnicodeDecodeError:
        return None
    return None if after is None else after.encode()


def keep(seen: Observation, full: str, after: bytes, object_format: str, env: "Mapping[str, str]") -> None:
    """Remember that the file `full` is to become `after`."""
    told = [[hunk.anchors, hunk.lines, hunk.at_end] for hunk in seen.hunks or ()]
    waiting = {
        "path": full,
        "after_id": snapshots.blob_id(after, object_format),
        "format": object_format,
        "fields": seen.fields,
        "hunks": told if seen.hunks is not None else None,
        "old_path": _old(seen) if seen.old_path is not None else None,
    }
    place = find_repository(seen.cwd) if system.is_absolute(seen.cwd) else None
    for folder in spool.folders(place.common_dir if place else None, env):
        try:
            spool.prepare(folder)
            system.make_folders(f"{folder}/pending")
            _append(_file(seen, f"{folder}/pending"), [waiting])
        except OSError:
            continue
        return


def settle(seen: Observation, folder: str) -> list[Observation]:
    """The writes that have happened by now, of those that wait in `folder`."""
    found: list[Observation] = []
    path = _file(seen, folder)
    own = f"{path}.{os.getpid():x}"
    try:
        os.rename(system.native(path), system.native(own))  # another event of the session may look as well
    except OSError:
        return []
    left: list[object] = []
    for line in system.read(own).split(b"\n"):
        waiting = _loaded(line)
        if waiting is None:
            continue
        if snapshots.look(str(waiting["path"]), str(waiting["format"])).id == waiting["after_id"]:
            found.append(_write(waiting))
        elif not seen.fields.get("final"):
            left.append(waiting)
    if left:
        _append(path, left)
    os.unlink(system.native(own))
    return found


def _write(waiting: "Payload") -> Observation:
    hunks = None
    if isinstance(waiting["hunks"], list):
        hunks = []
        for anchors, lines, at_end in waiting["hunks"]:
            hunk = patches.Hunk(anchors)
            hunk.lines, hunk.at_end = lines, at_end
            hunks.append(hunk)
    seen = Observation("write", waiting["fields"], path=str(waiting["path"]), hunks=hunks)  # type: ignore[arg-type]
    seen.old_path = waiting.get("old_path")  # type: ignore[assignment]
    return seen


def _old(seen: Observation) -> str:
    """Where a patch moves the file at hand from, as an absolute path."""
    return system.join(seen.cwd if system.is_absolute(seen.cwd) else system.cwd(), str(seen.old_path))


def _loaded(line: bytes) -> "Payload | None":
    try:
        value = fastjson.loads(line.decode()) if line else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _append(path: str, waiting: list[object]) -> None:
    data = b"".join([fastjson.dumps(one).encode() + b"\n" for one in waiting])
    descriptor = os.open(system.native(path), system.WRITE_ONLY | os.O_APPEND, 0o600)
    try:
        if os.fstat(descriptor).st_size + len(data) <= LARGEST:
            os.write(descriptor, data)
    finally:
        os.close(descriptor)


def _file(seen: Observation, folder: str) -> str:
    session = str(seen.fields.get("session_id")).partition("/")[0]
    return f"{folder}/{system.plain_name(session)}.jsonl"
