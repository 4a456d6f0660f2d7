"""`byline sync`, `byline anchors` and `byline anchor show` as a person and a program see them."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anchorkit import anchor
from byline.cli.main import dispatch
from byline.moment import LAST_SECOND
from byline.repo.anchors import names
from byline.repo.anchors.record import dump
from byline.server.hover import hover_text
from byline.server.words import Style
from byline.workspace.workspace import Workspace
from gitrepo import Repo
from story import ForkedHook, story
from story.telling import Story

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tale(tmp_path: Path) -> Story:
    tale = story(tmp_path, hook=ForkedHook())
    return (
        tale.init(f="a b")
        .edit("A", f="a s1 s2 b")
        .commit("add\n\nwith a body")
        .edit("H", f="a s1 s2 b h")
        .commit("own")
    )


@pytest.fixture
def run(tale: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    env = tale.world.environment()
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tale.world.root)

    def run(*words: str) -> tuple[int, str, str]:
        code = dispatch(list(words), env)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def answer(run: Run, *words: str) -> Any:
    code, out, err = run(*words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


COMMANDS = ("sync", "anchors", "sessions", "search c", "report HEAD~1..HEAD", "report HEAD~1..HEAD --json",
            "blame f.txt", "blame f.txt --json", "anchor show HEAD", "session show A", "stats", "diff HEAD~1",
            "status", "export --format agent-trace", "export --format git-ai --write")  # fmt: skip


@pytest.mark.parametrize("date", ["99999999999", "999999999999999"])
def test_a_commit_of_a_date_that_no_clock_shows(tale: Story, run: Run, date: str) -> None:
    made = Repo(tale.world.root)
    dates = {"GIT_COMMITTER_DATE": f"@{date} +0000", "GIT_AUTHOR_DATE": f"@{date} +0000"}
    tale.edit("A", f="a s1 s2 s3 b h")
    made.run("commit", "-qam", "c", env=dates)
    for command in COMMANDS:
        assert run(*command.split())[0::2] == (0, ""), command
    (first, *_) = answer(run, "anchors")
    assert (first["subject"], first["timestamp"]) == ("c", min(int(date), LAST_SECOND))
    (_, _, _, line, *_) = answer(run, "blame", "f.txt")["lines"]
    assert line["committed_at"][:4] == ("5138" if len(date) < 12 else "9999")
    with Workspace.for_path(made.path, os.environ) as workspace:
        answered = workspace.attribute(made.path / "f.txt")
    assert "just now" in (hover_text(answered.lines[3], answered, 3, 0, Style(markdown=False)) or "")


def test_sync_says_how_many(run: Run) -> None:
    assert run("sync") == (0, "2 commits anchored\n", "")
    assert run("sync") == (0, "nothing to anchor\n", "")
    assert run("sync", "--quiet") == (0, "", "")


def test_sync_as_json(run: Run) -> None:
    told = answer(run, "sync")
    assert (told["branch"], told["anchored"], len(told["commits"]), told["problems"]) == (
        "byline/anchors/v1",
        2,
        2,
        [],
    )


def test_anchors_are_listed(run: Run, tale: Story) -> None:
    assert run("anchors") == (0, "no anchors; `byline sync` writes them\n", "")
    run("sync")
    rows = {row["subject"]: row for row in answer(run, "anchors")}
    assert rows["add"] | {"sha": 0, "timestamp": 0} == {
        "sha": 0,
        "project": "repo",
        "subject": "add",
        "timestamp": 0,
        "tool": "robot",
        "tokens": None,
        "sessions": 1,
        "ai_pct": 100.0,
        "source": "anchor",
    }
    assert (rows["own"]["tool"], rows["own"]["ai_pct"]) == (None, None)
    assert [row["subject"] for row in answer(run, "anchors", "--tool", "robot")] == ["add"]
    assert len(answer(run, "anchors", "-n", "1")) == 1
    assert "robot" in run("anchors")[1]


def test_one_anchor_is_shown(run: Run, tale: Story) -> None:
    run("sync")
    shown = answer(run, "anchor", "show", "HEAD~1")
    commit = tale.world.git("rev-parse", "HEAD~1").decode().strip()
    assert (shown["sha"], shown["subject"], shown["body"]) == (commit, "add", "with a body")
    assert shown["parents"] == tale.world.git("rev-parse", "HEAD~2").decode().split()
    assert shown["author"] == {"raw": "Ada <ada@example.org>"}
    assert shown["tools"] == ["robot"]
    assert shown["attribution"] == {"ai_lines": 2, "human_lines": 0, "unknown_lines": 0, "ai_pct": 100.0}
    assert [link["session_id"] for link in shown["sessions"]] == ["A"]
    assert shown["files_changed"] == ["f.txt"]
    assert set(shown["tokens"]) == {"input", "output", "cache_read", "cache_write", "total"}
    code, out, _ = run("anchor", "show", commit[:8])
    assert code == 0
    assert "f.txt" in out
    assert "2-3" in out


def test_a_file_of_unknown_lines_says_so(run: Run, tale: Story) -> None:
    (tale.world.root / "seen by nobody").write_text("x\ny\n")
    tale.commit("more")
    run("sync")
    shown = answer(run, "anchor", "show", "HEAD")
    assert shown["attribution"]["unknown_lines"] == 2
    (row,) = [line for line in run("anchor", "show", "HEAD")[1].splitlines() if line.startswith("seen by nobody")]
    assert row.split() == ["seen", "by", "nobody", "unknown"]


def test_a_commit_without_an_anchor_is_a_problem_and_not_a_persons(run: Run) -> None:
    code, out, err = run("anchor", "show", "HEAD")
    assert (code, out) == (1, "")
    assert "has no anchor" in err
    assert run("anchor", "show", "no-such-commit")[0] == 1
    assert run("anchor", "forget", "HEAD")[0] == 2
    assert run("anchors", "-n", "-1")[0] == 2


def test_an_anchor_that_cannot_be_read_is_not_called_missing(run: Run, tale: Story) -> None:
    run("sync")
    head = tale.stage.git("rev-parse", "HEAD").decode().strip()
    tip = tale.stage.git("rev-parse", names.BRANCH).decode().strip()
    stream = f"commit {names.BRANCH}\ncommitter b <b@x> 9 +0000\ndata 1\nx\nfrom {tip}\n"
    stream += f"M 100644 inline {names.folder(head)}metadata.json\ndata 4\nnull\n"
    command, env = ["git", "fast-import", "--quiet"], tale.world.environment()
    subprocess.run(command, input=stream.encode(), cwd=tale.world.root, env=env, check=True)
    code, out, err = run("anchor", "show", "HEAD")
    assert (code, out) == (1, "")
    assert "has an anchor that can't be read; `git log byline/anchors/v1`" in err
    tale.stage.git("update-ref", "refs/remotes/origin/byline/anchors/v1", names.BRANCH)
    tale.stage.git("update-ref", "-d", names.BRANCH)
    err = run("anchor", "show", "HEAD")[2]
    assert "has an anchor that can't be read; `git log origin/byline/anchors/v1`" in err


def test_outside_a_repository(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("sync",), ("anchors",), ("anchor", "show", "HEAD")):
        code, out, err = run(*words)
        assert (code, out, err.count("\n")) == (1, "", 1)


EVIL = "\x1b]0;owned\x07\x1b[31m\u202emoc\u2066 <img src=x> [click](command:evil) `x`"


def test_nothing_fetched_steers_a_terminal(
    repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escapes, direction marks and markup in every text of an anchor that somebody else wrote."""
    made = repo()
    made.commit("first", {"f.txt": "a\n"})
    head = made.commit("second", {"f.txt": "a\nb\n"})
    lines = {"author": "ai", "ranges": [{"start": 2, "end": 2}], "agent": EVIL, "session_id": EVIL, "turn_id": EVIL}
    change = {"path": "f.txt", "added": 1, "deleted": 0, "attribution": "ai", "agent": EVIL}
    raw = {
        **json.loads(dump(anchor("a", commit_hash=head))),
        "message": EVIL,
        "author": EVIL,
        "branch": EVIL,
        "session_ids": [EVIL],
        "files_changed": ["f.txt"],
        "contributors": [{"name": EVIL, "role": "agent", "model": EVIL}],
        "file_changes": [{**change, "line_attributions": [lines]}],
    }
    link = json.dumps({"session_id": EVIL, "agent": EVIL, "model": EVIL, "subagent_type": EVIL}).encode()
    ref = b"refs/remotes/origin/byline/anchors/v1"
    stream = b"commit %s\ncommitter b <b@x> 9 +0000\ndata 1\nx\n" % ref
    for name, data in (("metadata.json", json.dumps(raw).encode()), ("1/metadata.json", link)):
        stream += b"M 100644 inline %s%s\ndata %d\n%s\n" % (
            names.folder(head).encode(),
            name.encode(),
            len(data),
            data,
        )
    made.run("fast-import", "--quiet", input=stream)
    monkeypatch.chdir(made.path)
    for words in (
        ["anchors"],
        ["anchor", "show", "HEAD"],
        ["blame", "f.txt"],
        ["stats"],
        ["doctor"],
        ["anchors", "--json"],
    ):
        dispatch(words, os.environ)
        said = capsys.readouterr()
        assert not {char for char in said.out + said.err if char in "\x1b\x07\u202e\u2066"}, words
    with Workspace.for_path(made.path, os.environ) as workspace:
        answer = workspace.attribute(made.path / "f.txt")
    assert answer.lines[1].agent == EVIL
    shown = hover_text(answer.lines[1], answer, 1, 0, Style(markdown=True)) or ""
    assert not re.search(r"(?<!\\)(?:<img|\]\()|[\x1b\u202e\u2066]", shown), shown
