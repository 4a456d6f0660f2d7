"""`byline stats`: whose lines a range of commits brought, and how many of the sessions' are still there."""

import argparse
from collections.abc import Mapping
from typing import Any

import msgspec

from byline.cli import jsonout
from byline.cli.folders import needed_repository
from byline.cli.parser import Parser
from byline.cli.rangeanchors import anchors_of, commits_of
from byline.cli.terminal import Output, counted
from byline.errors import BylineError
from byline.repo import renames
from byline.repo.anchors.format import Anchor, SessionLink, line_count, lines_by
from byline.workspace.workspace import Workspace

NOTHING = (
    "no commit since byline's first event, and none with an anchor; `byline fetch` gets what others anchored, "
    "`byline stats A..B` counts any range"
)


class Tally(msgspec.Struct):
    """Lines of one agent, model, person or folder."""

    commits: int = 0
    added: int = 0
    ai_added: int = 0
    human_added: int = 0
    unknown_added: int = 0


class Stats(msgspec.Struct):
    """The answer; lines are added lines."""

    range: str | None
    commits: int = 0
    total: Tally = msgspec.field(default_factory=Tally)
    deleted: int = 0
    sessions: int = 0
    ai_pct: float | None = None
    """Of all added lines."""
    by_agent: dict[str, Tally] = {}
    by_model: dict[str, Tally] = {}
    by_author: dict[str, Tally] = {}
    by_folder: dict[str, Tally] = {}
    surviving: int | None = None
    """Lines of these sessions that HEAD has; null where it was not asked for."""
    survival_pct: float | None = None
    by_session: dict[str, dict[str, Any]] = {}


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "range",
        nargs="?",
        metavar="RANGE",
        help="A..B, or A for A..HEAD; else since byline's first event, or all with anchors",
    )
    parser.add_argument("--no-survival", action="store_true", help="do not look which lines are still there")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Count."""
    place = needed_repository("byline stats")
    with Workspace(place, env) as workspace:
        commits = commits_of(workspace, args.range)
        stats = Stats(args.range, len(commits))
        paths: set[str] = set()
        for anchor, links, _ in anchors_of(workspace, commits):
            _count(stats, anchor, links)
            paths |= {change.path for change in anchor.file_changes}
        stats.sessions = len(stats.by_session)
        if stats.total.added:
            stats.ai_pct = round(100 * stats.total.ai_added / stats.total.added, 1)
        if not args.no_survival:
            _survival(stats, workspace, _now_called(workspace, commits, paths))
    if args.json:
        jsonout.write(msgspec.to_builtins(stats))
    else:
        _show(Output(env), stats)
        if not commits and not args.range:
            Output(env).line(NOTHING, "dim")
    return 0


def _count(stats: Stats, anchor: Anchor, links: list[SessionLink]) -> None:
    models = {link.session_id: link.model for link in links}
    unknown = anchor.unknown_added or 0
    parts = (anchor.added, anchor.ai_added, anchor.human_added - unknown, unknown)
    stats.deleted += anchor.deleted
    _add(stats.total, *parts)
    _add(stats.by_author.setdefault(anchor.author, Tally()), *parts)
    agents: dict[str, int] = {}
    by_model: dict[str, int] = {}
    folders: dict[str, Tally] = {}
    for change in anchor.file_changes:
        by_agents = 0
        for lines in change.line_attributions:
            count = line_count(lines.ranges)
            if lines.author != "ai":
                continue
            by_agents += count
            agent = lines.agent or "unknown"
            agents[agent] = agents.get(agent, 0) + count
            model = models.get(lines.session_id or "") or "unknown"
            by_model[model] = by_model.get(model, 0) + count
            if lines.session_id:
                one = stats.by_session.setdefault(lines.session_id, {"agent": agent, "added": 0, "surviving": None})
                one["added"] += count
        folder = folders.setdefault(change.path.partition("/")[0] if "/" in change.path else ".", Tally())
        people = lines_by("human", change.line_attributions)
        _add(folder, change.added, by_agents, people, max(change.added - by_agents - people, 0))
    for name, tally in folders.items():
        _add(
            stats.by_folder.setdefault(name, Tally()),
            tally.added,
            tally.ai_added,
            tally.human_added,
            tally.unknown_added,
        )
    for found, into in ((agents, stats.by_agent), (by_model, stats.by_model)):
        for name, count in found.items():
            _add(into.setdefault(name, Tally()), count, count, 0, 0)


def _add(tally: Tally, added: int, ai: int, human: int, unknown: int) -> None:
    tally.commits += 1
    tally.added += added
    tally.ai_added += ai
    tally.human_added += human
    tally.unknown_added += unknown


def _now_called(workspace: Workspace, commits: list[str], paths: set[str]) -> set[str]:
    """These paths, and what git takes their files for renamed to since the first of the commits."""
    if not commits or workspace.git is None:
        return paths
    return renames.reached(paths, renames.since(workspace.git, commits[-1], "HEAD"))


def _survival(stats: Stats, workspace: Workspace, paths: set[str]) -> None:
    """Count the lines at HEAD that belong to the sessions of the range, in the files it touched."""
    for one in stats.by_session.values():
        one["surviving"] = 0
    assert workspace.worktree is not None
    for path in sorted(paths):
        try:
            answer = workspace.attribute(workspace.worktree / path, rev="HEAD", blame=True)
        except BylineError:
            continue  # no longer there, or a link now leads elsewhere
        for line in answer.lines:
            owner = stats.by_session.get(line.session_id or "")
            if owner is not None and owner["surviving"] < owner["added"]:
                owner["surviving"] += 1
    stats.surviving = sum(one["surviving"] for one in stats.by_session.values())
    added = sum(one["added"] for one in stats.by_session.values())
    stats.survival_pct = round(100 * stats.surviving / added, 1) if added else None


def _show(output: Output, stats: Stats) -> None:
    total = stats.total
    share = "" if stats.ai_pct is None else f" ({stats.ai_pct:.0f} %)"
    output.line(
        f"{counted(stats.commits, 'commit')}, {counted(total.added, 'line')} added, {stats.deleted} deleted", "bold"
    )
    output.line(f"agents {total.ai_added}{share}, people {total.human_added}, unknown {total.unknown_added}")
    if stats.survival_pct is not None:
        output.line(f"still in HEAD: {stats.surviving} of the agents' lines ({stats.survival_pct:.0f} %)")
    for title, rows in (
        ("agent", stats.by_agent),
        ("model", stats.by_model),
        ("author", stats.by_author),
        ("folder", stats.by_folder),
    ):
        if rows:
            output.line()
            output.table(
                (title, "commits", "added", "agents", "people", "unknown"),
                [
                    (name, *(str(getattr(one, field)) for field in one.__struct_fields__))
                    for name, one in sorted(rows.items(), key=lambda row: (-row[1].added, row[0]))
                ],
            )
