"""One event told by two registrations: an agent's own, and one with Claude Code whose settings it runs as well.

Each registration tells every event once, so a record of the other one that says the same, just now, is this event.
"""

from byline_hooks import fastjson, system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.observation import Payload

WITHIN = 10_000_000_000
"""Nanoseconds."""
LOOKED_AT = 1 << 17
"""Bytes at the end of the spool file."""
_SAME = ("event", "agent", "session_id", "call_id", "path", "prompt", "start_line", "end_line", "worktree")


def is_known(spool: str, record: "Payload") -> bool:
    """Whether the other registration has recorded this already.

    If not, the other one waits until this process has: its lock on the spool file goes when any descriptor of that
    file is closed, and the next one is the append's.
    """
    try:
        descriptor = os.open(system.native(spool), system.READ_WRITE, 0o600)
    except OSError:
        return False
    if hasattr(os, "lockf"):
        try:
            os.lockf(descriptor, os.F_LOCK, 0)
        except OSError:
            pass  # a file system without locks: both may be recorded
    tail = system.read_end(descriptor, LOOKED_AT)
    session = str(record.get("session_id")).encode()
    known = any(_is_same(line, record) for line in tail.split(b"\n") if session in line)
    if known:
        os.close(descriptor)
    return known


def _is_same(line: bytes, record: "Payload") -> bool:
    try:
        other = fastjson.loads(line.decode())
    except ValueError:
        return False
    if not isinstance(other, dict) or other.get("via") == record.get("via"):
        return False
    at, now = other.get("at"), record["at"]
    if not isinstance(at, int) or not isinstance(now, int) or now - at > WITHIN:
        return False
    return all((other.get(name) or None) == (record.get(name) or None) for name in _SAME)
