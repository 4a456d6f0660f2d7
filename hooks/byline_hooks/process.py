"""When a process started, so that a reader can tell a living agent from a later process with the same number."""

from byline_hooks import system
from byline_hooks.system import os


def started(pid: object) -> float | None:
    """Seconds since 1970; None where the system does not say it cheaply (only Linux does)."""
    if not isinstance(pid, int):
        return None
    try:
        fields = system.read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        boot = system.read("/proc/stat").partition(b"\nbtime ")[2].split()[0]
        return int(boot) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None
