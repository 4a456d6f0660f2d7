"""`byline import` of other tools' data: what this repository holds, and taking it over onto byline's own branch."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.push import sync
from byline.cli.terminal import Output, counted
from byline.errors import NotARepository
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace.foreign import Foreign
from byline.workspace.place import place_of


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Take over what a format holds, or say what there is."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline import works inside a git repository")
    if args.format and not args.dry_run:
        sync(env)  # what byline saw itself comes first
    git = Git(Path(place.worktree), env=env)
    with Objects(git) as objects:
        foreign = Foreign(git, objects, Path(place.worktree))
        if args.format is None:
            return _found(foreign, args, env)
        known = foreign.ours()
        told = foreign.told(args.format, [Path(name) for name in args.files])
        new = [one for one in told if one.anchor.commit_hash not in known]
        if args.dry_run:
            commits = [record.anchor.commit_hash for record in foreign.records(new)]
        else:
            common = Path(place.common_dir)
            folders = [place.worktree, place.common_dir, *([str(common.parent)] if common.name == ".git" else [])]
            commits = foreign.take(new, folders, str(home_folder(env)), common)
    skipped = {reason: count for reason, count in sorted(foreign.skipped.items()) if count}
    answer: dict[str, Any] = {
        "format": args.format,
        "told": len(told),
        "known": len(told) - len(new),
        "imported": commits,
        "skipped": skipped,
        "dry_run": args.dry_run,
    }
    output = Output(env)
    if args.json:
        output.stream.write(json.dumps(answer) + "\n")
        return 0
    done = "would be imported" if args.dry_run else "imported"
    output.line(
        f"{_count(len(commits))} {done} from {args.format}; byline knows {_count(len(told) - len(new))} already"
    )
    for reason, count in skipped.items():
        Output(env, sys.stderr).line(f"byline: passed over, {counted(count, 'time')}: {reason}")
    return 0


def _found(foreign: Foreign, args: argparse.Namespace, env: Mapping[str, str]) -> int:
    known = foreign.ours()
    rows = [
        {"format": one.format, "where": one.where, "commits": len(one.commits), "new": len(one.commits - known)}
        for one in foreign.found()
    ]
    output = Output(env)
    if args.json:
        output.stream.write(json.dumps({"found": rows}) + "\n")
    elif not rows:
        output.line("no git-ai notes, no branch of oobo and no records of Agent Trace here")
    else:
        output.table(("format", "where", "commits", "new"), [tuple(map(str, row.values())) for row in rows])
        first = next((row["format"] for row in rows if row["new"]), None)
        if first:
            output.line(f"`byline import --format {first}` takes them over")
    return 0


def _count(number: int) -> str:
    return counted(number, "commit")
