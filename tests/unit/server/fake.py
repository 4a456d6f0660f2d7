"""A workspace that knows owners by what a line says, for tests of the server alone.

`ai:ID …` was written by session ID, `me: …` by a human; anything else is unknown.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from byline.errors import BylineError
from byline.model import Attribution, Commit, Event, FileAttribution, Session, Turn

HOUR = 3600 * 10**9


def line_of(number: int, content: bytes, now: int) -> Attribution:
    """The owner a line's text names."""
    if content.startswith(b"ai:"):
        session = content[3:].split()[0].decode()
        return Attribution(
            line=number,
            owner="session",
            reason="write by Edit",
            session_id=session,
            agent="claude",
            model="claude-sonnet-4-5-20250929",
            tool="Edit",
            turn_id="t1",
            evidence="e1",
            at=now - 3 * HOUR,
            link_type="explicit",
            state="uncommitted",
        )
    if content.startswith(b"me:"):
        return Attribution(
            line=number, owner="human", reason="saved in the editor", at=now - 2 * HOUR, state="uncommitted"
        )
    return Attribution(line=number, owner="unknown", reason="no evidence", state="committed", commit="c" * 40)


class FakeWorkspace:
    """Answers from the text alone; remembers what it was told and asked."""

    def __init__(self, path: Path, env: Mapping[str, str]) -> None:
        self.worktree: Path | None = path.parent
        self.recorded: list[tuple[str, str, bytes | None]] = []
        self.afters: list[bytes | None] = []
        self.new: list[bool] = []
        self.asked: list[bytes | None] = []
        self.delay = float(env.get("FAKE_DELAY", "0"))
        self.prompt = "add retry to the client"
        self.broken = False
        self.snapshots: Any = None
        self.objects = None
        self.known: set[bytes] = set()
        self.head: bytes | None = None

    def has_been(self, path: Path, data: bytes, *, shown: bool) -> bool:
        return data in self.known and (shown or data == self.head)

    def attribute(
        self, path: Path, text: bytes | None = None, rev: str | None = None, *, blame: bool = True
    ) -> FileAttribution:
        self.asked.append(text)
        time.sleep(self.delay)
        if self.broken:
            raise BylineError("broken on purpose")
        content = path.read_bytes() if text is None else text
        pieces = content.split(b"\n")
        if not pieces[-1]:
            pieces.pop()
        now = time.time_ns()
        lines = tuple(line_of(number, piece, now) for number, piece in enumerate(pieces))
        commit = Commit("c" * 40, "Ada", "ada@example.org", now // 10**9 - 7200, now // 10**9 - 7200, "start")
        return FileAttribution(path.name, content, lines, {commit.id: commit}, self.sessions(), revision="c" * 40)

    def sessions(self) -> dict[str, Session]:
        turn = Turn("t1", self.prompt, time.time_ns() - 3 * HOUR)
        return {id: Session(id=id, agent="claude", turns=(turn,)) for id in ("s1", "s2")}

    def refresh(self) -> frozenset[str]:
        return frozenset({"*"})

    def name(self, path: Path) -> str:
        return path.name

    def events(self) -> list[Event]:
        return []

    def about(self, name: str) -> list[Event]:
        return [event for event in self.events() if event.path == name or name in (event.paths or ())]

    def of_session(self, session_id: str) -> list[Event]:
        return [event for event in self.events() if event.session_id == session_id]

    def record(
        self,
        event: str,
        path: Path,
        *,
        before: bytes | None = None,
        after: bytes | None = None,
        editor: str | None = None,
        is_new: bool = False,
        edits: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.recorded.append((event, path.name, before))
        self.new.append(is_new)
        self.afters.append(after)

    def close(self) -> None:
        pass
