"""From an observation to one line in a spool and the snapshots it names.

The language server uses `append` for what it sees itself; hooks use `observe`.
"""

import time

from byline_hooks import deadline, fastjson, spool, system
from byline_hooks.head import head, log_length, merging, moves, stash
from byline_hooks.observation import FILE_EVENTS, PROCESS, SETTLE, SHELL_EVENTS, Rejected
from byline_hooks.place import Place, data_dir, find_repository, key, recording
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.contents import Blobs
    from byline_hooks.observation import Observation, Payload, _Absent
    from byline_hooks.status import Run

LISTINGS = ("paths", "after_ids", "named")
LONGEST_TEXT = 1 << 18
"""Characters of one text field; longer ones are cut and end in an ellipsis."""
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
    from byline_hooks import contents

    full = system.realpath(path)
    place = find_repository(system.parent(full))
    if not recording(place, env):
        return None
    record = _opening(str(fields["event"]), fields, place)
    record["path"] = relative(full, place)
    blobs: Blobs = []
    contents.given(record, path, full, before, data, place.object_format if place else "sha1", blobs)
    return _write(record, place, blobs, env)


def observe(seen: "Observation", env: "Mapping[str, str]", running: "Run | None" = None) -> str | None:
    """Record what a hook was told. Returns as `append`; Rejected when the observation cannot be placed.

    running: git's answer to a shell event, if it was asked already (`status.early`).
    """
    if seen.event == SETTLE:
        _settle(seen, env)
        return None
    if running is not None and seen.event in SHELL_EVENTS:
        full, place = "", running.place  # type: tuple[str, Place | None]
    else:
        full, place = _placed(seen)
        if not recording(place, env):
            return None
    if seen.transcript:
        from byline_hooks import models

        models.take(seen)
    record, blobs = _begin(seen, full, place)
    if seen.event in FILE_EVENTS:
        from byline_hooks import contents

        if seen.fields.get("user_modified") and seen.written is None:
            from byline_hooks import proposals

            proposals.take(seen)
        contents.seen(seen, record, full, place, env, blobs)
        if seen.old_path and seen.event == "write":
            old = system.realpath(system.join(_base(seen), seen.old_path))
            if place is None or find_repository(system.parent(old)) == place:
                record["old_path"] = relative(old, place)
    elif seen.event in SHELL_EVENTS and place is not None:
        from byline_hooks import status

        record["stash"] = stash(place)
        record["moves"] = moves(place, int(str(record["at"])) // 1_000_000_000)
        status.dirty(place, running or status.start(place, env), record, blobs, env)
    elif seen.event == "session_start":
        from byline_hooks import process

        record["process_start"] = process.started(record.get("pid"))
    written = _write(record, place, blobs, env)
    if place is not None and seen.event in ("turn_end", "session_end") and env.get("BYLINE_EPHEMERAL") == "1":
        from byline_hooks import process

        process.publish(place.worktree, env)
    return written


def in_short(seen: "Observation", env: "Mapping[str, str]", *, has_time: bool) -> str | None:
    """Record an event whose time is up with what is known of it: nothing more is read.

    has_time: for the snapshots of what was read. Returns as `append`, and "" for what is no event.
    """
    if seen.event == SETTLE:
        return ""
    if deadline.begun is not None and deadline.begun[0] is seen:
        _, record, place, blobs = deadline.begun
    else:
        full, place = _placed(seen)
        if not recording(place, env):
            return None
        record, blobs = _begin(seen, full, place)
    if seen.event in SHELL_EVENTS and place is not None and "paths" not in record:
        record["incomplete"] = True
    return _write(record, place, blobs if has_time else [], env)


def _base(seen: "Observation") -> str:
    return seen.cwd if system.is_absolute(seen.cwd) else system.cwd()


def _placed(seen: "Observation") -> tuple[str, Place | None]:
    """The file of an event about one, symbolic links resolved, and where the event belongs."""
    base = _base(seen)
    if seen.event not in FILE_EVENTS:
        return "", find_repository(base) if base else None
    if not seen.path or not (base or system.is_absolute(seen.path)):
        raise Rejected("no path")
    full = system.realpath(system.join(base, seen.path))
    return full, find_repository(system.parent(full))


def _begin(seen: "Observation", full: str, place: Place | None) -> "tuple[Payload, Blobs]":
    """The start of a record, and where its snapshots are gathered; known from here on, should the time be up."""
    record = _opening(seen.event, seen.fields, place)
    if full:
        record["path"] = relative(full, place)
    if place is not None and "cwd" not in record and _is_link(seen.cwd, place.worktree):
        record["cwd"] = seen.cwd
    blobs: Blobs = []
    deadline.begun = seen, record, place, blobs
    return record, blobs


def _is_link(cwd: str, worktree: str) -> bool:
    """Whether an agent names its folder in a worktree by a path that is not the real one: texts will do so, too."""
    inside = f"{worktree.rstrip('/')}/"
    if not system.is_absolute(cwd) or f"{cwd}/".replace("\\", "/").startswith(inside):
        return False
    return f"{system.realpath(cwd)}/".startswith(inside)


def _settle(seen: "Observation", env: "Mapping[str, str]") -> None:
    place = _placed(seen)[1]
    if not recording(place, env):
        return
    for folder in spool.folders(place.common_dir if place else None, env):
        try:
            os.stat(system.native(f"{folder}/pending"))
        except OSError:
            continue
        from byline_hooks import pending

        for write in pending.settle(seen, f"{folder}/pending"):
            observe(write, env)


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


def relative(full: str, place: Place | None) -> str:
    """The path as records spell it. A path that is not UTF-8 raises ValueError: no reader could name the file."""
    full.encode()
    if place is None:
        return full
    relative = full[len(place.worktree.rstrip("/")) + 1 :] or "."
    told = place.config.lower()
    if "ignorecase" in told or "precomposeunicode" in told:
        from byline_hooks import spelling

        return spelling.of(place, relative)
    return relative


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
                from byline_hooks import snapshots

                snapshots.keep(folder, blob, data)
            deadline.shielded = True
            if record.get("agent") in TOLD_TWICE:
                from byline_hooks import twice

                if twice.is_known(spool.file(folder, machine, at), record):
                    return None
            is_first = spool.append(folder, machine, at, line)
        except OSError:
            continue
        if is_first and place is not None and own:
            spool.register(own, key(place.common_dir), place.common_dir, place.worktree, at)
        return str(record["id"])
    return None
