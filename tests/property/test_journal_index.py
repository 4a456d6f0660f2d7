"""What is read on from the index is what one reading of the whole spool gives, whatever happened in between."""

import contextlib
import json
import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.model import Event
from byline.store import forgetting
from byline.store.events import Events
from byline.store.index import Index
from byline.store.paths import Folders
from byline.workspace import reading
from byline.workspace.journal import Journal
from byline.workspace.reading import Reading

PATHS = ("a.py", "b.py", "src/c.py", "\udc80odd")
SESSIONS = ("s1", "s2", "s2/sub", "\ud800torn")
KINDS = ("prompt", "pre_write", "write", "pre_shell", "shell", "read", "save", "turn_end", "session_end", "rewrite")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22")
COMMITS = tuple(letter * 40 for letter in "abc")


@pytest.fixture(autouse=True)
def _keeps_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "KEEP_AFTER", 1)


class Store:
    """Two folders of spool files, and a clock that mostly goes on."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folders = Folders(folder, folder / "store", folder / "fallback")
        for each in self.folders.all:
            (each / "spool").mkdir(parents=True)
        self.random = random.Random(seed)
        self.at = 1_700_000_000 * 10**9
        self.day = 0
        self.count = 0

    def append(self) -> None:
        """Some events, now and then of another day, with a clock that jumps, half, or a second time."""
        rnd = self.random
        if rnd.random() < 0.1:
            self.day = rnd.randrange(len(DAYS))
        for _ in range(rnd.randint(1, 6)):
            line = json.dumps(self._event()).encode()
            choice = rnd.random()
            data = b"\n" + line + b"\n" if choice < 0.9 else line[: rnd.randrange(len(line))]
            for _ in range(2 if choice < 0.05 else 1):
                with self._file().open("ab") as file:
                    file.write(data)

    def _event(self) -> dict[str, Any]:
        rnd = self.random
        self.count += 1
        self.at += rnd.choice((0, 1, 10**9, 5 * 10**9, -(10**9)))
        kind = rnd.choice(KINDS)
        told: dict[str, Any] = {"v": 1, "id": f"e{self.count}", "at": self.at, "event": kind, "agent": "robot"}
        told |= {"worktree": rnd.choice(("/w", "/v")), "head": rnd.choice(COMMITS), "head_log": rnd.choice((0, 9, 9))}
        if kind != "save":
            told |= {"session_id": rnd.choice(SESSIONS), "call_id": rnd.choice("12")}
        if kind.endswith("shell"):
            paths = rnd.sample(PATHS[:3], rnd.randint(0, 3))
            told |= {"paths": paths, "after_ids": ["1" * 40] * len(paths), "command": "make"}
        elif kind == "prompt":
            told |= {"prompt": rnd.choice(("fix it", "now \ud83d")), "turn_id": f"t{self.count}"}
        elif kind == "rewrite":
            told |= {"pairs": [rnd.sample(COMMITS, 2)], "reason": "amend"}
        else:
            told |= {"path": rnd.choice(PATHS), "after_id": "2" * 40}
        return told

    def _file(self) -> Path:
        folder = self.folders.all[self.random.random() < 0.3]
        return folder / "spool" / f"{DAYS[self.day]}.m.jsonl"

    def files(self) -> list[Path]:
        """The spool files, in some order."""
        found = sorted(file for folder in self.folders.all for file in (folder / "spool").iterdir())
        self.random.shuffle(found)
        return found

    def replace(self) -> None:
        """Another file in the place of one, of the same name and length."""
        for file in self.files()[:1]:
            data = file.read_bytes().replace(b'"write"', b'"observ"'[:7])
            other = file.with_suffix(".new")
            other.write_bytes(data)
            other.replace(file)

    def overwrite(self) -> None:
        """One byte becomes another where it stands."""
        for file in self.files()[:1]:
            size = file.stat().st_size
            if size:
                with file.open("r+b") as opened:
                    opened.seek(self.random.randrange(size))
                    opened.write(b"#")

    def cut(self) -> None:
        """A file loses its end."""
        for file in self.files()[:1]:
            os.truncate(file, file.stat().st_size // 2)

    def lose(self) -> None:
        """A file is gone."""
        for file in self.files()[:1]:
            file.unlink()

    def forget(self) -> None:
        """A session's words are blanked; the index stays, as where it cannot be deleted."""
        forgetting.forget(self.folders, self.random.choice(SESSIONS), dry_run=False)

    def harm(self) -> None:
        """The index is not what it was."""
        file = self.folders.store / "index.db"
        match self.random.randrange(4):
            case 0:
                file.unlink(missing_ok=True)
            case 1 if file.exists():
                data = bytearray(file.read_bytes())
                for place in range(200, len(data), 997):
                    data[place] ^= 1
                file.write_bytes(data)
            case 2:
                file.write_bytes(b"garbage" * 99)
            case _:
                with contextlib.suppress(sqlite3.Error):
                    found = sqlite3.connect(file)
                    found.execute("UPDATE entries SET value = substr(value, 1, length(value) - 3) || 'abc'")
                    found.commit()
                    found.close()

    @contextlib.contextmanager
    def reader(self, *, kept: bool = True) -> Iterator[Reading]:
        """Another process."""
        index = Index(self.folders) if kept else None
        found = Reading(self.folders, index, None)
        found.refresh()
        yield found
        if index is not None:
            index.close()


