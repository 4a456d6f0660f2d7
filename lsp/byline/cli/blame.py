"""`byline blame`: who wrote each line of a file."""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from byline.errors import BylineError
from byline.model import Attribution, FileAttribution
from byline.workspace.workspace import Workspace

_RANGE = re.compile(r"(\d+),(\+?)(\d+)|(\d+)(?:,)?")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("file", help="the file, in a repository or outside")
    parser.add_argument("--rev", metavar="R", help="the file as it is in this revision, instead of the working file")
    parser.add_argument("--contents", metavar="-", help="take the text from this file, `-` for standard input")
    parser.add_argument("-L", dest="range", metavar="START,END", help="only these lines: `3,9`, `3,+5` or `3`")
    parser.add_argument("--json", action="store_true", help="one JSON object (see docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print one line of answer a line of file."""
    path = Path(args.file)
    if args.rev is not None and args.contents is not None:
        raise BylineError("give either --rev or --contents, not both")
    text = _contents(args.contents)
    if text is None and args.rev is None and not path.is_file():
        raise BylineError(f"there is no file {args.file!r}; for one in history: byline blame --rev REV {args.file}")
    with Workspace.for_path(path, env) as workspace:
        answer = workspace.attribute(path, text, args.rev)
    start, stop = _range(args.range, len(answer.lines))
    if args.json:
        json.dump(as_json(answer, args.rev, start, stop), sys.stdout, ensure_ascii=True)
        sys.stdout.write("\n")
    else:
        from byline.cli.blametext import write

        write(answer, start, stop, env)
    for note in answer.notes:
        sys.stderr.write(f"byline: {note}\n")
    return 0


def as_json(answer: FileAttribution, rev: str | None, start: int, stop: int) -> dict[str, object]:
    """The documented object for lines `[start, stop)`, 0-based; the lines in it are numbered from 1."""
    contents = answer.text.split(b"\n")
    return {
        "file": answer.path,
        "commit": answer.revision if rev is None else (answer.revision or rev),
        "lines": [_line(answer, answer.lines[k], contents[k].decode("utf-8", "replace")) for k in range(start, stop)],
    }


def _line(answer: FileAttribution, line: Attribution, content: str) -> dict[str, object]:
    commit = answer.commits.get(line.commit) if line.commit else None
    ai: str | None = None
    if line.owner != "unknown":
        ai = "human" if line.owner == "human" else (line.agent or "ai")
    return {
        "line": line.line + 1,
        "content": content.removesuffix("\r"),
        "origin_sha": line.commit,
        "ai": ai,
        "agent": line.agent,
        "session_ids": [line.session_id] if line.session_id else [],
        "tokens": None,
        "committed_at": _iso(commit.committer_time) if commit else None,
        "message": commit.summary if commit else None,
        "owner": line.owner,
        "session_id": line.session_id,
        "parent_session_id": line.parent_session_id,
        "turn_id": line.turn_id,
        "prompt": _prompt(answer, line),
        "tool": line.tool,
        "model": line.model,
        "link_type": line.link_type,
        "reason": line.reason,
        "evidence": line.evidence,
        "at": _iso(line.at // 1_000_000_000) if line.at else None,
        "source": line.source,
        "state": line.state,
        "previous": [
            {
                "owner": one.owner,
                "session_id": one.session_id,
                "agent": one.agent,
                "reason": one.reason,
                "at": _iso(one.at // 1_000_000_000) if one.at else None,
            }
            for one in line.previous
        ],
    }


def _prompt(answer: FileAttribution, line: Attribution) -> str | None:
    """What a person asked for; a subagent's turns are its parent's."""
    if line.at is None:
        return None
    for name in (line.session_id, line.parent_session_id):
        session = answer.sessions.get(name) if name else None
        turns = [
            turn
            for turn in (session.turns if session else ())
            if turn.id == line.turn_id or (line.turn_id is None and turn.at <= line.at)
        ]
        if turns:
            return turns[-1].prompt
    return None


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _contents(name: str | None) -> bytes | None:
    if name is None:
        return None
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BylineError(f"cannot read {name!r}: {error.strerror}") from None


def _range(given: str | None, count: int) -> tuple[int, int]:
    """`-L` as a 0-based half-open range."""
    if given is None:
        return 0, count
    found = _RANGE.fullmatch(given)
    if found is None:
        raise BylineError(f"-L {given!r} is no range of lines; write 3,9 or 3,+5 or 3")
    if found[4]:
        first = last = int(found[4])
    else:
        first = int(found[1])
        last = first + int(found[3]) - 1 if found[2] else int(found[3])
    if not 1 <= first <= last or first > count:
        raise BylineError(f"-L {given} lies outside the file, which has {count} lines")
    return first - 1, min(last, count)
