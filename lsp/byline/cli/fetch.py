"""`byline fetch`: learn what others have anchored, also in a clone that fetches one branch only."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from byline.cli import waiting
from byline.cli.parser import Parser
from byline.cli.terminal import Output
from byline.errors import NotARepository
from byline.repo.anchors import names
from byline.repo.anchors.remotes import choose
from byline.workspace.place import place_of
from byline.workspace.workspace import Workspace


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("remote", nargs="?", help="a remote or an address; else the branch's upstream, else origin")
    waiting.add_timeout(parser)
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing but problems")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Fetch the branch and join it with what is anchored here. Raises NotExchanged."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline fetch works inside a git repository")
    with Workspace(place, env) as workspace:
        assert workspace.git is not None
        remote = choose(workspace.git, args.remote)
        with waiting.patience(env, remote, args.timeout, quiet=args.quiet):
            outcome = waiting.exchange(workspace.git, remote, args.timeout).fetch()
    output = Output(env)
    if args.json:
        answer = {
            "branch": names.BRANCH.removeprefix("refs/heads/"),
            "remote": outcome.remote,
            "tip": outcome.theirs,
            "received": outcome.moved,
            "others": outcome.others,
        }
        output.stream.write(json.dumps(answer) + "\n")
    elif not args.quiet:
        output.line(_told(outcome.remote, outcome.theirs, received=outcome.moved))
        for ref in outcome.others:
            output.line(f"fetched {ref}")
    return 0


def _told(remote: str, theirs: str | None, *, received: bool) -> str:
    if theirs is None:
        return f"{remote} has no anchors"
    return f"anchors fetched from {remote}" if received else f"nothing new on {remote}"
