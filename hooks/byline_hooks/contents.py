"""What a file event says of the file's contents: what was there before, what the tool made, what is on disk now."""

import time

from byline_hooks import snapshots, texts
from byline_hooks.observation import ABSENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Observation, Payload, _Absent
    from byline_hooks.place import Place
    from byline_hooks.positions import Change

    Blobs = list[tuple[str, bytes]]
    """Snapshots to keep: ids and bytes."""

EARLY_TRIES, EARLY_SECONDS = 12, 0.03
"""How often, and how far apart, a file is looked at again that its agent may tell of too early."""


def given(
    record: "Payload",
    named: str,
    full: str,
    before: "bytes | _Absent | None",
    data: "bytes | _Absent | None",
    object_format: str,
    blobs: "Blobs",
) -> None:
    """Put contents at hand into the record; as `record.append` has them. `named`: the path before links."""
    if data is ABSENT:
        now = snapshots.Look("none", None, None)
    elif snapshots.is_secret(named) or not isinstance(data, bytes):
        now = snapshots.look(full, object_format)
    else:
        now = snapshots.of_bytes(data, object_format)
    if now.skipped != "secret":
        _name(record, "before_id", _known(before, object_format), blobs)
    _name(record, "after_id", now, blobs)
    record["skipped"] = now.skipped


def seen(
    told: "Observation", record: "Payload", full: str, place: "Place | None", env: "Mapping[str, str]", blobs: "Blobs"
) -> None:
    """Put into the record what the file `full` holds and what the agent told of it; snapshots to keep into `blobs`.

    At every moment the record is true, if not whole: the hook's time may be up at any.
    """
    object_format = place.object_format if place else "sha1"
    now = _look(told, full, object_format)
    record["skipped"] = now.skipped
    if now.skipped is not None:
        if now.skipped != "secret":
            if told.before is ABSENT:
                record["before_id"] = "none"
            record["after_id"] = now.id
        return
    disk = now.data
    record["before_id"] = record["after_id"] = None  # keeps their place before disk_id
    before: bytes | _Absent | None
    if told.hunks is not None and told.event == "write":
        before = _undone(told, disk, record)
    elif isinstance(told.before, str):
        before = told.before.encode("utf-8", "replace") if told.exact else texts.as_on_disk(told.before, disk or b"")
    else:
        before = told.before
    _name(record, "before_id", _known(before, object_format), blobs)
    own = _own(told, disk) if told.event == "write" else None
    if own is not None:
        _name(record, "disk_id", _written(told, now, object_format), blobs)
    _name(record, "after_id", now if own is None else snapshots.of_bytes(own, object_format), blobs)
    if told.changes and disk is not None:
        if not told.is_formatted:
            from byline_hooks import positions

            record["edits"] = positions.held(record.get("edits"), told.changes, disk)  # type: ignore[arg-type]
        if record.get("edits") is None and own is None:
            _name(record, "said_id", snapshots.of_bytes(_said(told.changes), object_format), blobs)
    if told.event == "pre_write" and (told.hunks is not None or told.after is not None):
        _expect(told, full, disk, object_format, env)


def _said(changes: "list[Change]") -> bytes:
    """What a call exchanged, as JSON. Half a character, which no reader takes, becomes a question mark."""
    from byline_hooks import fastjson

    def sound(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    told: list[object] = [
        {"lines": [sound(line) for line in change]}
        if isinstance(change, list)
        else {"old": sound(change[0]), "new": sound(change[1])}
        for change in changes
    ]
    return fastjson.dumps(told).encode()


def _undone(told: "Observation", disk: bytes | None, record: "Payload") -> bytes | None:
    """The bytes before a patch and, in the record, its positions, as the bytes after tell them."""
    from byline_hooks import patches

    if disk is None or b"\r" in disk:  # a patch has no CR: what stood there before can't be told
        return None
    try:
        found = patches.undo(told.hunks or [], disk.decode())
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    record["edits"] = found[1]
    return found[0].encode()


def _expect(told: "Observation", full: str, disk: bytes | None, object_format: str, env: "Mapping[str, str]") -> None:
    from byline_hooks import pending

    after = pending.expected(told, disk)
    if after is not None and after != disk:
        pending.keep(told, full, after, object_format, env)


def _look(told: "Observation", full: str, object_format: str) -> snapshots.Look:
    """What is on disk now; where the agent may be early, what is there as soon as it shows the change."""
    if snapshots.is_secret(told.path or ""):
        return snapshots.Look(None, None, "secret")
    now = snapshots.look(full, object_format)
    if told.is_early:
        from byline_hooks import positions

        for _ in range(EARLY_TRIES):
            if now.skipped or (_own(told, now.data) is None and positions.arrived(told.changes, now.data or b"")):
                break
            time.sleep(EARLY_SECONDS)
            now = snapshots.look(full, object_format)
    return now


def _own(told: "Observation", disk: bytes | None) -> bytes | None:
    """The bytes the tool left, where those on disk are others by now; None: they are what is on disk."""
    if told.after is None:
        return None
    if disk is None:
        return texts.as_on_disk(told.after, b"")
    return None if texts.same(told.after, disk) else texts.as_on_disk(told.after, disk)


def _written(told: "Observation", now: snapshots.Look, object_format: str) -> snapshots.Look:
    """What is on disk; of a changed proposal what was made of it, which somebody may have changed again by now."""
    if told.written is None or now.data is None or texts.same(told.written, now.data):
        return now
    data = texts.as_on_disk(told.written, now.data)
    return now if data is None else snapshots.of_bytes(data, object_format)


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
