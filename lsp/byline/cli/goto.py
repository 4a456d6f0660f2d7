"""`byline goto`: look at the workspace as it was at the end of a turn, or at a commit."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from byline.cli.moments import age
from byline.cli.parser import Parser
from byline.cli.terminal import Output, clean, shorten
from byline.errors import BylineError, NotARepository, UnknownRevision
from byline.repo.travel.leaving import Destination, leave
from byline.repo.travel.stack import State
from byline.workspace.place import Place, place_of
from byline.workspace.turnbuild import TurnTrees
from byline.workspace.turns import Turn, pick
from byline.workspace.workspace import Workspace

PROMPT = 60


class _Found(NamedTuple):
    destination: Destination
    turn: Turn | None


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument(
        "target",
        metavar="TURN|SHA",
        nargs="?",
        help="a turn: its id, the beginning of one, or SESSION:N; or a commit. Without it the turns are listed",
    )
    parser.add_argument("--ids", action="store_true", help=argparse.SUPPRESS)  # for completion
    parser.add_argument("--json", action="store_true", help="one JSON document (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Put what is there away and show the other state; `byline back` returns."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline goto works inside a git repository with a worktree")
    with Workspace(place, env) as workspace:
        if args.ids:
            names = [one.name for one in reversed(TurnTrees(workspace, Path(place.common_dir)).turns.all())]
            sys.stdout.writelines(f"{clean(name)}\n" for name in names[:100])
            return 0
        if args.target is None:
            _list(workspace, place, env, as_json=args.json)
            return 0
        found = _find(workspace, place, args.target)
        assert workspace.git is not None
        state = leave(place, workspace.git, found.destination)
    if args.json:
        sys.stdout.write(json.dumps(_answer(found, state)) + "\n")
    else:
        _say(Output(env), found, state)
    return 0


def _find(workspace: Workspace, place: Place, given: str) -> _Found:
    """The turn or the commit that is meant: a turn's whole id, then what git knows, then the beginning of a turn."""
    trees = TurnTrees(workspace, Path(place.common_dir))
    turns = trees.turns.all()
    turn = next((one for one in reversed(turns) if one.id == given), None)
    if turn is None:
        assert workspace.objects is not None
        commit = workspace.objects.resolve(given)
        if commit is not None:
            return _Found(Destination(commit, f"{commit}^{{tree}}", commit), None)
        turn = pick(turns, given)
    if turn is None:
        raise UnknownRevision(f"no turn and no commit {given!r} here; `byline goto` lists the turns")
    known = trees.all(turn).get(turn.ref)
    if known is None:
        raise BylineError(f"turn {turn.name} has not ended yet")
    if known.tree is None:
        raise BylineError(f"how the workspace was at the end of turn {turn.name} cannot be told: {known.why}")
    return _Found(Destination(turn.name, known.tree, known.head), turn)


def _answer(found: _Found, state: State) -> dict[str, Any]:
    turn = found.turn
    return {
        "action": "goto",
        "target": state.target,
        "stashed": state.stashed,
        "kind": "turn" if turn else "commit",
        "session_id": turn.session_id if turn else None,
        "turn_index": turn.index if turn else None,
        "tree_hash": found.destination.tree if turn else None,
        "head": state.base,
        "label": state.here,
    }


def _say(output: Output, found: _Found, state: State) -> None:
    turn = found.turn
    if turn is None:
        output.line(f"at commit {state.target[:10]}", "bold")
    else:
        output.line(f"at the end of turn {turn.name} of {turn.agent}, session {turn.session_id}", "bold")
        output.line(f"{age(turn.ended_at or turn.at)}, “{shorten(turn.prompt, PROMPT)}”")
    if state.base and (state.head_ref or state.base != state.head):
        output.line(f"HEAD is detached at {state.base[:10]}")
    if state.stashed:
        output.line("your uncommitted work is put away")
    if state.kept:
        some = ", ".join(state.kept[:3]) + (", …" if len(state.kept) > 3 else "")
        output.line(f"left as it is, for what it may hold: {some}")
    output.line(f"`byline back` returns to {state.here}")


def _list(workspace: Workspace, place: Place, env: Mapping[str, str], *, as_json: bool) -> None:
    """The turns, newest first."""
    trees = TurnTrees(workspace, Path(place.common_dir))
    known, turns = trees.all(), trees.turns.all()
    rows = []
    for turn in reversed(turns):
        found = known.get(turn.ref)
        rows.append(
            {
                "id": turn.id,
                "name": turn.name,
                "session_id": turn.session_id,
                "source": turn.agent,
                "turn_index": turn.index,
                "tree_hash": found.tree if found else None,
                "head": found.head if found else None,
                "why": found.why if found else "it has not ended yet",
                "started_at": turn.at // 1_000_000_000,
                "ended_at": turn.ended_at // 1_000_000_000 if turn.ended_at else None,
                "prompt": turn.prompt,
            }
        )
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    output = Output(env)
    if not rows:
        output.line("no turn is recorded here")
    output.table(
        ("turn", "agent", "ended", "tree", "prompt"),
        [
            (
                turn.name,
                turn.agent,
                age(turn.ended_at) if turn.ended_at else "goes on",
                str(row["tree_hash"] or "—")[:10],
                shorten(turn.prompt, PROMPT),
            )
            for turn, row in zip(reversed(turns), rows, strict=True)
        ],
    )
