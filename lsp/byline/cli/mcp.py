"""`byline mcp`: answers for agents, over the Model Context Protocol on standard input and output. Read-only."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from byline.cli.parser import Parser
from byline.errors import BylineError
from byline_hooks.place import find_repository


def arguments(parser: Parser) -> None:
    """The command's options."""
    parser.add_argument(
        "--root",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="answer for files below this folder, and no others (the repository around the working directory)",
    )


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Serve until the client goes away."""
    # Only here: nothing else of byline needs the protocol, and it takes half a second to load.
    from byline.cli.mcpanswers import Answers
    from byline.cli.mcpserver import serve

    for root in args.root:
        if not root.is_dir():
            raise BylineError(f"there is no folder {str(root)!r}; --root names one that may be asked about")
    roots = args.root or [_around(Path.cwd())]
    with Answers([root.resolve() for root in roots], Path.cwd().resolve(), env) as answers:
        serve(answers)
    return 0


def _around(folder: Path) -> Path:
    place = find_repository(str(folder))
    return Path(place.worktree) if place else folder
