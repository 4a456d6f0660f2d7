"""`byline session`: all that is known of one session, and putting one aside."""

import argparse
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from byline.cli import jsonout
from byline.cli.everysession import Everything, Known
from byline.cli.folders import place_here
from byline.cli.parser import Parser
from byline.cli.sessions import number
from byline.cli.terminal import Output, clean
from byline.errors import BylineError
from byline.sessions import views
from byline.sessions.activities import Activity
from byline.sessions.facts import Facts
from byline.sessions.naming import pick
from byline.workspace.anchoredsessions import Anchored
from byline.workspace.dismissing import dismiss, github_of
from byline.workspace.place import Place
from byline.workspace.running import is_running


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument("what", choices=("show", "dismiss"), help="show one session, or say that nobody waits for it")
    parser.add_argument("id", metavar="ID", help="its id, or a beginning that only it has")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--as", dest="shape", choices=views.SHAPES, help="with --json: in another tool's shape")
    parser.add_argument("--undo", action="store_true", help="with dismiss: take that back")
    parser.set_defaults(refuse=parser.error)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print it."""
    if args.shape and not args.json:
        args.refuse("--as names a shape of JSON; add --json")
    if args.undo and args.what != "dismiss":
        args.refuse("--undo belongs to `byline session dismiss`")
    place = place_here()
    if args.what == "dismiss":
        with Everything(place, env) as everything:
            dismiss(pick(list(everything.growing), args.id), place, env, undo=args.undo)
    with Everything(place, env) as everything:
        name = pick(everything.names(), args.id)
        one = everything.of([name])[name]
        steps = everything.activities(name) if args.shape == "linear" else []
    if args.json:
        jsonout.write(msgspec.to_builtins(_view(one, args.shape, place, steps)), indent=2)
    elif args.what == "dismiss":
        said = (
            "is no longer dismissed"
            if args.undo
            else f"is dismissed; `byline session dismiss {name} --undo` takes it back"
        )
        Output(env).line(f"{name} {said}")
    else:
        _show(Output(env), one)
    return 0


def _view(known: Known, shape: str | None, place: Place | None, steps: list[Activity]) -> object:
    now = time.time_ns()
    one = known.facts
    if shape == "oobo":
        link = views.oobo(one)
        if known.anchored is None:
            return link
        untold: dict[str, Any] = dict.fromkeys(known.anchored.untold)
        return msgspec.structs.replace(link, **untold, duration_secs=known.anchored.duration_secs)
    if shape == "linear":
        told = views.linear(one, now, is_running=is_running(one), activities=steps or None)
        return told if known.anchored is None else msgspec.structs.replace(told, status=None)
    try:
        if shape == "mi6":
            return views.mi6(one, place.git_dir if place else None, github_of(place) if place else None)
        return views.lore(one) if shape == "lore" else known.page(now)
    except views.Untold as untold_:
        whose = "a session that only an anchor names" if known.anchored else "this session"
        raise BylineError(
            f"`--as {shape}` can't be told of {whose}: it requires {untold_}, which is not known"
        ) from None


def _show(output: Output, known: Known) -> None:
    one = known.facts
    head = " · ".join(part for part in (one.agent, one.model, one.agent_version) if part)
    output.line(f"{one.session_id}", "bold")
    output.line(head)
    rows = [
        *(_of_anchor(known.anchored, one) if known.anchored else _of_events(one)),
        ("dismissed", f"{_local(one.dismissed_at)} by {one.dismissed_by or 'somebody'}" if one.dismissed_at else ""),
        ("where", " · ".join(part for part in (one.cwd, one.git_branch) if part)),
        ("parent", f"{one.parent_session_id} ({one.subagent_type or 'subagent'})" if one.is_subagent else ""),
        ("subagents", ", ".join(one.subagent_session_ids)),
        ("tokens", _tokens(one)),
        ("cost", f"{one.cost_usd:.4f} USD" if one.cost_usd is not None else ""),
        ("tools", ", ".join(f"{tool} {count}" for tool, count in sorted(one.tool_usage.items()))),
        ("failures", str(one.tool_failures) if one.tool_failures else ""),
        ("transcript", (one.transcript_path or "") + ("" if one.transcript_available else " (not read)")),
        ("peers", ", ".join(one.peer_session_ids)),
        *(("link", f"{link.kind} #{link.number} {link.url or ''}".rstrip()) for link in one.links),
    ]
    for title, text in rows:
        if text.strip() and text != " (not read)":
            output.line(f"{title:<11} {text}")
    whole: tuple[tuple[str, list[tuple[str, str]]], ...] = (
        ("prompts", [(f"{_local(turn.at)}  ", turn.prompt) for turn in one.turns]),
        ("plan", [(f"[{step.status}] ", step.step) for step in one.plan]),
        ("wrote", [("", clean(file)) for file in one.files_written]),
        ("read", [("", clean(file)) for file in one.files_read if file not in one.files_written]),
        ("said last", [("", one.summary)] if one.summary else []),
    )
    for title, lines in whole:
        if lines:
            output.line()
            output.line(title, "bold")
            for first, text in lines:
                output.text(f"  {first}", text)


def _of_events(one: Facts) -> list[tuple[str, str]]:
    state = one.state(time.time_ns(), is_running=is_running(one))
    revived = f", resumed {one.revival_count}×" if one.revival_count else ""
    return [
        ("state", f"{state} ({one.status or 'unknown'}{revived})"),
        ("time", f"{_local(one.first_started_at)} – {_local(one.last_ended_at or one.last_activity)}"),
    ]


def _of_anchor(told: Anchored, one: Facts) -> list[tuple[str, str]]:
    whose = f"published to {told.remote}" if told.remote else "in this clone's anchors"
    return [
        ("known by", f"{told.source} alone, {whose}; there are no events of it here"),
        ("commits", ", ".join(commit[:10] for commit in told.commits)),
        ("last commit", _local(one.last_activity)),
    ]


def _tokens(one: Facts) -> str:
    kinds = (
        ("in", one.input_tokens),
        ("out", one.output_tokens),
        ("cache read", one.cache_read_tokens),
        ("cache written", one.cache_creation_tokens),
    )
    about = "~" if one.is_estimated else ""
    told = ", ".join(f"{about}{number(count)} {kind}" for kind, count in kinds if count is not None)
    source = one.sources.get("input_tokens")
    how = "estimated by the length of its texts" if one.is_estimated else f"from {source}" if source else ""
    return f"{told} ({how})" if told and how else told


def _local(at: int | None) -> str:
    if not at:
        return "?"
    return datetime.fromtimestamp(at / 1_000_000_000, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
