"""`byline import`: what other tools wrote about who wrote which line, and sessions from before byline."""

import argparse
from collections.abc import Mapping

from byline.cli.parser import Parser

FORMATS = ("oobo", "git-ai", "agent-trace")


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="of agent-trace and oobo: files to read")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--format", choices=FORMATS, help="whose data; without it everything that is found is named")
    what.add_argument(
        "--transcripts",
        nargs="?",
        const="",
        metavar="AGENT",
        help="sessions from before byline, from what agents keep of them; of one agent or of all",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be imported, and import nothing")
    parser.add_argument("--json", action="store_true", help="print JSON (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Import, or say what there is to import."""
    if args.transcripts is not None:
        from byline.cli import importtranscripts

        return importtranscripts.run(args, env)
    from byline.cli import importformats

    return importformats.run(args, env)
