"""A real Neovim with byline and another language server on one file."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e.server.conftest import PROMPT, SERVER, Project
from gitrepo import Repo

pytestmark = pytest.mark.neovim
HERE = Path(__file__).parent
PLUGIN = HERE.parents[2] / "editors" / "neovim"
AGENT = "import time\n\ndef retry():\n    time.sleep(1)\n"


@pytest.fixture
def seen(nvim: str, repo: Callable[..., Repo], tmp_path: Path, home: Path) -> Callable[..., dict[str, Any]]:
    """What Neovim showed."""

    def run(*, setup: bool) -> dict[str, Any]:
        made = repo("nvim")
        made.commit("start", {"readme.txt": "hello\n"})
        file = Project(made).agent_writes("client.txt", AGENT)
        out = tmp_path / "seen.json"
        config = {
            "file": str(file),
            "line": 3,
            "plugin": str(PLUGIN),
            "byline": SERVER,
            "decoy": [sys.executable, str(HERE / "decoy.py")],
            "setup": setup,
            "out": str(out),
        }
        (tmp_path / "config.json").write_text(json.dumps(config))
        done = subprocess.run(
            [
                nvim,
                "--headless",
                "--clean",
                "-u",
                "NONE",
                "-l",
                str(HERE / "probe.lua"),
                str(tmp_path / "config.json"),
            ],
            cwd=made.path,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert out.exists(), done.stderr
        found: dict[str, Any] = json.loads(out.read_text())
        assert found["error"] is None, found["error"]
        return found

    return run


def test_with_nothing_but_the_config_file(seen: Callable[..., dict[str, Any]]) -> None:
    got = seen(setup=False)
    text = "\n".join(got["hover"])
    assert "a type, says the decoy" in text
    assert f'claude · sonnet-4.5 · just now · "{PROMPT}"' in text
    assert got["lenses"] == ["Show AI lines (4 of 4 · 100% · claude)", "decoy lens"]
    assert got["before"] == []
    assert got["after"] == [{"line": 0, "label": 'claude "add retry to the cli…"'}]
    _typing_is_the_users(got)


def test_with_the_plugin(seen: Callable[..., dict[str, Any]]) -> None:
    got = seen(setup=True)
    assert [mark["line"] for mark in got["marks"]] == [0, 1, 2, 3]
    assert [mark["text"] for mark in got["marks"]] == [f'claude · "{PROMPT}"', None, None, None]
    assert f"> {PROMPT}" in "\n".join(got["page"])
    assert got["messages"] == []
    _typing_is_the_users(got)


def _typing_is_the_users(got: dict[str, Any]) -> None:
    assert got["moved"].startswith("claude")
    assert got["typed"] == "human"
    print(f"Neovim stopped both servers in {got['shutdown_ms']:.0f} ms")
