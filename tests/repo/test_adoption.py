"""Events of files that had no repository yet, in the repository that is made around them."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import generic


def owners(made: Repo, path: str, rev: str | None = None) -> list[str]:
    with Workspace.for_path(made.path, os.environ) as workspace:
        return [line.session_id or line.owner for line in workspace.attribute(made.path / path, rev=rev).lines]


@pytest.fixture
def folder(tmp_path: Path) -> Repo:
    """A folder that is no repository yet."""
    path = tmp_path / "prö ject"
    path.mkdir()
    return Repo(path)


def write(made: Repo, path: str, text: str, before: str | None, session: str = "s1") -> None:
    fields: dict[str, object] = {
        "session_id": session,
        "path": path,
        "tool": "Write",
        "call_id": f"{path}{len(text)}",
    }
    generic(made.path, "pre_write", None, **fields)
    made.write(path, text)
    generic(made.path, "write", None, before=before, **fields)


def init(made: Repo, *options: str) -> None:
    made.run("init", "-q", "--template=", "--initial-branch=main", *options)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_what_an_agent_wrote_before_git_init(folder: Repo, algorithm: str) -> None:
    folder.write("a.txt", "mine\n")
    write(folder, "a.txt", "mine\nits\n", "mine\n")
    write(folder, "src/b.txt", "its\n", None)
    init(folder, f"--object-format={algorithm}")
    assert owners(folder, "a.txt") == ["unknown", "s1"]
    folder.commit("one")
    write(folder, "src/b.txt", "its\nanother's\n", "its\n", "s2")
    for rev in (None, "HEAD"):
        assert owners(folder, "a.txt", rev) == ["unknown", "s1"]
    assert owners(folder, "src/b.txt") == ["s1", "s2"]
    folder.commit("two")
    folder.run("commit", "-q", "--amend", "-m", "three")
    assert owners(folder, "src/b.txt", "HEAD") == ["s1", "s2"]


def test_a_commit_that_came_before_anybody_looked(folder: Repo) -> None:
    write(folder, "a.txt", "its\n", None)
    init(folder)
    folder.commit("one")
    folder.write("a.txt", "its\nwhose?\n")
    folder.commit("two")
    write(folder, "a.txt", "its\nwhose?\nanother's\n", "its\nwhose?\n", "s2")
    assert owners(folder, "a.txt") == ["s1", "unknown", "s2"]


def test_shell_calls_around_git_init(folder: Repo) -> None:
    write(folder, "a.txt", "its\n", None)
    call = {"session_id": "s1", "call_id": "c", "command": "git init && git add -A && git commit -m one"}
    generic(folder.path, "pre_shell", None, **call)
    init(folder)
    folder.commit("one")
    generic(folder.path, "shell", None, **call)
    assert owners(folder, "a.txt") == ["s1"]


def test_prompts_come_with_the_files(folder: Repo) -> None:
    generic(folder.path, "prompt", None, session_id="s1", turn_id="t1", prompt="make it")
    generic(folder.path, "prompt", None, session_id="s3", turn_id="t1", prompt="another's")
    write(folder, "a.txt", "its\n", None)
    init(folder)
    generic(folder.path, "prompt", None, session_id="s1", turn_id="t2", prompt="now this")
    with Workspace.for_path(folder.path, os.environ) as workspace:
        assert [turn.prompt for turn in workspace.sessions()["s1"].turns] == ["make it", "now this"]
        assert "s3" not in workspace.sessions()


def test_only_what_lies_in_the_worktree_and_in_no_repository_inside_it(folder: Repo, tmp_path: Path) -> None:
    beside = Repo(tmp_path / "prö ject 2")
    beside.path.mkdir()
    write(beside, "c.txt", "its\n", None)
    write(folder, "a.txt", "its\n", None)
    write(folder, "inner/b.txt", "its\n", None)
    inner = Repo(folder.path / "inner")
    for made in (inner, folder):
        init(made)
        owners(made, ".git/config")
    told = {made.path.name: spooled(made) for made in (inner, folder)}
    assert {name: {event["path"] for event in events} for name, events in told.items()} == {
        "inner": {"b.txt"},
        "prö ject": {"a.txt"},
    }
    assert owners(inner, "b.txt") == ["s1"]


def spooled(made: Repo) -> list[dict[str, str]]:
    """The records that a repository has."""
    files = sorted((made.path / ".git" / "byline" / "spool").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().split("\n") if line]


def test_each_is_taken_once(folder: Repo, home: Path, repo: Callable[..., Repo]) -> None:
    write(folder, "a.txt", "its\n", None)
    init(folder)
    for _ in range(2):
        assert owners(folder, "a.txt") == ["s1"]
    (folder.path / ".git" / "byline" / "adopted.json").write_text("nonsense")
    assert owners(folder, "a.txt") == ["s1"]
    assert [event["event"] for event in spooled(folder)] == ["pre_write", "write"]
    assert not (repo("other").path / ".git" / "byline").exists()
    assert (home / "data" / "files" / "spool").is_dir()


def test_not_where_nothing_shall_be_recorded(folder: Repo) -> None:
    write(folder, "a.txt", "its\n", None)
    init(folder)
    folder.run("config", "byline.enabled", "false")
    assert owners(folder, "a.txt") == ["unknown"]
    assert not (folder.path / ".git" / "byline").exists()
    folder.run("config", "--unset", "byline.enabled")
    assert owners(folder, "a.txt") == ["s1"]


def test_lines_that_are_none_of_ours(folder: Repo, home: Path) -> None:
    write(folder, "a.txt", "its\n", None)
    (file,) = (home / "data" / "files" / "spool").glob("*.jsonl")
    odd = [f'"{folder.path}/x"', f'{{"path": 3, "cwd": "{folder.path}/x"}}', f"{folder.path}/ no JSON", "[]"]
    odd += [json.dumps({"v": 1, "id": "i", "at": 1, "event": "save", "path": f"{folder.path}/../x"})]
    with file.open("a") as lines:
        lines.write("\n".join(odd) + "\n" + '{"torn": "')
    init(folder)
    assert owners(folder, "a.txt") == ["s1"]
