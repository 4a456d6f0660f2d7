"""`byline install`: register the hook with agents, for a person or for a repository."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import data_folder, repository
from byline.cli.install import agents, change, hookcopy, plan
from byline.cli.install.records import Records
from byline.cli.install.told import Told
from byline.cli.terminal import counted
from byline.errors import BylineError, NotARepository, WrongUsage

MANY = 4
"""Files of one agent; more are told in one line."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `byline install`."""
    parser.add_argument(
        "agent",
        nargs="*",
        metavar="AGENT",
        help=f"{', '.join(agents.EVERY)}; without any: those found on this machine",
    )
    parser.add_argument(
        "--project", action="store_true", help="write this repository's settings, for all who share it"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON; asks nothing")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Install for the named agents, or for those found after asking."""
    names = chosen(args.agent) or [name for name in agents.EVERY if agents.found(name, env)]
    if not names:
        known = ", ".join(agents.EVERY)
        raise BylineError(f"found none of the agents byline knows ({known}); name one: `byline install claude`")
    project = project_folder() if args.project else None
    told = Told(env, as_json=args.json, is_dry_run=args.dry_run, project=project)
    out = told.out
    if args.dry_run:
        plan.differences(told, names, env, project)
        told.write()
        return 0
    if not (args.agent or args.yes):
        plan.overview(out, names, env, project)
        if args.json or not sys.stdin.isatty():
            sys.stderr.write(
                "byline install: nothing changed; `byline install --yes` does it, `--dry-run` shows every line\n"
            )
            return 2
        if not _agreed([name for name in names if name in agents.ROWS]):
            out.line("nothing changed")
            return 1
    return _install(told, names, env, project)


def chosen(names: list[str]) -> list[str]:
    """The named agents, once each. Raises WrongUsage for one that byline does not know, BylineError for one without
    hooks."""
    for name in names:
        if name in agents.WITHOUT_HOOKS:
            raise BylineError(
                f"{agents.WITHOUT_HOOKS[name]} has no hooks that work; docs/agents.md says what that means"
            )
        if name not in agents.EVERY:
            raise WrongUsage(f"byline knows no agent {name!r}; it knows {', '.join(agents.EVERY)}")
    return list(dict.fromkeys(names))


def project_folder() -> Path:
    """The worktree around the working directory. Raises NotARepository."""
    place = repository()
    if place is None:
        raise NotARepository("--project needs a git repository around the working directory; `git init` makes one")
    return Path(place.worktree)


def _install(told: Told, names: list[str], env: Mapping[str, str], project: Path | None) -> int:
    data, out = data_folder(env), told.out
    records = Records(data)
    with records.locked():
        if project is None and hookcopy.refresh(data):
            out.line(f"hook copied to {hookcopy.shim(data).parent}")
        problems = []
        for name in names:
            try:
                _one(told, name, env, project, records)
            except BylineError as problem:
                told.problem(name, problem)
                problems.append(problem)
        told.write()
        report(problems)
    if project is not None:
        out.line("commit the file; it records on every machine where byline is installed")
    out.line(
        "sessions that are running now read their settings again at their next start; `byline doctor` checks it all"
    )
    return 0


def report(problems: list[BylineError]) -> None:
    """Say what went wrong with some agents after the others were done. Raises the last one, as for one alone."""
    for problem in problems[:-1]:
        sys.stderr.write(f"byline: {problem}\n")
    if problems:
        raise problems[-1]


def _one(told: Told, name: str, env: Mapping[str, str], project: Path | None, records: Records) -> None:
    title, out = agents.title(name), told.out
    told.agent(name)
    if name in agents.followed.ROWS:
        out.line(f"{title}: nothing to install; followed through {agents.followed.ROWS[name].reads}")
        return
    command = plan.command_line(name, env, project)
    scope = "project" if project else "user"
    plan.changes(name, env, project)  # where one of its files can't be changed none is
    parts = agents.parts(name, env, project)
    known = [change.is_registered(part) for part in parts]
    made = [
        change.install(name, part, scope, command, records, is_upgrade=was_there)
        for part, was_there in zip(parts, known, strict=True)
    ]
    told.files(name, made)
    if len(made) > MANY:
        verb = "registered in" if any(done.is_needed for done in made) else "already registered in"
        out.line(f"{title}: {verb} {counted(len(made), 'file')} in {made[0].path.parent}")
    else:
        for done in made:
            out.line(f"{title}: {'registered in' if done.is_needed else 'already registered in'} {done.path}")
    out.line(f"  {agents.load(name).NOTE}")


def _agreed(names: list[str]) -> bool:
    sys.stdout.write(f"install for {', '.join(map(agents.title, names))}? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
