"""`byline uninstall`: the agents' settings as they were before `byline install`."""

import argparse
from collections.abc import Mapping

from byline.cli.folders import data_folder
from byline.cli.install import agents, change, hookcopy
from byline.cli.install.command import chosen, project_folder, report
from byline.cli.install.records import Records
from byline.cli.install.told import Told
from byline.errors import BylineError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `byline uninstall`."""
    parser.add_argument(
        "agent", nargs="*", metavar="AGENT", help=f"{', '.join(agents.EVERY)}; without any: all of them"
    )
    parser.add_argument("--project", action="store_true", help="this repository's settings instead of yours")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Take byline out; what was recorded stays."""
    names = chosen(args.agent) or list(agents.ROWS)
    project = project_folder() if args.project else None
    told = Told(env, as_json=args.json, is_dry_run=args.dry_run, project=project)
    out = told.out
    data = data_folder(env)
    records = Records(data)
    for name in names:
        told.agent(name)
        if name in agents.followed.ROWS:
            out.line(f"{agents.title(name)}: nothing was installed; byline follows what it leaves while it is there")
    names = [name for name in names if name in agents.ROWS]
    every = [(name, part) for name in names for part in reversed(agents.parts(name, env, project))]
    if args.dry_run:
        for name, part in every:
            planned = change.take_out(part, records.find(part.path))
            told.files(name, [planned])
            verb = "would change" if planned.is_needed else "nothing to take out of"
            out.line(f"{agents.ROWS[name]}: {verb} {planned.path}")
            for line in planned.diff().splitlines():
                out.line(line)
        told.write()
        return 0
    with records.locked():
        problems = []
        changed = 0
        for name, part in every:
            try:
                changed += _one(told, name, part, records, is_named=bool(args.agent))
            except BylineError as problem:
                if args.agent or records.find(part.path):
                    told.problem(name, problem)
                    problems.append(problem)  # else: settings nobody can read, which byline is not in
        if not (changed or problems or args.agent):
            out.line("byline was in no agent's settings")
        told.write()
        report(problems)
        if not any(record.scope == "user" for record in records.all()):
            hookcopy.remove(data)
    return 0


def _one(told: Told, name: str, part: agents.Part, records: Records, *, is_named: bool) -> bool:
    """Take byline out of one file. Whether it was there."""
    done, out = change.uninstall(part, records), told.out
    told.files(name, [done])
    if not done.is_needed and is_named:
        out.line(f"{agents.ROWS[name]}: nothing of byline in {done.path}")
    elif done.is_needed and done.after is None:
        out.line(f"{agents.ROWS[name]}: {done.path} deleted; there was none before byline")
    elif done.is_needed:
        out.line(f"{agents.ROWS[name]}: taken out of {done.path}")
    return done.is_needed
