"""What `byline mcp` answers: values, and the few words that say the same. Knows nothing of the protocol.

Prompts, paths and names are other people's words. They are given as values, with controls made visible, and never as
part of a sentence of ours that an agent could take for an instruction.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from byline.cli.blamejson import as_json
from byline.cli.everysession import every_session
from byline.cli.moments import iso
from byline.cli.nofile import no_file
from byline.cli.searching import Question, find
from byline.cli.searching import row as hit_row
from byline.cli.terminal import clean, counted, shorten
from byline.errors import BylineError
from byline.sessions.naming import pick
from byline.workspace.place import Place, place_of
from byline.workspace.spelling import spelled
from byline.workspace.workspace import Workspace
from byline_hooks.place import find_repository

MOST_RUNS = 500
"""Runs of lines in one answer."""
LONGEST_PROMPT = 2000
_OF_RUN = ("owner", "agent", "model", "session_id", "parent_session_id", "turn_id", "tool", "link_type", "reason",
           "evidence", "source", "state", "at", "origin_sha", "committed_at", "message", "prompt")  # fmt: skip


class Answers:
    """Answers about files below some folders, and the sessions of the repositories there. Thread-safe."""

    def __init__(self, roots: Sequence[Path], start: Path, env: Mapping[str, str]) -> None:
        """`roots` and `start`, the folder that relative paths start from, are absolute, without links."""
        self._roots = roots
        self._start = start if any(map(start.is_relative_to, roots)) else roots[0]
        self._env = env
        self._lock = threading.RLock()
        self._open: dict[str | None, Workspace] = {}

    def __enter__(self) -> "Answers":
        return self

    def __exit__(self, *_: object) -> None:
        for workspace in self._open.values():
            workspace.close()

    def who_wrote(self, path: str, start: int | None, end: int | None, revision: str | None) -> dict[str, Any]:
        """Lines `start` to `end` (1-based, inclusive; all without them) by who wrote them. Raises BylineError."""
        if revision is not None and any("\ud800" <= letter <= "\udfff" for letter in revision):
            raise BylineError("no revision has such a name")
        with self._lock:
            file = self._inside(path)
            if revision is None and not file.is_file():
                why = no_file(file, clean(path))
                raise BylineError(
                    why or f"there is no file {clean(path)!r}; with `revision` one of history can be asked for"
                )
            answer = self._workspace(place_of(file)).attribute(file, rev=revision)
        first, last = start or 1, min(end or len(answer.lines), len(answer.lines))
        if answer.lines and not 1 <= first <= last:
            raise BylineError(
                f"the file has {counted(len(answer.lines), 'line')}; give a range within 1-{len(answer.lines)}"
            )
        told: Any = as_json(answer, revision, range(first - 1, last) if answer.lines else ())
        runs: list[dict[str, Any]] = []
        for line in told["lines"]:
            about = {name: _safe(line[name]) for name in _OF_RUN}
            if runs and runs[-1]["end"] == line["line"] - 1 and all(runs[-1][name] == about[name] for name in about):
                runs[-1]["end"] = line["line"]
            elif len(runs) < MOST_RUNS:
                runs.append({"start": line["line"], "end": line["line"], **about})
        return {
            "file": _safe(told["file"]),
            "commit": told["commit"],
            "line_count": len(answer.lines),
            "runs": runs,
            "is_complete": not runs or runs[-1]["end"] == last,
            "notes": [_safe(note) for note in answer.notes],
        }

    def session(self, session_id: str) -> dict[str, Any]:
        """All that is known of one session; the beginning of its id will do. Raises BylineError."""
        with self._lock:
            for place in self._places():
                known = every_session(place, self._env)
                try:
                    name = pick(known, session_id)
                except BylineError:
                    continue
                found: dict[str, Any] = _safe(known[name].page(time.time_ns()))
                return found
        raise BylineError(f"no session, or more than one, begins with {clean(session_id)!r}; `search` finds sessions")

    def sessions_of_file(self, path: str) -> dict[str, Any]:
        """The sessions that wrote or read a file, the newest first. Raises BylineError."""
        with self._lock:
            file = self._inside(path)
            place = place_of(file)
            workspace = self._workspace(place)
            name = workspace.name(file)
            owned: dict[str, int] = {}
            if file.is_file():
                for line in workspace.attribute(file, blame=True).lines:
                    if line.session_id:
                        owned[line.session_id] = owned.get(line.session_id, 0) + 1
            rows: list[tuple[int, dict[str, Any]]] = []
            for one in every_session(place, self._env).values():
                facts = one.facts
                wrote, read = name in facts.files_written, name in facts.files_read
                if wrote or read or facts.session_id in owned:
                    at = facts.last_activity or 0
                    rows.append(
                        (
                            -at,
                            {
                                "session_id": facts.session_id,
                                "agent": facts.agent,
                                "model": facts.model,
                                "role": "both" if wrote and read else "reader" if read else "writer",
                                "lines": owned.get(facts.session_id, 0),
                                "prompt": facts.prompt,
                                "source": one.source,
                                "at": iso(at or None),
                            },
                        )
                    )
        rows.sort(key=lambda row: (row[0], str(row[1]["session_id"])))
        return {"file": _safe(name), "sessions": [_safe(row) for _, row in rows]}

    def search(self, words: str, agent: str | None, kind: str | None, most: int) -> dict[str, Any]:
        """Sessions and commits by words that all occur. Raises BylineError."""
        if not words.split():
            raise BylineError("give a word to look for")
        total, hits = 0, []
        with self._lock:
            for place in self._places():
                count, found = find(
                    place, self._env, Question(words.split(), agent, kind, most=min(max(most, 1), 100))
                )
                total += count
                hits += [hit_row(hit, place) for hit in found]
        hits.sort(key=lambda hit: -hit["score"])
        return {"query": _safe(words), "total_hits": total, "hits": [_safe(hit) for hit in hits[:most]]}

    def _places(self) -> list[Place | None]:
        """The repositories of the roots, each once; None for files outside any."""
        found: dict[str | None, Place | None] = {}
        for root in self._roots:
            place = find_repository(str(root))
            found.setdefault(place.common_dir if place else None, place)
        return list(found.values())

    def _inside(self, given: str) -> Path:
        """The file a path means, links followed. Raises BylineError for one that is not below the roots."""
        if not given or "\0" in given:
            raise BylineError("name a file")
        try:
            full = spelled(self._start / given).resolve()
            is_folder = full.is_dir()
        except (OSError, ValueError, RuntimeError):  # too long, links in a circle, no Unicode
            raise BylineError("no file has such a name") from None
        if not any(full.is_relative_to(root) for root in self._roots):
            some = ", ".join(str(root) for root in self._roots)
            raise BylineError(
                f"{clean(given)!r} lies outside {clean(some)}; `byline mcp --root FOLDER` allows another"
            )
        if ".git" in full.parts:
            raise BylineError(f"{clean(given)!r} is a file of git's own")
        if is_folder:
            raise BylineError(f"{clean(given)!r} is a folder; name a file in it")
        return full

    def _workspace(self, place: Place | None) -> Workspace:
        key = place.worktree if place else None
        if key not in self._open:
            self._open[key] = Workspace(place, self._env)
        return self._open[key]


def in_words(runs: Sequence[Mapping[str, Any]]) -> str:
    """Runs of lines, one a row."""
    rows = []
    for run in runs:
        lines = f"line {run['start']}" if run["start"] == run["end"] else f"lines {run['start']}-{run['end']}"
        who = (
            f"{run['agent'] or 'session'} session {run['session_id']}" if run["owner"] == "session" else run["owner"]
        )
        commit = f", commit {run['origin_sha'][:10]}" if run["origin_sha"] else f", {run['state']}"
        asked = f", asked: {shorten(run['prompt'], 200)!r}" if run["prompt"] else ""
        rows.append(f"{lines}: {who} ({run['reason']}){commit}{asked}")
    return "\n".join(rows) or "no lines"


def _safe(value: Any) -> Any:
    """The same value; texts without controls, direction marks or lone surrogates, and none without an end."""
    if isinstance(value, str):
        lines = [clean(line) for line in value[: LONGEST_PROMPT * 4].split("\n")]
        return shorten("\n".join(lines), LONGEST_PROMPT)
    if isinstance(value, Mapping):
        return {_safe(name): _safe(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(one) for one in value]
    if isinstance(value, msgspec.Struct):
        return _safe(msgspec.to_builtins(value))
    return value
