"""A command that is killed at any instant has lost nothing, and run again it ends as if it had not been."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from byline.store.blobs import Snapshots
from byline.store.paths import Folders
from byline.store.spool import Spool
from faults import deaths
from story import Blame, ForkedHook, Story, story

BRANCH = "refs/heads/byline/anchors/v1"
STEPS = {"sync": 31, "gc": 47, "install": 127, "uninstall": 67, "push": 37, "forget": 11}
"""How far apart the deaths are in the default run; all of them are some minutes a command."""


@dataclass
class Stand:
    """A folder with a repository, a home and a remote, as it was before the command, put back for each death."""

    tale: Story
    saved: Path

    def save(self) -> None:
        shutil.copytree(self.tale.world.folder, self.saved, symlinks=True)

    def restore(self) -> None:
        shutil.rmtree(self.tale.world.folder)
        shutil.copytree(self.saved, self.tale.world.folder, symlinks=True)

    def run(self, *words: str, last: int = 0) -> bool:
        return deaths.byline(last, list(words), self.tale.world.environment(), self.tale.world.root)

    def git(self, *words: str, cwd: Path | None = None) -> str:
        return self.tale.world.git(*words, cwd=cwd).decode().strip()

    @property
    def folders(self) -> Folders:
        common = self.tale.world.root / ".git"
        return Folders(common, common / "byline")

    @property
    def snapshots(self) -> set[str]:
        return {name for name, _ in Snapshots(self.folders).all()}

    @property
    def events(self) -> list[str]:
        return [event.id for event in Spool(self.folders).read_new()]

    def owners(self, path: str, rev: str | None = None) -> list[tuple[str, str]]:
        return [(line.text, line.owner) for line in self.tale.stage.ask(path, rev)]

    def deaths(self, step: int, *words: str, before: Callable[[], object] = lambda: None) -> Iterator[int]:
        """Every death of a command, each in the state of the beginning; its number."""
        survived = 0
        for last in deaths.until_it_lives(step=step):
            self.restore()
            before()
            if not self.run(*words, last=last):
                break
            survived += 1
            yield last
        assert survived
        print(f"{words[0]}: {survived} deaths")


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    tale = story(tmp_path / "it", hook=ForkedHook(), blame=Blame(forked=True))
    tale.init(f="a").edit("A", f="a s1").commit().edit("B", f="a s1 t1").edit("H", f="h a s1 t1").commit()
    tale.edit("A", f="h a s1 t1 s2", g="g1").commit().edit("B", f="h a s1 t1 s2 t2")
    return Stand(tale, tmp_path / "saved")


def spans(command: str, steps: Mapping[str, int] = STEPS) -> pytest.MarkDecorator:
    every = pytest.param(1, id="every", marks=pytest.mark.long)
    return pytest.mark.parametrize("step", [pytest.param(steps[command], id="some"), every])


@spans("sync")
def test_sync(stand: Stand, step: int) -> None:
    stand.save()
    assert not stand.run("sync")
    whole = stand.git("rev-parse", f"{BRANCH}^{{tree}}")
    state = (stand.owners("f.txt"), stand.git("status", "--porcelain"), stand.git("rev-parse", "HEAD"), stand.events)
    for last in stand.deaths(step, "sync"):
        assert not stand.run("sync"), last
        assert stand.git("rev-parse", f"{BRANCH}^{{tree}}") == whole, last
        now = (
            stand.owners("f.txt"),
            stand.git("status", "--porcelain"),
            stand.git("rev-parse", "HEAD"),
            stand.events,
        )
        assert now == state, last
        stand.git("fsck", "--strict", "--no-dangling")


@spans("push")
def test_push(stand: Stand, step: int) -> None:
    remote = stand.tale.world.folder / "hub.git"
    stand.tale.world.git(
        "init", "-q", "--bare", "-b", "main", "--template=", str(remote), cwd=stand.tale.world.folder
    )
    stand.tale.git("remote", "add", "origin", str(remote)).git("push", "-q", "origin", "main")
    stand.run("sync")
    stand.save()
    head = stand.git("rev-parse", "HEAD")
    for last in stand.deaths(step, "sync", "--push"):
        assert not stand.run("sync", "--push"), last
        assert stand.git("rev-parse", BRANCH, cwd=remote) == stand.git("rev-parse", BRANCH), last
        assert stand.git("rev-parse", "main", cwd=remote) == head
        stand.git("fsck", "--strict", "--no-dangling", cwd=remote)


@spans("gc")
def test_gc(stand: Stand, step: int) -> None:
    before, whole, owned = tidied(stand)
    assert whole < before
    for last in stand.deaths(step, "gc", "--keep-days", "0"):
        left = stand.snapshots
        assert left >= whole, last
        assert before - left <= Snapshots(stand.folders).dropped(), last
        assert revisions(stand) == owned, last
        assert not stand.run("gc", "--keep-days", "0")
        assert stand.snapshots == whole, last


@spans("forget")
def test_forget(stand: Stand, step: int) -> None:
    session = {"v": 1, "agent": "m", "session_id": "A", "cwd": str(stand.tale.world.root)}
    for who in "AB":
        payload = session | {"session_id": who, "event": "prompt", "prompt": f"words of {who}"}
        ForkedHook()("generic", payload, stand.tale.world.environment(), stand.tale.world.root)
    stand.tale.edit("A", own="x").edit("A", own="x y").edit("B", f="h a s1 t1 s2 t2 t3")
    assert not stand.run("gc", "--keep-days", "0")
    assert [*stand.folders.store.glob("packs/*.pack")], "what A wrote is packed with the rest"
    stand.save()
    before = stand.snapshots
    assert not stand.run("forget", "A")
    whole = stand.snapshots
    assert whole < before
    stand.restore()

    def words() -> set[str]:
        return {event.prompt for event in Spool(stand.folders).read_new() if event.prompt}

    events = stand.events
    for last in stand.deaths(step, "forget", "A"):
        assert "words of B" in words(), last
        assert set(events) <= set(stand.events), last
        assert not stand.run("forget", "A"), last
        assert words() == {"words of B"}, last
        assert stand.snapshots == whole, last
        assert ("t1", "B") in stand.owners("f.txt", "HEAD"), last


def everything(folder: Path) -> dict[str, bytes]:
    skipped = ("__pycache__", "crashes")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(part in skipped for part in path.parts)
    }


AGENTS = ("claude", "codex")


def installed(stand: Stand, begin: str) -> tuple[Path, bytes, bytes]:
    """Claude Code's settings file, its bytes without byline and with it; saved before or after `install`."""
    path = settings(stand)
    if begin == "install":
        stand.save()
    old = path.read_bytes()
    assert not stand.run("install", *AGENTS, "-y")
    if begin == "uninstall":
        stand.save()
    return path, old, path.read_bytes()


