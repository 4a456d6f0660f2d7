"""What the index tells of events is what looking through all of them tells, for any events, kept and taken up."""

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.attribution.timeline import Movement, Stay, Timeline
from byline.model import IMPORTED, Event
from byline.store.packed import Bytes
from byline.workspace import turnstates
from byline.workspace.anchorcalls import Calls
from byline.workspace.anchorsessions import AT_WORK
from byline.workspace.evidence import GIVES_UP, SHELL, Evidence
from byline.workspace.journal import Journal
from byline.workspace.turns import Turns
from byline.workspace.turnstates import StatesThen, TurnState, WorktreeStates

PATHS = ("a", "b", "src/c", "\udc80odd")
SESSIONS = ("s1", "s2", "s3", "\ud800torn")
WORKTREES = ("/w", "/v")
COMMITS = tuple(letter * 40 for letter in "abcd")
CONTENTS = tuple(digit * 40 for digit in "123")
FILE_KINDS = ("write", "pre_write", "read", "observe", "save", "write_failed")
KINDS = (
    *(*FILE_KINDS, *("pre_shell", "shell", "prompt", "turn_end") * 2, "session_end", "session_start"),
    *("subagent_start", "link", "forget", "wrote", "commit", "merge"),
)
FIRST = 1_700_000_000


def told(seed: int, count: int) -> list[Event]:
    """So many events, few of them what an orderly agent would tell."""
    rnd = random.Random(seed)
    found: list[Event] = []
    at, length, heads = FIRST * 10**9, 0, dict.fromkeys(WORKTREES, COMMITS[0])
    for number in range(count):
        at += rnd.choice((0, 10**9, 300 * 10**9, -(10**9)))
        kind = rnd.choice(KINDS)
        worktree = rnd.choice((*WORKTREES, "/w", "/w", None))
        if worktree is not None and rnd.random() < 0.15:
            heads[worktree], length = rnd.choice(COMMITS), length + 100
        more: dict[str, Any] = {"worktree": worktree}
        if rnd.random() < 0.95:
            more |= {"head": heads.get(worktree or "", rnd.choice((None, *COMMITS))), "head_log": length}
        if kind not in ("save", "observe", "commit", "merge") and rnd.random() < 0.97:
            more |= {"session_id": rnd.choice(SESSIONS), "agent": rnd.choice(("claude", "codex", None))}
            more |= {"parent_session_id": rnd.choice((*SESSIONS, None, None, None)), "turn_id": rnd.choice("xyz")}
        if kind in FILE_KINDS:
            more |= {"path": rnd.choice(PATHS), "after_id": rnd.choice((*CONTENTS, "none", None))}
        elif kind in SHELL:
            paths = rnd.sample(PATHS, rnd.randint(0, 3))
            more |= {"call_id": rnd.choice(("1", "2", "3", None)), "command": rnd.choice(("git commit -m x", "make"))}
            if rnd.random() < 0.8:
                more |= {"paths": tuple(paths), "after_ids": tuple(rnd.choice(CONTENTS) for _ in paths)}
            more["incomplete"] = rnd.choice((True, None, None, None))
        elif kind == "prompt":
            more["prompt"] = rnd.choice(("fix it", "and that", "", "now \ud83d"))
        elif kind == "link":
            more["commit"] = rnd.choice(COMMITS)
        elif kind == "wrote":
            more["paths"] = tuple(rnd.sample((*PATHS, "only-imported"), 2))
        elif kind in ("commit", "merge"):
            more["source"] = rnd.choice(("git", "git", "hook"))
        name = f"{IMPORTED}{number}" if rnd.random() < 0.15 else f"e{number}"
        found.append(Event(v=1, id=name, at=at, event=kind, **more))
    return found


def kept(journal: Journal, events: Sequence[Event]) -> Journal:
    """The same journal after its way through the index; events that stand in no file are lent to it."""
    parts: dict[str, Bytes] = {name: bytes(part) for name, part in journal.parts().items()}
    found = Journal(_changed, parts)
    found.events._given = dict(enumerate(events))
    return found


def _changed(old: str | None, new: str | None) -> frozenset[str]:
    return frozenset({"a", "committed"} if old != new else ())


def journals(seed: int, count: int) -> tuple[list[Event], Journal]:
    """Some events, and a journal of them that was kept and taken up again on the way."""
    events = told(seed, count)
    journal = Journal(_changed)
    half = seed % (count + 1)
    journal.add(events[:half])
    journal = kept(journal, events[:half])
    journal.add(events[half:])
    return events, kept(journal, events) if seed % 2 else journal


SEEDS = given(st.integers(0, 2**32), st.integers(1, 120))


