"""`byline reindex`: throw away what was worked out, and work it out again."""

import argparse
import time
from collections.abc import Mapping

from byline.cli import jsonout
from byline.cli.folders import place_here
from byline.cli.parser import Parser
from byline.cli.terminal import Output, counted
from byline.store import index
from byline.store.paths import folders_for
from byline.workspace.sessionfacts import SessionFacts


def arguments(parser: Parser) -> None:
    """The command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Here only. Owners of lines are worked out when they are asked for."""
    folders = folders_for(place_here(), env)
    begun = time.monotonic()
    dropped = index.delete(folders)
    known = SessionFacts(folders, env)
    sessions = known.all()
    known.close()
    seconds = round(time.monotonic() - begun, 3)
    if args.json:
        jsonout.write({"dropped_bytes": dropped, "sessions": len(sessions), "seconds": seconds})
    else:
        told = f"{counted(len(sessions), 'session')} in {seconds:.1f} s"
        Output(env).line(f"{told}; {dropped / 1024:.0f} KiB thrown away before")
    return 0
