"""The end of a transcript, whose path a payload names: any file could be named there."""

from byline_hooks import snapshots, system
from byline_hooks.system import os

_ENDS = (".jsonl", ".json")


def end_of(path: str, limit: int) -> bytes:
    """The last `limit` bytes; nothing of what is no plain JSON file, is secret by its name or cannot be read."""
    if not system.is_absolute(path):
        return b""
    try:
        whole = system.realpath(path)
        if not whole.endswith(_ENDS) or snapshots.is_secret(whole):
            return b""
        if os.stat(system.native(whole)).st_mode & 0o170000 != 0o100000:
            return b""
        descriptor = os.open(system.native(whole), system.READ_ONLY)
        try:
            return system.read_end(descriptor, limit)
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return b""
