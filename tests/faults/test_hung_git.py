"""A git that never answers: commands give up with one line, the server goes on with all else and leaves at once."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faults import deaths
from faults.brokengit import broken_git
from faults.test_git_fails import only
from gitrepo import Repo
from hookrun import generic
from hostile.test_server import Editor, params
from story import Blame, ForkedHook, story

COMMANDS = (
    *(
        "blame f.txt",
        "blame f.txt --rev HEAD",
        "blame -w f.txt",
        "sync",
        "sync --push",
        "gc",
        "stats",
        "stats --json",
    ),
    *("sessions", "sessions --json", "session show A", "search a", "status", "doctor", "diff", "export", "report"),
    *("correct f.txt:1 --owner human", "reindex", "goto --ids", "fetch", "push", "forget B --dry-run", "enable"),
)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command(tmp_path: Path, words: str) -> None:
    """No run of git answers; then only some do not. Each command ends with a line at most, and none falls over."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a").edit("A", f="a s1").commit()
    tale.edit("B", f="a s1 t1")
    tale.git("remote", "add", "origin", str(tmp_path / "no-such.git"))
    env, root = tale.world.environment(), tale.world.root
    first = "U"
    for choose in (lambda number, args: "late", only(1, "late"), only(3, "late")):
        with broken_git(choose):
            code, said = deaths.ended(words.split(), env, root)
        if code == 0 and words.startswith("correct"):
            first = "H"  # the git that did not answer was none that it needs
        assert code in (0, 1), (words, said)
        assert "unexpected" not in said, (words, said)
        assert "Traceback" not in said, (words, said)
    tale.expect_working(f=f"{first}|a A|s1 B|t1")


@pytest.mark.skipif(sys.platform != "linux", reason="counts processes by /proc")
def test_the_server(repo: Callable[..., Repo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo()
    made.commit("zero", {"a.py": "x = 1\n"})
    made.write("a.py", "x = 1\ny = 3\n")
    generic(made.path, "write", path="a.py", call_id="c1", before="x = 1\n")
    folder = tmp_path / "hung"
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\ntouch {folder}/started\nexec sleep 601.77\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    editor = Editor(made.path)
    try:
        told = params((made.path / "a.py").as_uri(), {"line": 1, "character": 0})
        editor.tell("textDocument/didOpen", {"textDocument": {**told["textDocument"], "text": "x = 1\ny = 3\n"}})
        start = time.monotonic()
        while not (folder / "started").exists():
            assert time.monotonic() - start < 20, "no git was started"
            time.sleep(0.05)
        start = time.monotonic()
        for uri in ("untitled:x", (tmp_path / "loose.txt").as_uri(), "file:///dev/null"):
            editor.ask("textDocument/hover", params(uri, {"line": 0, "character": 0}))
        editor.ask("textDocument/codeAction", params("untitled:x", {"line": 0, "character": 0}))
        assert time.monotonic() - start < 5, "what needs no git waits for none"
        editor.ask("shutdown", None)
        editor.tell("exit", None)
        assert editor.ended()[0] == 0
        assert time.monotonic() - start < 10
    finally:
        editor.close()
        hung = subprocess.run(["pgrep", "-f", "sleep 601.77"], capture_output=True, text=True).stdout.split()
        for process in hung:
            os.kill(int(process), 9)
    assert hung == [], "its git processes end with it"