@settings(deadline=None, max_examples=60)
@SEEDS
def test_of_commits_and_sessions(seed: int, count: int) -> None:
    events, journal = journals(seed, count)
    asked, numbered = Evidence(journal), list(enumerate(events))
    for commit in COMMITS:
        at = [number for number, event in numbered if event.head == commit]
        assert asked.first_at(commit) == next(iter(at), None)
        for kinds in (SHELL, AT_WORK):
            assert asked.at_head(commit, kinds) == [number for number in at if events[number].event in kinds]
        git = [events[number] for number in at if events[number].source == "git"]
        own = [event for kind in ("commit", "merge") for event in git if event.event == kind]
        assert asked.told_by_git(commit) == next(iter(own), None)
        joined = [event for event in events if event.event == "link" and event.commit == commit]
        assert asked.joined(commit) == [event.session_id for event in joined if event.session_id]
    nowhere = [number for number, event in numbered if event.head is None and event.event in AT_WORK]
    assert asked.at_head(None, AT_WORK) == nowhere
    assert asked.made_in_shell == _made_in_shell(events)
    of = {one: [number for number, event in numbered if event.session_id == one] for one in SESSIONS}
    for one in SESSIONS:
        assert list(asked.before(one, count // 2)) == [number for number in of[one] if number < count // 2]
        assert sorted(asked.children(one)) == _children(events, of, one)
    for moment in {event.at + more for event in events for more in (-1, 0)}:
        late = (number for number, event in numbered if event.at > moment)
        assert asked.after(moment) == next(late, count)
    live = [number for number, event in numbered if not event.is_imported]
    assert asked.first_live() == next(iter(live), None)


@settings(deadline=None, max_examples=60)
@SEEDS
def test_of_paths(seed: int, count: int) -> None:
    events, journal = journals(seed, count)
    asked = Evidence(journal)
    named = {path for event in events for path in (event.path, *(event.paths or ())) if path}
    assert asked.paths() == named
    calls = Calls(asked)
    for path in (*PATHS, "only-imported", "committed"):
        naming = {number for number, event in enumerate(events) if path in (event.path, *(event.paths or ()))}
        assert naming <= set(asked.naming(path))
        assert calls.telling(path) == _telling(events, path)


@settings(deadline=None, max_examples=60)
@SEEDS
def test_of_where_head_was(seed: int, count: int) -> None:
    events, journal = journals(seed, count)
    live: dict[str, list[Any]] = {}
    for number, event in enumerate(events):
        if event.worktree is not None and not event.is_imported:
            live.setdefault(event.worktree, []).append((number, event, event.head_log))
    rnd = random.Random(seed)
    names = rnd.choices(COMMITS, k=8)
    log = [
        Movement(100 * (number + 1), old, new, FIRST + 200 * number, "commit: x")
        for number, (old, new) in enumerate(pairwise(names))
    ]
    logs = dict.fromkeys(WORKTREES, log)
    seen = Evidence(journal).seen_live()
    assert Timeline(logs, seen).births == Timeline(logs, live).births
    assert {name: own[0][0] for name, own in seen.items()} == {name: own[0][0] for name, own in live.items()}
    assert list(seen) == list(live)
    for name, own in seen.items():
        rows = []
        for number, moment, length in own:
            assert isinstance(moment, Stay)
            rows += [(each, at, moment.head, length) for each, at in ((number, moment.at), *moment.later())]
        assert rows == [(number, event.at, event.head, length) for number, event, length in live[name]]


@settings(deadline=None, max_examples=60)
@SEEDS
def test_of_turns(seed: int, count: int) -> None:
    events, journal = journals(seed, count)
    rows = [
        (one.session_id, one.agent, one.index, one.id, one.prompt, one.first, one.end, one.end_id, one.worktree)
        for one in Turns(Evidence(journal)).all()
    ]
    assert rows == _turns(events)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@SEEDS
def test_of_states(monkeypatch: pytest.MonkeyPatch, seed: int, count: int) -> None:
    """Wherever one begins to read, a worktree is found as if all its events had been read."""
    events, journal = journals(seed, count)
    asked, rnd = Evidence(journal), random.Random(seed)
    monkeypatch.setattr(turnstates, "_MANY", 10**6)
    log = [
        Movement(100 * number, COMMITS[0], rnd.choice(COMMITS), FIRST, rnd.choice(("reset: x", "commit: x")))
        for number in range(1, 12)
    ]
    logs = dict.fromkeys(WORKTREES, log)
    ends = {
        number: event.worktree
        for number, event in enumerate(events)
        if event.worktree is not None and event.event in (*GIVES_UP, "session_start")
    }

    def state(some: dict[int, str]) -> dict[int, TurnState]:
        return StatesThen(asked, logs, _entry, lambda content, path: content, lambda paths: None).after(some)

    expected = {end: _state(events, end, worktree, log) for end, worktree in ends.items()}
    assert state(ends) == expected
    monkeypatch.setattr(turnstates, "_MANY", -4 * len(asked.paths()))
    for end, worktree in ends.items():
        assert state({end: worktree}) == {end: expected[end]}


def test_a_call_that_two_settings_report_is_open_from_its_first_beginning() -> None:
    def shell(name: str, session: str, number: int) -> Event:
        more: dict[str, Any] = {"worktree": "/w", "session_id": session, "call_id": "1"}
        return Event(v=1, id=f"e{number}", at=number, event=name, paths=(), after_ids=(), **more)

    names = [("pre_shell", "s1"), ("shell", "s2"), ("pre_shell", "s1"), ("shell", "s1")]
    events = [shell(name, session, number) for number, (name, session) in enumerate(names)]
    journal = Journal(_changed)
    for count in (2, 3, 4):
        journal.add(events[:count])
        assert [event.id for event in Evidence(kept(journal, events)).open_calls("/w", 2)] == ["e0"]


def _entry(commit: str | None, path: str) -> str | None:
    return CONTENTS[(COMMITS.index(commit) + len(path)) % 3] if commit else None


def _state(events: Sequence[Event], end: int, worktree: str, log: Sequence[Movement]) -> TurnState:
    followed = WorktreeStates(log, _entry, lambda content, path: content)
    before = events[end].event in ("prompt", "session_start", "session_end")
    for event in events[: end if before else end + 1]:
        if event.worktree == worktree:
            followed.add(event)
    return followed.now()


def _made_in_shell(events: Sequence[Event]) -> set[str]:
    begun: dict[tuple[str | None, str | None, str | None], Event] = {}
    found = set()
    for event in events:
        key = (event.session_id, event.call_id, event.worktree)
        if event.event == "pre_shell":
            begun[key] = event
        elif event.event == "shell" and (pre := begun.pop(key, None)) is not None:
            command = pre.command or event.command or ""
            if event.head and event.head != pre.head and event.session_id and command.startswith("git commit"):
                found.add(event.head)
    return found


def _children(events: Sequence[Event], of: dict[str, list[int]], parent: str) -> list[int]:
    found = []
    for child, numbers in of.items():
        named = next((who for number in numbers if (who := events[number].parent_session_id)), None)
        if named == parent != child:
            found.append(numbers[0])
    return sorted(found)


def _telling(events: Sequence[Event], path: str) -> list[int]:
    shells = [number for number, event in enumerate(events) if event.event in SHELL]
    found = {number for number, event in enumerate(events) if event.path == path}
    for place, number in enumerate(shells):
        event = events[number]
        if path in (event.paths or ()):
            others = [k for k in shells if _call(events[k]) == _call(event)]
            near = [k for k in shells[place + 1 : place + 9] if events[k].worktree == event.worktree]
            found |= {number, *(others[:4] if event.call_id else ()), *near[:1]}
    return sorted(found)


def _call(event: Event) -> tuple[str | None, ...]:
    return event.session_id, event.call_id, event.worktree


def _turns(events: Sequence[Event]) -> list[tuple[Any, ...]]:
    """Turn by turn, as the events of a session come."""
    found: list[dict[str, Any]] = []
    of: dict[str, list[dict[str, Any]]] = {}
    agents: dict[str, str] = {}
    for number, event in enumerate(events):
        who = event.session_id
        if who is None or event.event in ("save", "observe", "format", "correct", "forget"):
            continue
        own = of.setdefault(who, [])
        if event.agent and event.event != "link":
            agents[who] = event.agent
        turn = own[-1] if own else None
        is_open = turn is not None and turn["end"] is None
        if turn is not None and is_open and event.worktree is not None:
            turn["worktree"] = event.worktree
        if (
            event.event == "prompt"
            and event.prompt
            and (event.turn_id, event.prompt) not in [(one["id"], one["prompt"]) for one in own[-3:] if one["id"]]
        ):
            if turn is not None and is_open:
                turn |= {"end": number, "end_id": event.id}
            new = {
                "session": who, "agent": agents.get(who, "unknown"), "index": len(own), "id": event.turn_id,
                "prompt": event.prompt, "first": number, "end": None, "end_id": None, "worktree": event.worktree,
            }  # fmt: skip
            own.append(new)
            found.append(new)
        elif turn is not None and (
            event.event == "turn_end" or (is_open and event.event in ("session_end", "session_start"))
        ):
            turn |= {"end": number, "end_id": event.id}
            if event.event == "turn_end" and event.worktree is not None:
                turn["worktree"] = event.worktree
    return [tuple(one.values()) for one in found]
