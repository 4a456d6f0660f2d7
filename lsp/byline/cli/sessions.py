"""`byline sessions`: the agents' sessions that had to do with this repository, the newest first."""

import argparse
import gc
import time
from collections.abc import Mapping
from pathlib import Path

from byline.cli import jsonout
from byline.cli.folders import place_here
from byline.cli.parser import Parser
from byline.cli.terminal import Output, shorten
from byline.sessions.facts import Facts
from byline.store.paths import folders_for
from byline.workspace.sessionfacts import SessionFacts

_SHOWN = 50


def arguments(parser: Parser) -> None:
    """The command's options."""
    parser.add_argument("-n", dest="most", type=int, metavar="N", help=f"at most so many, 0 for all ({_SHOWN})")
    parser.add_argument("--agent", metavar="AGENT", help="only sessions of this agent: claude, codex, …")
    parser.add_argument("--file", metavar="PATH", help="only sessions that wrote or read this file")
    parser.add_argument("--active", action="store_true", help="only sessions that have not ended")
    parser.add_argument("--json", action="store_true", help="an array of objects, all of them without -n")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print a row a session."""
    place = place_here()
    gc.disable()  # a few hundred thousand small values, all of them needed to the end
    known = SessionFacts(folders_for(place, env), env)
    root = Path(place.worktree) if place else None
    growing = known.events_only()
    first = sorted(growing.values(), key=lambda one: (-(one.last or 0), one.id))
    if args.agent:
        first = [one for one in first if one.latest.get("agent") == args.agent]
    if args.file:
        name = _name(args.file, root)
        first = [one for one in first if name in one.written or name in one.read]
    if args.active:
        first = [one for one in first if not one.is_over]
    most = args.most if args.most is not None else 0 if args.json else _SHOWN
    chosen = first[:most] if most > 0 else first
    if args.json:
        found = known.of(growing, [one.id for one in chosen])
    else:
        found = {one.id: known.alone(growing, one.id) for one in chosen}
    known.close()
    now = time.time_ns()
    if args.json:
        from byline.cli.sessionrows import row

        jsonout.write([row(found[one.id], now) for one in chosen])
        return 0
    output = Output(env)
    output.table(
        ("session", "agent", "status", "last", "files", "tokens", "prompt"),
        [_cells(found[one.id], now) for one in chosen],
    )
    if len(chosen) < len(first):
        output.line(f"… {len(first) - len(chosen)} more; `byline sessions -n 0` shows all", "dim")
    if not first:
        output.line("no sessions here; `byline status` says what is recorded", "dim")
    return 0


def _cells(one: Facts, now: int) -> tuple[str, ...]:
    from byline.cli.blametext import short_id
    from byline.cli.here import age

    prompt = one.prompt or (f"({one.subagent_type or 'subagent'})" if one.is_subagent else "")
    return (
        short_id(one.session_id),
        one.agent,
        one.status or "-",
        age(one.last_activity, now) if one.last_activity else "-",
        str(len(one.files_written)),
        number(one.total_tokens),
        shorten(" ".join(prompt.split()), 60),
    )


def number(count: int | None) -> str:
    """A count for people: `812`, `15.4k`, `2.1M`."""
    if count is None:
        return "-"
    for size, unit in ((1_000_000, "M"), (1000, "k")):
        if count >= size:
            return f"{count / size:.1f}{unit}"
    return str(count)


def _name(given: str, root: Path | None) -> str:
    """A path as events name it."""
    full = Path(given).absolute()
    full = full.parent.resolve() / full.name
    if root is not None and full.is_relative_to(root):
        return full.relative_to(root).as_posix()
    return full.as_posix()
