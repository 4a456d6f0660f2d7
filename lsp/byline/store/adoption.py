"""What was recorded of files before there was a repository around them: `git init` comes after the first edits.

Until then their events go where those of all files outside any repository go. A repository takes its own from there
once, into spool files beside the others, and leaves the old ones as they are.
"""

import contextlib
import os
import re
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from byline.model import CONTENTS, LIFE
from byline.store.blobs import Snapshots
from byline.store.paths import Folders, folders_for
from byline_hooks import fastjson, record, snapshots, spool, system
from byline_hooks.place import Place, data_dir, find_repository, key, recording

STATE = "adopted.json"
"""In the repository's folder: how many bytes of each spool file were looked through."""
_SUFFIX = "-before.jsonl"
_ID = re.compile(rb'"id": ?"([^"]+)"')


def adopt(place: Place, folders: Folders, env: Mapping[str, str]) -> int:
    """Take over what is new; how many events. Where the repository's folders can't be written it takes none."""
    try:
        outside = folders_for(None, env)
        files = {file: file.stat().st_size for file in (outside.store / "spool").glob("*.jsonl")}
    except OSError:
        return 0
    looked = _state(folders.store / STATE)
    if all(looked.get(file.name) == size for file, size in files.items()) or not recording(place, env):
        return 0
    count, there = 0, Snapshots(outside)
    with contextlib.suppress(OSError):
        pieces: dict[Path, bytes] = {}
        for file, size in sorted(files.items()):
            start = looked.get(file.name, 0)
            pieces[file] = _lines(file, start if start <= size else 0, size)
            looked[file.name] = (start if start <= size else 0) + len(pieces[file])
        sessions = {told.get("session_id") for data in pieces.values() for told in _inside(place, data)}
        for file, data in pieces.items() if sessions else ():
            events = list(_inside(place, data, sessions - {None}))
            count += _write(place, folders.store, file.stem, events, there) if events else 0
        if count:
            at = time.time_ns()
            spool.register(data_dir(env), key(place.common_dir), place.common_dir, place.worktree, at)
        if folders.store.is_dir():
            state = {file.name: looked[file.name] for file in files}
            system.write_whole(str(folders.store / STATE), fastjson.dumps(state).encode())
    return count


def _lines(file: Path, start: int, stop: int) -> bytes:
    """The whole lines between two places of a file."""
    with file.open("rb") as opened:
        opened.seek(start)
        data = opened.read(stop - start)
    return data[: data.rfind(b"\n") + 1]


def _state(file: Path) -> dict[str, int]:
    try:
        return msgspec.json.decode(system.read(str(file), 1 << 20), type=dict[str, int])
    except (OSError, ValueError, msgspec.MsgspecError):
        return {}


def _inside(place: Place, data: bytes, sessions: Collection[str | None] = ()) -> Iterator[dict[str, Any]]:
    """The records about files that lie in this worktree, and not in another repository inside it.

    Also those of the life of `sessions`.
    """
    root = place.worktree.rstrip("/") + "/"
    needles = [fastjson.dumps(root)[1:-1].encode(), *(fastjson.dumps(name).encode() for name in sessions)]
    nearest: dict[str, Place | None] = {}
    for line in data.split(b"\n") if any(needle in data for needle in needles) else ():
        if not any(needle in line for needle in needles):
            continue
        try:
            told = msgspec.json.decode(line, type=dict[str, Any])
        except (ValueError, msgspec.MsgspecError):
            continue
        path = told.get("path")
        if path is None and told.get("event") in LIFE and told.get("session_id") in sessions:
            yield told
        if not isinstance(path, str) or not path.startswith(root):
            continue
        folder = system.parent(path)
        if folder not in nearest:
            nearest[folder] = find_repository(folder)
        if nearest[folder] == place:
            yield told


def _write(place: Place, folder: Path, stem: str, events: list[dict[str, Any]], there: Snapshots) -> int:
    """Put them where the repository's own are, snapshots first; one that is there already is not put there again."""
    spool.prepare(str(folder))
    target = folder / "spool" / f"{stem}{_SUFFIX}"
    known = set(_ID.findall(system.read(str(target)))) if target.exists() else set()
    lines = []
    for told in events:
        if str(told.get("id")).encode() in known:
            continue
        ids = {name: told[name] for name in CONTENTS if isinstance(told.get(name), str)}
        told |= {name: _kept(place, str(folder), id, there) for name, id in ids.items()}
        told |= {name: record.relative(told[name], place) for name in ("path", "old_path") if name in told}
        told["worktree"] = place.worktree
        lines.append(b"\n" + fastjson.dumps(told).encode() + b"\n")
    if lines:
        with open(target, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(b"".join(lines))
    return len(lines)


def _kept(place: Place, folder: str, id: str, there: Snapshots) -> str:
    """The id of a content in the repository's object format; its snapshot is kept there from now on."""
    data = there.get(id)
    if data is None:
        return id
    name = snapshots.blob_id(data, place.object_format)
    snapshots.keep(folder, name, data)
    return name
