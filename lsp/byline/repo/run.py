"""The only place a git process starts.

A run of ours never takes a lock somebody else waits for, never runs code that a repository's configuration names
(hooks, file monitors, external diffs, text conversions; for filters see `drivers`), never talks to a network unless
told so, and prints the same bytes whatever the person has configured.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from byline.errors import NOT_STARTED, GitFailed
from byline.repo import programs

KEPT_VARIABLES = (
    "GIT_CONFIG_GLOBAL",  # where the person's configuration is
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_COUNT",  # containers say safe.directory this way; our own -c wins over it
    "GIT_EXEC_PATH",  # a git that is not installed where it was built for
)
NETWORK_VARIABLES = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "GIT_HTTP_PROXY_AUTHMETHOD")

SETTINGS = (
    "core.fsmonitor=false",
    "core.quotepath=false",
    "core.pager=cat",
    "color.ui=false",
    "color.diff=false",
    "color.branch=false",
    "color.status=false",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.srcPrefix=a/",
    "diff.dstPrefix=b/",
    "diff.renames=true",
    "diff.renameLimit=1000",
    "diff.algorithm=default",
    "diff.indentHeuristic=true",
    "diff.context=3",
    "diff.interHunkContext=0",
    "diff.relative=false",
    "diff.suppressBlankEmpty=false",
    "diff.colorMoved=no",
    "diff.submodule=short",
    "diff.ignoreSubmodules=none",
    "diff.orderFile=/dev/null",
    "blame.ignoreRevsFile=",
    "blame.blankBoundary=false",
    "blame.showRoot=false",
    "blame.coloring=none",
    "blame.markUnblamableLines=false",
    "blame.markIgnoredLines=false",
    "log.showSignature=false",
    "log.follow=false",
    "log.decorate=no",
    "log.mailmap=false",
    "log.showRoot=true",
    "log.diffMerges=separate",
    "log.date=default",
    "format.pretty=medium",
    "i18n.logOutputEncoding=UTF-8",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
DIFF_FLAGS = ("--no-ext-diff", "--no-textconv")
FLAGS_OF = {
    "blame": ("--no-textconv",),
    "diff": DIFF_FLAGS,
    "diff-files": DIFF_FLAGS,
    "diff-index": DIFF_FLAGS,
    "diff-tree": DIFF_FLAGS,
    "log": DIFF_FLAGS,
    "show": DIFF_FLAGS,
}
GLOBAL_FLAGS = ("--no-pager", "--no-optional-locks", *(part for setting in SETTINGS for part in ("-c", setting)))
_POSIX = sys.platform != "win32"
NO_WINDOW = 0 if _POSIX else 0x08000000
"""How a process is created that is to open no console of its own on Windows."""


_CRASH = re.compile(rb"dumping crash report to (\S.*[/\\]?fast_import_crash_\d+)$", re.MULTILINE)
_started: "weakref.WeakSet[subprocess.Popen[bytes]]" = weakref.WeakSet()

WITHOUT_HOOKS = ("-c", "core.hooksPath=/dev/null")
TELLING_HOOKS = frozenset(("config", "rev-parse"))
"""Commands that run no hook, and are asked where the hooks are."""
NOT_LITERAL = ("check-ignore",)
"""Commands that refuse to take their paths literally; they are given none that could be more than a path."""


def environment(env: Mapping[str, str], *, network: bool = False) -> dict[str, str]:
    """`env` without what git would take from a surrounding git command, and without a way to ask or to fetch."""
    kept = KEPT_VARIABLES + (NETWORK_VARIABLES if network else ())
    scrubbed = {
        name: value
        for name, value in env.items()
        if not name.startswith("GIT_") or name in kept or name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"))
    }
    scrubbed.pop("LANGUAGE", None)
    if "PATH" in scrubbed:
        scrubbed["PATH"] = programs.search_path(scrubbed["PATH"])
    scrubbed |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0"}
    if network:
        # Git falls back on these programs, with a window of theirs; a session of its own leaves ssh no terminal.
        scrubbed.pop("SSH_ASKPASS", None)
        scrubbed |= {"GIT_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never", "GCM_INTERACTIVE": "never"}
    else:
        # Before git 2.45 only a forbidden transport keeps a partial clone from fetching what it lacks.
        scrubbed |= {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
    return scrubbed


def path_bytes(path: str) -> bytes:
    """A path as git has it: UTF-8, with the bytes that are none."""
    return path.encode("utf-8", "surrogateescape")


def path_text(path: bytes) -> str:
    """The reverse of `path_bytes`."""
    return path.decode("utf-8", "surrogateescape")


class Git:
    """Runs git in one folder. Raises `GitFailed`; knows nothing of what it prints."""

    def __init__(
        self,
        cwd: Path,
        git_dir: Path | None = None,
        env: Mapping[str, str] | None = None,
        index: Path | None = None,
    ) -> None:
        """`index`: an index of ours, in place of the person's, which stays as it is."""
        self.cwd = cwd
        self.git_dir = git_dir
        self.index = index
        self.env = dict(os.environ if env is None else env)
        self._version: tuple[int, ...] | None = None
        self.trouble: GitFailed | None = None
        """The last run that was not finished. What was concluded since may lack something: no ground to delete on."""

    def run(
        self,
        *args: str,
        input: bytes | None = None,
        timeout: float = 30,
        check: bool = True,
        network: bool = False,
    ) -> bytes:
        """What `git ARGS` prints. `timeout` in seconds; without `check` an exit code other than 0 is no error, unless
        git was killed.

        Only with `network` may the command reach another machine, and then still without asking anybody.
        """
        process = self.start(
            *args, stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL, network=network
        )
        try:
            out, err = process.communicate(input, timeout)
        except subprocess.TimeoutExpired:
            kill(process)
            process.communicate()
            raise self.unfinished(args, None, f"no answer in {timeout:g} s") from None
        except BaseException:
            kill(process)
            process.wait()
            raise
        if process.returncode != 0:
            self._forget_crash(err)
        if process.returncode < 0:
            raise self.unfinished(args, process.returncode, err.decode("utf-8", "replace"))
        if check and process.returncode != 0:
            raise GitFailed(list(args), process.returncode, err.decode("utf-8", "replace"))
        return out

    def _forget_crash(self, err: bytes) -> None:
        """Remove the report that fast-import leaves in the repository: nobody else would."""
        if found := _CRASH.search(err):
            with contextlib.suppress(OSError):
                (self.cwd / path_text(found[1])).unlink()

    def start(
        self,
        *args: str,
        stdin: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        network: bool = False,
    ) -> "subprocess.Popen[bytes]":
        """A git process of its own group with its standard output as a pipe. The caller ends it."""
        place = () if self.git_dir is None else (f"--git-dir={self.git_dir}",)
        settings, (name, *rest) = _parted(args)
        without = () if name in TELLING_HOOKS else WITHOUT_HOOKS
        flags = (*GLOBAL_FLAGS, *without, *place, *settings)
        command = [self._program(), *flags, name, *FLAGS_OF.get(name, ()), *rest]
        variables = environment(self.env, network=network)
        if self.index is not None:
            variables["GIT_INDEX_FILE"] = str(self.index)
        if name in NOT_LITERAL:
            del variables["GIT_LITERAL_PATHSPECS"]
        try:
            process = subprocess.Popen(
                [part.encode("utf-8", "surrogateescape") for part in command] if _POSIX else command,
                cwd=self.cwd,
                env=variables,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=_POSIX,
                creationflags=NO_WINDOW if _POSIX else NO_WINDOW | 0x00000200,  # a process group
            )
            _started.add(process)
            return process
        except (OSError, ValueError) as error:  # no git, no such folder; a NUL in an argument
            raise self.unfinished(args, NOT_STARTED, str(error)) from None

    def unfinished(self, args: Sequence[str], code: int | None, said: str) -> GitFailed:
        """The failure to raise for a run that came to no end, noted as `trouble`. `code` as `GitFailed` has it."""
        self.trouble = GitFailed(list(args), code, said)
        return self.trouble

    def _program(self) -> str:
        if _POSIX:
            return "git"  # by the PATH it is given, which leads nowhere relative
        found = programs.find("git", self.env)
        if found is None:
            raise self.unfinished(["git"], NOT_STARTED, "there is no git on the PATH")
        return found

    def with_index(self, index: Path) -> "Git":
        """The same git with an index of ours."""
        return Git(self.cwd, self.git_dir, self.env, index)

    def elsewhere(self, cwd: Path, git_dir: Path) -> "Git":
        """The same git for another folder as the worktree."""
        return Git(cwd, git_dir, self.env)

    def version(self) -> tuple[int, ...]:
        """Git's version, `(2, 39, 5)`; `(0,)` when it tells none."""
        if self._version is None:
            found = re.search(rb"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", self.run("version"))
            self._version = tuple(int(part) for part in found.groups() if part) if found else (0,)
        return self._version


def _parted(args: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The settings before a command (`-c NAME=VALUE` each), and the command with what belongs to it."""
    count = 0
    while args[count] == "-c":
        count += 2
    return args[:count], args[count:]


def end_all() -> None:
    """End every git of this process that runs: for who leaves without waiting. A git that hangs outlives us else."""
    for process in list(_started):
        if process.poll() is None:
            kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process of ours and all it started."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (OSError, PermissionError):
        process.kill()


@contextlib.contextmanager
def ended_after(process: "subprocess.Popen[bytes]", seconds: float) -> Iterator[threading.Event]:
    """End a process of ours if what is done meanwhile takes longer; then the event is set."""
    late = threading.Event()

    def end() -> None:
        late.set()
        kill(process)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
