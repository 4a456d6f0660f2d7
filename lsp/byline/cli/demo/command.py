"""`byline demo`: see it work, and check that it does, without touching anything of the user's."""

import argparse
import io
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from byline.cli import jsonout
from byline.cli.demo import recording, show
from byline.cli.demo.asking import Answers, ask, check
from byline.cli.demo.client import Client
from byline.cli.demo.scratch import Scratch, make_folder, server_command
from byline.cli.terminal import Output, counted
from byline.errors import BylineError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--keep", metavar="DIR", help="play in this new folder instead of a temporary one")
    parser.add_argument("--json", action="store_true", help="print the answers as JSON, and nothing else")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Play, ask, show; 1 where an answer is not the expected one."""
    output = Output(env, io.StringIO() if args.json else None)
    started = time.monotonic()
    folder = make_folder(args.keep)
    try:
        events, everything = _play(folder, output, env)
    except BylineError as problem:
        raise BylineError(f"the demo failed: {problem}{_complaint(folder)} (what it made is in {folder})") from None
    if args.json:
        jsonout.write(show.facts(folder, events, everything))
        return 0
    show.sessions(output, everything)
    count = sum(len(answers.lines) for answers in everything)
    output.line()
    output.line(
        f"{counted(events, 'hook event')}, {counted(count, 'line')}, every answer as expected, "
        f"in {time.monotonic() - started:.1f} s.",
        "bold green",
    )
    _next(output, folder)
    return 0


def _play(folder: Path, output: Output, env: Mapping[str, str]) -> tuple[int, list[Answers]]:
    output.line("A scratch repository, a recorded day of work, the real hook and the real server.", "bold")
    output.line()
    scratch = Scratch(folder, env)

    def say(who: str, what: str) -> None:
        show.step(output, who, what)
        sys.stdout.flush()

    events = recording.play(scratch, say)
    say("you", "open the files in an editor, which starts `byline lsp`, and hover")
    everything = []
    with Client(server_command(), scratch.project, scratch.env, folder / "server.log") as client:
        for expected in recording.expected():
            answers = ask(client, scratch.project, expected)
            check(answers, expected)
            show.file(output, answers)
            everything.append(answers)
    return events, everything


def _complaint(folder: Path) -> str:
    """The last line of the server's log, where it has any."""
    log = folder / "server.log"
    lines = log.read_text("utf-8", "replace").strip().splitlines() if log.is_file() else []
    return f"; the server's last words: {lines[-1][:200]}" if lines else ""


def _next(output: Output, folder: Path) -> None:
    """What to do now."""
    output.line()
    output.line("Nothing of yours was touched. What to do next:", "bold")
    output.line(f"  cd {folder / 'project'} && byline blame client.py    look around in the scratch repository")
    output.line("  byline install claude    record what Claude Code writes from now on")
    output.line("  your editor              let it start `byline lsp`; the README has VS Code, Neovim and Zed")
