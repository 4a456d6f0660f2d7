"""The hook where git hangs, fails or is not there, the machine is slow, the disk full or the clock wrong."""

import importlib
import json
import os
import runpy
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from byline_hooks import overlooked
from hookrun import events, reasons
from story import Blame, ForkedHook, Story, story
from story.fork import in_child
from story.hook import SHIM

FAKES = {
    "hangs": "#!/bin/sh\nexec sleep 30\n",
    "hangs and ignores": "#!/bin/sh\ntrap '' TERM HUP INT\nsleep 30\n",
    "fails": "#!/bin/sh\necho fatal >&2; exit 128\n",
    "dies half way": "#!/bin/sh\nprintf ' M f.t'; kill -9 $$\n",
    "talks without end": "#!/bin/sh\nwhile :; do echo ' M f.txt'; done\n",
    "missing": None,
}


def begun(folder: Path, hook: Any = None) -> Story:
    return story(folder, hook=hook or ForkedHook(), blame=Blame(forked=True)).init(f="a")


@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_git_of_a_shell_event(tmp_path: Path, fake: str | None) -> None:
    """In time and silent; the call owns nothing that was not seen."""
    tale = begun(tmp_path).edit("A", f="a s1")
    folder = tmp_path / "bin"
    folder.mkdir()
    if fake is not None:
        (folder / "git").write_text(fake)
        (folder / "git").chmod(0o755)
    env = tale.world.environment({"PATH": f"{folder}:/usr/bin:/bin" if fake else str(folder)})
    common = {"v": 1, "agent": "m", "session_id": "B", "command": "make", "call_id": "c", "cwd": str(tale.world.root)}
    taken = []
    for event in ("pre_shell", "shell"):
        start = time.monotonic()
        command = [sys.executable, "-I", "-S", str(SHIM), "generic"]
        done = subprocess.run(
            command, input=json.dumps(common | {"event": event}).encode(), env=env, capture_output=True
        )
        taken.append(time.monotonic() - start)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        tale.on_disk(f="a s1 u1")
    assert min(taken) < 5, taken  # git takes 30 s; a busy machine adds to the hook's own two
    tale.expect_working(f="U|a A|s1 U|u1").edit("C", f="a s1 u1 c1").expect_working(f="U|a A|s1 U|u1 C|c1")


class SlowHook(ForkedHook):
    """A hook whose disk takes its time for the next event only."""

    where = b""
    """Part of the paths that are slow to open."""
    times = 0
    """How many openings are."""
    taken = 0.0

    def __call__(self, agent: str, payload: dict[str, Any], env: Mapping[str, str], cwd: Path) -> None:
        left = [self.where] * self.times
        self.times = 0

        def main() -> None:
            posix: Any = importlib.import_module("posix")
            opened = posix.open

            def slow(path: Any, flags: int, *more: Any) -> int:
                if left and left[-1] in bytes(path):
                    left.pop()
                    time.sleep(20)
                return int(opened(path, flags, *more))

            posix.open = slow
            runpy.run_path(str(SHIM), run_name="__main__")

        start = time.monotonic()
        found = in_child(main, [str(SHIM), agent], json.dumps(payload).encode(), env, cwd)
        assert found == (0, b"", b"")
        self.taken = time.monotonic() - start


def newest(tale: Story) -> dict[str, Any]:
    """The last record."""
    return events(tale.world.root / ".git" / "byline")[-1]


@pytest.mark.parametrize(
    ("where", "times", "known", "owners"),
    [
        pytest.param(b"blobs", 1, {"before_id", "after_id"}, "U|a A|s1 B|b1", id="one snapshot is slow"),
        pytest.param(
            b"blobs", 9, {"before_id", "after_id"}, None, id="each snapshot is slow", marks=pytest.mark.long
        ),
        pytest.param(b"f.txt", 9, set(), None, id="the file itself is slow"),
        pytest.param(b"MERGE_HEAD", 9, set(), None, id="git's folder is slow", marks=pytest.mark.long),
    ],
)
def test_a_write_at_the_deadline(
    tmp_path: Path, where: bytes, times: int, known: set[str], owners: str | None
) -> None:
    """It is recorded with what is known of it; no line is another's, whatever comes after."""
    hook = SlowHook()
    tale = begun(tmp_path, hook).edit("A", f="a s1")
    store = tale.world.root / ".git" / "byline"
    before = len(events(store))
    hook.where, hook.times = where, times
    payload = {
        "v": 1,
        "agent": "m",
        "session_id": "B",
        "cwd": str(tale.world.root),
        "event": "write",
        "path": "f.txt",
    }
    tale.on_disk(f="a s1 b1")
    hook(
        "generic",
        payload | {"before": "a\ns1\n", "cwd": str(tale.world.root)},
        tale.world.environment(),
        tale.world.root,
    )
    assert hook.taken < 10
    if where != b"MERGE_HEAD":
        assert len(events(store)) == before + 1
        last = newest(tale)
        assert (last["event"], last["path"]) == ("write", "f.txt")
        assert {"before_id", "after_id", "disk_id"} & set(last) == known
        assert any("deadline" in reason for reason in reasons(store))
        assert not any("not recorded" in reason for reason in reasons(store))
    right = {"a": "U", "s1": "A", "b1": "B", "c1": "C", "h": "H"}

    def nobody_is_wronged() -> None:
        said = {line.text: line.owner for line in tale.stage.ask("f.txt", None)}
        assert all(owner in ("U", right[text]) for text, owner in said.items()), said

    if owners is not None:
        tale.expect_working(f=owners)
    nobody_is_wronged()
    tale.edit("C", f="a s1 b1 c1")
    nobody_is_wronged()
    assert tale.stage.ask("f.txt", None)[-1].owner == "C"
    tale.commit().edit("H", f="h a s1 b1 c1")
    nobody_is_wronged()


