"""`byline back`: return from where `byline goto` led."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from byline.cli.parser import Parser
from byline.cli.terminal import Output
from byline.errors import NotARepository
from byline.repo.run import Git
from byline.repo.travel.returning import come_back
from byline.workspace.place import place_of


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("--force", action="store_true", help="put aside what was changed while away, and go back")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Put back what the last `byline goto` in this worktree put away."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline back works inside a git repository with a worktree")
    returned = come_back(place, Git(Path(place.worktree), env=env), force=args.force)
    if args.json:
        told = {
            "action": "back",
            "label": returned.label,
            "stash_applied": returned.stash_applied,
            "remaining_depth": returned.remaining,
            "aside": returned.aside,
            "detached": returned.detached,
            "recovered": returned.recovered,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        return 0
    output = Output(env)
    if returned.label is None:
        output.line("an interrupted goto or back had left the index locked: unlocked, and nothing else to put back")
        return 0
    output.line(f"back at {returned.label}", "bold")
    if returned.recovered:
        output.line("an interrupted goto or back was finished")
    if returned.stash_applied:
        output.line("your uncommitted work is there again")
    if returned.aside:
        output.line(f"what was changed meanwhile is in {returned.aside}")
    if returned.detached:
        output.line(returned.detached, "yellow")
    if returned.remaining:
        output.line(f"{returned.remaining} more to go back: `byline back`")
    return 0
