"""Asking `byline blame --json` who owns the lines of a file."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from story.fork import in_child


class BlameFailed(AssertionError):
    """`byline blame` gave no answer where there is one."""


@dataclass(frozen=True)
class LineOwner:
    """One line of an answer: its text without line end, `H`, `U` or the session id, and byline's reason."""

    text: str
    owner: str
    reason: str
    state: str


@dataclass(frozen=True)
class Blame:
    """How to ask: a new process each time, or `main` in a forked child (same program, no interpreter start)."""

    forked: bool = False

    def __call__(self, path: str, rev: str | None, env: Mapping[str, str], cwd: Path) -> list[LineOwner]:
        """The lines of `path` (relative to `cwd`) in the working tree, or at `rev`."""
        return [
            LineOwner(str(line["content"]).rstrip("\r\n"), owner_word(line), str(line.get("reason")), line["state"])
            for line in self.answer(path, rev, env, cwd)["lines"]
        ]

    def answer(self, path: str, rev: str | None, env: Mapping[str, str], cwd: Path) -> dict[str, Any]:
        """The whole JSON object, as printed."""
        arguments = ["blame", path, "--json", *(["--rev", rev] if rev else [])]
        if self.forked:
            code, out, err = in_child(_main, ["byline", *arguments], b"", env, cwd)
        else:
            call = [
                sys.executable,
                "-c",
                "import sys; from byline.cli.main import main; sys.exit(main())",
                *arguments,
            ]
            done = subprocess.run(call, capture_output=True, env=env, cwd=cwd, stdin=subprocess.DEVNULL)
            code, out, err = done.returncode, done.stdout, done.stderr
        if code:
            raise BlameFailed(f"byline {' '.join(arguments)}: exit {code}: {err.decode(errors='replace')[-2000:]}")
        answer: dict[str, Any] = json.loads(out)
        return answer


def _main() -> int | None:
    main: Callable[[], int | None] = importlib.import_module("byline.cli.main").main
    return main()


def owner_word(line: Mapping[str, Any]) -> str:
    """`U`, `H` or the session id of one line of the JSON answer."""
    kind = line["owner"]
    if kind == "session":
        session_id = line["session_id"]
        if not session_id:
            raise BlameFailed(f"a session owns the line, but which one is not said: {line}")
        return str(session_id)
    if kind not in ("human", "unknown"):
        raise BlameFailed(f"no such owner: {kind!r}")
    return "H" if kind == "human" else "U"
