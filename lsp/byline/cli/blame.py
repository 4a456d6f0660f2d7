"""`byline blame`: who wrote each line of a file."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from byline.cli import gitflags, jsonout
from byline.cli.followed import catch_up
from byline.cli.lineranges import chosen
from byline.cli.nofile import no_file
from byline.cli.parser import Parser
from byline.errors import LACKING_HELPS, BylineError, UnknownRevision, WrongUsage
from byline.model import FileAttribution
from byline.repo.blame import blame
from byline.sessions.shortids import ShortIds
from byline.workspace.spelling import spelled
from byline.workspace.workspace import LARGEST_FILE, Workspace
from byline_hooks.snapshots import LARGEST, is_secret


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument("file", help="the file, in a repository or outside")
    parser.add_argument("--rev", metavar="R", help="the file as it is in this revision, instead of the working file")
    parser.add_argument("--contents", metavar="-", help="take the text from this file, `-` for standard input")
    parser.add_argument(
        "-L",
        dest="ranges",
        action="append",
        default=[],
        metavar="START,END",
        help="only these lines, as in git: `3,9`, `3,+5`, `3` to the end, `/REGEX/,+5`, `:FUNCTION`; repeatable",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object (see docs/json.md)")
    gitflags.add(parser)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print one line of answer a line of file."""
    path = spelled(Path(args.file))
    if args.rev is not None and args.contents is not None:
        raise WrongUsage("give either --rev or --contents, not both")
    text = _contents(args.contents)
    if text is None and args.rev is None:
        _must_be_file(path, args.file)
    catch_up(env, path)
    with Workspace.for_path(path, env) as workspace:
        answer = workspace.attribute(path, text, args.rev)
        known = () if args.json else (*workspace.session_ids(), *answer.sessions)
        if flags := gitflags.chosen(args):
            _must_be_known(workspace, args)
            answer = _blamed_anew(workspace, answer, args.rev, flags)
    answer = msgspec.structs.replace(answer, notes=(*answer.notes, *_notes(answer, path)))
    lines = answer.text.decode("utf-8", "replace").split("\n")[: len(answer.lines)]
    shown = chosen(args.ranges, lines, args.file) if lines else []
    if args.json:
        from byline.cli.blamejson import as_json

        jsonout.write(as_json(answer, args.rev, shown))
    else:
        from byline.cli.blametext import write

        write(answer, lines, shown, args, env, ShortIds(known))
    for note in answer.notes:
        from byline.cli.terminal import clean

        sys.stderr.write(f"byline: {clean(note)}\n")
    return 0


def _must_be_file(path: Path, given: str) -> None:
    if why := no_file(path, given):
        raise BylineError(why)
    if not path.is_file():
        raise BylineError(f"there is no file {given!r}; for one in history: byline blame --rev REV {given}")


def _must_be_known(workspace: Workspace, args: argparse.Namespace) -> None:
    """Raise where a commit, or a file of commits, to look behind is none."""
    for rev in args.ignore_rev:
        if workspace.objects is not None and workspace.objects.resolve(rev) is None:
            raise UnknownRevision(f"git knows no revision {rev!r} here; `git log --oneline` lists them")
    if args.ignore_revs_file and not os.access(args.ignore_revs_file, os.R_OK):
        raise BylineError(f"cannot read {args.ignore_revs_file!r}; --ignore-revs-file names a file of commits' ids")


def _blamed_anew(
    workspace: Workspace, answer: FileAttribution, rev: str | None, flags: Sequence[str]
) -> FileAttribution:
    """The same owners, with the commits that git names when it is asked with these flags."""
    if workspace.git is None or not answer.lines:
        return answer
    found = blame(
        workspace.git,
        answer.path,
        rev=answer.revision if rev is not None else None,
        contents=answer.text if rev is None else None,
        flags=flags,
    )
    lines = list(answer.lines)
    for group in found.groups:
        for k in range(group.start, min(group.start + group.count, len(lines))):
            line = group.original_start + k - group.start if group.commit else None
            lines[k] = msgspec.structs.replace(lines[k], commit=group.commit, commit_line=line)
    return msgspec.structs.replace(answer, lines=tuple(lines), commits=found.commits)


def _notes(answer: FileAttribution, path: Path) -> list[str]:
    """Why nobody's lines are known, where that is the file's own nature, or some lines' commits are not."""
    if any(line.commit is None and line.state == "committed" for line in answer.lines):
        helps = f"where a partial clone lacks history, {LACKING_HELPS}"
        return [f"git could not tell which commit brought some lines (?); {helps}"]
    if answer.text and not answer.lines:
        size = f"over {LARGEST_FILE >> 20} MiB" if len(answer.text) > LARGEST_FILE else ""
        return [f"{path} is {size or 'a binary file'}: it has no lines to tell of"]
    if len(answer.text) > LARGEST and any(line.owner == "unknown" for line in answer.lines):
        why = f"{path} is over {LARGEST >> 20} MiB: no copies of such files are kept"
        return [f"{why}, so who wrote a line is known only once the file is committed as it was written"]
    if is_secret(path.name):
        return [f"{path} is secret by its name: no copies of such files are kept, so lines stay unknown"]
    return []


def _contents(name: str | None) -> bytes | None:
    if name is None:
        return None
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BylineError(f"cannot read {name!r}: {error.strerror}") from None
