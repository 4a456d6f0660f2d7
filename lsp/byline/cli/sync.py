"""`byline sync`: write what is known about new commits to the anchors branch."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.parser import Parser
from byline.cli.push import push, told
from byline.cli.terminal import Output, counted
from byline.errors import NotARepository
from byline.repo.anchors import names
from byline.workspace.anchorsync import Progress, Sync
from byline.workspace.place import place_of
from byline.workspace.workspace import Workspace


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("--push", action="store_true", help="then bring them to the remote, as `byline push` does")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing but problems")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Anchor the commits of this clone that have no anchor yet."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline sync works inside a git repository")
    with Workspace(place, env) as workspace, _progress(env, shown=not (args.json or args.quiet)) as progress:
        outcome = Sync(workspace, place, home_folder(env)).run(progress)
    outcome_of_push = push(None, env, quiet=args.quiet) if args.push else None
    output = Output(env)
    count = len(outcome.commits)
    if args.json:
        answer = {
            "branch": names.BRANCH.removeprefix("refs/heads/"),
            "anchored": count,
            "commits": outcome.commits,
            "examined": outcome.examined,
            "problems": outcome.problems,
        }
        if outcome_of_push is not None:
            answer["pushed"] = outcome_of_push.pushed
        output.stream.write(json.dumps(answer) + "\n")
    elif not args.quiet:
        output.line(f"{counted(count, 'commit')} anchored" if count else "nothing to anchor")
        if outcome_of_push is not None:
            output.line(told(outcome_of_push))
    if not args.json:
        for problem in outcome.problems:
            Output(env, sys.stderr).line(f"byline: {problem}")
    return 1 if outcome.problems else 0


@contextlib.contextmanager
def _progress(env: Mapping[str, str], *, shown: bool) -> Iterator[Progress | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not (shown and Output(env, sys.stderr).is_terminal):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("anchoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
