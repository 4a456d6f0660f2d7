"""The tree of a turn is the one git makes of the workspace, or there is none."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from byline.workspace.place import place_of
from byline.workspace.turnbuild import TurnTrees, read_known
from byline.workspace.workspace import Workspace
from byline_hooks import record
from byline_hooks.observation import ABSENT, Observation
from gitrepo import Repo

PATHS = ("a", "b.txt", "d/e", "d/f.log", "sub/.gitignore", ".env", "x.pem", "new\nline", "ü")
TEXTS = ("", "one\n", "one\r\ntwo\r\n", "two\nthree\n", "*.txt\n", "!d/f.log\n", "x" * 4000 + "\n")
DEEDS = st.tuples(
    st.sampled_from(
        (
            "write",
            "write",
            "write",
            "shell",
            "shell-rm",
            "save",
            "commit",
            "commit-some",
            "switch",
            "reset",
            "end",
            "end",
        )
    ),
    st.sampled_from(PATHS),
    st.sampled_from(TEXTS),
)


class Player:
    """Does things in a repository and tells byline of them, as hooks and editors do."""

    def __init__(self, repo: Repo, env: Mapping[str, str]) -> None:
        self.repo = repo
        self.env = env
        self.number = 0
        self.expected: dict[str, str] = {}
        self.prompt()

    def tell(self, event: str, **fields: object) -> None:
        told = {"session_id": "s", "agent": "m", "turn_id": f"t{len(self.expected)}", **fields}
        record.observe(Observation(event, told, cwd=str(self.repo.path)), self.env)

    def prompt(self) -> None:
        self.tell("prompt", prompt="do it")

    def play(self, deed: str, path: str, text: str) -> None:
        self.number += 1
        if deed in ("write", "save"):
            before = file.read_bytes() if (file := self.repo.path / path).exists() else ABSENT
            self.repo.write(path, text)
            fields: dict[str, object] = {"event": deed, "session_id": "s" if deed == "write" else None, "agent": "m"}
            record.append(fields, str(file), before, text.encode(), self.env)
        elif deed.startswith("shell"):
            self.tell("pre_shell", call_id=str(self.number), command="x")
            if deed == "shell":
                self.repo.write(path, text)
            else:
                (self.repo.path / path).unlink(missing_ok=True)
            self.tell("shell", call_id=str(self.number), command="x")
        elif deed == "commit":
            self.repo.commit(f"c{self.number}")
        elif deed == "commit-some":
            self.try_git("--literal-pathspecs", "add", "--", path)
            self.try_git("commit", "-qm", "some")
        elif deed == "switch":
            self.try_git("switch", "-q", "-c", f"branch{self.number}", f"main~{self.number % 2}")
        elif deed == "reset":
            self.try_git("reset", "-q", "--hard")
        else:
            self.tell("turn_end")
            self.expected[f"t{len(self.expected)}"] = self.tree()
            self.prompt()

    def try_git(self, *words: str) -> None:
        try:
            self.repo.run(*words)
        except subprocess.CalledProcessError:
            return

    def tree(self) -> str:
        """Git's own tree of the worktree, secrets as HEAD has them."""
        env = {"GIT_INDEX_FILE": str(self.repo.path.parent / f"{self.repo.path.name}.index")}
        Path(env["GIT_INDEX_FILE"]).unlink(missing_ok=True)
        self.repo.run("read-tree", "HEAD", env=env)
        self.repo.run("add", "-A", env=env)
        for secret in (".env", "x.pem"):
            self.repo.run("reset", "-q", "HEAD", "--", secret, env=env)
        return self.repo.run("write-tree", env=env)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="byline-turns-") as name:
        yield Path(name)


def begun(folder: Path, home: Path, autocrlf: bool, object_format: str) -> Player:
    """One who is about to do things in a repository of two commits."""
    repo = Repo(Path(tempfile.mkdtemp(dir=folder)))
    repo.run("init", "-q", "--template=", "--initial-branch=main", f"--object-format={object_format}")
    repo.run("config", "core.autocrlf", str(autocrlf).lower())
    repo.commit("one", {".gitignore": "*.log\n", "a": "a\n"})
    repo.commit("two", {"b.txt": "b\n"})
    env = {
        "HOME": str(home),
        "BYLINE_DATA_DIR": str(home / "data"),
        "PATH": "/usr/bin:/bin",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    return Player(repo, env)


def test_work_that_ends_before_its_time_goes_on_where_it_was(folder: Path, home: Path) -> None:
    player = begun(folder, home, autocrlf=False, object_format="sha1")
    for number in range(5):
        player.play("write", "a", f"{number}\n")
        player.play("end", "", "")
    place = place_of(player.repo.path)
    assert place is not None
    common = Path(place.common_dir)
    calls: list[int] = []

    def between() -> None:
        calls.append(len(calls))
        if len(calls) % 3 == 0:
            raise TimeoutError

    with Workspace(place, player.env) as workspace:
        for known in (2, 4):
            with pytest.raises(TimeoutError):
                TurnTrees(workspace, common, between).build()
            assert len(read_known(common / "byline")) == known
        TurnTrees(workspace, common, between).build()
        found = TurnTrees(workspace, common).all()
    assert len(calls) == 7
    assert {ref.removeprefix("s/"): one.tree for ref, one in found.items()} == player.expected
    held = player.repo.run("for-each-ref", "--format=%(objectname)", "refs/byline/turns")
    assert sorted(held.split()) == sorted(player.expected.values())


@settings(
    max_examples=int(os.environ.get("BYLINE_TURNS", "6")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    deeds=st.lists(DEEDS, min_size=3, max_size=16),
    autocrlf=st.booleans(),
    object_format=st.sampled_from(("sha1", "sha256")),
)
@example(
    deeds=[*[("write", "a", "")] * 5, ("commit", "a", ""), ("switch", "a", "")], autocrlf=False, object_format="sha1"
)
def test_the_tree_is_gits(
    folder: Path, home: Path, deeds: list[tuple[str, str, str]], autocrlf: bool, object_format: str
) -> None:
    player = begun(folder, home, autocrlf, object_format)
    repo = player.repo
    for deed, path, text in [*deeds, ("end", "", "")]:
        player.play(deed, path, text)
    place = place_of(repo.path)
    assert place is not None
    with Workspace(place, player.env) as workspace:
        trees = TurnTrees(workspace, Path(place.common_dir))
        known = trees.all()
    found = {turn.id: known[turn.ref].tree for turn in trees.turns.all() if turn.ref in known}
    assert set(found) == set(player.expected)
    wrong = {
        name: known[f"s/{name}"] for name, tree in found.items() if tree not in (None, player.expected[str(name)])
    }
    assert wrong == {}
    assert repo.run("fsck", "--no-dangling") == ""
    if not any(deed in ("reset", "switch") for deed, _, _ in deeds):
        assert None not in found.values()
