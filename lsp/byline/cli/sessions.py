"""`byline sessions`: the agents' sessions that had to do with this repository, the newest first."""

import argparse
import gc
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from byline.cli import jsonout
from byline.cli.everysession import Everything, Known
from byline.cli.folders import place_here
from byline.cli.parser import Parser, at_most
from byline.cli.terminal import Output, clean, shorten
from byline.sessions.facts import facts
from byline.sessions.growing import Growing
from byline.sessions.record import LIVE
from byline.sessions.shortids import ShortIds
from byline.workspace.running import is_running

_SHOWN = 50


def arguments(parser: Parser) -> None:
    """The command's options."""
    parser.add_argument("-n", dest="most", type=at_most, metavar="N", help=f"at most so many, 0 for all ({_SHOWN})")
    parser.add_argument("--agent", metavar="AGENT", help="only sessions of this agent: claude, codex, …")
    parser.add_argument("--file", metavar="PATH", help="only sessions that wrote or read this file")
    parser.add_argument(
        "--active", action="store_true", help="only sessions that still run: not ended, dismissed or stale"
    )
    parser.add_argument("--ids", action="store_true", help=argparse.SUPPRESS)  # for completion
    parser.add_argument("--json", action="store_true", help="an array of objects, all of them without -n")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print a row a session."""
    gc.disable()  # a few hundred thousand small values, all of them needed to the end
    place = place_here()
    now = time.time_ns()
    with Everything(place, env) as known:
        first = _chosen(known, args, Path(place.worktree) if place else None, now)
        most = args.most if args.most is not None else 0 if args.json else _SHOWN
        chosen = first[:most] if most > 0 else first
        if args.ids:
            sys.stdout.writelines(f"{clean(name)}\n" for name in chosen)
            return 0
        if args.json:
            found = known.of(chosen)
            jsonout.write([found[name].row(now) for name in chosen])
            return 0
        short = ShortIds(known.names())
        rows = [_cells(known.alone(name), now, short) for name in chosen]
    output = Output(env)
    output.table(
        ("session", "agent", "state", "last", "files", "tokens", "prompt"),
        rows,
    )
    if len(chosen) < len(first):
        output.line(f"… {len(first) - len(chosen)} more; `byline sessions -n 0` shows all", "dim")
    if not first:
        output.line(_none(args, bool(known.growing or known.anchored)), "dim")
    return 0


def _none(args: argparse.Namespace, are_others: bool) -> str:
    """Why there is no row: by what was asked for, where there are sessions."""
    if not are_others:
        return "no sessions here; `byline status` says what is recorded"
    whose = f" of {args.agent}" if args.agent else ""
    which = ["still run"] * args.active + [f"wrote or read {args.file}"] * bool(args.file)
    asked = f"{whose} that {' and '.join(which)}" if which else whose
    return f"no sessions{asked}; `byline sessions` shows those of this repository"


def _chosen(known: Everything, args: argparse.Namespace, root: Path | None, now: int) -> list[str]:
    """The sessions that were asked for, the newest first."""
    file = _name(args.file, root) if args.file else None
    found = []
    for name, one in known.growing.items():
        fits_file = file is None or file in one.written or file in one.read
        if (
            fits_file
            and args.agent in (None, one.latest.get("agent"))
            and not (args.active and not _is_live(one, now))
        ):
            found.append((-(one.last or 0), name))
    for name, other in known.anchored.items():
        facts = other.facts
        if (file is None or file in facts.files_written) and args.agent in (None, facts.agent) and not args.active:
            found.append((-(facts.last_activity or 0), name))
    return [name for _, name in sorted(found)]


def _is_live(one: Growing, now: int) -> bool:
    """Whether it still runs, as `state` says; transcripts say nothing of that."""
    if one.is_over:
        return False
    known = facts(one)
    return known.state(now, is_running=is_running(known)) in LIVE


def _state(known: Known, now: int) -> str:
    if known.anchored is not None:
        return f"from {known.anchored.remote or known.source}"
    one = known.facts
    return "dismissed" if one.dismissed_at else one.state(now, is_running=is_running(one))


def _cells(known: Known, now: int, short: ShortIds) -> tuple[str, ...]:
    from byline.cli.moments import age

    one = known.facts
    prompt = one.prompt or (f"({one.subagent_type or 'subagent'})" if one.is_subagent else "")
    return (
        short(one.session_id),
        one.agent,
        _state(known, now),
        age(one.last_activity, now) if one.last_activity else "-",
        str(len(one.files_written)),
        ("~" if one.is_estimated else "") + number(one.total_tokens),
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
