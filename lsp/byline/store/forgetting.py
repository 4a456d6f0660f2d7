"""Taking a session's text out of the spool. Its events stay as tombstones: what happened, to which file, when.

Records are overwritten where they stand, with blanks in place of what went: a hook may be appending meanwhile, and a
file that was written anew would lose what it appends.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from byline.errors import BylineError
from byline.model import CONTENTS
from byline.store.paths import Folders

TEXTS = ("prompt", "command", "reason", "transcript_path", "cwd", "tokens")
"""Fields that hold a person's or an agent's words, or lead to them."""
_MARKS = ("reviewed", "unreviewed")
"""Events that name a text only to say which lines of it a person has looked at: no reason to keep it."""


class Forgotten(msgspec.Struct):
    """What was found of a session in one repository."""

    sessions: set[str] = set()
    """Its id, and those of its subagents."""
    events: int = 0
    prompts: int = 0
    texts: int = 0
    """Other fields that were blanked, and patches that waited for their file."""
    snapshots: set[str] = set()
    """Contents that only this session's events name."""
    shared: set[str] = set()
    """Contents it wrote that others' events name too: their work stands on them."""
    transcripts: set[str] = set()
    rejected: int = 0
    turns: list[str] = []
    """References to trees of turns that hold its work."""


def forget(folders: Folders, session_id: str, *, dry_run: bool) -> Forgotten:
    """Blank the texts of a session and of its subagents. Snapshots are only named, not deleted."""
    result = Forgotten()
    own: set[str] = set()
    others: set[str] = set()
    name = json.dumps(session_id, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
    for folder in folders.all:
        for file in _files(folder / "spool"):
            for offset, line in list(_lines(file)) if file.suffix == ".jsonl" else ():
                record = _record(line)
                if record is None and name in line:
                    _overwrite(file, offset, b" " * len(line), dry_run)  # torn, and may hold its words
                elif record is not None and _is_of(record, session_id):
                    own.update(_contents(record))
                    _blank(file, offset, line, record, result, dry_run)
                elif record is not None and record.get("event") not in _MARKS:
                    others.update(_named(record))
        for file in _files(folder / "pending"):
            _blank_pending(file, session_id, name, result, dry_run)
        result.rejected += _drop_rejected(folder / "rejected", name, dry_run)
    result.snapshots, result.shared = own - others, own & others
    return result


def _files(folder: Path) -> list[Path]:
    """The files there may be words in. Raises BylineError where nobody may look."""
    try:
        return sorted(file for file in folder.iterdir() if file.is_file())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as problem:
        raise BylineError(_unread(folder, problem)) from None


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Every line that is not blank, and where it begins. Raises BylineError."""
    try:
        with file.open("rb") as lines:
            offset = 0
            for line in lines:
                if line.strip():
                    yield offset, line.removesuffix(b"\n")
                offset += len(line)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise BylineError(_unread(file, problem)) from None


def _unread(path: Path, problem: OSError) -> str:
    return f"cannot read {path}: {problem.strerror}; nothing in it was taken back: see that you may read and write it"


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)  # takes lone surrogates, which msgspec refuses
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _is_of(record: dict[str, Any], session_id: str) -> bool:
    told = record.get("session_id")
    return isinstance(told, str) and (told == session_id or told.startswith(f"{session_id}/"))


def _contents(record: dict[str, Any]) -> set[str]:
    """What the session itself made: a call's own result, and what was dirty after its shell calls."""
    if record.get("event") == "write":
        return {name for field in CONTENTS if field != "before_id" and isinstance(name := record.get(field), str)}
    return set()


def _named(record: dict[str, Any]) -> set[str]:
    found = {name for field in CONTENTS if isinstance(name := record.get(field), str)}
    listed, staged = record.get("after_ids"), record.get("staged")
    names = [*(listed if isinstance(listed, list) else ()), *(staged.values() if isinstance(staged, dict) else ())]
    return found | {name for name in names if isinstance(name, str)}


def _blank(file: Path, offset: int, line: bytes, record: dict[str, Any], result: Forgotten, dry_run: bool) -> None:
    result.sessions.add(record["session_id"])
    result.events += 1
    if isinstance(record.get("transcript_path"), str):
        result.transcripts.add(record["transcript_path"])
    found = [field for field in TEXTS if record.pop(field, None) is not None]
    if not found:
        return
    result.prompts += "prompt" in found
    result.texts += len([field for field in found if field != "prompt"])
    left = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(left) > len(line):  # only where another program wrote it in fewer bytes than we can
        left = b""
    _overwrite(file, offset, left.ljust(len(line)), dry_run)


def _blank_pending(file: Path, session_id: str, name: bytes, result: Forgotten, dry_run: bool) -> None:
    """Patches of the session that wait for their file; a file of nothing else goes."""
    found = stays = 0
    for offset, line in list(_lines(file)):
        fields = (_record(line) or {}).get("fields")
        if _is_of(fields, session_id) if isinstance(fields, dict) else name in line:
            found += 1
            _overwrite(file, offset, b" " * len(line), dry_run)
        else:
            stays += 1
    result.texts += found
    if found and not stays and not dry_run:
        with contextlib.suppress(OSError):  # its words are gone already
            file.unlink(missing_ok=True)


def _overwrite(file: Path, offset: int, data: bytes, dry_run: bool) -> None:
    if dry_run:
        return
    try:
        with file.open("r+b") as spool:
            spool.seek(offset)
            spool.write(data)
    except OSError as problem:
        raise BylineError(f"cannot write {file}: {problem.strerror}; nothing more was taken back") from None


def _drop_rejected(folder: Path, name: bytes, dry_run: bool) -> int:
    """Payloads that could not be read and name the session."""
    count = 0
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            path = Path(entry.path)
            with contextlib.suppress(OSError):
                if entry.is_file(follow_symlinks=False) and name in path.read_bytes():
                    count += 1
                    if not dry_run:
                        path.unlink()
    return count