@pytest.mark.parametrize("event", [pytest.param("pre_shell", marks=pytest.mark.long), "shell"])
@pytest.mark.parametrize("where", [b"g.txt", b"git hangs"], ids=["a file is slow", "git hangs"])
def test_a_shell_event_at_the_deadline(tmp_path: Path, where: bytes, event: str) -> None:
    """It is there, and says that it does not know every file; the call owns nothing that was not seen."""
    hook = SlowHook()
    tale = begun(tmp_path, hook).edit("A", f="a s1").on_disk(g="g")
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(FAKES["hangs and ignores"] or "")
    fake.chmod(0o755)
    slow_env = tale.world.environment({"PATH": f"{fake.parent}:/usr/bin:/bin"} if where == b"git hangs" else {})
    told = {"v": 1, "agent": "m", "session_id": "B", "command": "make", "call_id": "c", "cwd": str(tale.world.root)}
    for name in ("pre_shell", "shell"):
        is_slow = name == event
        hook.where, hook.times = where, 9 * is_slow
        env = slow_env if is_slow else tale.world.environment()
        hook("generic", told | {"event": name}, env, tale.world.root)
        assert hook.taken < 10
        last = newest(tale)
        assert last["event"] == name
        if is_slow and where == b"git hangs":
            assert last["incomplete"] is True
            assert "paths" not in last
        elif is_slow:
            assert dict(zip(last["paths"], last["after_ids"], strict=True))["g.txt"] == "unread"
        tale.on_disk(f="a s1 b1", g="g b2")
    assert any("deadline" in reason for reason in reasons(tale.world.root / ".git" / "byline"))
    seen = "B" if where == b"g.txt" else "U"  # f.txt was read in time
    for path, right in (("f.txt", {"a": "U", "s1": "A", "b1": seen}), ("g.txt", {"g": "U", "b2": "U"})):
        said = {line.text: line.owner for line in tale.stage.ask(path, None)}
        assert all(owner in ("U", right[text]) for text, owner in said.items()), said
    tale.edit("C", f="a s1 b1 c1").commit()
    assert tale.stage.ask("f.txt", "HEAD")[-1].owner == "C"


