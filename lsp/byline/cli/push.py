"""`byline push`: bring the anchors of this clone to a remote, and those that others brought there here."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from byline.cli import waiting
from byline.cli.folders import home_folder
from byline.cli.parser import Parser
from byline.cli.terminal import Output
from byline.errors import BylineError, NotARepository
from byline.repo.anchors import names, scanner
from byline.repo.anchors.remote import Exchange, Outcome
from byline.repo.anchors.remotes import choose
from byline.workspace.anchorsync import OUT_OF_TIME, Sync
from byline.workspace.place import Place, place_of
from byline.workspace.workspace import Workspace
from byline_hooks.enabled import is_enabled

HOOK_SECONDS = 4.5
"""All of a push beside a person's own `git push`, with the start of the interpreter before it under 5 s."""

HOOK_SYNC_SECONDS = 2.5
"""Then no other file is looked at for anchors: those that are there by now go out."""

HOOK_SYNC_END = 3.0
"""Then what still works on anchors is broken off, between or within its steps."""

TOO_LONG = "the push of anchors took too long"


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("remote", nargs="?", help="a remote or an address; else the branch's upstream, else origin")
    parser.add_argument("--no-sync", action="store_true", help="do not anchor new commits first")
    waiting.add_timeout(parser)
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing but problems")
    parser.add_argument("--hook", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Anchor what is new, then exchange the branch. Raises NotExchanged."""
    if args.hook:
        return _beside_git(args.remote, env)
    problems = [] if args.no_sync else sync(env)
    outcome = push(args.remote, env, args.timeout, quiet=args.quiet)
    output = Output(env)
    if args.json:
        answer = {
            "branch": names.BRANCH.removeprefix("refs/heads/"),
            "remote": outcome.remote,
            "tip": outcome.tip,
            "pushed": outcome.pushed,
            "received": outcome.moved,
        }
        output.stream.write(json.dumps(answer) + "\n")
    elif not args.quiet:
        output.line(told(outcome))
    for problem in problems:
        Output(env, sys.stderr).line(f"byline: {problem}")
    return 0


def told(outcome: Outcome) -> str:
    """One sentence about a push."""
    if outcome.tip is None and outcome.theirs is not None:
        return f"no anchors of this clone to push; those of {outcome.remote} are here"
    if outcome.tip is None:
        return "no anchors to push; `byline sync` writes them"
    if outcome.pushed:
        return f"anchors pushed to {outcome.remote}"
    return f"{outcome.remote} has all anchors"


def sync(env: Mapping[str, str], until: float | None = None) -> list[str]:
    """Anchor new commits, up to a moment of the monotonic clock; what went wrong, in words."""
    place = _here()

    wait = 60.0 if until is None else max(0.0, until - time.monotonic())
    try:
        with Workspace(place, env) as workspace:
            return Sync(workspace, place, home_folder(env)).run(wait=wait, until=until).problems
    except BylineError as problem:
        return [str(problem)]


def _here() -> Place:
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline push works inside a git repository")
    return place


def push(remote: str | None, env: Mapping[str, str], timeout: float | None = None, *, quiet: bool) -> Outcome:
    """Exchange the branch of the repository around the working directory."""
    with Workspace(_here(), env) as workspace:
        assert workspace.git is not None
        chosen = choose(workspace.git, remote)
        with waiting.patience(env, chosen, timeout, quiet=quiet):
            return waiting.exchange(workspace.git, chosen, timeout).push()


def _push_trusting(remote: str | None, env: Mapping[str, str], seconds: float) -> list[str]:
    with Workspace(_here(), env) as workspace:
        assert workspace.git is not None
        Exchange(workspace.git, choose(workspace.git, remote), seconds).push(trusting=True)
    return []


def _beside_git(remote: str | None, env: Mapping[str, str]) -> int:
    """What the pre-push hook does: in a few seconds or not at all, silent; a failure is for `byline doctor`."""
    from byline.cli import gitpush
    from byline.cli.bounded import BY_EXIT

    start = time.monotonic()
    place = place_of(Path.cwd())
    if place is not None and not is_enabled(place.common_dir, env):
        return 0  # the folder of hooks is that of other repositories, too
    if gitpush.is_rehearsal(env) or gitpush.is_in_the_way(gitpush.told()):
        return 0
    scanner.hurry()
    end = start + HOOK_SECONDS
    first_end = end if BY_EXIT else start + HOOK_SYNC_END
    # One after the other, each with an end of its own: what is built goes out though the rest takes too long.
    problems = _in_time(first_end, end, lambda: sync(env, start + HOOK_SYNC_SECONDS), OUT_OF_TIME)
    problems += _in_time(end, end, lambda: _push_trusting(remote, env, end - time.monotonic() - 0.2), TOO_LONG)
    if problems:
        from byline_hooks import trouble

        trouble.note("git", "; ".join(problems), str(Path.cwd()), env)
    return 0


def _in_time(until: float, end: float, do: Callable[[], list[str]], late: str) -> list[str]:
    """What went wrong, in words: `late` where it took until a moment of the clock; the process lasts until `end`."""
    from byline.cli.bounded import GRACE, TimeIsUp, bounded

    try:
        with bounded(until - time.monotonic(), max(GRACE, end - until)):
            return do()
    except BylineError as problem:
        return [str(problem)]
    except TimeIsUp:
        return [late]
