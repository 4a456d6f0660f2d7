"""`byline import --transcripts [AGENT]`: sessions from before byline, from what agents keep of them."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from byline.cli.terminal import Output
from byline.errors import BylineError, NotARepository
from byline.workspace.imported.bring import Count, Progress, agents_named, bring
from byline.workspace.place import place_of


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Import them, or with `--dry-run` say what there is."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline import works inside a git repository")
    try:
        agents = agents_named(args.transcripts)
    except BylineError as problem:
        args.refuse(str(problem))
    with _progress(env, shown=not args.json) as progress:
        counts = bring(place, agents, env, dry_run=args.dry_run, progress=progress)
    if args.json:
        told = {"dry_run": bool(args.dry_run), "agents": [msgspec.to_builtins(count) for count in counts]}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        _say(Output(env), counts, dry_run=args.dry_run)
    return 0


def _say(output: Output, counts: list[Count], *, dry_run: bool) -> None:
    shown = [count for count in counts if count.sessions or count.writes or count.links or count.known]
    if not shown:
        output.line("no transcripts of sessions in this repository were found")
        return
    columns = ("agent", "sessions", "prompts", "writes", "files", "unproved", "links", "known")
    output.table(columns, [tuple(str(getattr(count, name)) for name in columns) for count in shown])
    new = sum(count.sessions + count.writes + count.links for count in counts)
    if not new:
        output.line("nothing new")
    elif dry_run:
        output.line("nothing was imported: this was a dry run")
    if any(count.unproved for count in shown):
        output.line("unproved: writes whose result neither git nor the disk has any more; they own no lines")


@contextmanager
def _progress(env: Mapping[str, str], *, shown: bool) -> Iterator[Progress | None]:
    """A bar on a terminal, where there are transcripts to wait for."""
    if not shown or not Output(env, sys.stderr).is_terminal:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading transcripts", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield progress
