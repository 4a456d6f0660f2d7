"""Sessions taken up where they were left are those read anew, in whatever order files grow."""

import json
import random
from pathlib import Path

import pytest

from byline.store.paths import Folders
from byline.workspace.sessionfacts import SessionFacts

KINDS = ("session_start", "prompt", "write", "read", "turn_end", "session_end", "shell", "wait", "compact")


@pytest.mark.parametrize("seed", range(6))
def test_kept_is_anew(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    env = {"BYLINE_DATA_DIR": str(tmp_path / "data"), "HOME": str(tmp_path)}
    kept, anew = tmp_path / "kept", tmp_path / "anew"
    names = [f"2026-01-0{day}.{machine}.jsonl" for day in (1, 2, 3) for machine in ("a", "b")]
    for folder in (kept, anew):
        (folder / "spool").mkdir(parents=True)
    for number in range(60):
        line = {
            "v": 1, "id": f"e{number}", "at": dice.randrange(100), "event": dice.choice(KINDS), "agent": "m",
            "session_id": dice.choice(("s", "t", "s/sub")), "prompt": f"p{number}", "path": f"f{number % 4}",
            "call_id": f"c{number // 2}", "pid": dice.choice((1, 2)), "tool": "Edit",
        }  # fmt: skip
        name = dice.choice(names[: 2 + number // 12])
        for folder in (kept, anew):
            with (folder / "spool" / name).open("a") as file:
                file.write("\n" + json.dumps(line) + "\n")
        if dice.random() < 0.4:
            taken_up = SessionFacts(Folders(None, kept), env)
            fresh = SessionFacts(Folders(None, anew), env)
            assert taken_up.all() == fresh.all()
            assert list(taken_up.all()) == list(fresh.all())
            taken_up.close()
            fresh.close()
            for file_ in anew.glob("index.db*"):
                file_.unlink()
