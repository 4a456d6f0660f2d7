"""Who made a commit, played for real: at a terminal, without one, in CI, in an agent's shell, from an editor."""

import json
import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from byline.repo.anchors import names
from byline_hooks import entry
from gitrepo import NAMES, Repo

if sys.platform == "win32":
    pytest.skip("terminals of these tests are a POSIX system's", allow_module_level=True)

TRANSCRIPT = Path(__file__).parents[1] / "data" / "transcripts" / "claude.jsonl"
BYLINE = [sys.executable, "-m", "byline"]


class Play:
    """A repository with git's hooks in it, and an agent that edits through the real hook."""

    def __init__(self, repo: Repo, home: Path) -> None:
        self.repo = repo
        self.env = {
            **NAMES,
            "HOME": str(home),
            "BYLINE_DATA_DIR": str(home / "byline"),
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }

    def byline(self, *words: str) -> str:
        done = subprocess.run([*BYLINE, *words], cwd=self.repo.path, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def hook(self, event: str, session: str = "s1", **more: Any) -> None:
        payload = {"v": 1, "agent": "claude", "session_id": session, "event": event, "cwd": str(self.repo.path)}
        assert entry.run("generic", json.dumps({**payload, **more}).encode(), self.env)

    def agent(self, path: str, text: str, session: str = "s1", **more: Any) -> None:
        file = self.repo.path / path
        before = file.read_text() if file.exists() else None
        file.write_text(text)
        call = f"c{time.time_ns()}"
        self.hook("write", session, path=path, before=before, tool="Edit", turn_id="t1", call_id=call, **more)

    def anchor(self, rev: str = "HEAD") -> dict[str, Any]:
        self.byline("sync", "--quiet")
        return self.stored("metadata.json", rev)

    def stored(self, name: str, rev: str = "HEAD") -> dict[str, Any]:
        folder = names.folder(self.repo.run("rev-parse", rev))
        found: dict[str, Any] = json.loads(self.repo.run("show", f"{names.BRANCH}:{folder}{name}"))
        return found


@pytest.fixture
def play(repo: Callable[..., Repo], tmp_path: Path) -> Play:
    made = repo()
    made.commit("first", {"a.txt": "a\nb\n"})
    home = tmp_path / "home"
    home.mkdir()
    return Play(made, home)


def at_a_terminal(play: Play, env: Mapping[str, str]) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(play.repo.path)
        os.execvpe("git", ["git", "commit", "-qam", "x"], dict(env))
    while True:
        try:
            if not os.read(terminal, 1000):
                break
        except OSError:
            break
    os.close(terminal)
    assert os.waitpid(child, 0)[1] == 0


def without_one(play: Play, env: Mapping[str, str]) -> None:
    subprocess.run(
        ["git", "commit", "-qam", "x"],
        cwd=play.repo.path,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )


SITUATIONS: list[tuple[str, Callable[[Play, Mapping[str, str]], None], dict[str, str], str, str]] = [
    ("terminal", at_a_terminal, {}, "assisted", "human"),
    ("no terminal", without_one, {}, "agent", "automated"),
    ("CI", without_one, {"CI": "true"}, "automated", "automated"),
    ("CI at a terminal", at_a_terminal, {"CI": "true"}, "automated", "automated"),
    ("an agent's shell", without_one, {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "s1"}, "agent", "agent"),
    ("an agent's terminal", at_a_terminal, {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "s1"}, "agent", "agent"),
    ("VS Code", without_one, {"VSCODE_GIT_COMMAND": "commit"}, "assisted", "human"),
    ("JetBrains", without_one, {"INTELLIJ_GIT_ASKPASS_HANDLER": "x"}, "assisted", "human"),
    ("GitHub Desktop", without_one, {"DESKTOP_TRAMPOLINE_TOKEN": "x"}, "assisted", "human"),
]


@pytest.mark.parametrize(
    ("where", "commit", "more", "with_lines", "without"), SITUATIONS, ids=[s[0] for s in SITUATIONS]
)
def test_observed(play: Play, where: str, commit: Any, more: dict[str, str], with_lines: str, without: str) -> None:
    play.byline("enable")
    play.agent("a.txt", "a\nai\nb\n")
    commit(play, {**play.env, **more})
    (play.repo.path / "a.txt").write_text("a\nai\nb\nc\n")
    commit(play, {**play.env, **more})
    found = [play.anchor("HEAD~"), play.anchor()]
    assert [one["author_type"] for one in found] == [with_lines, without]
    assert [one["author_type_source"] for one in found] == ["observed", "observed"]
    assert [one["session_ids"] for one in found] == [["s1"], []]
    assert [one["ai_percentage"] for one in found] == [100.0, None]
    assert found[0]["contributors"][1:] == [{"name": "claude", "role": "agent"}]
    assert len(found[1]["contributors"]) == 1


def test_derived_where_nothing_told_of_the_commit(play: Play) -> None:
    play.agent("a.txt", "a\nai\nb\n")
    without_one(play, play.env)
    (play.repo.path / "a.txt").write_text("a\nai\nb\nc\n")
    at_a_terminal(play, {**play.env, "CI": "true"})
    found = [play.anchor("HEAD~"), play.anchor()]
    assert [(one["author_type"], one["author_type_source"]) for one in found] == [
        ("assisted", "derived"),
        ("human", "derived"),
    ]
    assert [one["branch"] for one in found] == ["main", "main"]


def test_a_commit_inside_a_shell_call_needs_no_git_hook(play: Play) -> None:
    play.agent("a.txt", "a\nai\nb\n")
    play.hook("pre_shell", call_id="c9", command="git commit -qam x", tool="Bash")
    without_one(play, play.env)
    play.hook("shell", call_id="c9", command="git commit -qam x", tool="Bash")
    found = play.anchor()
    assert (found["author_type"], found["author_type_source"]) == ("agent", "observed")


# -- links ----------------------------------------------------------------------------------------------------------


def test_a_link_through_content_has_no_time_limit(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written in spring, committed in autumn: the lines say whose they are."""
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 180 * 86_400 * 10**9)
    play.agent("a.txt", "a\nai\nb\n")
    monkeypatch.undo()
    without_one(play, play.env)
    found = play.anchor()
    assert found["session_ids"] == ["s1"]
    assert play.stored("1/metadata.json")["link_type"] == "explicit"


def test_a_link_from_time_alone_owns_nothing(play: Play) -> None:
    """A session was at work, and nobody saw who wrote the lines: a guess, and no line, contributor or percentage."""
    play.agent("b.txt", "ai\n", "s0")
    play.repo.run("add", "b.txt")
    without_one(play, play.env)
    play.hook("prompt", "s2", prompt="look at it", turn_id="t7")
    play.hook("read", "s2", path="a.txt", tool="Read", call_id="r1")
    (play.repo.path / "a.txt").write_text("a\nnobody saw\nb\n")
    without_one(play, play.env)
    found = play.anchor()
    assert (found["session_ids"], found["ai_percentage"], found["author_type"]) == ([], None, "human")
    assert "line_attributions" not in found["file_changes"][0]
    assert len(found["contributors"]) == 1
    link = play.stored("1/metadata.json")
    assert (link["session_id"], link["link_type"], link.get("files_touched")) == ("s2", "inferred", None)
    (play.repo.path / "a.txt").write_text("a\nnobody saw\nb\nand nobody was near\n")
    without_one(play, play.env)
    play.anchor()
    with pytest.raises(subprocess.CalledProcessError):
        play.stored("1/metadata.json")


def test_writers_readers_peers_and_subagents(play: Play) -> None:
    play.hook("read", "s2", path="a.txt", tool="Read", call_id="r1")
    play.agent("a.txt", "a\nai\nb\n")
    play.hook("read", "s1", path="a.txt", tool="Read", call_id="r2")
    sub = {"parent_session_id": "s1", "subagent_type": "explore"}
    play.agent("a.txt", "a\nai\nb\nsub\n", "s1/x", **sub)
    (play.repo.path / "made.txt").write_text("")
    play.hook("pre_shell", "s3", call_id="c8", command="make", tool="Bash")
    (play.repo.path / "a.txt").write_text("a\nai\nb\nsub\nshell\n")
    play.hook("shell", "s3", call_id="c8", command="make", tool="Bash")
    without_one(play, play.env)
    found = play.anchor()
    assert found["session_ids"] == ["s1", "s1/x", "s3"]
    (touched,) = found["file_interactions"]
    assert {one["session_id"]: one["role"] for one in touched["sessions"]} == {
        "s1": "both",
        "s1/x": "writer",
        "s2": "reader",
        "s3": "writer",
    }
    first, second = play.stored("1/metadata.json"), play.stored("2/metadata.json")
    assert first["peer_session_ids"] == ["s1/x", "s2", "s3"] and first["subagent_count"] == 1
    assert (second["is_subagent"], second["parent_session_id"], second["subagent_type"]) == (True, "s1", "explore")
    assert play.stored("subagents/1/metadata.json") == {"subagent_type": "explore", "session_id": "s1/x"}
    story = play.stored("timeline.json")
    assert story["session_count"] == 4 and {event["action"] for event in story["events"]} == {"read", "write"}


def test_tokens_are_those_up_to_the_commit(play: Play, tmp_path: Path) -> None:
    """What the session did later is no part of it, and it does not matter when sync runs."""
    lines = [line for line in TRANSCRIPT.read_text().splitlines() if json.loads(line).get("timestamp")]
    kept = tmp_path / "t.jsonl"
    half = len(lines) // 2
    past = [dict(json.loads(line), timestamp="2020-01-01T00:00:00.000Z") for line in lines[:half]]
    later = [dict(json.loads(line), timestamp="2099-01-01T00:00:00.000Z") for line in lines[half:]]
    kept.write_text("".join(json.dumps(line) + "\n" for line in past))
    play.agent("a.txt", "a\nai\nb\n", transcript_path=str(kept))
    without_one(play, play.env)
    play.anchor()
    early = play.stored("1/metadata.json")
    assert early["input_tokens"] > 0 and early["output_tokens"] > 0 and early["context_tokens"] > 0
    assert early["tool_usage"] and "bash_commands" not in early and early["is_estimated"] is False
    kept.write_text("".join(json.dumps(line) + "\n" for line in [*past, *later]))
    play.repo.run("update-ref", "-d", names.BRANCH)
    shutil.rmtree(play.repo.path / ".git" / "byline" / "index.db", ignore_errors=True)
    play.anchor()
    assert play.stored("1/metadata.json") == early


def test_carried_lines_make_nobody_a_contributor(play: Play) -> None:
    play.agent("a.txt", "a\nai one\nai two\nai three\nb\n")
    without_one(play, play.env)
    (play.repo.path / "a.txt").write_text("b\na\nai one\nai two\nai three\n")
    without_one(play, play.env)
    found = play.anchor()
    assert found["session_ids"] == [] and len(found["contributors"]) == 1 and found["author_type"] == "human"
    play.repo.run("revert", "--no-edit", "HEAD")
    assert play.anchor()["session_ids"] == []
    play.repo.run("reset", "-q", "--hard", "HEAD~2")
    play.repo.run("commit", "--amend", "-qm", "said better")
    assert play.anchor()["session_ids"] == ["s1"]
    before = play.anchor()["file_changes"]
    play.repo.run("checkout", "-q", "-b", "side", "HEAD~")
    play.repo.run("cherry-pick", "main")
    assert (play.anchor()["session_ids"], play.anchor()["file_changes"]) == (["s1"], before)
