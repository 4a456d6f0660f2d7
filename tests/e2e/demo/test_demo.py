"""`byline demo` as a person starts it, and that it notices when something is wrong."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SESSION = "4b1f0c2e-7d3a-4c55-9e61-0f8a2b6d1c47"


def demo(
    home: Path, *words: str, cwd: Path, more: dict[str, str] | None = None, path: str | None = None
) -> "subprocess.CompletedProcess[str]":
    env = {
        "PATH": os.environ["PATH"] if path is None else path,
        "HOME": str(home),
        "TMPDIR": str(cwd),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "hooks"), str(ROOT / "lsp"))),
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, "-m", "byline", "demo", *words]
    return subprocess.run(
        command, cwd=cwd, env=env | (more or {}), capture_output=True, text=True, timeout=60, check=False
    )


def test_names_agent_session_prompt_and_line_and_touches_nothing(home: Path, tmp_path: Path) -> None:
    done = demo(home, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    card = done.stdout.partition("Hover line 22 of client.py")[2].partition("└")[0]
    assert 'claude · sonnet-4.5 · just now · "add retry to the client"' in card
    assert f"session {SESSION[:12]}" in card
    assert re.search(rf"claude +{SESSION} +“add retry to the client”", done.stdout)
    assert "byline install claude" in done.stdout
    assert "\x1b" not in done.stdout
    assert list(home.iterdir()) == []
    (folder,) = tmp_path.iterdir()
    assert f"cd {folder}" in done.stdout


def test_its_answers_as_json(home: Path, tmp_path: Path) -> None:
    told = json.loads(demo(home, "--json", cwd=tmp_path).stdout)
    assert sorted(told) == ["events", "files", "folder", "sessions"]
    assert (Path(told["folder"]) / "project" / "client.py").is_file()
    (client,) = [file for file in told["files"] if file["file"] == "client.py"]
    (line,) = [line for line in client["lines"] if line["number"] == 22]
    assert (line["writer"], line["agent"]) == (SESSION, "claude")
    assert "add retry to the client" in next(one["text"] for one in client["hovers"] if one["line"] == 22)
    assert told["sessions"][SESSION]["agent"] == "claude"


def test_folder_is_kept_where_asked_and_answers_afterwards(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new folder" / "é"
    assert demo(home, "--keep", str(folder), cwd=tmp_path).returncode == 0

    asked = [sys.executable, "-m", "byline", "blame", "-L", "22,22", "client.py"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "hooks"), str(ROOT / "lsp")))}
    said = subprocess.run(asked, cwd=folder / "project", env=env, capture_output=True, text=True, check=True)
    assert "claude 4b1f0c2e" in said.stdout


def test_folder_in_use_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    done = demo(home, "--keep", ".", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (1, "byline: . is not empty; name a new folder\n")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_folder_that_cannot_be_made_is_told(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = demo(home, "--keep", "file/demo", cwd=tmp_path)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "can't use file/demo: Not a directory" in done.stderr


def test_surroundings_do_not_matter(home: Path, tmp_path: Path) -> None:
    """Inside a git hook, inside another agent, with recording off, and with git settings that would stop a commit."""
    settings = home / ".gitconfig"
    settings.write_text("[commit]\n\tgpgSign = true\n[core]\n\thooksPath = /nowhere\n\tautocrlf = true\n")
    more = {
        "GIT_DIR": "/nowhere/.git",
        "GIT_INDEX_FILE": "/nowhere/index",
        "CURSOR_VERSION": "2.0",
        "COPILOT_CLI": "1",
        "BYLINE_DISABLE": "1",
        "CLAUDE_CODE_SESSION_ID": "another",
    }
    done = demo(home, cwd=tmp_path, more=more)

    assert (done.returncode, done.stderr) == (0, "")
    assert [entry.name for entry in home.iterdir()] == [".gitconfig"]


def test_says_that_git_is_missing(home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    done = demo(home, cwd=tmp_path, path=str(empty))

    assert done.returncode == 1
    assert "needs git" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_git_that_fails_ends_it(home: Path, tmp_path: Path) -> None:
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\necho 'fatal: out of luck' >&2\nexit 128\n")
    git.chmod(0o755)
    done = demo(home, cwd=tmp_path, path=str(git.parent))

    assert done.returncode == 1
    assert "ended with 128: fatal: out of luck" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals")
def test_colour_on_a_terminal(home: Path, tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "TMPDIR": str(tmp_path)}
    env["PYTHONPATH"] = os.pathsep.join((str(ROOT / "hooks"), str(ROOT / "lsp")))
    started = subprocess.Popen([sys.executable, "-m", "byline", "demo"], env=env, stdout=theirs, cwd=tmp_path)
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 1 << 16):
            said += piece
    except OSError:
        pass  # Linux says so at the end
    os.close(ours)
    assert started.wait(60) == 0
    assert b"\x1b[36m" in said
    assert "add retry to the client" in said.decode()
