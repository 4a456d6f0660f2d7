"""`byline diff`: what changed, and who wrote each line that came and each that went."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from byline.attribution.diff import blocks, hunks
from byline.cli import jsonout, revisions
from byline.cli.blametext import who
from byline.cli.changes import Compared, changes, compared, inside
from byline.cli.folders import needed_repository
from byline.cli.parser import Parser
from byline.cli.terminal import Output, clean
from byline.errors import UnknownRevision
from byline.model import Attribution, FileAttribution
from byline.sessions.shortids import ShortIds
from byline.workspace.workspace import Workspace

_CONTEXT = 3


class Line(NamedTuple):
    """One line of a hunk; numbers are 1-based, None on the side that does not have it."""

    sign: str
    old: int | None
    new: int | None
    content: str
    by: Attribution


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "range", nargs="?", metavar="RANGE", help="A..B, A...B, or A against the working files (HEAD)"
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only these files and folders; put -- before them")
    parser.add_argument("--stat", action="store_true", help="lines by owner, a row a file, instead of the lines")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print the changes of every file between the two."""
    place = needed_repository("byline diff")
    with Workspace(place, env) as workspace:
        assert workspace.git is not None
        assert workspace.objects is not None
        given, paths = args.range, [inside(path, Path(place.worktree)) for path in args.paths]
        try:
            span = revisions.parse(given, workspace.git, workspace.objects)
        except UnknownRevision:
            if not given or not Path(given).exists():
                raise
            # As with git: what is no revision but a file is a file.
            span = revisions.parse(None, workspace.git, workspace.objects)
            paths = [inside(given, Path(place.worktree)), *paths]
        short = ShortIds(workspace.session_ids())
        files = [_file(compared(workspace, change, span), short) for change in changes(workspace.git, span, paths)]
    if args.json:
        jsonout.write({"from": span.old, "to": span.new, "files": files})
    elif args.stat:
        _stat(Output(env), files)
    else:
        _print(Output(env), files)
    return 0


def _file(found_in: Compared, short: ShortIds) -> dict[str, Any]:
    change, old, new = found_in
    before, after = found_in.lines
    found: list[dict[str, Any]] = []
    for group in _groups(hunks(blocks(before, after), len(before), len(after))):
        shown = list(_shown(group, before, after, old, new))
        numbers = ([line.old for line in shown if line.old], [line.new for line in shown if line.new])
        found.append(
            {
                "old_start": numbers[0][0] if numbers[0] else group[0][0],
                "old_lines": len(numbers[0]),
                "new_start": numbers[1][0] if numbers[1] else group[0][2],
                "new_lines": len(numbers[1]),
                "lines": [_row(line, short) for line in shown],
            }
        )
    changed = [row for hunk in found for row in hunk["lines"] if row["change"] != "context"]
    return {
        "path": change.path,
        "old_path": change.old_path,
        "status": change.status,
        "binary": found_in.is_binary,
        "added": _counts(row for row in changed if row["change"] == "added"),
        "deleted": _counts(row for row in changed if row["change"] == "deleted"),
        "hunks": found,
    }


def _groups(changed: list[tuple[int, int, int, int]]) -> Iterator[list[tuple[int, int, int, int]]]:
    """Changes so near to each other that their surroundings touch."""
    group: list[tuple[int, int, int, int]] = []
    for change in changed:
        if group and change[0] - group[-1][1] > 2 * _CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _shown(
    group: list[tuple[int, int, int, int]],
    before: list[bytes],
    after: list[bytes],
    old: FileAttribution | None,
    new: FileAttribution | None,
) -> Iterator[Line]:
    """The lines of a hunk in order: what went before what came, with three lines around."""
    first = min(_CONTEXT, group[0][0], group[0][2])
    place, other = group[0][0] - first, group[0][2] - first
    for old_start, old_stop, new_start, new_stop in group:
        while place < old_start and other < new_start:
            assert new is not None
            yield Line(" ", place + 1, other + 1, _said(after[other]), new.lines[other])
            place, other = place + 1, other + 1
        for k in range(old_start, old_stop):
            assert old is not None
            yield Line("-", k + 1, None, _said(before[k]), old.lines[k])
        for k in range(new_start, new_stop):
            assert new is not None
            yield Line("+", None, k + 1, _said(after[k]), new.lines[k])
        place, other = old_stop, new_stop
    for _ in range(min(_CONTEXT, len(before) - place, len(after) - other)):
        assert new is not None
        yield Line(" ", place + 1, other + 1, _said(after[other]), new.lines[other])
        place, other = place + 1, other + 1


def _said(line: bytes) -> str:
    return line.decode("utf-8", "replace").removesuffix("\r")


def _row(line: Line, short: ShortIds) -> dict[str, Any]:
    return {
        "change": {"+": "added", "-": "deleted", " ": "context"}[line.sign],
        "old_line": line.old,
        "new_line": line.new,
        "content": line.content,
        "owner": line.by.owner,
        "agent": line.by.agent,
        "session_id": line.by.session_id,
        "turn_id": line.by.turn_id,
        "reason": line.by.reason,
        "state": line.by.state,
        "who": who(line.by, short),
    }


def _counts(rows: Iterator[dict[str, Any]]) -> dict[str, int]:
    counts = {"session": 0, "human": 0, "unknown": 0}
    for row in rows:
        counts[row["owner"]] += 1
    return counts


def _print(output: Output, files: list[dict[str, Any]]) -> None:
    for file in files:
        moved = f" (from {file['old_path']})" if file["old_path"] else ""
        output.line(f"{file['status']} {file['path']}{moved}", "bold")
        if file["binary"]:
            output.line("  not text")
        rows = [row for hunk in file["hunks"] for row in hunk["lines"]]
        width = max((len(row["who"]) for row in rows), default=0)
        for hunk in file["hunks"]:
            head = f"@@ -{hunk['old_start']},{hunk['old_lines']} +{hunk['new_start']},{hunk['new_lines']} @@"
            output.line(head, "cyan")
            for row in hunk["lines"]:
                sign = {"added": "+", "deleted": "-", "context": " "}[row["change"]]
                name = row["who"] if row["change"] != "context" else ""
                text = clean(row["content"].replace("\t", "    "))
                output.line(f"{name:<{width}} {sign} {text}".rstrip(), {"+": "green", "-": "red"}.get(sign, ""))


def _stat(output: Output, files: list[dict[str, Any]]) -> None:
    kinds = ("session", "human", "unknown")
    output.table(
        ("file", "+agents", "+people", "+unknown", "-agents", "-people", "-unknown"),
        [
            (file["path"], *(str(file[side][kind]) for side in ("added", "deleted") for kind in kinds))
            for file in files
        ],
    )
