"""Two editors with real servers, and a person who types into them, saves, hovers and looks at who wrote what."""

import random
import sys
import time
from collections.abc import Sequence
from typing import Any

from bench.client import Client
from bench.server import memory
from soak.world import World

OPEN = 4
"""Files that an editor keeps open."""


class Editor:
    """One editor. Its person's lines begin with `human`."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.chance = random.Random(100 + number)
        self.log = world.root.parent / f"server{number}.log"
        command = [sys.executable, "-m", "byline.cli.main", "lsp"]
        with self.log.open("wb") as log:
            self.client = Client(command, world.env, {"draws": True}, log)
        self.buffers: dict[str, list[str]] = {}
        self.version = 0
        self.checked = 0
        self.named = 0
        """Lines that were checked, and those of them that had a name."""
        self.saves = True
        """Whether what is typed is saved; else it is taken back."""

    def run(self) -> None:
        """Work until it is over."""
        while not self.world.over.is_set():
            path = self.chance.choice(self.world.paths)
            try:
                with self.world.turns.shared(), self.world.locks[path]:
                    self.look_at(path)
                    if self.chance.random() < 0.4:
                        self._type(path)
            except Exception as problem:
                self.world.trouble(f"editor: {problem!r}")
                if isinstance(problem, EOFError | BrokenPipeError):
                    return
            time.sleep(self.chance.uniform(0.5, 2))

    def look_at(self, path: str) -> None:
        """Show a file as it is now, and who wrote what."""
        self._load(path)
        self._look(path)

    def end(self) -> None:
        """Close it. What the server called an error is trouble."""
        self.client.end()
        told = self.log.read_text("utf-8", "replace").splitlines()
        errors = [number for number, line in enumerate(told) if " ERROR " in line or line.startswith("Traceback")]
        for number in errors[:5]:
            self.world.trouble("server: " + " | ".join(told[number : number + 40]))

    def memory(self) -> float:
        """MiB of the server."""
        return memory(self.client.process.pid)

    def _uri(self, path: str) -> str:
        return (self.world.root / path).as_uri()

    def _load(self, path: str) -> None:
        lines = self.world.get(path)
        if path not in self.buffers:
            if len(self.buffers) >= OPEN:
                old = next(iter(self.buffers))
                del self.buffers[old]
                self.client.send("textDocument/didClose", {"textDocument": {"uri": self._uri(old)}})
            self.client.open(self._uri(path), "".join(lines))
        elif self.buffers[path] != lines:
            self._change(path, [{"text": "".join(lines)}])
        self.buffers[path] = lines

    def _change(self, path: str, changes: list[dict[str, Any]]) -> None:
        self.version += 1
        about = {"uri": self._uri(path), "version": self.version}
        self.client.send("textDocument/didChange", {"textDocument": about, "contentChanges": changes})

    def _type(self, path: str) -> None:
        lines = self.buffers[path]
        at, line = self.chance.randrange(len(lines) + 1), self.world.line("human")
        place = {"line": at, "character": 0}
        for letter_at in range(0, len(line), 8):  # a few letters at a time
            here = {"line": at, "character": letter_at}
            self._change(path, [{"range": {"start": here, "end": here}, "text": line[letter_at : letter_at + 8]}])
        self.client.ask("textDocument/hover", {"textDocument": {"uri": self._uri(path)}, "position": place})
        if not self.saves:
            self._change(path, [{"text": "".join(lines)}])
            return
        lines.insert(at, line)
        self.world.put(path, lines)
        self.client.send("textDocument/didSave", {"textDocument": {"uri": self._uri(path)}})
        self.world.count("saves")

    def _look(self, path: str) -> None:
        self.client.hover(self._uri(path), self.chance.randrange(len(self.buffers[path])))
        answer = self.client.ask("byline/attribution", {"uri": self._uri(path)})
        lines = self.buffers[path]
        owners: list[str] = ["unknown"] * len(lines)
        for found in answer["ranges"]:
            owner = found["session_id"] if found["owner"] == "session" else found["owner"]
            owners[found["start"] : found["end"]] = [owner] * (found["end"] - found["start"])
        for problem in wrong(lines, owners):
            self.world.trouble(f"editor, {path}: {problem}")
        self.checked += len(lines)
        self.named += sum(owner != "unknown" for owner in owners)
        self.world.count("looks")


def wrong(lines: Sequence[str], owners: Sequence[str]) -> list[str]:
    """Lines whose owner is neither their own nor unknown."""
    if len(lines) != len(owners):
        return [f"{len(owners)} answers for {len(lines)} lines"]
    pairs = zip(lines, owners, strict=True)
    return [f"{line.strip()!r} is {owner}'s" for line, owner in pairs if owner not in ("unknown", line.split()[0])]