@pytest.mark.parametrize("event", ["pre_shell", "shell"])
def test_calls_that_overlap_when_one_is_cut_short(tmp_path: Path, event: str) -> None:
    """The other call does not get the lines of the one of which not everything is known."""
    tale = begun(tmp_path).edit("A", f="a s1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(FAKES["fails"] or "")
    (tmp_path / "bin" / "git").chmod(0o755)
    without = tale.world.environment({"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"})
    told = {"v": 1, "agent": "m", "session_id": "C", "command": "make", "call_id": "c", "cwd": str(tale.world.root)}
    tale.stage.agent.pre_shell("B", tale.world.root, "sleep 1")
    for name in ("pre_shell", "shell"):
        env = without if name == event else tale.world.environment()
        ForkedHook()("generic", told | {"event": name}, env, tale.world.root)
        assert (newest(tale).get("incomplete") is True) == (name == event)
        tale.on_disk(f="a s1 c1")
    tale.stage.agent.shell("B", tale.world.root, "sleep 1")
    tale.expect_working(f="U|a A|s1 U|c1").edit("C", f="a s1 c1 c2").expect_working(f="U|a A|s1 U|c1 C|c2")


@pytest.mark.parametrize("where", [b"spool", pytest.param(b"byline", marks=pytest.mark.long)])
def test_a_record_that_cannot_be_written_is_told(tmp_path: Path, where: bytes) -> None:
    """Only when the line itself does not reach the disk it is lost, and `byline doctor` says so if anything can."""
    hook = SlowHook()
    tale = begun(tmp_path, hook).edit("A", f="a s1")
    store = tale.world.root / ".git" / "byline"
    before = len(events(store))
    hook.where, hook.times = b".jsonl" if where == b"spool" else where, 99
    tale.edit("B", f="a s1 lost")
    assert hook.taken < 10
    assert len(events(store)) == before
    assert any("deadline" in reason for reason in reasons(store)) == (where == b"spool")
    tale.expect_working(f="U|a A|s1 U|lost").edit("C", f="a s1 lost c1").expect_working(f="U|a A|s1 U|lost C|c1")


@pytest.mark.parametrize("is_told", [True, False], ids=["the hook looks", "an event of before the hook looked"])
@pytest.mark.parametrize("command", ["touch f.txt", "echo made >> f.txt"])
def test_what_git_overlooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, *, is_told: bool) -> None:
    """Written in the second of a commit with as many bytes: the next shell call is not taken for the writer."""
    if not is_told:
        monkeypatch.setattr(overlooked, "LOOKED_AT", 0)
    tale = begun(tmp_path).git("config", "core.trustctime", "false")  # its time cannot be set
    path, moment = tale.world.root / "f.txt", time.time() - 2
    tale.edit("A", f="a s1")
    os.utime(path, (moment, moment))
    tale.commit().edit("B", f="a t1")
    os.utime(path, (moment, moment))
    agent, root = tale.stage.agent, tale.world.root
    agent.pre_shell("C", root, command)
    assert "f.txt" in newest(tale)["paths"] or not is_told
    subprocess.run(["sh", "-c", command], cwd=root, check=True)
    agent.shell("C", root, command)
    assert newest(tale)["paths"] == ["f.txt"]
    theirs = "B" if is_told else "U"
    tale.expect_working(f=f"U|a {theirs}|t1" + (" C|made" if "made" in command else ""))


class WrongClock(ForkedHook):
    """A hook whose clock says something else each time."""

    def __init__(self, times: list[int]) -> None:
        self.times = times

    def __call__(self, agent: str, payload: dict[str, Any], env: Mapping[str, str], cwd: Path) -> None:
        now = self.times.pop(0) * 1_000_000_000 if self.times else time.time_ns()

        def main() -> None:
            time.time_ns = lambda: now
            runpy.run_path(str(SHIM), run_name="__main__")

        assert in_child(main, [str(SHIM), agent], json.dumps(payload).encode(), env, cwd) == (0, b"", b"")


NOON = 1_800_000_000


@pytest.mark.parametrize(
    "times",
    [
        [NOON - k for k in range(9)],
        [NOON - 86_400 * k for k in range(9)],
        [NOON + (-1) ** k * 86_400 * 400 * k for k in range(9)],
        [0] * 9,
        [NOON] * 9,
    ],
    ids=["seconds back", "days back", "to and fro", "1970", "stands still"],
)
def test_the_clock(tmp_path: Path, times: list[int]) -> None:
    """Order comes from the spool and from content: no line has another owner than with a right clock, or nobody."""
    tale = begun(tmp_path, WrongClock(list(times)))
    tale.edit("A", f="a s1").edit("B", f="a s1 t1").edit("H", f="h a s1 t1").commit()
    tale.edit("A", f="h a s1 t1 s2").edit("B", f="h a t1 s2").commit()
    for rev in (None, "HEAD"):
        owners = [line.owner for line in tale.stage.ask("f.txt", rev)]
        assert all(said in (true, "U") for said, true in zip(owners, "HUBA", strict=True)), owners
    if len({moment // 86_400 for moment in times}) == 1:
        tale.expect(f="H|h U|a B|t1 A|s2")


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_disk(tmp_path: Path, how: str) -> None:
    """What does not fit into the repository goes to the user's folder: no event is lost, no hook complains."""
    tale = begun(tmp_path).edit("A", f="a s1")
    store = tale.world.root / ".git" / "byline"
    kept = tmp_path / "kept"
    store.rename(kept)
    store.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(store)], capture_output=True
    ).returncode:
        pytest.skip("a file system of its own can be mounted by root on Linux only")
    try:
        subprocess.run(["cp", "-r", f"{kept}/.", str(store)], check=True)
        if how == "read-only":
            subprocess.run(["mount", "-o", "remount,ro", str(store)], check=True)
        else:
            with pytest.raises(OSError, match="No space"):
                (store / "ballast").write_bytes(b"x" * 100_000)
        lines = ["a", "s1"]
        for number in range(6):
            lines.append(f"b{number}")
            tale.edit("B", {"f.txt": lines})
        wanted = ["U|a", "A|s1", *(f"B|b{number}" for number in range(6))]
        tale.expect({"f.txt": wanted}, rev=None)
    finally:
        subprocess.run(["umount", str(store)], check=True)
