"""Amp's own plugin runtime, driven by hand: a real session needs a login to the vendor's server.

`amp plugins exec` unpacks the runtime that hosts plugins below the system's temporary folder. This takes a copy, runs
it with Amp's bundled Bun and speaks its protocol, a JSON object a line, as Amp does. So a plugin sees real events and
the real helpers.
"""

import json
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from .stage import Stage

THREAD = {"id": "T-019ca1ce-3ae2-7686-a41e-ccc078837f8a"}
_NOWHERE = "http://127.0.0.1:9"
_SECONDS = 10


class AmpHost:
    """The runtime with one plugin in it, from `with` to its end."""

    def __init__(self, stage: Stage, amp: Path, plugin: Path) -> None:
        self._stage, self._amp, self._plugin = stage, amp, plugin
        self._answers: dict[str, Any] = {}
        self._asked = 0

    def __enter__(self) -> "AmpHost":
        env = self._stage.env(AMP_API_KEY="sgamp_none", AMP_URL=_NOWHERE, TMPDIR=str(self._stage.folder))
        runtime = self._runtime(env)
        self._process = subprocess.Popen(
            [self._amp, "run", runtime, self._plugin],
            cwd=self._stage.project,
            env={**env, "BUN_BE_BUN": "1", "AMP_PLUGIN_URI": f"file://{self._plugin}"},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        time.sleep(2)  # until the plugin is loaded
        return self

    def __exit__(self, *problem: object) -> None:
        self._process.terminate()
        self._process.wait(_SECONDS)

    def ask(self, method: str, **told: Any) -> Any:
        """Tell an event and wait for the plugin's answer."""
        self._asked += 1
        name = str(self._asked)
        self._send({"type": "request", "id": name, "method": method, "params": told})
        end = time.monotonic() + _SECONDS
        while name not in self._answers and time.monotonic() < end:
            time.sleep(0.02)
        return self._answers[name]

    def call(self, number: int, tool: str, given: dict[str, Any], work: Any) -> Any:
        """One call of a tool, whose work is done between its two events. The answer to the first."""
        told = {"toolUseID": f"toolu_{number}", "tool": tool, "input": given, "thread": THREAD}
        allowed = self.ask("tool.call", **told)
        work()
        self.ask("tool.result", **told, status="done", output="ok")
        return allowed

    def _runtime(self, env: dict[str, str]) -> Path:
        """A copy of the runtime, taken while Amp has it unpacked."""
        target = self._stage.folder / "plugin-runtime.ts"
        data = json.dumps({"thread": THREAD})
        folders = [Path("/tmp"), self._stage.folder]
        before = {path for folder in folders for path in folder.glob("amp-plugin-runtime-*")}
        with subprocess.Popen(
            [self._amp, "plugins", "exec", self._plugin, "session.start", "--data", data],
            cwd=self._stage.project,
            env={**env, "BYLINE_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            while not target.exists() and process.poll() is None:
                for folder in folders:
                    for path in set(folder.glob("amp-plugin-runtime-*")) - before:
                        if (path / "plugin-runtime.ts").exists():
                            shutil.copy(path / "plugin-runtime.ts", target)
                time.sleep(0.02)
        assert target.exists(), "Amp unpacked no plugin runtime"
        return target

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        client = {"executorKind": "local", "ampURL": _NOWHERE, "authenticatedUser": None}
        client["workspaceRoot"] = f"file://{self._stage.project}"
        for line in self._process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if message.get("type") == "request":
                result = client if message["method"] == "client.info" else {}
                self._send({"type": "response", "id": message["id"], "result": result})
            elif message.get("type") == "response":
                self._answers[message["id"]] = message.get("error") or message.get("result")
