"""The hook where git hangs, fails or is not there, the machine is slow, the disk full or the clock wrong."""

import importlib
import json
import runpy
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hookrun import reasons
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

    seconds = 0.0

    def __call__(self, agent: str, payload: dict[str, Any], env: Mapping[str, str], cwd: Path) -> None:
        seconds, self.seconds = self.seconds, 0.0

        def main() -> None:
            posix: Any = importlib.import_module("posix")
            opened = posix.open
            slept: list[int] = []

            def slow(path: Any, flags: int, *more: Any) -> int:
                if b"blobs" in bytes(path) and not slept:
                    slept.append(1)
                    time.sleep(seconds)
                return int(opened(path, flags, *more))

            if seconds:
                posix.open = slow
            runpy.run_path(str(SHIM), run_name="__main__")

        start = time.monotonic()
        found = in_child(main, [str(SHIM), agent], json.dumps(payload).encode(), env, cwd)
        assert found == (0, b"", b"")
        self.taken = time.monotonic() - start


def test_the_deadline(tmp_path: Path) -> None:
    """What is lost is noted, and its lines stay unknown whatever comes after."""
    hook = SlowHook()
    tale = begun(tmp_path, hook).edit("A", f="a s1")
    hook.seconds = 20
    tale.edit("B", f="a s1 lost")
    assert hook.taken < 10
    assert any("deadline" in reason for reason in reasons(tale.world.root / ".git" / "byline"))
    tale.expect_working(f="U|a A|s1 U|lost")
    tale.edit("C", f="a s1 lost c1").expect_working(f="U|a A|s1 U|lost C|c1")
    tale.commit().expect(f="U|a A|s1 U|lost C|c1").edit("H", f="h a s1 lost c1")
    tale.expect_working(f="H|h U|a A|s1 U|lost C|c1")


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
