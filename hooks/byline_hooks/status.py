"""The dirty files of a repository, from one `git status`: the only process a hook ever starts."""

from byline_hooks import system
from byline_hooks.place import Place, find_repository, recording
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Observation, Payload

TIME_LIMIT = 1.2
"""Seconds for git where the hook's deadline does not interrupt a wait."""
MOST_LISTED = 2000
MOST_READ = 200
MOST_BYTES = 20 << 20
UNREAD = "unread"
"""Stands in `after_ids` for a file that was not read."""

SMALL_INDEX = 200_000
"""Bytes, some 2,000 files: up to there git is faster without threads that look at files."""

_NAMED = ("config", "--show-scope", "--null", "--list")
_MAY_NAME_FILTERS = ("filter", "include", "worktreeconfig")
_ARGUMENTS = (
    *("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"),
    *("status", "--porcelain=v2", "-z", "-uall", "--no-renames", "--ignore-submodules=all"),
)


def early(seen: "Observation", env: "Mapping[str, str]") -> "Run | None":
    """Start git for a shell event before anything else is done; None outside a repository or where nobody records."""
    base = seen.cwd if system.is_absolute(seen.cwd) else system.cwd()
    place = find_repository(base) if base else None
    return start(place, env) if place is not None and recording(place, env) else None


def start(place: Place, env: "Mapping[str, str]") -> "Run":
    """One run of git status that starts none of the filters which the repository's own configuration names.

    Where it may name one git itself is asked first: whoever unpacks an archive has its configuration, too.
    """
    told = place.config.lower()
    words = (*_alone(place), *_ARGUMENTS)
    if not any(word in told for word in _MAY_NAME_FILTERS):
        return Run(place, env, words)
    listed = Run(place, env, _NAMED).result()
    settings: list[str] = []
    parts = (listed or b"").split(b"\0")
    for scope, setting in zip(parts[::2], parts[1::2], strict=False):
        name = setting.partition(b"\n")[0].decode("utf-8", "surrogateescape")
        if scope in (b"local", b"worktree") and name.startswith("filter."):
            driver = name[: name.rfind(".")]
            if "=" in driver:
                listed = None  # cannot be said on a command line
            settings += ["-c", f"{driver}.clean=", "-c", f"{driver}.process=", "-c", f"{driver}.required=false"]
    return Run(place, env, (*settings, *words) if listed is not None else ())


def _alone(place: Place) -> tuple[str, ...]:
    try:
        size = os.stat(system.native(f"{place.git_dir}/index")).st_size
    except OSError:
        return ()
    return ("-c", "core.preloadIndex=false") if size <= SMALL_INDEX else ()


def dirty(
    place: Place, running: "Run", record: "Payload", blobs: "list[tuple[str, bytes]]", env: "Mapping[str, str]"
) -> None:
    """Put `paths` and `after_ids` of a shell event into its record, or `incomplete`; snapshots to keep into `blobs`.

    Before a call also `staged`.

    At every moment the record is true, if not whole: the hook's time may be up at any.
    """
    from byline_hooks import overlooked, staged

    asked = overlooked.suspects(place, env, int(str(record["at"])))
    listed = running.result()
    if listed is None:
        record["incomplete"] = True
        return
    paths, held = staged.parse(listed)
    if asked:
        there = set(paths)
        paths += [one.path for one in overlooked.proved(place, env, [one for one in asked if one.path not in there])]
    ids = [UNREAD] * min(len(paths), MOST_LISTED)
    found: Payload = {"paths": paths[:MOST_LISTED], "after_ids": ids}
    if len(paths) > MOST_LISTED:
        found["incomplete"] = True
    record.update(found)
    _read(place, paths[:MOST_LISTED], ids, blobs)
    if held and record.get("event") == "pre_shell":
        record["staged"] = differing = staged.differing(paths[:MOST_LISTED], ids, held)
        blobs += staged.texts(place, differing)


