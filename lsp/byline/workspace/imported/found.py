"""The transcripts on this machine of sessions that may have worked in a repository. Nothing is changed."""

import json
import os
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from byline.sessions import opencode
from byline.sessions.places import data_home

MOST = 20_000
"""Transcripts of one agent that are looked at, the last changed first."""
_HEAD = 256 * 1024


class Found(msgspec.Struct, frozen=True):
    """One session's transcript."""

    agent: str
    session_id: str
    path: Path
    parent: str | None = None
    subagent_type: str | None = None


def found(agent: str, worktree: str, env: Mapping[str, str]) -> list[Found]:
    """An agent's transcripts that may be of sessions in the folder `worktree`."""
    try:
        return list(_FINDERS[agent](worktree, env))
    except (OSError, sqlite3.Error):
        return []


def _home(env: Mapping[str, str], variable: str, folder: str) -> Path:
    home = Path(env.get("HOME") or env.get("USERPROFILE") or "/nonexistent")
    return Path(env[variable]) if env.get(variable) else home / folder


def _claude(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    slug = re.sub(r"[^A-Za-z0-9]", "-", worktree)
    for folder in _folders(_home(env, "CLAUDE_CONFIG_DIR", ".claude") / "projects"):
        if folder.name != slug and not folder.name.startswith(f"{slug}-"):
            continue
        for path in _files(folder, "*.jsonl"):
            yield Found("claude", path.stem, path)
            for child in _files(folder / path.stem / "subagents", "agent-*.jsonl"):
                name = child.stem.removeprefix("agent-")
                kind = _head(child.with_suffix(".meta.json")).get("agentType")
                yield Found(
                    "claude", f"{path.stem}/{name}", child, path.stem, kind if isinstance(kind, str) else None
                )


def _codex(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    for path in _files(_home(env, "CODEX_HOME", ".codex") / "sessions", "*/*/*/rollout-*.jsonl"):
        meta = _head(path).get("payload")
        if (
            not isinstance(meta, dict)
            or not isinstance(meta.get("id"), str)
            or not is_here(meta.get("cwd"), worktree)
        ):
            continue
        own, root = meta["id"], meta.get("session_id")
        if isinstance(root, str) and root != own:
            yield Found("codex", f"{root}/{own}", path, root)
        else:
            yield Found("codex", own, path)


def _gemini(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    import hashlib

    home = _home(env, "GEMINI_CLI_HOME", "")
    own = hashlib.sha256(worktree.encode("utf-8", "surrogatepass")).hexdigest()
    slugs = _head(home / ".gemini" / "projects.json", whole=True).get("projects")
    slug = slugs.get(worktree) if isinstance(slugs, dict) else None
    names = {own, *([slug] if isinstance(slug, str) and "/" not in slug and slug not in (".", "..") else [])}
    for name in names:
        chats = home / ".gemini" / "tmp" / name / "chats"
        for path in (*_files(chats, "session-*.jsonl"), *_files(chats, "*/*.jsonl")):
            told = _head(path)
            if not isinstance(told.get("sessionId"), str):
                continue
            parent = path.parent.name if told.get("kind") == "subagent" else None
            session = f"{parent}/{told['sessionId']}" if parent else told["sessionId"]
            yield Found("gemini", session, path, parent)


def _qwen(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    slug = re.sub(r"[^A-Za-z0-9]", "-", worktree)
    for folder in _folders(_home(env, "QWEN_HOME", ".qwen") / "projects"):
        if folder.name != slug and not folder.name.startswith(f"{slug}-"):
            continue
        for path in _files(folder / "chats", "*.jsonl"):
            yield Found("qwen", path.stem, path)
            for child in _files(folder / "subagents" / path.stem, "agent-*.jsonl"):
                name = child.stem.removeprefix("agent-")
                kind = _head(child.with_suffix(".meta.json")).get("agentType")
                yield Found("qwen", f"{path.stem}/{name}", child, path.stem, kind if isinstance(kind, str) else None)


def _copilot(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    for path in _files(_home(env, "COPILOT_HOME", ".copilot") / "session-state", "*/events.jsonl"):
        data = _head(path).get("data")
        around = data.get("context") if isinstance(data, dict) else None
        if not isinstance(around, dict) or not is_here(around.get("cwd"), worktree):
            continue
        yield Found("copilot", path.parent.name, path)
        with path.open("rb") as lines:
            for line in lines:
                if b"subagent.started" not in line:
                    continue
                told = _object(line)
                child, data = told.get("agentId"), told.get("data")
                if told.get("type") == "subagent.started" and isinstance(child, str) and isinstance(data, dict):
                    kind = data.get("agentType")
                    yield Found("copilot", child, path, path.parent.name, kind if isinstance(kind, str) else None)


def _droid(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    home = _home(env, "", ".factory")
    for path in _files(home / "sessions", "*/*.jsonl"):
        begin = _head(path)
        if not is_here(begin.get("cwd"), worktree):
            continue
        caller = begin.get("callingSessionId")
        yield Found("droid", path.stem, path, caller if isinstance(caller, str) else None)


def _cline(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    for folder in _folders(_home(env, "CLINE_DIR", ".cline") / "data" / "sessions"):
        path = folder / f"{folder.name}.json"
        if not _is_file(path) or not is_here(_head(path).get("cwd"), worktree):
            continue
        yield Found("cline", folder.name, path)
        for child in _files(folder, "agent_*.messages.json"):
            name = child.name.removesuffix(".messages.json")
            yield Found("cline", f"{folder.name}/{name}", child, folder.name)


def _amp(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    for path in _files(data_home(env) / "amp" / "threads", "T-*.json"):
        yield Found("amp", path.stem, path)


def _opencode(worktree: str, env: Mapping[str, str]) -> Iterator[Found]:
    path = data_home(env) / "opencode" / "opencode.db"
    if not _is_file(path):
        return
    with closing(opencode.connect(path)) as database:
        ordered = "SELECT id, parent_id, agent, directory FROM session ORDER BY time_updated DESC LIMIT ?"
        for row in database.execute(ordered, (MOST,)):
            if not is_here(row["directory"], worktree):
                continue
            parent = row["parent_id"] if isinstance(row["parent_id"], str) else None
            yield Found("opencode", str(row["id"]), path, parent, row["agent"] if parent else None)


_FINDERS: dict[str, Callable[[str, Mapping[str, str]], Iterator[Found]]] = {
    "amp": _amp,
    "claude": _claude,
    "cline": _cline,
    "codex": _codex,
    "copilot": _copilot,
    "droid": _droid,
    "gemini": _gemini,
    "opencode": _opencode,
    "qwen": _qwen,
}
AGENTS = tuple(_FINDERS)


def is_here(cwd: object, worktree: str) -> bool:
    """Whether a session's folder is the worktree, or lies in it."""
    if not isinstance(cwd, str) or "\0" in cwd or not Path(cwd).is_absolute():
        return False
    full = os.path.realpath(cwd)
    return full == worktree or full.startswith(f"{worktree.rstrip('/')}/")


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _files(folder: Path, pattern: str) -> list[Path]:
    """Regular files, no links, the last changed first."""
    dated = []
    for path in folder.glob(pattern) if folder.is_dir() else ():
        try:
            status = path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            dated.append((status.st_mtime_ns, path))
    return [path for _, path in sorted(dated, reverse=True)[:MOST]]


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _head(path: Path, *, whole: bool = False) -> dict[str, Any]:
    """The object on the first line of a file, or of a small file."""
    try:
        with path.open("rb") as file:
            return _object(file.read(_HEAD) if whole or path.suffix == ".json" else file.readline(_HEAD))
    except OSError:
        return {}


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
