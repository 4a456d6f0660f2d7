"""Codex runs a hook only when its own settings hold the hash of it, under the hook's place in its file.

`[hooks.state."FILE:event:GROUP:HANDLER"]` with `trusted_hash`, in `config.toml`. Codex itself is asked for the hashes
where it is installed, in an empty home of its own, so that asking leaves nothing behind; else they are worked out.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from byline.cli.install import shared, tomltext
from byline.cli.install.hookgroups import StrangeSettings

ASK_SECONDS, END_SECONDS = 15, 3
_DEFAULT_TIMEOUT = 600
_STATE = ("hooks", "state")


class Hook(NamedTuple):
    """One handler of ours where it stands in a file."""

    event: str
    group: int
    handler: int
    matcher: str | None
    command: str
    timeout: int
    is_shared: bool = False
    """Whether somebody put a handler of their own into its group."""

    def key(self, path: str) -> str:
        """Its name in Codex's settings, in the file `path`."""
        return f"{path}:{snake(self.event)}:{self.group}:{self.handler}"

    def hash(self) -> str:
        """The hash that Codex gives it."""
        handler = {"async": False, "command": self.command, "timeout": self.timeout, "type": "command"}
        told: dict[str, Any] = {"event_name": snake(self.event), "hooks": [handler]}
        if self.matcher is not None:
            told["matcher"] = self.matcher
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def find(groups: Mapping[str, list[Any]], is_ours: Any) -> list[Hook]:
    """Our handlers among the groups of a file."""
    found = []
    for event, listed in groups.items():
        for place, group in enumerate(listed):
            handlers = group.get("hooks") if isinstance(group, dict) else None
            parted = shared.is_part(group, is_ours)
            for number, handler in enumerate(handlers or ()):
                if isinstance(handler, dict) and is_ours(str(handler.get("command"))):
                    timeout = int(handler.get("timeout", _DEFAULT_TIMEOUT))
                    matcher, command = group.get("matcher"), handler["command"]
                    found.append(Hook(event, place, number, matcher, command, timeout, parted))
    return found


def state(text: str) -> dict[str, Any]:
    """What `config.toml` says of each hook, by its key."""
    value: Any = tomltext.parse(text)
    for key in _STATE:
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return value if isinstance(value, dict) else {}


def trust(text: str, path: Path, hooks: list[Hook], env: Mapping[str, str]) -> str:
    """`config.toml` with the hashes of `hooks`, which stand in the file `path`. Raises StrangeSettings."""
    hashes = ask(tuple(hooks), shutil.which("codex", path=env.get("PATH", "")), env.get("PATH", ""))
    known = state(text)
    blocks = []
    for hook in hooks:
        for name in _spellings(path):
            key, wanted = hook.key(name), hashes.get(hook.event) or hook.hash()
            if key not in known:
                blocks.append(f'[hooks.state.{tomltext.quoted(key)}]\ntrusted_hash = "{wanted}"\n')
            elif not isinstance(known[key], dict) or known[key].get("trusted_hash") != wanted:
                text = _replaced(text, key, wanted)
    return tomltext.append(text, blocks) if blocks else text


def distrust(text: str, path: Path, hooks: list[Hook], original: str | None) -> str:
    """`config.toml` without the hashes of `hooks`; those of hooks that come after them move up with their hooks.

    What `original`, the file before byline, said under such a key is said again.
    """
    keys = {hook.key(name) for hook in hooks for name in _spellings(path)}
    moved = {key: new for key in state(text) if (new := _moved_up(key, path, hooks)) != key and key not in keys}
    before = _as_written(original or "", keys)
    for table in reversed([table for table in tomltext.tables(text) if _is_of(table, keys)]):
        told = before.get(table.name[2])
        if told is None:
            text = tomltext.cut(text, table)
        else:
            text = text[: table.start] + told + text[tomltext.end(text, table.start, table.stop) :]
    for table in reversed(tomltext.tables(text)):
        if _is_of(table, set(moved)):
            line = text[table.start : table.stop].split("\n")[0]
            header = f"[hooks.state.{tomltext.quoted(moved[table.name[2]])}]" + ("\r" if line.endswith("\r") else "")
            text = text[: table.start] + header + text[table.start + len(line) :]
    tomltext.parse(text)
    return text


def untrusted(text: str, path: Path, hooks: list[Hook], env: Mapping[str, str]) -> list[str]:
    """The events whose hook Codex skips, as `config.toml` stands."""
    known = state(text)

    def is_trusted(hook: Hook, wanted: str) -> bool:
        told = [known.get(hook.key(name)) for name in _spellings(path)]
        return any(isinstance(one, dict) and one.get("trusted_hash") == wanted for one in told)

    skipped = [hook for hook in hooks if not is_trusted(hook, hook.hash())]
    if skipped:
        hashes = ask(tuple(hooks), shutil.which("codex", path=env.get("PATH", "")), env.get("PATH", ""))
        skipped = [hook for hook in skipped if not is_trusted(hook, hashes.get(hook.event, ""))]
    switched_off = [hook for hook in hooks for name in _spellings(path) if _is_off(known.get(hook.key(name)))]
    return list(dict.fromkeys(hook.event for hook in [*skipped, *switched_off]))


