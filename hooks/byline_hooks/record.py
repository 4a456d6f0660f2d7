"""From an observation to one line in a spool and the snapshots it names.

The language server uses `append` for what it sees itself; hooks use `observe`.
"""

import time

from byline_hooks import fastjson, snapshots, spool, system, texts
from byline_hooks.head import head, log_length, merging
from byline_hooks.observation import ABSENT, FILE_EVENTS, SHELL_EVENTS, Rejected
from byline_hooks.place import Place, data_dir, find_repository, key, recording
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Observation, Payload, _Absent

    Blobs = list[tuple[str, bytes]]

LISTINGS = ("paths", "after_ids")
LONGEST_TEXT = 1 << 18
"""Characters of one text field; longer ones are cut and end in an ellipsis."""


def append(
    fields: "Payload",
    path: str,
    before: "bytes | _Absent | None",
    data: "bytes | _Absent | None",
    env: "Mapping[str, str]",
) -> str | None:
    """Record one event about a file, for programs that are not a hook.

    fields: the record's fields by their names in `docs/event-format.md`; `event` is required, `v`, `id`, `at`,
    `machine_id`, `worktree`, `head`, `merging`, `path`, `before_id`, `after_id` and `skipped` are filled in here.
    path: absolute. before: the bytes the step started from, ABSENT for no file, None for not known. data: the bytes
    of the file now, ABSENT for no file, None to read them from disk. env: where the user's folders are found.

    Returns the event's id; None when recording is switched off or no folder can be written. ValueError for a path
    that is not Unicode text.
    """
    full = system.realpath(path)
    place = find_repository(system.parent(full))
    if not recording(place, env):
        return None
    record = _opening(str(fields["event"]), fields, place)
    record["path"] = _relative(full, place)
    object_format = place.object_format if place else "sha1"
    blobs: Blobs = []
    if data is ABSENT:
        now = snapshots.Look("none", None, None)
    elif snapshots.is_secret(path) or not isinstance(data, bytes):
        now = snapshots.look(full, object_format)
    else:
        now = snapshots.of_bytes(data, object_format)
    if now.skipped != "secret":
        _name(record, "before_id", _known(before, object_format), blobs)
    _name(record, "after_id", now, blobs)
    record["skipped"] = now.skipped
    return _write(record, place, blobs, env)


def observe(seen: "Observation", env: "Mapping[str, str]") -> str | None:
    """Record what a hook was told. Returns as `append`; Rejected when the observation cannot be placed."""
    base = seen.cwd if system.is_absolute(seen.cwd) else system.cwd()
    if seen.event in FILE_EVENTS:
        if not seen.path or not (base or system.is_absolute(seen.path)):
            raise Rejected("no path")
        return _observe_file(seen, system.join(base, seen.path), env)
    place = find_repository(base) if base else None
    if not recording(place, env):
        return None
    blobs: Blobs = []
    if seen.event in SHELL_EVENTS and place is not None:
        from byline_hooks import status

        running = status.Run(place.worktree, env)  # git works while the rest is put together
        record = _opening(seen.event, seen.fields, place)
        record.update(status.dirty(place, running, blobs))
    else:
        record = _opening(seen.event, seen.fields, place)
    if seen.event == "session_start":
        from byline_hooks import process

        record["process_start"] = process.started(record.get("pid"))
    written = _write(record, place, blobs, env)
    if place is not None and seen.event in ("turn_end", "session_end") and env.get("BYLINE_EPHEMERAL") == "1":
        from byline_hooks import process

        process.publish(place.worktree, env)
    return written


