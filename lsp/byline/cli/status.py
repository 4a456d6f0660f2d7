"""`byline status`: what is recorded where the person stands, and by which agents."""

import argparse
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from byline.cli import jsonout
from byline.cli.here import Here
from byline.cli.install import agents, registration
from byline.cli.moments import age, iso
from byline.cli.terminal import Output, counted
from byline.errors import BylineError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `byline status`."""
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print it."""
    facts = gather(Here(env))
    if args.json:
        jsonout.write(facts, indent=2)
    else:
        _show(Output(env), facts)
    return 0


def gather(here: Here) -> dict[str, Any]:
    """What `--json` prints."""
    last = here.last_events()
    names = list(agents.ROWS) + sorted(last.keys() - agents.ROWS.keys())
    since = _midnight()
    problems, events = here.problems, here.journal.events
    today = events.some([number for number, at in enumerate(events.at) if at >= since])
    return {
        "repository": str(here.worktree) if here.worktree else None,
        "recording": {"on": here.is_recording, "why": here.why()},
        "store": str(here.folders.store),
        "events": len(events),
        "skipped_lines": problems.torn + problems.invalid + problems.newer,
        "sessions_today": len({event.session_id for event in today if event.session_id}),
        "agents": [_agent(here, name) for name in names],
    }


def _agent(here: Here, name: str) -> dict[str, Any]:
    last = here.last_events().get(name)
    count, *_ = here.journal.agents.get(name, (0,))
    return {
        "agent": name,
        "installed": _installed(here, name) if name in agents.ROWS else [],
        "events": count,
        "last_event": last.event if last else None,
        "last_event_at": iso(last.at) if last else None,
    }


def _installed(here: Here, name: str) -> list[dict[str, str]]:
    try:
        found = registration.find(name, here.env, here.worktree)
    except BylineError:
        return []  # an account without a home has no settings
    return [{"scope": one.scope, "path": str(one.path)} for one in found]


def _age(moment: str) -> str:
    return age(int(datetime.fromisoformat(moment).timestamp() * 1e9))


def _midnight() -> int:
    """Nanoseconds since 1970 of the last local midnight."""
    now = time.localtime()
    return int(time.mktime((now.tm_year, now.tm_mon, now.tm_mday, 0, 0, 0, 0, 0, -1))) * 1_000_000_000


def _show(out: Output, facts: dict[str, Any]) -> None:
    recording = facts["recording"]
    out.line(f"repository  {facts['repository'] or 'none here; files outside repositories'}")
    out.line(
        f"recording   {'on' if recording['on'] else 'off'} ({recording['why']})", "" if recording["on"] else "yellow"
    )
    out.line(f"store       {facts['store']}")
    skipped = f", {counted(facts['skipped_lines'], 'line')} skipped" if facts["skipped_lines"] else ""
    out.line(f"events      {facts['events']}{skipped}")
    out.line(f"today       {counted(facts['sessions_today'], 'session')}")
    out.line()
    rows = []
    for agent in facts["agents"]:
        where = ", ".join(found["scope"] for found in agent["installed"]) or "no"
        seen = f"{agent['last_event']}, {_age(agent['last_event_at'])}" if agent["last_event"] else "never"
        rows.append((agent["agent"], where, str(agent["events"]), seen))
    out.table(("agent", "installed", "events", "last event"), rows)
    if not any(agent["installed"] for agent in facts["agents"]):
        out.line("`byline install` makes the agents of this machine record", "bold")
