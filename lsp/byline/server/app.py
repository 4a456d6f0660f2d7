"""`byline lsp`: the language server as a process."""

import contextlib
import errno
import gc
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from byline.errors import BylineError
from byline.repo.run import end_all
from byline.server.features import register
from byline.server.places import Answering, Opener
from byline.server.server import BylineServer

_NO_PORT = frozenset((errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL))

log = logging.getLogger(__name__)


def open_workspace(path: Path, env: Mapping[str, str]) -> Answering:
    """The workspace that answers for a file."""
    from byline.workspace.following import follow
    from byline.workspace.place import place_of
    from byline.workspace.workspace import Workspace

    follow(place_of(path), env)
    return Workspace.for_path(path, env)


def build(env: Mapping[str, str], opener: Opener = open_workspace) -> BylineServer:
    """A server with all its features, not started."""
    server = BylineServer(opener, env)
    register(server)
    return server


def serve(env: Mapping[str, str], tcp: int | None = None, opener: Opener = open_workspace) -> int:
    """Serves one client on standard input and output, or on a local TCP port, until it leaves.

    Raises BylineError where that port cannot be listened on.
    """
    level = env.get("BYLINE_LOG", "WARNING").upper()
    logging.basicConfig(
        stream=sys.stderr,
        level=level if level in logging.getLevelNamesMapping() else "WARNING",
        format="byline: %(levelname)s %(name)s: %(message)s",
    )
    server = build(env, opener)
    with contextlib.suppress(ValueError):  # not the main thread: somebody else has the signals
        signal.signal(signal.SIGTERM, lambda *_: _told_to_end(server))
    try:
        if tcp is None:
            # nothing but the protocol may reach the client: a stray print goes to stderr
            wire = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
            sys.stdout.flush()
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            server.start_io(sys.stdin.buffer, wire)
        else:
            server.start_tcp("127.0.0.1", tcp)
    except Exception as problem:
        if isinstance(problem, OSError) and problem.errno in _NO_PORT:
            why = os.strerror(problem.errno)
            raise BylineError(f"port {tcp} can't be listened on: {why}; give --tcp another one") from None
        # behind a frame of a wrong length nobody knows where the next message begins
        log.error("the server ends: what the client sent is no message: %r", problem)
        code = 1
    else:
        code = _told(server)
    server.end()
    server.answers.finish()
    gc.freeze()  # taking the heap apart at the end takes longer than all the rest of leaving
    return server.jobs.leave(code)


def _told(server: BylineServer) -> int:
    """The exit code, as the protocol wants it, and the reason in the log; the usual ways are worth no line."""
    if server.said_exit and not server.ended:
        log.warning("the server ends: the client said `exit` without `shutdown`")
        return 1
    log.info("the server ends: the client %s", "said so" if server.said_exit else "has closed the connection")
    return 0


def _told_to_end(server: BylineServer) -> None:
    """Some editors end their servers without a word when they leave; the last save may be a moment old."""
    server.answers.finish()
    log.info("the server ends: SIGTERM")
    end_all()
    os._exit(0)
