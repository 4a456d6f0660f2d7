"""Two of everything at once, in one repository: nothing is lost, and the end is the same as one after the other."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from byline.store.paths import Folders
from byline.store.spool import Spool
from story import Blame, ForkedHook, Story, story
from story.hook import SHIM

BYLINE = [sys.executable, "-c", "import sys; from byline.cli.main import main; sys.exit(main())"]


def busy(folder: Path) -> Story:
    tale = story(folder, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a").edit("A", f="a s1").commit()
    tale.edit("B", f="a s1 t1").commit()
    tale.edit("A", draft="x y").edit("A", draft="z")
    (tale.world.root / "draft.txt").unlink()
    return tale


def together(tale: Story, *commands: list[str]) -> list[tuple[int, str, str]]:
    """Start all at once; how each ended and what it said."""
    env = tale.world.environment()
    started = [
        subprocess.Popen([*BYLINE, *words], cwd=tale.world.root, env=env, stdout=-1, stderr=-1, stdin=-3, text=True)
        for words in commands
    ]
    ends = [process.communicate(timeout=120) for process in started]
    return [(process.returncode, *said) for process, said in zip(started, ends, strict=True)]


def events(tale: Story) -> int:
    common = tale.world.root / ".git"
    return len(Spool(Folders(common, common / "byline")).read_new())


def test_gc_beside_gc_and_sync(tmp_path: Path) -> None:
    tale = busy(tmp_path)
    before = events(tale)
    words = [["gc", "--keep-days", "0"], ["gc", "--keep-days", "0"], ["sync"], ["blame", "f.txt"]]
    assert [end[0] for end in together(tale, *words)] == [0] * 4
    assert events(tale) == before
    assert len(tale.world.git("ls-tree", "-r", "--name-only", "byline/anchors/v1").splitlines()) >= 4
    tale.expect(f="U|a A|s1 B|t1")


def test_gc_beside_twenty_hooks(tmp_path: Path) -> None:
    tale = busy(tmp_path)
    before = events(tale)
    env, root = tale.world.environment(), tale.world.root
    gc = subprocess.Popen([*BYLINE, "gc", "--keep-days", "0"], cwd=root, env=env, stdout=-3)
    hooks = []
    for number in range(20):
        (root / f"n{number}.txt").write_text(f"line {number}\n")
        payload: dict[str, Any] = {"v": 1, "agent": "m", "session_id": f"S{number}", "event": "write", "before": None}
        payload |= {"cwd": str(root), "path": f"n{number}.txt", "call_id": f"c{number}"}
        hook = subprocess.Popen([sys.executable, "-I", "-S", str(SHIM), "generic"], stdin=-1, env=env)
        assert hook.stdin is not None
        hook.stdin.write(json.dumps(payload).encode())
        hook.stdin.close()
        hooks.append(hook)
    assert [hook.wait(30) for hook in hooks] == [0] * 20
    assert gc.wait(60) == 0
    assert events(tale) == before + 20
    for number in (0, 7, 19):
        tale.expect({f"n{number}.txt": [f"S{number}|line {number}"]}, rev=None)
    tale.expect(f="U|a A|s1 B|t1")


def test_sync_beside_forget(tmp_path: Path) -> None:
    tale = busy(tmp_path)
    ends = together(tale, ["sync"], ["forget", "A"])
    assert [end[0] for end in ends] == [0, 0], ends
    owners = {line.text: line.owner for line in tale.stage.ask("f.txt")}
    assert owners["a"] == "U"
    assert owners["s1"] in "AU"
    assert owners["t1"] in "BU"
    assert together(tale, ["sync"], ["forget", "A"])[1][0] in (0, 1)  # 1: there is nothing left to forget


def test_install_beside_install(tmp_path: Path) -> None:
    tale = busy(tmp_path)
    path = tale.world.home / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text('{"model": "opus"}\n')
    words = ["install", "claude", "codex", "-y"]
    assert [end[0] for end in together(tale, words, words, words)] == [0] * 3
    hooks = json.loads(path.read_text())["hooks"]
    assert all(len(groups) == len({json.dumps(group) for group in groups}) for groups in hooks.values())
    assert [end[0] for end in together(tale, ["uninstall", "claude"], ["uninstall", "claude"])] == [0] * 2
    assert path.read_text() == '{"model": "opus"}\n'


def test_many_readers_of_a_cold_index(tmp_path: Path) -> None:
    tale = busy(tmp_path)
    (tale.world.root / ".git" / "byline" / "index.db").unlink(missing_ok=True)
    ends = together(tale, *[["blame", "f.txt", "--json"]] * 4, ["sessions"], ["stats"])
    assert [end[0] for end in ends] == [0] * 6
    assert len({end[1] for end in ends[:4]}) == 1
