"""Random stories of one file, told as events: the engine agrees with a model that only counts tokens.

It answers the same however the events arrive, and whatever it remembers of earlier answers.

Every line ever written is another token, so who brought a token is who owns its line.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.attribution.marks import Text, split
from byline.model import NONE_ID, Event
from byline.store.index import Index
from byline.store.paths import Folders
from byline.workspace.cache import Cache
from byline.workspace.contents import Contents
from byline.workspace.engine import Engine
from byline.workspace.journal import Journal

PATH, ROOT = "f.txt", "/w"


class Deed(NamedTuple):
    """What somebody does to the file. `at` and `gone` say where lines go out, `new` how many come in."""

    kind: str
    who: str
    at: int
    gone: int
    new: int


KINDS = (
    *("edit", "edit", "announced", "positions", "indent", "echo", "shell", "crossed"),
    *("save", "save-blind", "save-late", "unseen", "format", "back", "gone"),
)
deeds = st.lists(
    st.builds(
        Deed,
        st.sampled_from(KINDS),
        st.sampled_from("AB"),
        st.integers(0, 9),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=14,
)
noise = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(("read", "turn_end", "prompt", "pre_write", "write_failed"))),
    max_size=6,
)


class Texts:
    """Contents by id, in the place of snapshots and git."""

    def __init__(self) -> None:
        self.by_id: dict[str, bytes] = {}

    def keep(self, data: bytes) -> str:
        content_id = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        self.by_id[content_id] = data
        return content_id

    def get(self, content_id: str) -> bytes | None:
        return self.by_id.get(content_id)


@dataclass
class Told:
    """A story: its events, and who brought each token of the text as it is now."""

    texts: Texts = field(default_factory=Texts)
    events: list[Event] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    before: list[list[str]] = field(default_factory=list)
    tokens: Any = field(default_factory=lambda: count(1))

    @property
    def now(self) -> str:
        return self.texts.keep("".join(f"{line}\n" for line in self.lines).encode())

    def tell(self, event: str, who: str = "", **more: Any) -> None:
        number = len(self.events)
        self.events.append(
            Event(v=1, id=f"e{number}", at=number, event=event, worktree=ROOT, session_id=who or None, **more)
        )

    def change(self, deed: Deed, owner: str) -> tuple[int, int, int, int]:
        """Put the deed's lines in; the edit as an event would carry it."""
        self.before.append(list(self.lines))
        at = min(deed.at, len(self.lines))
        gone = min(deed.gone, len(self.lines) - at)
        new = [f"token {next(self.tokens)} end" for _ in range(deed.new)]
        self.owners |= dict.fromkeys(new, owner)
        self.lines[at : at + gone] = new
        return at + 1, gone, at + 1, len(new)

    def do(self, deed: Deed) -> None:
        getattr(self, "_" + deed.kind.replace("-", "_"))(deed, deed.who)

    def _edit(self, deed: Deed, who: str) -> None:
        before = self.now
        self.change(deed, who)
        self.tell("write", who, path=PATH, before_id=before, after_id=self.now, tool="Edit")

    def _positions(self, deed: Deed, who: str) -> None:
        before = self.now
        edit = self.change(deed, who)
        self.tell("write", who, path=PATH, before_id=before, after_id=self.now, edits=(edit,))

    def _announced(self, deed: Deed, who: str) -> None:
        call = f"c{len(self.events)}"
        self.tell("pre_write", who, path=PATH, after_id=self.now, call_id=call)
        self.change(deed, who)
        if deed.at % 2:
            self.tell("save", path=PATH, after_id=self.now)
        self.tell("write", who, path=PATH, after_id=self.now, call_id=call)

    def _echo(self, deed: Deed, who: str) -> None:
        """The editor is quicker to tell of a session's write than the session's own hook."""
        before = self.now
        self.change(deed, who)
        if before != self.now:
            self.tell("save", path=PATH, before_id=before, after_id=self.now)
        if deed.at % 2:
            self.tell("read", who, path=PATH)
        self.tell("write", who, path=PATH, before_id=before, after_id=self.now)

    def _shell(self, deed: Deed, who: str) -> None:
        call = f"c{len(self.events)}"
        self.tell("pre_shell", who, paths=(PATH,), after_ids=(self.now,), call_id=call, command="make")
        self.change(deed, who)
        self.tell("shell", who, paths=(PATH,), after_ids=(self.now,), call_id=call, command="make")

    def _crossed(self, deed: Deed, who: str) -> None:
        """While a session's command runs, the other session edits with evidence of its own."""
        call, other = f"c{len(self.events)}", "B" if who == "A" else "A"
        self.tell("pre_shell", who, paths=(PATH,), after_ids=(self.now,), call_id=call, command="make")
        self._edit(deed._replace(who=other), other)
        self.change(deed._replace(at=9 - deed.at), who)
        self.tell("shell", who, paths=(PATH,), after_ids=(self.now,), call_id=call, command="make")

    def _save(self, deed: Deed, who: str) -> None:
        before = self.now
        self.change(deed, "H")
        self.tell("save", path=PATH, before_id=before, after_id=self.now)

    def _save_blind(self, deed: Deed, who: str) -> None:
        self.tell("observe", path=PATH, after_id=self.now)
        self.change(deed, "H")
        self.tell("save", path=PATH, after_id=self.now)

    def _save_late(self, deed: Deed, who: str) -> None:
        """The editor's server is busy: a session's edit on top of what was saved is told of before the save is."""
        before, call = self.now, f"c{len(self.events)}"
        self.change(deed, "H")
        saved = self.now
        self.tell("pre_write", who, path=PATH, after_id=saved, call_id=call)
        self.change(deed._replace(at=9 - deed.at, new=1), who)
        self.tell("write", who, path=PATH, before_id=saved, after_id=self.now, call_id=call)
        told = {"path": PATH, "before_id": before, "after_id": saved}
        if before == saved:
            return
        if deed.at % 2:
            self.tell("save", **told)
            return
        other = "B" if who == "A" else "A"
        self.tell("pre_shell", other, paths=(PATH,), after_ids=(self.now,), call_id=call, command="make")
        self.tell("save", **told)
        self.tell("shell", other, paths=(PATH,), after_ids=(self.now,), call_id=call, command="make")

    def _unseen(self, deed: Deed, who: str) -> None:
        self.change(deed, "-")
        self.tell("observe", path=PATH, after_id=self.now)

    def _format(self, deed: Deed, who: str) -> None:
        before = self.now
        self.before.append(list(self.lines))
        renamed = {
            line: line.replace(" ", "  ", 1) if deed.at % 2 else line.replace("  ", " ") for line in self.lines
        }
        self.owners |= {new: self.owners[old] for old, new in renamed.items()}
        self.lines = [renamed[line] for line in self.lines]
        self.tell("format", path=PATH, before_id=before, after_id=self.now)

    def _indent(self, deed: Deed, who: str) -> None:
        """A session's edit tool writes one line again, with other blanks only."""
        before, at = self.now, min(deed.at, len(self.lines) - 1)
        if at < 0:
            return
        self.before.append(list(self.lines))
        line = f"{next(self.tokens) * ' '}{self.lines[at].strip()}"
        if line != self.lines[at]:  # a formatter may have given it just these blanks before
            self.owners[line] = who
        self.lines[at] = line
        self.tell("write", who, path=PATH, before_id=before, after_id=self.now)

    def _gone(self, deed: Deed, who: str) -> None:
        """The file is deleted; later the same text is there again, and nobody saw how."""
        self.tell("observe", path=PATH, after_id=NONE_ID)
        self.before.clear()
        self.owners |= dict.fromkeys(self.lines, "-")
        self.tell("observe", path=PATH, after_id=self.now)

    def _back(self, deed: Deed, who: str) -> None:
        """An earlier text is on disk again, and nobody saw how."""
        if self.before:
            self.lines = list(self.before[deed.at % len(self.before)])
            self.tell("observe", path=PATH, after_id=self.now)