def snake(event: str) -> str:
    """`PreToolUse` as `pre_tool_use`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in event).lstrip("_")


@cache
def ask(hooks: tuple[Hook, ...], codex: str | None, search: str) -> dict[str, str]:
    """The hashes by event as Codex itself gives them; none where it is not there or does not answer as expected."""
    if codex is None or not hooks:
        return {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for hook in hooks:
        handler = {"type": "command", "command": hook.command, "timeout": hook.timeout}
        matcher = {"matcher": hook.matcher} if hook.matcher is not None else {}
        groups[hook.event] = [{**matcher, "hooks": [handler]}]
    with tempfile.TemporaryDirectory(prefix="byline-codex-", ignore_cleanup_errors=True) as home:
        folder = Path(home) / ".codex"
        folder.mkdir()
        (folder / "hooks.json").write_text(json.dumps({"hooks": groups}), encoding="utf-8")
        listed = _answer(codex, {"HOME": home, "USERPROFILE": home, "CODEX_HOME": str(folder), "PATH": search}, home)
    events = {snake(event): event for event in groups}
    found = {}
    for entry in listed:
        event = events.get(snake(str(entry.get("eventName"))))
        if event and str(entry.get("currentHash")).startswith("sha256:"):
            found[event] = str(entry["currentHash"])
    return found


def _answer(codex: str, env: Mapping[str, str], folder: str) -> list[dict[str, Any]]:
    """What `hooks/list` says for a folder."""
    wanted = {**{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}, **env}
    questions: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "byline", "version": "1"}}},
        {"method": "initialized"},
        {"id": 2, "method": "hooks/list", "params": {"cwds": [folder]}},
    ]
    command = [codex, "app-server"]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(
            command, cwd=folder, env=wanted, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        ) as process:
            return _dialogue(process, questions)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return []


def _dialogue(process: subprocess.Popen[bytes], questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from threading import Timer

    assert process.stdin is not None
    assert process.stdout is not None
    limit = Timer(ASK_SECONDS, process.kill)
    limit.start()
    try:
        for question in questions:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            for answer in _answers(process.stdout) if "id" in question else ():
                if answer.get("id") == question["id"]:
                    break
            else:
                answer = {}
        return list(answer["result"]["data"][0]["hooks"])
    finally:
        limit.cancel()
        process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(lines: Any) -> Iterator[dict[str, Any]]:
    for line in lines:
        answer = json.loads(line)
        if isinstance(answer, dict):
            yield answer


def _spellings(path: Path) -> list[str]:
    """The file's path as it is named and without links: Codex takes either, by how its home was named."""
    return list(dict.fromkeys((str(path), os.path.realpath(path))))


def _replaced(text: str, key: str, wanted: str) -> str:
    """`text` with another hash in the table of `key`. Raises StrangeSettings where it is written in another way."""
    for table in tomltext.tables(text):
        if table.name == (*_STATE, key):
            lines = text[table.start : table.stop].split("\n")
            newline = "\r" if lines[0].endswith("\r") else ""
            hashed = [number for number, line in enumerate(lines) if line.split("=")[0].strip() == "trusted_hash"]
            shown = f'trusted_hash = "{wanted}"{newline}'
            if hashed:
                lines[hashed[0]] = shown
            else:
                lines.insert(1, shown)
            return text[: table.start] + "\n".join(lines) + text[table.stop :]
    raise StrangeSettings(f"written in a way that byline can't change: trust the hooks in Codex itself ({key})")


def _as_written(text: str, keys: set[str]) -> dict[str, str]:
    """The tables of these keys in a file that byline has not written to; none where it can't be read."""
    try:
        tomltext.parse(text)
    except StrangeSettings:
        return {}
    found = [table for table in tomltext.tables(text) if _is_of(table, keys)]
    return {table.name[2]: text[table.start : tomltext.end(text, table.start, table.stop)] for table in found}


def _moved_up(key: str, path: Path, hooks: list[Hook]) -> str:
    """The key of somebody's hook once our groups before it are gone, and our handlers before it in its own."""
    for name in _spellings(path):
        place = key.removeprefix(f"{name}:").split(":")
        if key.startswith(f"{name}:") and len(place) == 3 and place[1].isdecimal() and place[2].isdecimal():
            group, handler = int(place[1]), int(place[2])
            here = [hook for hook in hooks if snake(hook.event) == place[0]]
            groups = {hook.group for hook in here if hook.group < group and not hook.is_shared}
            handlers = [hook for hook in here if hook.group == group and hook.handler < handler]
            return f"{name}:{place[0]}:{group - len(groups)}:{handler - len(handlers)}"
    return key


def _is_of(table: tomltext.Table, keys: set[str]) -> bool:
    return table.name[:2] == _STATE and len(table.name) == 3 and table.name[2] in keys


def _is_off(told: Any) -> bool:
    return isinstance(told, dict) and told.get("enabled") is False
