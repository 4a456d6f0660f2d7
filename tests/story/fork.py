"""Running a program's `main` in a forked child: the program's own code, without the start of an interpreter."""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path


def in_child(
    main: Callable[[], int | None], argv: list[str], stdin: bytes, env: Mapping[str, str], cwd: Path
) -> tuple[int, bytes, bytes]:
    """Call `main` in a child with its own arguments, environment, folder and standard streams.

    Returns exit code, stdout and stderr. The streams are files, so that neither side can block on a full pipe.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _live(main, argv, env, cwd, (given.fileno(), out.fileno(), err.fileno()))
        _, status = os.waitpid(pid, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read(), err.read()


def _live(
    main: Callable[[], int | None], argv: list[str], env: Mapping[str, str], cwd: Path, streams: tuple[int, int, int]
) -> None:
    """The child's whole life. Ends with `os._exit`, so that nothing of the parent's (pytest) runs twice."""
    code = 1
    try:
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
        sys.stdin = os.fdopen(0, "r", encoding="utf-8", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        os.environ.clear()
        os.environ.update(env)
        os.chdir(cwd)
        sys.argv = argv
        code = main() or 0
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else (0 if leave.code is None else 1)
    except BaseException:  # the child reports everything: nobody above it would
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
