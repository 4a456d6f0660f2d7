"""`byline gc`: drop old snapshots that no living line needs."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from byline.cli.parser import Parser
from byline.cli.settings import effective
from byline.cli.terminal import Output, counted
from byline.errors import BylineError
from byline.repo.run import Git
from byline.store import obstacles
from byline.store.paths import folders_for
from byline.workspace import tidying
from byline.workspace.place import place_of


def arguments(parser: Parser) -> None:
    """The command's options."""
    parser.add_argument("--keep-days", type=_days, metavar="N", help="keep all that is younger (byline.keepDays, 30)")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and keep it")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Tidy the repository around the working directory, or the files outside any."""
    place = place_of(Path.cwd())
    git = Git(Path(place.worktree) if place else Path.cwd(), env=env)
    days = args.keep_days if args.keep_days is not None else int(effective(git)["keepDays"]["value"])
    plan = tidying.plan(place, env, days, time.time())
    try:
        dropped = len(plan.drop) if args.dry_run else tidying.carry_out(plan, place, env)
    except OSError as problem:
        said = obstacles.told(problem, *folders_for(place, env).all)
        raise BylineError(said or f"cannot tidy {problem.filename}: {problem.strerror}") from None
    told = {
        "keep_days": days,
        "dry_run": args.dry_run,
        "dropped": dropped,
        "bytes": plan.size,
        "kept": plan.kept,
        "rejected": len(plan.rejected),
        "pending": len(plan.pending),
        "turns": len(plan.turns),
    }
    if args.json:
        sys.stdout.write(json.dumps(told) + "\n")
        return 0
    output = Output(env)
    verb = "would go" if args.dry_run else "dropped"
    rejected = counted(len(plan.rejected), "rejected payload")
    output.line(f"{counted(dropped, 'snapshot')} {verb}, {rejected}, {plan.size / 1024:.0f} KiB")
    if plan.pending:
        output.line(f"{counted(len(plan.pending), 'file')} of patches and calls whose end was never told {verb}")
    if plan.turns:
        output.line(f"{counted(len(plan.turns), 'tree of a turn', 'trees of turns')} {verb}")
    why = {
        "young": f"younger than {counted(days, 'day')}",
        "needed": "needed",
        "busy": "git is in the middle of something, or `byline goto` is",
    }
    for reason, count in plan.kept.items():
        if count:
            output.line(f"{count} kept: {why[reason]}")
    return 0


def _days(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise argparse.ArgumentTypeError(f"{given!r} is no number of days")
    return int(given)
