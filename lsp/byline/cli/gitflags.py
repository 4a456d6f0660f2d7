"""The flags of `git blame` that `byline blame` takes, and those it refuses by name."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

_INSTEAD = {
    ("-p", "--porcelain"): "for a program there is --json",
    ("--line-porcelain",): "for a program there is --json",
    ("--incremental",): "for a program there is --json",
    ("-c",): "for a program there is --json",
    ("-e", "--show-email"): "the writer stands where git has the author; `git blame -e` shows authors",
    ("-t",): "the writer stands where git has the author's time; --json has all times",
    ("--date",): "the writer stands where git has the author's time; --json has all times",
    ("-b", "--root"): "commits where history begins are shown as any other",
    ("-S", "--reverse", "--since"): "which writer a line has does not depend on it; use `git blame` for its commits",
    ("--show-stats", "--score-debug", "--progress", "--color-lines", "--color-by-age"): "use `git blame` for it",
}


class _Refuse(argparse.Action):
    """Says what to do instead; exit code 2."""

    def __init__(self, instead: str = "", **given: Any) -> None:
        super().__init__(**{**given, "nargs": 0})
        self._instead = instead

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: object, values: object, option_string: str | None = None
    ) -> NoReturn:
        parser.error(f"git blame's {option_string} is not taken: {self._instead}")
        raise AssertionError


def add(parser: argparse.ArgumentParser) -> None:
    """Add them all."""
    group = parser.add_argument_group("as for git blame", "which commit is named, not who wrote the line")
    group.add_argument("-w", dest="ignore_space", action="store_true", help="a change of white space alone is none")
    group.add_argument("-M", dest="moved", action="count", default=0, help="follow lines moved within the file")
    group.add_argument(
        "-C", dest="copied", action="count", default=0, help="… and from other files; up to three times"
    )
    group.add_argument("--first-parent", action="store_true", help="follow only the first parent of merges")
    group.add_argument("--ignore-rev", action="append", default=[], metavar="REV", help="look behind this commit")
    group.add_argument("--ignore-revs-file", metavar="FILE", help="… and behind those named in a file")
    group.add_argument("-l", dest="long", action="store_true", help="whole ids of commits")
    group.add_argument("-f", "--show-name", action="store_true", help="the file's name in each line")
    group.add_argument("-n", "--show-number", action="store_true", help="the line's number in the commit")
    group.add_argument("-s", dest="short", action="store_true", help="without author and time: they are never shown")
    for names, instead in _INSTEAD.items():
        parser.add_argument(*names, dest="refused", action=_Refuse, instead=instead, help=argparse.SUPPRESS)


def chosen(args: argparse.Namespace) -> Sequence[str]:
    """Those given that change which commit git names, as git takes them: it runs at the worktree's top."""
    flags = ["-w"] * args.ignore_space + ["-M"] * min(args.moved, 1) + ["-C"] * min(args.copied, 3)
    flags += ["--first-parent"] * args.first_parent
    for rev in args.ignore_rev:
        flags += ["--ignore-rev", rev]
    if args.ignore_revs_file:
        flags += ["--ignore-revs-file", str(Path(args.ignore_revs_file).absolute())]
    return flags
