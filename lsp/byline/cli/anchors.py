"""`byline anchors`: the commits that have anchors, newest first."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from byline.cli.parser import Parser, at_most
from byline.cli.terminal import Output, shorten
from byline.errors import NotARepository
from byline.repo.anchors.format import Anchor, SessionLink
from byline.repo.anchors.order import newest_first
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.stored import Stored
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace.place import place_of

TOKENS = ("input", "output", "cache_read", "cache_creation")


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument(
        "-n", dest="most", type=at_most, default=50, metavar="N", help="at most so many, 0 for all (50)"
    )
    parser.add_argument("--tool", metavar="AGENT", help="only commits that this agent had a hand in")
    parser.add_argument("--json", action="store_true", help="print an array of objects")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """List what is anchored."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline anchors works inside a git repository")
    git = Git(Path(place.worktree), env=env)
    output = Output(env)
    with Objects(git) as objects:
        anchors = Anchors(git, objects)
        anchors.load(anchors.commits())
        first = [stored[0] for commit in anchors.commits() if (stored := anchors.of(commit))]
        first = newest_first(first, objects)
        chosen = [one for one in first if args.tool is None or args.tool in agents_of(one.anchor)][
            : args.most or None
        ]
        rows = [_row(Path(place.worktree).name, one, anchors) for one in chosen]
    if args.json:
        output.stream.write(json.dumps(rows, indent=2 if output.is_terminal else None) + "\n")
    elif not rows:
        output.line("no anchors; `byline sync` writes them")
    else:
        output.table(("COMMIT", "AI", "AGENTS", "SESSIONS", "SUBJECT"), [_cells(row) for row in rows])
    return 0


def agents_of(anchor: Anchor) -> list[str]:
    """The agents of an anchor, by name."""
    return sorted({one.name for one in anchor.contributors if one.role == "agent"})


def token_counts(links: Sequence[SessionLink]) -> dict[str, int]:
    """The tokens of all sessions by kind; kinds of which nothing is known are left out."""
    counts = {}
    for kind in TOKENS:
        known = [value for link in links if (value := getattr(link, f"{kind}_tokens")) is not None]
        if known:
            counts[kind] = sum(known)
    return counts


def subject_of(anchor: Anchor) -> str:
    """The first line of the message."""
    return anchor.message.lstrip("\n").partition("\n")[0]


def _row(project: str, stored: Stored, anchors: Anchors) -> dict[str, Any]:
    anchor = stored.anchor
    counts = token_counts(anchors.links(stored))
    return {
        "sha": anchor.commit_hash,
        "project": project,
        "subject": subject_of(anchor),
        "timestamp": anchor.committed_at,
        "tool": ", ".join(agents_of(anchor)) or None,
        "tokens": sum(counts.values()) if counts else None,
        "sessions": len(anchor.session_ids),
        "ai_pct": anchor.ai_percentage,
        "source": stored.source,
    }


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    share = "" if row["ai_pct"] is None else f"{row['ai_pct']:.0f} %"
    return row["sha"][:10], share, row["tool"] or "", str(row["sessions"] or ""), shorten(row["subject"], 72)
