"""`byline forget`: take a session's prompts and texts out of everything byline keeps on this machine."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from byline.cli.parser import Parser
from byline.cli.terminal import Output, counted
from byline.errors import BylineError
from byline.repo.run import Git
from byline.sessions.naming import pick
from byline.store import forgetting, index, obstacles
from byline.store.blobs import Snapshots
from byline.store.paths import Folders, folders_for
from byline.workspace import turnsgone
from byline.workspace.elsewhere import projects
from byline.workspace.place import Place, place_of
from byline.workspace.published import published
from byline.workspace.sessionfacts import SessionFacts
from byline_hooks import record
from byline_hooks.observation import Observation
from byline_hooks.place import find_repository


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument("session", metavar="SESSION", help="its id, or a beginning that only it has")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and keep it")
    parser.add_argument("--json", action="store_true", help="one JSON object (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Forget it in every repository of this machine, and say what anchors tell of it and where it failed."""
    here = place_of(Path.cwd())
    known = SessionFacts(folders_for(here, env), env)
    name = pick(known.events_only(), args.session)
    known.close()
    answer: dict[str, Any] = {
        "session_id": name,
        "dry_run": args.dry_run,
        "repositories": [],
        "published": [],
        "transcripts": [],
        "failed": [],
    }
    transcripts: set[str] = set()
    pushed: dict[str, frozenset[str]] = {}
    for place in _places(here, env):
        where = place.worktree if place else None
        try:
            found = _forget(place, name, env, dry_run=args.dry_run)
        except (OSError, BylineError) as problem:
            answer["failed"].append({"path": where, "problem": _why(problem, folders_for(place, env))})
        else:
            if found.events or found.rejected or found.texts:
                answer["repositories"].append({"path": where, **_counts(found)})
                transcripts |= found.transcripts
        if place is not None and (told := published(Git(Path(place.worktree), env=env), name)):
            pushed[place.worktree] = told.pushed
            row = {"commits": told.commits, "where": told.where, "words": told.words}
            answer["published"].append({"path": where, **msgspec.to_builtins(row)})
    answer["transcripts"] = sorted(path for path in transcripts if Path(path).exists())
    if args.json:
        sys.stdout.write(json.dumps(answer) + "\n")
    else:
        _say(Output(env), answer, pushed)
        for one in answer["failed"]:
            where = one["path"] or "what lies outside repositories"
            Output(env, sys.stderr).line(f"byline: not forgotten in {where}: {one['problem']}")
    return 1 if answer["failed"] else 0


def _counts(found: forgetting.Forgotten) -> dict[str, Any]:
    return {
        "sessions": sorted(found.sessions),
        "events": found.events,
        "prompts": found.prompts,
        "snapshots": len(found.snapshots),
        "shared": len(found.shared),
        "rejected": found.rejected,
        "turns": len(found.turns),
    }


def _why(problem: OSError | BylineError, folders: Folders) -> str:
    if isinstance(problem, BylineError):
        return str(problem)
    return obstacles.told(problem, *folders.all) or f"cannot use {problem.filename}: {problem.strerror or problem}"


def _places(here: Place | None, env: Mapping[str, str]) -> Iterator[Place | None]:
    """Every repository of this machine once, then what lies outside any."""
    seen = set()
    for place in (here, *(find_repository(project.worktree) for project in projects(env))):
        if place is not None and place.common_dir not in seen:
            seen.add(place.common_dir)
            yield place
    yield None


def _forget(place: Place | None, name: str, env: Mapping[str, str], *, dry_run: bool) -> forgetting.Forgotten:
    folders = folders_for(place, env)
    found = forgetting.forget(folders, name, dry_run=dry_run)
    snapshots = Snapshots(folders)
    found.snapshots, found.shared = (
        {one for one in names if snapshots.has(one)} for names in (found.snapshots, found.shared)
    )
    if place is not None and found.events:
        contents = [data for one in sorted(found.snapshots) if (data := snapshots.get(one)) is not None]
        git = Git(Path(place.worktree), env=env)
        found.turns = turnsgone.forget(git, Path(place.common_dir), found.sessions, contents, dry_run=dry_run)
    if not dry_run and found.events:
        snapshots.drop(sorted(found.snapshots))
        index.delete(folders)
        if place is not None:
            told: dict[str, object] = {"session_id": name, "source": "manual"}
            with contextlib.suppress(OSError, UnicodeEncodeError):
                name.encode()  # the writer puts other characters for lone surrogates, and names another session
                record.observe(Observation("forget", told, cwd=place.worktree), env)
    return found


def _say(output: Output, answer: dict[str, Any], pushed: Mapping[str, frozenset[str]]) -> None:
    verb = "would go" if answer["dry_run"] else "gone"
    output.line(f"session {answer['session_id']}", "bold")
    for one in answer["repositories"]:
        where = one["path"] or "outside repositories"
        snapshots = counted(one["snapshots"], "snapshot")
        output.line(f"{verb}: {counted(one['prompts'], 'prompt')} and {snapshots} ({where})")
        if one["turns"]:
            trees = counted(one["turns"], "tree of a turn", "trees of turns")
            output.line(f"  and {trees}; git deletes their contents with the next `git gc --prune=now`")
        if one["shared"]:
            stay, them = ("stays", "it") if one["shared"] == 1 else ("stay", "them")
            output.line(f"  {counted(one['shared'], 'snapshot')} {stay}: the work of others stands on {them}")
    if not answer["dry_run"]:
        output.line("its events stay, without their words; a running editor forgets when it is started anew")
    for one in answer["published"]:
        _say_anchors(output, one, pushed[one["path"]])
    for path in answer["transcripts"]:
        output.line(f"not byline's, and kept: the agent's transcript {path}")


def _say_anchors(output: Output, one: dict[str, Any], pushed: frozenset[str]) -> None:
    """What anchors tell: published is only what a remote has."""
    commits, where = one["commits"], ", ".join(one["where"])
    if pushed:
        count, whole = len(pushed), f" of {len(commits)}" if len(pushed) < len(commits) else ""
        said = "published"
    else:
        count, whole = len(commits), ""
        said = "in this clone's anchors, and at no remote it has"
    names = "names" if count == 1 and not whole else "name"
    first = f"{said}: {counted(count, 'commit')}{whole} of {one['path']} {names} it ({where})"
    if not one["words"]:
        output.line(f"{first}; no prompt is in {'it' if len(commits) == 1 else 'them'}")
    else:
        told = len({words["commit"] for words in one["words"]})
        fields = sorted({field for words in one["words"] for field in words["fields"]})
        output.line(first, "yellow")
        output.line(f"  its words are in the anchors of {told} of them: {', '.join(fields)}", "yellow")
        reach = "whoever has that branch can read them" if pushed else "whoever gets that branch can read them"
        output.line(f"  byline takes nothing out of anchors: {reach}", "yellow")
    if any(source.startswith("git-ai") for source in one["where"]):
        output.line("  what git-ai's notes hold of it besides is git-ai's, and was not looked at")
