"""Eight simulated agents: each call runs the installed hook before and after, as the real ones do."""

import json
import random
import subprocess
import time
from typing import Any

from soak.world import World

CALLS_A_SESSION = 40


class Agent:
    """One agent, session after session. Even numbers speak as Claude Code does, odd ones byline's own protocol."""

    def __init__(self, world: World, number: int, pause: float) -> None:
        self.world = world
        self.number = number
        self.pause = pause
        self.chance = random.Random(number)
        self.session = ""
        self.calls = 0
        self.expected: set[tuple[str, str, str]] = set()
        """Session, call and event of everything that was recorded."""

    def run(self) -> None:
        """Work until it is over."""
        while not self.world.over.is_set():
            if self.calls % CALLS_A_SESSION == 0:
                self.session = f"agent{self.number}-{self.calls // CALLS_A_SESSION}"
                self._say("prompt", prompt=f"go on with part {self.calls}")
            self.calls += 1
            try:
                if self.chance.random() < 0.12:
                    # two shell calls at once: whose change it was nobody can tell, and who ends first is taken for it
                    with self.world.turns.alone():
                        self._shell()
                else:
                    with self.world.turns.shared():
                        self._write()
            except Exception as problem:
                self.world.trouble(f"agent {self.number}: {problem!r}")
            time.sleep(self.chance.uniform(0.5, 1.5) * self.pause)

    def _write(self) -> None:
        path = self.chance.choice(self.world.paths)
        with self.world.locks[path]:
            self._say("pre_write", path=path)
            before = self.world.get(path)
            after = self.world.changed(before, self.session, self.chance)
            self.world.put(path, after)
            self._say("write", path=path, before="".join(before), after="".join(after))

    def _shell(self) -> None:
        path = self.chance.choice(self.world.paths)
        with self.world.locks[path]:
            self._say("pre_shell", command="python make.py")
            self.world.put(path, self.world.changed(self.world.get(path), self.session, self.chance))
            self._say("shell", command="python make.py")

    def _say(self, event: str, **fields: str) -> None:
        call = "" if event == "prompt" else f"{self.session}-{self.calls}"
        payload = self._claude(event, call, fields) if self.number % 2 == 0 else self._generic(event, call, fields)
        agent = "claude" if self.number % 2 == 0 else "generic"
        done = subprocess.run(
            [*self.world.hook_command, agent],
            input=json.dumps(payload).encode(),
            cwd=self.world.root,
            env=self.world.env,
            capture_output=True,
            timeout=60,
        )
        if done.returncode or done.stdout or done.stderr:
            self.world.trouble(f"hook: {done.returncode} {done.stdout!r} {done.stderr!r}")
        self.expected.add((self.session, call, event))
        self.world.count("events")

    def _generic(self, event: str, call: str, fields: dict[str, str]) -> dict[str, Any]:
        told = {key: value for key, value in fields.items() if key != "after"}
        common = {"v": 1, "agent": "robot", "session_id": self.session, "event": event, "cwd": str(self.world.root)}
        return {**common, "call_id": call or None, "turn_id": self.session, "tool": "Edit", **told}

    def _claude(self, event: str, call: str, fields: dict[str, str]) -> dict[str, Any]:
        common = {"session_id": self.session, "cwd": str(self.world.root), "prompt_id": self.session}
        if event == "prompt":
            return {**common, "hook_event_name": "UserPromptSubmit", "prompt": fields["prompt"]}
        name = "PreToolUse" if event.startswith("pre_") else "PostToolUse"
        told: dict[str, Any] = {**common, "hook_event_name": name, "tool_use_id": call}
        if "command" in fields:
            told |= {"tool_name": "Bash", "tool_input": {"command": fields["command"]}}
            return told if event == "pre_shell" else {**told, "tool_response": {"stdout": "", "stderr": ""}}
        given = {"file_path": str(self.world.root / fields["path"]), "content": fields.get("after", "")}
        told |= {"tool_name": "Write", "tool_input": given}
        if event == "write":
            answer = {"type": "update", "content": fields["after"], "originalFile": fields["before"]}
            told["tool_response"] = {**answer, "filePath": given["file_path"], "structuredPatch": []}
        return told
