"""Waiting for another machine: how long, and a word about it when it takes a while."""

import argparse
import contextlib
import sys
import threading
from collections.abc import Iterator, Mapping

from byline.cli.parser import Parser
from byline.cli.terminal import Output
from byline.repo.anchors.remote import CONTACT, PATIENCE, Exchange
from byline.repo.anchors.remotes import Remote
from byline.repo.run import Git

SILENT = 3.0
"""Seconds without a word."""


def add_timeout(parser: Parser) -> None:
    """The option that says when to give up."""
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        help=f"give up after so long; else after {CONTACT:g} without a first answer, and {PATIENCE:g} in all",
    )


def exchange(git: Git, remote: Remote, timeout: float | None) -> Exchange:
    """An exchange within what `--timeout` says, if anything."""
    return Exchange(git, remote) if timeout is None else Exchange(git, remote, timeout, timeout)


@contextlib.contextmanager
def patience(env: Mapping[str, str], remote: Remote, timeout: float | None, *, quiet: bool) -> Iterator[None]:
    """Say on standard error what is waited for, and for how long at most, once it takes longer than a moment."""
    most = f"{CONTACT:g} s for an answer" if timeout is None else f"{timeout:g} s"
    told = f"byline: waiting for {remote.name}, at most {most} (--timeout SECONDS)"
    timer = threading.Timer(SILENT, Output(env, sys.stderr).line, (told,))
    timer.daemon = True
    if not quiet:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _seconds(given: str) -> float:
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:  # also what is no number
        raise argparse.ArgumentTypeError(f"{given!r} is no number of seconds")
    return seconds