def said(journal: Journal) -> dict[str, Any]:
    """All that a journal answers."""
    heads = {
        worktree: [(seq, seen.head, seen.at, length, list(seen.later())) for seq, seen, length in stays]
        for worktree, stays in journal.by_worktree.items()
    }
    return {
        "events": list(journal.events),
        "numbers": [journal.events.number(event.id) for event in journal.events],
        "kinds": journal.events.of_kinds(("turn_end", "save")),
        "paths": {path: journal.concerning(path) for path in sorted(journal.paths())},
        "ends": {name: list(journal.turn_ends[name]) for name in sorted(journal.turn_ends)},
        "sessions": journal.sessions.all(),
        "order": journal.sessions.ids(),
        "of": {name: journal.of_session(name) for name in SESSIONS},
        "heads": (journal.first_head, sorted(journal.heads), heads),
        "rewrites": journal.rewrites,
        "agents": journal.agents,
        "shells": [
            journal.shell_at(worktree, seq, path, lambda commit, name: None)
            for worktree in ("/w", "/v")
            for seq in range(len(journal.events) + 1)
            for path in PATHS
        ],
    }


def counts(found: Reading) -> tuple[int, ...]:
    """How many lines gave no event."""
    problems = found.spool.problems
    return problems.torn, problems.invalid, problems.newer, problems.unreadable


DEEDS: dict[str, Callable[[Store], None]] = {
    **{f"append{number}": Store.append for number in range(9)},
    "replace": Store.replace,
    "overwrite": Store.overwrite,
    "cut": Store.cut,
    "lose": Store.lose,
    "forget": Store.forget,
    "harm": Store.harm,
}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(sorted(DEEDS)), min_size=2, max_size=12))
def test_as_from_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int, deeds: list[str]) -> None:
    store = Store(tmp_path_factory.mktemp("store"), seed)
    for deed in deeds:
        DEEDS[deed](store)
        with store.reader() as kept, store.reader(kept=False) as whole:
            assert said(kept.journal) == said(whole.journal)
            assert counts(kept) == counts(whole)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(sorted(DEEDS)), min_size=2, max_size=12))
def test_beside_one_that_goes_on(tmp_path_factory: pytest.TempPathFactory, seed: int, deeds: list[str]) -> None:
    """A server reads in the order in which things come; what it keeps misleads nobody, and it loses nothing."""
    store = Store(tmp_path_factory.mktemp("store"), seed)
    with store.reader() as server:
        for deed in deeds:
            DEEDS[deed](store)
            server.refresh()
            with store.reader() as kept, store.reader(kept=False) as whole:
                assert said(kept.journal) == said(whole.journal)
                assert sorted(map(_id, server.journal.events)) == sorted(map(_id, whole.journal.events))
                assert list(server.journal.events) == [
                    server.journal.events[k] for k in range(len(whole.journal.events))
                ]


def _id(event: Event) -> str:
    return event.id


def test_the_index_is_used(tmp_path: Path) -> None:
    """Else the tests above would say nothing."""
    store = Store(tmp_path, 1)
    for _ in range(20):
        store.append()
    with store.reader() as first:
        count = len(first.journal.events)
    with store.reader() as second:
        assert second._kept == count == len(second.journal.events)
        assert isinstance(second.journal.events, Events)
        assert not second.journal.events._held  # none was read
