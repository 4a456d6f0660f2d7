"""`byline doctor`: every check, each problem with the command that mends it. Exit code 1 when there is one."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping

from byline.cli.doctor import arrive, exchange, hooks, machine, store, travel
from byline.cli.doctor.problem import Problem
from byline.cli.here import Here
from byline.cli.terminal import Output
from byline.errors import GitFailed

CHECKS: tuple[Callable[[Here], Iterator[Problem]], ...] = (
    machine.git,
    machine.programs,
    machine.switches,
    hooks.settings_readable,
    hooks.registered,
    hooks.trusted,
    hooks.interpreter,
    hooks.copy,
    hooks.called,
    arrive.versions,
    arrive.followed,
    store.standing,
    store.writable,
    store.lines,
    store.snapshots,
    store.refused,
    travel.travel,
    exchange.branch,
    exchange.fetched,
    exchange.readable,
    exchange.git_hooks,
    exchange.ephemeral,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `byline doctor`."""
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Run every check and print what they found."""
    here = Here(env)
    found = list(dict.fromkeys(problem for check in CHECKS for problem in _checked(check, here)))
    is_healthy = not any(problem.level == "problem" for problem in found)
    if args.json:
        facts = {
            "healthy": is_healthy,
            "problems": [problem._asdict() for problem in found],
            "agents": [row._asdict() for row in arrive.rows(here)],
        }
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
    else:
        _show(Output(env), found, arrive.rows(here))
    return 0 if is_healthy else 1


def _checked(check: Callable[[Here], Iterator[Problem]], here: Here) -> Iterator[Problem]:
    """What a check finds; where it cannot look, that."""
    try:
        yield from check(here)
    except OSError as problem:
        mend = f"see that you may read it: ls -ld {problem.filename}" if problem.filename else "see what that is"
        yield Problem("readable", f"{problem.filename or 'something'} can't be read: {problem.strerror}", mend)
    except GitFailed as failure:
        yield Problem("git", str(failure), "mend what git complains about")


def _show(out: Output, found: list[Problem], rows: list[arrive.Row]) -> None:
    if rows:
        out.table(("agent", "how", "last heard", "trust", "version", "tried with"), [row.words() for row in rows])
        out.line()
    for problem in found:
        out.line(f"{problem.level}: {problem.problem}", "red" if problem.level == "problem" else "yellow")
        out.line(f"  → {problem.mend}")
    if not any(problem.level == "problem" for problem in found):
        out.line("everything works" if not found else "nothing to mend", "green")