def taken_back(stand: Stand, path: Path, old: bytes, when: object) -> None:
    """A further `uninstall` brings back what the file held before byline."""
    assert not stand.run("uninstall", *AGENTS), when
    assert path.read_bytes() == old, when


def tidied(stand: Stand) -> tuple[set[str], set[str], dict[str | None, list[tuple[str, str]]]]:
    """A story with a draft thrown away, saved, and then a `gc`: its snapshots before and after, and owners."""
    draft = stand.tale.world.root / "draft.txt"
    draft.write_text("")
    stand.tale.edit("A", draft="x y").edit("A", draft="z")
    draft.unlink()
    stand.save()
    before, owned = stand.snapshots, revisions(stand)
    assert not stand.run("gc", "--keep-days", "0")
    return before, stand.snapshots, owned


def revisions(stand: Stand) -> dict[str | None, list[tuple[str, str]]]:
    """The owners of a file's lines in the working file and two commits."""
    return {rev: stand.owners("f.txt", rev) for rev in (None, "HEAD", "HEAD~1")}


def settings(stand: Stand) -> Path:
    path = stand.tale.world.home / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text('{\n  "model": "opus", // mine\n  "hooks": {}\n}\n'.replace(" // mine", ""))
    return path


@spans("install")
def test_install(stand: Stand, step: int) -> None:
    path, old, new = installed(stand, "install")
    assert json.loads(new)["hooks"]
    config = (
        (stand.tale.world.home / ".codex" / "config.toml").read_bytes()
        if (stand.tale.world.home / ".codex" / "config.toml").exists()
        else b""
    )
    for last in stand.deaths(step, "install", "claude", "codex", "-y"):
        assert path.read_bytes() in (old, new), last
        assert not stand.run("install", "claude", "codex", "-y"), last
        assert path.read_bytes() == new, last
        if config:
            assert (stand.tale.world.home / ".codex" / "config.toml").read_bytes() == config
        taken_back(stand, path, old, last)


@spans("uninstall")
def test_uninstall(stand: Stand, step: int) -> None:
    path, old, new = installed(stand, "uninstall")
    for last in stand.deaths(step, "uninstall", "claude", "codex"):
        assert path.read_bytes() in (old, new), last
        taken_back(stand, path, old, last)
        left = stand.tale.world.home / ".codex" / "config.toml"
        assert not left.exists() or b"byline" not in left.read_bytes()


def test_a_hook_runs_whatever_an_install_left(stand: Stand) -> None:
    """The shim an agent's settings name is there and works, or is not there and does nothing."""
    path = settings(stand)
    stand.save()
    for last in stand.deaths(40, "install", "claude", "-y"):
        if b"byline" not in path.read_bytes():
            continue
        command = json.loads(path.read_text())["hooks"]["PostToolUse"][0]["hooks"][0]["command"]
        before = len(stand.events)
        payload = {
            "session_id": "S",
            "hook_event_name": "UserPromptSubmit",
            "prompt": "p",
            "cwd": str(stand.tale.world.root),
        }
        done = subprocess.run(
            ["sh", "-c", command],
            input=json.dumps(payload).encode(),
            env=stand.tale.world.environment(),
            cwd=stand.tale.world.root,
            capture_output=True,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), last
        assert len(stand.events) == before + 1, last
