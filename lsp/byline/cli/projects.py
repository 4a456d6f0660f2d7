"""`byline projects`, and `byline` alone: the repositories byline has recorded something in."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from byline.cli import jsonout
from byline.cli.moments import age, iso
from byline.cli.parser import Parser
from byline.cli.sessions import number
from byline.cli.terminal import Output, counted
from byline.errors import GitFailed
from byline.repo.anchors.read import Anchors
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.store.paths import folders_for
from byline.workspace.elsewhere import Project, projects
from byline.workspace.sessionfacts import SessionFacts
from byline_hooks.place import find_repository, recording


def arguments(parser: Parser) -> None:
    """The command's options."""
    parser.add_argument("--json", action="store_true", help="an array of objects")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """A row a repository."""
    rows = [describe(project, env) for project in projects(env)]
    if args.json:
        jsonout.write(rows)
    elif rows:
        _table(Output(env), rows)
    else:
        Output(env).line("nothing was recorded yet; `byline install` makes agents record")
    return 0


def overview(env: Mapping[str, str], *, as_json: bool) -> bool:
    """What `byline` alone prints; False, and nothing printed, where there is nothing to tell a person."""
    rows = [describe(project, env) for project in projects(env)]
    stats = _stats(rows)
    if as_json:
        jsonout.write({"projects": rows, "stats": stats})
        return True
    if not rows:
        return False
    output = Output(env)
    _table(output, rows)
    output.line()
    share = "" if stats["ai_pct"] is None else f", {stats['ai_pct']:.0f} % by agents"
    output.line(
        f"{counted(stats['projects'], 'project')}, {counted(stats['sessions'], 'session')}, "
        f"{number(stats['tokens'])} token{'' if stats['tokens'] == 1 else 's'}, "
        f"{counted(stats['anchors'], 'anchor')}{share}"
    )
    output.line("`byline --help` lists the commands", "dim")
    return True


def describe(project: Project, env: Mapping[str, str]) -> dict[str, Any]:
    """One row (docs/json.md)."""
    place = find_repository(project.worktree)
    there = place is not None and place.common_dir == project.common_dir
    row: dict[str, Any] = {
        "id": project.key,
        "name": Path(project.worktree).name,
        "path": project.worktree,
        "remote": None,
        "enabled": False,
        "last_activity": None,
        "anchors": 0,
        "sessions": 0,
        "tokens": None,
        "ai_pct": None,
        "exists": there,
    }
    if place is None or not there:
        return row
    known = SessionFacts(folders_for(place, env), env)
    sessions = known.all().values()
    known.close()
    tokens = [one.total_tokens for one in sessions if one.total_tokens is not None]
    git = Git(Path(place.worktree), env=env)
    row |= {
        "remote": _remote(git),
        "enabled": recording(place, env),
        "last_activity": iso(max((one.last_activity or 0 for one in sessions), default=0) or None),
        "sessions": len(sessions),
        "tokens": sum(tokens) if tokens else None,
    }
    row["anchors"], row["ai_pct"] = _anchors(git)
    return row


def _anchors(git: Git) -> tuple[int, float | None]:
    """How many commits have anchors, and the share of their changed lines that is agents'."""
    try:
        with Objects(git) as objects:
            anchors = Anchors(git, objects)
            commits = anchors.commits()
            anchors.load(commits)
            first = [stored[0].anchor for commit in commits if (stored := anchors.of(commit))]
    except GitFailed:
        return 0, None
    changed = sum(one.added + one.deleted for one in first)
    by_agents = sum(one.ai_added + one.ai_deleted for one in first)
    return len(first), round(100 * by_agents / changed, 1) if changed and by_agents else None


def _remote(git: Git) -> str | None:
    """Where `origin` is, without a name or password in it."""
    url = git.run("config", "--get", "remote.origin.url", check=False).decode("utf-8", "replace").strip()
    if "://" not in url:
        return url or None
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def _stats(rows: list[dict[str, Any]]) -> dict[str, Any]:
    tokens = [row["tokens"] for row in rows if row["tokens"] is not None]
    shares = [(row["ai_pct"], row["anchors"]) for row in rows if row["ai_pct"] is not None]
    weight = sum(anchors for _, anchors in shares)
    return {
        "projects": len(rows),
        "sessions": sum(row["sessions"] for row in rows),
        "anchors": sum(row["anchors"] for row in rows),
        "tokens": sum(tokens) if tokens else None,
        "ai_pct": round(sum(share * anchors for share, anchors in shares) / weight, 1) if weight else None,
    }


def _table(output: Output, rows: list[dict[str, Any]]) -> None:
    output.table(
        ("project", "sessions", "tokens", "anchors", "agents", "last", "path"),
        [
            (
                row["name"],
                str(row["sessions"]),
                number(row["tokens"]),
                str(row["anchors"]),
                "-" if row["ai_pct"] is None else f"{row['ai_pct']:.0f} %",
                _age(row["last_activity"]) if row["exists"] else "gone",
                row["path"],
            )
            for row in rows
        ],
    )


def _age(moment: str | None) -> str:
    return age(int(datetime.fromisoformat(moment).timestamp() * 1e9)) if moment else "-"