def tell(plan: Sequence[Deed]) -> Told:
    told = Told()
    for line in ("start 1", "start 2", "start 3"):
        told.lines.append(line)
        told.owners[line] = "-"
    told.tell("observe", path=PATH, after_id=told.now)
    for deed in plan:
        told.do(deed)
    return told


def with_noise(told: Told, marks: Sequence[tuple[int, str]]) -> list[Event]:
    """The events with others between them that change no file."""
    events = list(told.events)
    for number, (at, name) in enumerate(marks):
        more: dict[str, Any] = {"path": PATH} if name in ("read", "pre_write", "write_failed") else {}
        if name in ("pre_write", "write_failed"):
            more |= {"call_id": f"never-{number // 2}"}
        at %= len(events) + 1
        events.insert(at, Event(v=1, id=f"n{number}", at=0, event=name, worktree=ROOT, session_id="A", **more))
    return events


def contents(told: Told, cache: Cache) -> Contents:
    return Contents(told.texts, None, None, cache)  # type: ignore[arg-type]


def journal(events: Sequence[Event]) -> Journal:
    found = Journal(lambda one, other: frozenset())
    found.add(events)
    return found


def fresh(told: Told, events: Sequence[Event], cache: Cache | None = None) -> Engine:
    cache = cache or Cache(None)
    return Engine(journal(events), contents(told, cache), None, cache)


