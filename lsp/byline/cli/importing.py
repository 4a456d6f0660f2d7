"""`byline import`: what other tools wrote about who wrote which line, and sessions from before byline."""

import argparse
from collections.abc import Mapping

from byline.cli.parser import Parser

FORMATS = ("oobo", "git-ai", "agent-trace")


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="read these in place of what the repository holds")
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
    parser.set_defaults(refuse=parser.error)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Import, or say what there is to import."""
    if args.transcripts is not None:
        from byline.cli import importtranscripts

        return importtranscripts.run(args, env)
    if args.files and args.format is None:
        args.refuse("say what the files are: `byline import --format agent-trace FILE`")
    from byline.cli import importformats

    return importformats.run(args, env)
