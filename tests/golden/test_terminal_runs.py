"""Captured runs of Codex 0.169, Gemini CLI 0.61, OpenCode 1.18 and Qwen Code 0.24, replayed through the real hook.

What is recorded is compared with a page that a person can read. After a wanted change: delete that page, run the test
once, look at the difference.
"""

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.cli.install.agents import opencode
from gitrepo import Repo
from hookrun import PYTHON, SHIM
from replay import PAYLOADS, Page, compare, exchange, here, play, shell

APP = "import sys\n\nx = 1\n\ndef main():\n    print('hello')\n    return x\n\n# x = 1 again\n"
START = {"app.py": APP, "other.txt": "alpha\nbeta\ngamma\n", "nb.ipynb": '{"cells": []}\n'}
NEW = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
GREETING = APP.replace("    print('hello')", "    name = 'world'\n    print('hello', name)")
CODEX: dict[str, dict[str, str | None]] = {
    "call_main_0": {"new.py": NEW},
    "call_main_2": {"app.py": GREETING},
    "call_main_3": {
        "app.py": GREETING.replace("x = 1\n\ndef", "x = 2\n\ndef"),
        "new.py": NEW.replace("return 2", "return 22"),
        "other.txt": None,
        "moved.txt": "alpha\nBETA\ngamma\n",
        "nb.ipynb": None,
    },
    "call_main_4": {"gen.txt": "x\n"},
}
"""What each call left on disk."""


def page(name: str) -> Path:
    return Path(__file__).with_name(f"{name}-run.txt")


def codex(payload: dict[str, Any], folder: Path) -> None:
    """Written out: the tests' own idea of what a patch does."""
    call = payload.get("tool_use_id", "").rpartition("_0_")[0]
    if payload["hook_event_name"] == "PostToolUse":
        for name, text in CODEX.get(call, {}).items():
            (folder / name).unlink() if text is None else (folder / name).write_text(text)
    elif call == "call_main_6":  # nothing told of the end of the shell call before it, which held a patch
        exchange(folder / "new.py", "return 1\n", "return 11\n")


def test_a_run_of_codex(repo: Callable[..., Repo]) -> None:
    made = repo("project")
    play("codex", "codex", made, codex, start=START)
    compare(Page(made).whole(), page("codex"))


def gemini(payload: dict[str, Any], folder: Path) -> None:
    """What Gemini CLI and Qwen Code say they wrote."""
    shown = (payload.get("tool_response") or {}).get("returnDisplay")
    if isinstance(shown, dict) and "newContent" in shown:
        Path(shown["filePath"]).write_text(shown["newContent"])
    elif payload.get("tool_name") == "run_shell_command" and "tool_response" in payload:
        shell(payload["tool_input"]["command"].partition("; env")[0], folder)


def test_a_run_of_gemini(repo: Callable[..., Repo]) -> None:
    made = repo("project")
    play("gemini", "gemini", made, gemini, start=START)
    compare(Page(made).whole(), page("gemini"))


def test_a_run_of_qwen(repo: Callable[..., Repo]) -> None:
    made = repo("project")
    session = json.loads((PAYLOADS / "qwen" / "002-SessionStart.json").read_text())["session_id"]
    env = {"QWEN_CODE_SESSION_ID": session, "QWEN_CODE_MODEL": "mock-model", "QWEN_CODE_STARTUP_VERSION": "0.24.4"}
    play("qwen", "qwen", made, gemini, env)
    compare(Page(made).whole(), page("qwen"))


def opencode_did(call: dict[str, Any], folder: Path) -> None:
    """The tools' work."""
    told = call.get("input") or {}
    given = told.get("args") or {}
    if call["hook"] != "tool.execute.after":
        return
    if told["tool"] == "write":
        (folder / given["filePath"]).write_text(given["content"])
    elif told["tool"] == "edit":
        path = folder / given["filePath"]
        path.write_text(path.read_text().replace(given["oldString"], given["newString"]))
    elif told["tool"] == "bash":
        shell(given["command"].partition("; env")[0], folder)


@pytest.mark.skipif(shutil.which("node") is None, reason="the plugin runs in JavaScript: needs node")
def test_a_run_of_opencode(repo: Callable[..., Repo], tmp_path: Path) -> None:
    """Through the plugin as it is installed."""
    made = repo("project")
    made.commit("start", dict(START))
    python, shim = (shlex.quote(str(path)) for path in (PYTHON, SHIM))
    plugin = tmp_path / "byline.mjs"
    plugin.write_text(opencode.register("", f"[ -x {python} ] && {python} -I -S {shim} opencode 2>/dev/null; exit 0"))
    driver = ["node", str(Path(__file__).with_name("plugin.mjs")), str(plugin), str(made.path)]
    with subprocess.Popen(driver, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for path in sorted((PAYLOADS / "opencode").glob("*.json")):
            call = here(json.loads(path.read_text()), made.path)
            opencode_did(call, made.path)
            process.stdin.write(json.dumps(call) + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "done\n"
        process.stdin.close()
        assert process.wait(20) == 0
    assert not (made.path / ".git" / "byline" / "errors.log").exists()
    compare(Page(made).whole(), page("opencode"))
