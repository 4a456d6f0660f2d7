"""Two ways to run the hook program: as agents do, and in a forked child where thousands of calls are needed."""

import json
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from story.fork import in_child

SHIM = Path(__file__).parents[2] / "hooks" / "byline_hooks" / "shim.py"


class HookDisturbed(AssertionError):
    """The hook printed something or did not end with 0: it must do neither, whatever happens."""


class HookRunner(Protocol):
    """Hands one payload to `byline-hook AGENT`."""

    def __call__(self, agent: str, payload: dict[str, Any], env: Mapping[str, str], cwd: Path) -> None: ...


class ProcessHook:
    """A new process for every event, as the installed command line has it."""

    def __call__(self, agent: str, payload: dict[str, Any], env: Mapping[str, str], cwd: Path) -> None:
        command = [sys.executable, "-I", "-S", str(SHIM), agent]
        done = subprocess.run(command, input=json.dumps(payload).encode(), capture_output=True, env=env, cwd=cwd)
        _must_be_silent(agent, payload, done.returncode, done.stdout, done.stderr)


class ForkedHook:
    """The same file run as `__main__` in a forked child: the same code, a tenth of the time."""

    def __call__(self, agent: str, payload: dict[str, Any], env: Mapping[str, str], cwd: Path) -> None:
        def main() -> None:
            runpy.run_path(str(SHIM), run_name="__main__")

        code, out, err = in_child(main, [str(SHIM), agent], json.dumps(payload).encode(), env, cwd)
        _must_be_silent(agent, payload, code, out, err)


def _must_be_silent(agent: str, payload: dict[str, Any], code: int, out: bytes, err: bytes) -> None:
    if code or out or err:
        said = (out + err).decode(errors="replace")
        raise HookDisturbed(f"byline-hook {agent}: exit {code}, printed {said!r} for {json.dumps(payload)[:400]}")
