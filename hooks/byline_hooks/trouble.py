"""What went wrong, for `byline doctor`: reasons without payload text, and payloads nobody could read."""

import time

from byline_hooks import spool, system
from byline_hooks.place import find_repository, recording
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_LOG = 128 << 10
"""Bytes of `errors.log`; a full one becomes `errors.log.old`, so both together stay under 256 KiB."""
MOST_REJECTED = 50
LARGEST_REJECTED = 64 << 10
_WEEK = 7 * 24 * 3600


def note(agent: str, reason: str, cwd: str, env: "Mapping[str, str]", payload: bytes = b"") -> None:
    """Log `reason` where the events of `cwd` go, and keep the start of `payload` if there is one. Never raises."""
    try:
        place = find_repository(cwd) if system.is_absolute(cwd) else None
        if not recording(place, env):
            return
        for folder in spool.folders(place.common_dir if place else None, env):
            try:
                spool.prepare(folder)
                _log(f"{folder}/errors.log", agent, reason)
                if payload:
                    _keep(f"{folder}/rejected", payload)
            except OSError:
                continue
            return
    except (OSError, ValueError):
        return


def _log(path: str, agent: str, reason: str) -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    known = "".join([letter for letter in agent[:32] if letter.isascii() and (letter.isalnum() or letter in "-_.")])
    line = f"{moment} {known or '?'} {' '.join(reason.split())[:400]}\n".encode("utf-8", "replace")
    descriptor = os.open(system.native(path), system.WRITE_ONLY | os.O_APPEND, 0o600)
    try:
        if os.fstat(descriptor).st_size + len(line) > LARGEST_LOG:
            os.close(descriptor)
            descriptor = -1
            os.replace(system.native(path), system.native(f"{path}.old"))
            descriptor = os.open(system.native(path), system.WRITE_ONLY | os.O_APPEND, 0o600)
        os.write(descriptor, line)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _keep(folder: str, payload: bytes) -> None:
    system.make_folders(folder)
    now = time.time_ns()
    kept = []
    for name in os.listdir(system.native(folder)):
        path = system.native(folder) + (b"/" + name if isinstance(name, bytes) else f"/{name}")  # type: ignore[operator]
        try:
            changed = os.stat(path).st_mtime_ns
            if now - changed > _WEEK * 1_000_000_000:
                os.unlink(path)
            else:
                kept.append((changed, path))
        except OSError:
            continue  # another process tidied it away
    kept.sort()
    for _, path in kept[: max(0, len(kept) - MOST_REJECTED + 1)]:
        try:
            os.unlink(path)
        except OSError:
            continue
    system.write_whole(f"{folder}/{now:x}-{os.getpid():x}.json", payload[:LARGEST_REJECTED])
