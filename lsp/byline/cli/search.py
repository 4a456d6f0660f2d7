"""`byline search`: sessions and commits by the words of prompts, summaries, files and messages."""

import argparse
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from byline.cli import jsonout
from byline.cli.blametext import short_id
from byline.cli.folders import place_here
from byline.cli.here import age
from byline.cli.parser import Parser
from byline.cli.sessionrows import iso
from byline.cli.terminal import Output, clean
from byline.repo.run import Git
from byline.sessions.facts import Facts
from byline.store.paths import folders_for
from byline.store.search import Document, Hit, Search
from byline.workspace.place import Place, current_place
from byline.workspace.sessionfacts import SessionFacts

_AGO = re.compile(r"(\d+)(min|h|d|w)")
_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MOST_COMMITS = 20_000


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument("words", nargs="+", metavar="WORD", help="all of these, as beginnings of words")
    parser.add_argument("-n", "--limit", dest="most", type=int, default=20, metavar="N", help="at most so many (20)")
    parser.add_argument("--agent", "--tool", dest="agent", metavar="AGENT", help="only of this agent's sessions")
    parser.add_argument("--kind", choices=("prompt", "summary", "file", "commit"), help="only in these")
    parser.add_argument("--since", type=_moment, default=0, metavar="WHEN", help="not before: 3d, 12h, 2026-11-01")
    parser.add_argument("--until", type=_moment, default=0, metavar="WHEN", help="not after")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print the best hits; none is no error."""
    place = place_here()
    folders = folders_for(place, env)
    known = SessionFacts(folders, env)
    search = Search(folders)
    head = current_place(place).head
    transcripts = known.transcripts()
    if transcripts is None or search.state != f"{head} {known.fingerprint(transcripts)}":
        growing = known.events_only()
        transcripts = sorted({path for one in growing.values() for path in one.transcripts})
        state = f"{head} {known.fingerprint(transcripts)}"
        facts = known.of(growing)
        git = Git(Path(place.worktree), env=env) if place and head else None
        search.fill([*_sessions(facts.values()), *(_commits(git) if git else ())], state)
        known.keep_transcripts(transcripts)
    known.close()
    total, hits = search.find(
        args.words, agent=args.agent, kind=args.kind, since=args.since, until=args.until, most=max(args.most, 0)
    )
    search.close()
    if args.json:
        rows = [_row(hit, place) for hit in hits]
        answer = {"query": " ".join(args.words), "sources": ["local"], "total_hits": total, "hits": rows}
        jsonout.write(answer)
    else:
        _print(Output(env), hits, total)
    return 0


def _sessions(found: Iterable[Facts]) -> Iterator[Document]:
    for one in found:
        for turn in one.turns:
            yield Document(turn.prompt, "prompt", turn.id or "", one.session_id, one.agent, turn.at)
        if one.summary:
            yield Document(one.summary, "summary", "", one.session_id, one.agent, one.last_activity or 0)
        for file in dict.fromkeys((*one.files_written, *one.files_read)):
            yield Document(file, "file", file, one.session_id, one.agent, one.last_activity or 0)


def _commits(git: Git) -> Iterator[Document]:
    data = git.run(
        "log", "-z", f"--max-count={_MOST_COMMITS}", "--format=tformat:%H %ct %B", "HEAD", check=False, timeout=60
    )
    for entry in data.decode("utf-8", "replace").split("\0"):
        commit, _, rest = entry.strip("\n").partition(" ")
        seconds, _, message = rest.partition(" ")
        if seconds.isdigit():
            yield Document(message.strip(), "commit", commit, None, None, int(seconds) * 1_000_000_000)


def _row(hit: Hit, place: Place | None) -> dict[str, Any]:
    document = hit.document
    return {
        "project": {"id": place.common_dir, "name": Path(place.worktree).name} if place else None,
        "kind": document.kind,
        "name": document.name or None,
        "anchor_sha": document.name if document.kind == "commit" else None,
        "session_id": document.session,
        "tool": document.agent,
        "timestamp": iso(document.at or None),
        "snippet": hit.snippet.replace("\x02", "").replace("\x03", ""),
        "score": round(hit.score, 4),
    }


def _print(output: Output, hits: list[Hit], total: int) -> None:
    now = time.time_ns()
    for hit in hits:
        document = hit.document
        whose = (
            f"{document.agent} {short_id(document.session)}" if document.session else f"commit {document.name[:10]}"
        )
        when = f", {age(document.at, now)}" if document.at else ""
        output.line(f"{document.kind:<8}{whose}{when}", "bold")
        output.line("  " + clean(" ".join(hit.snippet.replace("\x02", "").replace("\x03", "").split())))
    if len(hits) < total:
        output.line(f"… {total - len(hits)} more; `-n {total}` shows all", "dim")
    if not total:
        output.line("nothing has all of these words", "dim")


def _moment(given: str) -> int:
    """A time in nanoseconds since 1970: so long ago, or a date."""
    found = _AGO.fullmatch(given)
    if found:
        return time.time_ns() - int(found[1]) * _UNITS[found[2]] * 1_000_000_000
    try:
        return int(datetime.fromisoformat(given).timestamp() * 1_000_000_000)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{given!r} is no time; write 3d, 12h, 30min or 2026-11-01") from None
