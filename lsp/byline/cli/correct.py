"""`byline correct`: a person's word on lines, which stands above all evidence, and taking it back."""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path

from byline.cli import jsonout
from byline.cli.nofile import no_file
from byline.cli.parser import Parser
from byline.cli.terminal import Output
from byline.errors import BylineError
from byline.model import Attribution
from byline.workspace.spelling import spelled
from byline.workspace.workspace import Workspace

_LINES = re.compile(r"(\d+)(?:[-,](\+?)(\d+))?")


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument("lines", metavar="FILE:LINES", type=_place, help="lines of the file on disk: 3, 3-9 or 3,+5")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--owner", metavar="OWNER", help="human, unknown, or a session's id (its beginning will do)")
    what.add_argument("--undo", action="store_true", help="take the last word on these lines back")
    parser.add_argument("--json", action="store_true", help="print the lines as `byline blame --json` does")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Write it down, and say whose the lines are now."""
    name, first, last = args.lines
    path = spelled(Path(name).absolute())
    if why := no_file(path, name):
        raise BylineError(why)
    if not path.is_file():
        raise BylineError(f"there is no file {name!r}; a correction is about lines of a file on disk")
    with Workspace.for_path(path, env) as workspace:
        owner = "undo" if args.undo else args.owner
        count = len(workspace.events())
        workspace.correct(path, first, last, owner)
        if len(workspace.events()) == count:
            raise BylineError("nothing was written down: recording is off here; `byline status` says why")
        answer = workspace.attribute(path)
    if args.json:
        from byline.cli.blamejson import as_json

        jsonout.write(as_json(answer, None, range(first - 1, last)))
    else:
        output = Output(env)
        for start, stop, line in _runs(answer.lines[first - 1 : last], first):
            lines = f"line {start}" if start == stop else f"lines {start}-{stop}"
            output.line(f"{answer.path} {lines}: {_owner(line)} ({line.reason})")
    return 0


def _place(given: str) -> tuple[str, int, int]:
    """The file, the first and the last line (1-based) that a person names."""
    name, colon, lines = given.rpartition(":")
    found = _LINES.fullmatch(lines) if name and colon else None
    if found is None:
        raise argparse.ArgumentTypeError(f"{given!r} names no lines; write FILE:3, FILE:3-9 or FILE:3,+5")
    first = int(found[1])
    last = first if found[3] is None else first + int(found[3]) - 1 if found[2] else int(found[3])
    return name, first, last


def _owner(line: Attribution) -> str:
    return f"{line.agent or 'session'} {line.session_id}" if line.owner == "session" else line.owner


def _runs(lines: tuple[Attribution, ...], first: int) -> list[tuple[int, int, Attribution]]:
    """Neighbours that have one owner for one reason, with the numbers (1-based) of their first and last line."""
    found: list[tuple[int, int, Attribution]] = []
    for number, line in enumerate(lines, first):
        if found and _same(found[-1][2], line):
            found[-1] = (found[-1][0], number, line)
        else:
            found.append((number, number, line))
    return found


def _same(one: Attribution, other: Attribution) -> bool:
    return (one.owner, one.session_id, one.reason) == (other.owner, other.session_id, other.reason)