def states(engine: Engine) -> list[tuple[str, list[object]]]:
    """All recorded states with the owner of every line."""
    found: list[tuple[str, list[object]]] = []
    for node in engine.fold(PATH).nodes:
        marks = node.version.marks if node.version is not None else []
        found.append((node.id, [(mark.owner.kind, mark.owner.session_id, mark.owner.evidence) for mark in marks]))
    return found


def owners(engine: Engine) -> list[str]:
    version = engine.fold(PATH).current[ROOT].version
    assert version is not None
    words = {"human": "H", "unknown": "-"}
    return [words.get(mark.owner.kind) or str(mark.owner.session_id) for mark in version.marks]


@given(deeds)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whoever_brought_a_token_owns_its_line(plan: list[Deed]) -> None:
    told = tell(plan)
    found = owners(fresh(told, told.events))
    assert dict(zip(told.lines, found, strict=True)) == {line: told.owners[line] for line in told.lines}


@given(deeds, noise, st.lists(st.integers(1, 6), min_size=1, max_size=30))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_events_in_portions_say_what_all_at_once_say(
    plan: list[Deed], marks: list[tuple[int, str]], portions: list[int]
) -> None:
    told = tell(plan)
    events = with_noise(told, marks)
    log, cache = journal([]), Cache(None)
    engine = Engine(log, contents(told, cache), None, cache)
    at = 0
    for size in (*portions, len(events)):
        engine.drop(log.add(events[at : at + size]))
        at += size
        assert states(engine) == states(fresh(told, events[:at]))


@given(deeds)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_remembered_changes_no_answer(plan: list[Deed]) -> None:
    told = tell(plan)
    empty = states(fresh(told, told.events))
    with tempfile.TemporaryDirectory() as folder:
        place = Folders(None, Path(folder))
        cache = Cache(Index(place))
        assert states(fresh(told, told.events, cache)) == empty
        assert states(fresh(told, told.events, cache)) == empty
        cache.flush()
        assert states(fresh(told, told.events, Cache(Index(place)))) == empty


@given(deeds, st.integers(0, 20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_lost_snapshot_costs_owners_and_gives_none(plan: list[Deed], lost: int) -> None:
    told = tell(plan)
    last = told.now
    ids = [one for one in told.texts.by_id if one != last]
    if ids:
        del told.texts.by_id[ids[lost % len(ids)]]
    engine = fresh(told, told.events)
    now = Event(v=1, id="now", at=0, event="observe", worktree=ROOT)
    version = engine.on_disk(PATH, Text.of(last, split(told.texts.by_id[last])), now)
    for line, mark in zip(told.lines, version.marks, strict=True):
        name = {"human": "H", "unknown": "-"}.get(mark.owner.kind) or mark.owner.session_id
        assert name in ("-", told.owners[line])
