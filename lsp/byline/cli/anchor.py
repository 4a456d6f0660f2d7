"""`byline anchor show SHA`: what is known about one commit."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.anchors import agents_of, subject_of, token_counts
from byline.cli.parser import Parser
from byline.cli.terminal import Output, counted
from byline.errors import BylineError, NotARepository, UnknownRevision
from byline.repo.anchors import names
from byline.repo.anchors.format import Anchor
from byline.repo.anchors.listing import at_tip, tips
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.record import plain
from byline.repo.anchors.stored import Stored
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace.place import place_of


class NotAnchored(BylineError):
    """The commit has no anchor. That says nothing about who wrote it."""


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("verb", choices=("show",), help="what to do")
    parser.add_argument("sha", metavar="SHA", help="a commit: its id, the beginning of one, or any name git knows")
    parser.add_argument("--json", action="store_true", help="print one object")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Show the anchor of one commit."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline anchor works inside a git repository")
    git = Git(Path(place.worktree), env=env)
    output = Output(env)
    with Objects(git) as objects:
        anchors = Anchors(git, objects)
        commit = _commit(args.sha, objects, anchors)
        stored = anchors.of(commit)
        if not stored and commit in anchors.commits():
            told = f"has an anchor that can't be read; `git log {_branch(git, commit)}` says who wrote it"
            raise NotAnchored(f"{commit[:10]} {told}")
        if not stored:
            raise NotAnchored(f"{commit[:10]} has no anchor; `byline sync` makes those of new commits")
        answer = _answer(stored[0], anchors, objects)
    if args.json:
        output.stream.write(json.dumps(answer, indent=2 if output.is_terminal else None) + "\n")
    else:
        _print(output, stored[0].anchor, answer)
    return 0


def _branch(git: Git, commit: str) -> str:
    """The first branch that has an anchor of a commit, as a person names it. A clone may have fetched ones only."""
    ref = next((tip.ref for tip in tips(git) if commit in at_tip(git, tip).commits()), names.BRANCH)
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _commit(name: str, objects: Objects, anchors: Anchors) -> str:
    """The commit a name stands for; also one that only an anchor tells of any more."""
    found = objects.resolve(name)
    if found is not None:
        return found
    known = [commit for commit in anchors.commits() if len(name) >= 4 and commit.startswith(name.lower())]
    if len(known) == 1:
        return known[0]
    raise UnknownRevision(f"git knows no commit {name!r} here; `byline anchors` lists the anchored ones")


def _answer(stored: Stored, anchors: Anchors, objects: Objects) -> dict[str, Any]:
    anchor = stored.anchor
    links = anchors.links(stored)
    counts = token_counts(links)
    commit = objects.commit(anchor.commit_hash)
    return {
        "sha": anchor.commit_hash,
        "parents": list(commit.parents) if commit else [],
        "timestamp": anchor.committed_at,
        "author": {"raw": anchor.author},
        "subject": subject_of(anchor),
        "body": anchor.message.lstrip("\n").partition("\n")[2].strip("\n"),
        "tools": agents_of(anchor),
        "tokens": {
            "input": counts.get("input"),
            "output": counts.get("output"),
            "cache_read": counts.get("cache_read"),
            "cache_write": counts.get("cache_creation"),
            "total": sum(counts.values()) if counts else None,
        },
        "attribution": {
            "ai_lines": anchor.ai_added,
            "human_lines": anchor.human_added,
            "unknown_lines": anchor.unknown_added,
            "ai_pct": anchor.ai_percentage,
        },
        "sessions": [plain(link) for link in links],
        "subagents": [plain(one) for one in anchors.subagents(stored)],
        "timeline": plain(story) if (story := anchors.timeline(stored)) is not None else None,
        "files_changed": list(anchor.files_changed),
        "source": stored.source,
        "anchor": plain(anchor),
    }


def _print(output: Output, anchor: Anchor, answer: Mapping[str, Any]) -> None:
    output.line(f"{anchor.commit_hash[:10]}  {answer['subject']}", "bold")
    output.line(f"{anchor.author}, {anchor.author_type}" + (f", on {anchor.branch}" if anchor.branch else ""))
    share = "" if anchor.ai_percentage is None else f" ({anchor.ai_percentage:g} % by AI)"
    output.line(f"{counted(anchor.added, 'line')} added, {anchor.deleted} removed{share}")
    unknown = f", {anchor.unknown_added} of them unknown" if anchor.unknown_added else ""
    output.line(f"added by AI {anchor.ai_added}, by others {anchor.human_added}{unknown}")
    rows = []
    for change in anchor.file_changes:
        for lines in change.line_attributions:
            places = ", ".join(f"{r.start}" if r.start == r.end else f"{r.start}-{r.end}" for r in lines.ranges)
            who = lines.author if lines.author == "human" else lines.agent or "ai"
            rows.append((change.path, places, who, lines.session_id or "", "carried" if lines.carried else ""))
        if not change.line_attributions:
            rows.append((change.path, "", "unknown" if change.added else "", "", ""))
    output.table(("FILE", "LINES", "BY", "SESSION", ""), rows)
