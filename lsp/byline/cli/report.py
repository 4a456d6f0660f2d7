"""`byline report`: a page for a pull request. Who wrote what share, for which prompts; what nobody has reviewed."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from byline.cli import jsonout
from byline.cli.folders import needed_repository
from byline.cli.parser import Parser
from byline.errors import BylineError


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "range",
        nargs="?",
        metavar="RANGE",
        help="A...B or A..B, or A for A...HEAD (from where this branch left the default branch)",
    )
    parser.add_argument("--output", metavar="FILE", type=Path, help="write it there")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print or write it."""
    from byline.cli.reportfacts import gather
    from byline.cli.reportpage import page
    from byline.cli.sessionnames import names

    place = needed_repository("byline report")
    report = gather(place, env, args.range)
    written = jsonout.text(msgspec.to_builtins(report)) if args.json else page(report, names(place, env))
    if args.output is None:
        sys.stdout.write(written)
        return 0
    try:
        args.output.write_text(written, encoding="utf-8", errors="backslashreplace")
    except OSError as problem:
        raise BylineError(f"cannot write {str(args.output)!r}: {problem.strerror}") from None
    return 0