def _observe_file(seen: "Observation", named: str, env: "Mapping[str, str]") -> str | None:
    full = system.realpath(named)
    place = find_repository(system.parent(full))
    if not recording(place, env):
        return None
    record = _opening(seen.event, seen.fields, place)
    record["path"] = _relative(full, place)
    object_format = place.object_format if place else "sha1"
    now = snapshots.Look(None, None, "secret") if snapshots.is_secret(named) else snapshots.look(full, object_format)
    record["skipped"] = now.skipped
    blobs: Blobs = []
    if now.skipped is None:
        disk = now.data
        record["before_id"] = record["after_id"] = None  # keeps their place before disk_id
        before = seen.before
        if isinstance(before, str):
            told = before.encode("utf-8", "replace") if seen.exact else texts.as_on_disk(before, disk or b"")
            _name(record, "before_id", _known(told, object_format), blobs)
        else:
            _name(record, "before_id", _known(before, object_format), blobs)
        own = _own(seen, disk)
        if own is None:
            _name(record, "after_id", now, blobs)
        else:
            _name(record, "after_id", snapshots.of_bytes(own, object_format), blobs)
            _name(record, "disk_id", now, blobs)
    elif now.skipped != "secret":
        if seen.before is ABSENT:
            record["before_id"] = "none"
        record["after_id"] = now.id
    return _write(record, place, blobs, env)


def _own(seen: "Observation", disk: bytes | None) -> bytes | None:
    """The bytes the tool left, where those on disk are others by now; None: they are what is on disk."""
    if seen.after is None:
        return None
    if disk is None:
        return texts.as_on_disk(seen.after, b"")
    return None if texts.same(seen.after, disk) else texts.as_on_disk(seen.after, disk)


def _known(content: "bytes | _Absent | None", object_format: str) -> snapshots.Look:
    if content is ABSENT:
        return snapshots.Look("none", None, None)
    if not isinstance(content, bytes):
        return snapshots.Look(None, None, None)
    return snapshots.of_bytes(content, object_format)


def _name(record: "Payload", field: str, content: snapshots.Look, blobs: "Blobs") -> None:
    if content.id is None:
        return
    record[field] = content.id
    if content.data is not None and all(content.id != blob for blob, _ in blobs):
        blobs.append((content.id, content.data))


def _opening(event: str, fields: "Payload", place: Place | None) -> "Payload":
    at = time.time_ns()
    name = f"{at:x}-{os.getpid():x}-{int.from_bytes(os.urandom(6), 'big'):012x}"
    record: Payload = {"v": 1, "id": name, "at": at, "event": event}
    for field, value in fields.items():
        if value is not None and value != "" and field not in record:
            record[field] = _clean(value) if isinstance(value, str) else value
    record.setdefault("source", "hook")
    if place is not None:
        record["worktree"] = place.worktree
        record["head_log"] = log_length(place)
        record["head"] = head(place)
        record["merging"] = merging(place)
    return record


def _clean(text: str) -> str:
    """The text as every reader can take it: no lone surrogates, not endless."""
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT] + "…"
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _relative(full: str, place: Place | None) -> str:
    """The path as records spell it. A path that is not UTF-8 raises ValueError: no reader could name the file."""
    full.encode()
    if place is None:
        return full
    return full[len(place.worktree.rstrip("/")) + 1 :] or "."


def _write(record: "Payload", place: Place | None, blobs: "Blobs", env: "Mapping[str, str]") -> str | None:
    """Snapshots first, then the line, in the first store folder that takes both."""
    try:
        own = data_dir(env)
    except OSError:
        own = ""
    machine = spool.machine_id(own) if own else "000000000000"
    record["machine_id"] = machine
    at: int = record["at"]  # type: ignore[assignment]
    # An empty list of dirty files says that there were none; every other empty field says nothing.
    line = fastjson.dumps(
        {name: value for name, value in record.items() if value not in (None, "", [], {}) or name in LISTINGS}
    ).encode()
    for folder in spool.folders(place.common_dir if place else None, env):
        try:
            spool.prepare(folder)
            for blob, data in blobs:
                snapshots.keep(folder, blob, data)
            spool.append(folder, machine, at, line)
        except OSError:
            continue
        if place is not None and own:
            spool.register(own, key(place.common_dir), place.common_dir, place.worktree, at)
        return str(record["id"])
    return None
