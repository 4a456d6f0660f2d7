"""`byline export`: what anchors say, in the formats of other tools."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from byline.cli.parser import Parser
from byline.cli.terminal import Output, clean, counted
from byline.errors import BylineError, GitFailed, NotARepository, UnknownRevision
from byline.repo.anchors import agenttrace, gitai, oobo
from byline.repo.anchors.format import Anchor, SessionLink
from byline.repo.anchors.gate import Gate, published
from byline.repo.anchors.listing import list_notes, resolve
from byline.repo.anchors.names import GITAI_NOTES
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.record import load, plain
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace.place import place_of

TRACES = Path(".agent-trace") / "byline.jsonl"
FORMATS = ("ndjson", "oobo", "git-ai", "agent-trace")


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("range", nargs="?", help="A..B or a commit; else every commit that has an anchor")
    parser.add_argument("--format", choices=FORMATS, default="ndjson", help="ndjson: all there is, one object a line")
    parser.add_argument(
        "--write",
        action="store_true",
        help="git-ai: write notes, where a commit has none; agent-trace: write .agent-trace/byline.jsonl",
    )


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print one JSON object a line for each commit, parents before children; or write notes."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline export works inside a git repository")
    if args.write and args.format not in ("git-ai", "agent-trace"):
        raise BylineError("only git-ai and agent-trace can be written; `byline export --format git-ai --write`")
    git = Git(Path(place.worktree), env=env)
    with Objects(git) as objects:
        anchors = Anchors(git, objects)
        found = _chosen(git, anchors, args.range)
        if args.write and args.format == "agent-trace":
            path = Path(place.worktree) / TRACES
            _write_traces(path, found)
            Output(env).line(f"{counted(len(found), 'record')} written to {TRACES.as_posix()}")
            return 0
        if args.format == "git-ai":
            _tell_unnamed(found, env)
        if args.write:
            count = _write_notes(git, found)
            Output(env).line(f"{counted(count, 'note')} written to {GITAI_NOTES}")
            return 0
        stream = Output(env).stream
        for anchor, links in found:
            stream.write(_RENDER[args.format](anchor, links) + "\n")
    return 0


def _chosen(git: Git, anchors: Anchors, given: str | None) -> list[tuple[Anchor, list[SessionLink]]]:
    """The anchors of ours in a range, and their sessions."""
    commits = anchors.commits()
    if given is not None:
        alone = () if ".." in given else ("--no-walk",)
        try:
            data = git.run("rev-list", *alone, "--end-of-options", given)
        except GitFailed as failure:
            if failure.is_unfinished:
                raise
            said = f"git knows no revision {given!r} here; `git log --oneline` lists them"
            raise UnknownRevision(said) from None
        commits &= frozenset(data.decode("ascii", "replace").split())
    anchors.load(commits)
    found = []
    for commit in commits:
        ours = [one for one in anchors.of(commit) if one.source.startswith("anchor") or one.anchor.imported_from]
        ours.sort(key=lambda one: not one.source.startswith("anchor"))
        ours = [one for one in ours if one.files]
        if ours:
            gate = Gate([], None, ours[0].anchor.transparency_mode, share_prompts=True)
            own = published(ours[0].anchor)
            links = [load(SessionLink, gate.clean(link, own)) for link in anchors.links(ours[0])]
            found.append((load(Anchor, gate.clean(ours[0].anchor, own)), links))
    walked = git.run("rev-list", "--topo-order", "--reverse", "--all", timeout=120).decode("ascii").split()
    place = {commit: number for number, commit in enumerate(walked)}
    return sorted(found, key=lambda pair: (place.get(pair[0].commit_hash, -1), pair[0].commit_hash))


def _ndjson(anchor: Anchor, links: Sequence[SessionLink]) -> str:
    return json.dumps({"anchor": plain(anchor), "sessions": [plain(link) for link in links]})


def _oobo(anchor: Anchor, links: Sequence[SessionLink]) -> str:
    return json.dumps(oobo.record(anchor, links))


def _git_ai(anchor: Anchor, links: Sequence[SessionLink]) -> str:
    note = gitai.render(anchor, links).decode()
    skipped = gitai.unnamed(anchor)
    return json.dumps({"commit": anchor.commit_hash, "note": note, **({"skipped": skipped} if skipped else {})})


def _agent_trace(anchor: Anchor, links: Sequence[SessionLink]) -> str:
    return json.dumps(agenttrace.record(anchor, links))


_RENDER: dict[str, Callable[[Anchor, Sequence[SessionLink]], str]] = {
    "ndjson": _ndjson,
    "oobo": _oobo,
    "git-ai": _git_ai,
    "agent-trace": _agent_trace,
}


def _tell_unnamed(found: Sequence[tuple[Anchor, list[SessionLink]]], env: Mapping[str, str]) -> None:
    """Say which files git-ai will not see in the notes."""
    for anchor, _ in found:
        for path in gitai.unnamed(anchor):
            where = f"{anchor.commit_hash[:7]}: a note of git-ai cannot name {clean(path)}"
            Output(env, sys.stderr).line(f"byline: {where}; only byline reads its lines there")


def _write_traces(path: Path, found: Sequence[tuple[Anchor, list[SessionLink]]]) -> None:
    """All records into a file of their own, which other tools' records are not in. Raises BylineError."""
    text = "".join(_agent_trace(anchor, links) + "\n" for anchor, links in found)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.parent.is_symlink():
            raise BylineError(f"{path.parent} is a link; byline writes no records through it")
        path.parent.mkdir(exist_ok=True)
        new.write_text(text, "utf-8")
        new.replace(path)
    except OSError as problem:
        raise BylineError(f"{path} cannot be written: {problem.strerror}") from None


def _write_notes(git: Git, found: Sequence[tuple[Anchor, list[SessionLink]]]) -> int:
    """Notes for commits that have none; how many. The ref moves only if nobody else moved it meanwhile."""
    tip = resolve(git, GITAI_NOTES)
    there = list_notes(git, tip).commits() if tip else frozenset()
    missing = [(anchor, links) for anchor, links in found if anchor.commit_hash not in there]
    if not missing:
        return 0
    date = max(anchor.committed_at for anchor, _ in missing)
    parts = [b"commit %s\ncommitter byline <byline@localhost> %d +0000\n" % (GITAI_NOTES.encode(), date)]
    parts.append(b"data 21\nNotes added by byline\n")
    parts += [b"from %s\n" % tip.encode()] if tip else []
    for anchor, links in missing:
        note = gitai.render(anchor, links)
        parts.append(b"N inline %s\ndata %d\n%s\n" % (anchor.commit_hash.encode(), len(note), note))
    parts.append(b"done\n")
    git.run("-c", "core.hooksPath=/dev/null", "fast-import", "--quiet", "--done", input=b"".join(parts), timeout=120)
    return len(missing)
