"""Other processes: since when one lives, and the one that publishes what a machine about to vanish has recorded."""

from byline_hooks import system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_SHELLS = (b"sh", b"bash", b"dash", b"zsh", b"ksh", b"ash", b"busybox", b"fish")


def started(pid: object) -> float | None:
    """Seconds since 1970; None where the system does not say it cheaply (only Linux does).

    A reader tells a living agent from a later process with its number by it.
    """
    if not isinstance(pid, int):
        return None
    try:
        fields = system.read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        boot = system.read("/proc/stat").partition(b"\nbtime ")[2].split()[0]
        return int(boot) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def caller() -> str:
    """A name for the living process that started this hook, shells in between left out: `pid-NUMBER-START`.

    Without `/proc` it is the process right above.
    """
    pid = os.getppid()
    for _ in range(4):
        try:
            fields = system.read(f"/proc/{pid}/stat")
        except OSError:
            break
        name = fields.partition(b"(")[2].rpartition(b")")[0]
        above = fields.rpartition(b")")[2].split()[1:2]
        if name not in _SHELLS or not above or above[0] in (b"0", b"1"):
            break
        pid = int(above[0])
    start = started(pid)
    return f"pid-{pid}-{int(start)}" if start is not None else f"pid-{pid}"


def publish(worktree: str, env: "Mapping[str, str]") -> None:
    """Start `byline sync --push` in `worktree` and leave it alone: it outlives the hook and holds no pipe of it."""
    if system.WINDOWS:
        return
    from _signal import SIGINT, SIGPIPE  # type: ignore[import-not-found]

    nowhere = [(os.POSIX_SPAWN_OPEN, number, b"/dev/null", os.O_RDWR, 0) for number in (0, 1, 2)]
    script = b'cd "$1" && exec byline sync --push'
    folders = [folder for folder in env.get("PATH", "/usr/bin:/bin").split(":") if folder.startswith("/")]
    told = {**env, "PATH": ":".join(folders)}  # a repository may bring a `byline` of its own
    native = {name.encode("utf-8", "surrogateescape"): system.native(value) for name, value in told.items()}
    try:
        os.posix_spawn(
            b"/bin/sh",
            [b"sh", b"-c", script, b"sh", system.native(worktree)],
            native,
            file_actions=nowhere,
            setsid=True,
            setsigdef=(SIGPIPE, SIGINT),
        )
    except (OSError, NotImplementedError):
        return