def _read(place: Place, paths: list[str], ids: list[str], blobs: "list[tuple[str, bytes]]") -> None:
    """Put blob ids beside `paths`; the files changed last are read first, until the caps are reached."""
    queue = []
    for index, path in enumerate(paths):
        full = f"{place.worktree.rstrip('/')}/{path}"
        try:
            status = os.lstat(system.native(full))
        except (FileNotFoundError, NotADirectoryError):
            ids[index] = "none"
            continue
        except OSError:
            continue
        if status.st_mode & 0o170000 == 0o100000:
            queue.append((max(status.st_mtime, status.st_ctime), status.st_size, index, full))
    if not queue:
        return
    from byline_hooks import snapshots

    queue.sort(reverse=True)
    left = MOST_BYTES
    for _, size, index, full in queue[:MOST_READ]:
        if size > left:
            continue
        left -= size
        seen = snapshots.look(full, place.object_format)
        if seen.id is not None:
            ids[index] = seen.id
            if seen.data is not None:
                blobs.append((seen.id, seen.data))


def environment(env: "Mapping[str, str]") -> dict[str, str]:
    """What git may see: nothing that points it elsewhere, asks a person or fetches."""
    clean = {name: value for name, value in env.items() if not name.startswith("GIT_")}
    clean["PATH"] = ":".join([part for part in env.get("PATH", "/usr/bin:/bin").split(":") if part.startswith("/")])
    clean.update(GIT_TERMINAL_PROMPT="0", GIT_OPTIONAL_LOCKS="0", GIT_NO_LAZY_FETCH="1", LC_ALL="C")
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"):
        if name in env:
            clean[name] = env[name]  # whose settings hold, not which repository
    return clean


class Run:
    """One run of git in a worktree, started at once.

    By hand on POSIX: `import subprocess` takes longer than git.
    """

    __slots__ = ("_child", "_listed", "_near", "place")

    def __init__(self, place: Place, env: "Mapping[str, str]", words: "tuple[str, ...]" = _ARGUMENTS) -> None:
        """`words`: git's, after `-C`; none start nothing."""
        self.place = place
        self._child = 0
        self._near = -1
        self._listed: bytes | None = None
        if not words:
            return
        if system.WINDOWS:
            self._listed = _run_portably(place.worktree, env, words)
            return
        try:
            self._start(place.worktree, env, words)
        except OSError:
            if self._near >= 0:
                os.close(self._near)

    def _start(self, worktree: str, env: "Mapping[str, str]", words: "tuple[str, ...]") -> None:
        from _signal import SIGINT, SIGPIPE  # type: ignore[import-not-found]

        clean = environment(env)
        command = [b"git", b"-C", system.native(worktree), *[system.native(word) for word in words]]
        native = {name.encode("utf-8", "surrogateescape"): system.native(value) for name, value in clean.items()}
        program = _find("git", clean["PATH"])
        self._near, far = os.pipe()
        actions = (
            (os.POSIX_SPAWN_OPEN, 0, b"/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, far, 1),
            (os.POSIX_SPAWN_OPEN, 2, b"/dev/null", os.O_WRONLY, 0),
        )
        try:
            self._child = os.posix_spawn(
                program, command, native, file_actions=actions, setpgroup=0, setsigdef=(SIGPIPE, SIGINT)
            )
        finally:
            os.close(far)

    def result(self) -> bytes | None:
        """What git printed; None when it failed or is not there. On Windows also when it took too long."""
        if not self._child:
            return self._listed
        from _signal import SIGKILL

        pieces = []
        finished = False
        try:
            while piece := os.read(self._near, 1 << 16):
                pieces.append(piece)
            finished = True
        finally:  # also at the hook's deadline
            os.close(self._near)
            if not finished:
                os.killpg(self._child, SIGKILL)
            code = os.waitpid(self._child, 0)[1]
        return b"".join(pieces) if code == 0 else None


def _find(program: str, path: str) -> bytes | str:
    for folder in path.split(":"):
        candidate = system.native(f"{folder}/{program}")
        if os.access(candidate, os.X_OK) and os.stat(candidate).st_mode & 0o170000 == 0o100000:
            return candidate
    raise FileNotFoundError(program)


def _run_portably(worktree: str, env: "Mapping[str, str]", words: "tuple[str, ...]" = _ARGUMENTS) -> bytes | None:
    import subprocess

    from byline_hooks import windows

    git = windows.find_program("git", env, windows.is_file) if system.WINDOWS else "git"
    if git is None:
        return None
    clean = {**environment(env), "PATH": env.get("PATH", "")}
    try:
        done = subprocess.run(
            [git, "-C", worktree, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT,
            env=clean,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
