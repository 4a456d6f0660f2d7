"""`byline search`: sessions and commits by the words of prompts, summaries, files and messages."""

import argparse
import re
import time
from collections.abc import Mapping
from datetime import datetime

from byline.cli import jsonout
from byline.cli.folders import place_here
from byline.cli.moments import age
from byline.cli.parser import Parser, at_most
from byline.cli.searching import ALL, Question, find, names, plain, row
from byline.cli.terminal import Output, clean
from byline.sessions.shortids import ShortIds
from byline.store.search import LAST, Hit

_AGO = re.compile(r"(\d{1,12})(min|h|d|w)")
_FIRST = 1
"""The moment after 0, which stands for none."""
_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 604_800}


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument("words", nargs="+", metavar="WORD", help="all of these, as beginnings of words")
    parser.add_argument(
        "-n", "--limit", dest="most", type=at_most, default=20, metavar="N", help="at most so many, 0 for all (20)"
    )
    parser.add_argument("--agent", "--tool", dest="agent", metavar="AGENT", help="only of this agent's sessions")
    parser.add_argument("--kind", choices=("prompt", "summary", "file", "commit"), help="only in these")
    parser.add_argument("--since", type=_moment, default=0, metavar="WHEN", help="not before: 3d, 12h, 2026-11-01")
    parser.add_argument("--until", type=_moment, default=0, metavar="WHEN", help="not after")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print the best hits; none is no error."""
    place = place_here()
    asked = Question(args.words, args.agent, args.kind, args.since, args.until, args.most or ALL)
    total, hits = find(place, env, asked)
    if args.json:
        rows = [row(hit, place) for hit in hits]
        answer = {"query": " ".join(args.words), "sources": ["local"], "total_hits": total, "hits": rows}
        jsonout.write(answer)
    else:
        _print(Output(env), hits, total, ShortIds(names(place, env) if hits else ()))
    return 0


def _print(output: Output, hits: list[Hit], total: int, short: ShortIds) -> None:
    now = time.time_ns()
    for hit in hits:
        document = hit.document
        whose = f"{document.agent} {short(document.session)}" if document.session else f"commit {document.name[:10]}"
        when = f", {age(document.at, now)}" if document.at else ""
        output.line(f"{document.kind:<8}{whose}{when}", "bold")
        output.line("  " + clean(" ".join(plain(hit.snippet).split())))
    if len(hits) < total:
        output.line(f"… {total - len(hits)} more; `-n {total}` shows all", "dim")
    if not total:
        output.line("nothing has all of these words", "dim")


def _moment(given: str) -> int:
    """A time in nanoseconds since 1970: so long ago, or a date. What no clock tells is the nearest that one does."""
    found = _AGO.fullmatch(given)
    try:
        if found:
            moment = time.time_ns() - int(found[1]) * _UNITS[found[2]] * 1_000_000_000
        else:
            moment = int(datetime.fromisoformat(given).timestamp() * 1_000_000_000)
        return min(max(moment, _FIRST), LAST)
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{given!r} is no time; write 3d, 12h, 30min or 2026-11-01") from None
