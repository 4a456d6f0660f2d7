"""From an observation to one line in a spool and the snapshots it names.

The language server uses `append` for what it sees itself; hooks use `observe`.
"""

import time

from byline_hooks import fastjson, snapshots, spool, system, texts
from byline_hooks.head import head, log_length, merging, stash
from byline_hooks.observation import ABSENT, FILE_EVENTS, PROCESS, SETTLE, SHELL_EVENTS, Rejected
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
EARLY_TRIES, EARLY_SECONDS = 12, 0.03
"""How often, and how far apart, a file is looked at again that its agent may tell of too early."""
TOLD_TWICE = ("copilot", "cursor", "devin")
"""Agents that also run hooks registered with others: one event may arrive twice."""


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
        return _observe_file(seen, base, system.join(base, seen.path), env)
    place = find_repository(base) if base else None
    if not recording(place, env):
        return None
    if seen.event == SETTLE:
        _settle(seen, place, env)
        return None
    blobs: Blobs = []
    if seen.event in SHELL_EVENTS and place is not None:
        from byline_hooks import status

        running = status.start(place, env)  # git works while the rest is put together
        record = _opening(seen.event, seen.fields, place)
        record["stash"] = stash(place)
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


def _observe_file(seen: "Observation", base: str, named: str, env: "Mapping[str, str]") -> str | None:
    full = system.realpath(named)
    place = find_repository(system.parent(full))
    if not recording(place, env):
        return None
    record = _opening(seen.event, seen.fields, place)
    record["path"] = _relative(full, place)
    object_format = place.object_format if place else "sha1"
    now = _look(seen, named, full, object_format)
    record["skipped"] = now.skipped
    blobs: Blobs = []
    if now.skipped is None:
        disk = now.data
        record["before_id"] = record["after_id"] = None  # keeps their place before disk_id
        before = seen.before
        if seen.hunks is not None and seen.event == "write":
            _name(record, "before_id", _known(_undone(seen, disk, record), object_format), blobs)
        elif isinstance(before, str):
            told = before.encode("utf-8", "replace") if seen.exact else texts.as_on_disk(before, disk or b"")
            _name(record, "before_id", _known(told, object_format), blobs)
        else:
            _name(record, "before_id", _known(before, object_format), blobs)
        own = _own(seen, disk) if seen.event == "write" else None
        if own is None:
            _name(record, "after_id", now, blobs)
        else:
            _name(record, "after_id", snapshots.of_bytes(own, object_format), blobs)
            _name(record, "disk_id", now, blobs)
        if seen.changes and disk is not None and not record.get("edits"):
            from byline_hooks import positions

            record["edits"] = positions.place(seen.changes, disk)
        if seen.event == "pre_write" and (seen.hunks is not None or seen.after is not None):
            _expect(seen, full, disk, object_format, env)
    elif now.skipped != "secret":
        if seen.before is ABSENT:
            record["before_id"] = "none"
        record["after_id"] = now.id
    if seen.old_path:
        old = system.realpath(system.join(base, seen.old_path))
        if place is None or old.startswith(place.worktree.rstrip("/") + "/"):
            record["old_path"] = _relative(old, place)
    return _write(record, place, blobs, env)


def _undone(seen: "Observation", disk: bytes | None, record: "Payload") -> bytes | None:
    """The bytes before a patch and, in the record, its positions, as the bytes after tell them."""
    from byline_hooks import patches

    if disk is None or b"\r" in disk:  # a patch has no CR: what stood there before can't be told
        return None
    try:
        found = patches.undo(seen.hunks or [], disk.decode())
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    record["edits"] = found[1]
    return found[0].encode()


def _expect(seen: "Observation", full: str, disk: bytes | None, object_format: str, env: "Mapping[str, str]") -> None:
    from byline_hooks import pending

    after = pending.expected(seen, disk)
    if after is not None and after != disk:
        pending.keep(seen, full, after, object_format, env)


def _settle(seen: "Observation", place: Place | None, env: "Mapping[str, str]") -> None:
    for folder in spool.folders(place.common_dir if place else None, env):
        try:
            os.stat(system.native(f"{folder}/pending"))
        except OSError:
            continue
        from byline_hooks import pending

        for write in pending.settle(seen, f"{folder}/pending"):
            observe(write, env)


def _look(seen: "Observation", named: str, full: str, object_format: str) -> snapshots.Look:
    """What is on disk now; where the agent may be early, what is there as soon as it shows the change."""
    if snapshots.is_secret(named):
        return snapshots.Look(None, None, "secret")
    now = snapshots.look(full, object_format)
    if seen.is_early:
        from byline_hooks import positions

        for _ in range(EARLY_TRIES):
            if now.skipped or (_own(seen, now.data) is None and positions.arrived(seen.changes, now.data or b"")):
                break
            time.sleep(EARLY_SECONDS)
            now = snapshots.look(full, object_format)
    return now


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
    if record.get("session_id") == PROCESS:
        from byline_hooks import process

        record["session_id"] = process.caller()
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
            if record.get("agent") in TOLD_TWICE:
                from byline_hooks import twice

                if twice.is_known(spool.file(folder, machine, at), record):
                    return None
            spool.append(folder, machine, at, line)
        except OSError:
            continue
        if place is not None and own:
            spool.register(own, key(place.common_dir), place.common_dir, place.worktree, at)
        return str(record["id"])
    return None
