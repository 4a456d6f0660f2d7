"""The tree of the workspace at the end of each turn: put together from snapshots, and held by a reference.

A tree is HEAD's with the recorded contents of the files that differed. No file goes in that holds secrets by its
name, or that git ignores; where anything of a tree is not known there is none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from byline.errors import GitFailed, NotARepository
from byline.model import NONE_ID
from byline.repo import turntrees
from byline.repo.objects import check
from byline.repo.turntrees import GONE, Change, TreeWriter
from byline.workspace.headlogs import head_logs, movements
from byline.workspace.turnblobs import TurnBlobs, mode_on_disk
from byline.workspace.turnignored import IgnoredThen
from byline.workspace.turns import Span, Turn, Turns
from byline.workspace.turnstates import StatesThen, TurnState
from byline.workspace.workspace import Workspace
from byline_hooks.system import read, write_whole

CACHE = "turns.json"


class Known(msgspec.Struct):
    """What was found out of a turn. Disposable: without it that is found out again."""

    end: str
    """The event with which the turn ended."""
    tree: str | None
    head: str | None
    """The commit HEAD named then."""
    why: str | None = None
    """Why there is no tree."""
    first: str | None = None
    """The prompt with which the turn began."""


class TurnTrees:
    """The turns of one repository, and the trees of those that have ended."""

    def __init__(self, workspace: Workspace, common_dir: Path, between: Callable[[], None] = lambda: None) -> None:
        """`between`: called before each turn, whatever it raises ends the work. Raises NotARepository."""
        if workspace.git is None or workspace.objects is None:
            raise NotARepository("turns have trees inside a git repository only")
        self._workspace = workspace
        self._git = workspace.git
        self._objects = workspace.objects
        self._folder = common_dir / "byline"
        self._common = common_dir
        self._between = between
        self._evidence = workspace.evidence()
        self.turns = Turns(self._evidence)
        self._by_id: dict[str, dict[str | None, Turn]] = {}
        self._known: dict[str, Known] = {}

    def build(self) -> None:
        """Find out what is not known."""
        found = read_known(self._folder)
        known = {self._place(one): ref for ref, one in found.items()}
        todo: list[Turn] = []
        is_new = False
        for session_id in self._evidence.sessions_with_turns():
            spans = self.turns.spans(session_id)
            if all(_is_known(index, span, known) for index, span in enumerate(spans)):
                continue
            for ref, turn in _ended(self.turns.of(session_id)).items():
                one = found.get(ref)
                if one is None or one.end != turn.end_id:
                    todo.append(turn)
                elif one.first is None:
                    one.first, is_new = turn.first_id, True
        self._known = self._found_out(todo, found, is_new=is_new)

    def all(self, again: Turn | None = None) -> dict[str, Known]:
        """All that is known, by reference. `again`: hold its tree anew if it is lost."""
        self.build()
        ended = _ended(self.turns.all())
        if again is not None and again.ref in ended and not self._is_held(self._known[again.ref]):
            self._known = self._found_out([again], self._known, is_new=False)
        return {ref: known for ref, known in self._known.items() if ref in ended}

    def before(self, session_id: str, turn_id: str, until: int) -> str | None:
        """The tree of a turn that ended before the event at a position; None where there is none."""
        if session_id not in self._by_id:
            self._by_id[session_id] = {turn.id: turn for turn in self.turns.of(session_id)}
        turn = self._by_id[session_id].get(turn_id)
        if turn is None or turn.end is None or turn.end >= until:
            return None
        known = self._known.get(turn.ref)
        return known.tree if known else None

    def _place(self, known: Known) -> tuple[int | None, int | None]:
        """Where the events of a turn stand."""
        find = self._evidence.events.find
        return (find(known.first) if known.first is not None else None), find(known.end)

    def _found_out(self, todo: Sequence[Turn], found: dict[str, Known], *, is_new: bool) -> dict[str, Known]:
        try:
            if todo:
                self._work_out(sorted(todo, key=lambda turn: turn.first), found)
        finally:
            if todo or is_new:
                write_known(self._folder, found)
        return found

    def _is_held(self, known: Known) -> bool:
        return known.tree is not None and check(self._git, [known.tree])[0] is not None

    def _work_out(self, todo: Sequence[Turn], known: dict[str, Known]) -> None:
        """Add what is found out to what is known; also where that ends before its time."""
        held = turntrees.listed(self._git)
        worktrees = {turn.worktree for turn in todo if turn.worktree is not None}
        logs = {name: movements(path) for name, path in head_logs(self._common, worktrees).items()}
        blobs = TurnBlobs(self._git, self._objects, self._workspace.snapshots)
        ends = {turn.end: turn.worktree for turn in todo if turn.end is not None and turn.worktree is not None}
        found = StatesThen(self._evidence, logs, self._entry, blobs.stored, blobs.expect).after(ends)
        left_out = IgnoredThen(self._git, self._objects, self._workspace.snapshots, self._common)
        result: dict[str, Known] = {}
        trees: dict[str, str] = {}
        try:
            with turntrees.tree_writer(self._git, self._folder) as writer:
                for turn in todo:
                    self._between()
                    assert turn.end is not None
                    assert turn.end_id is not None
                    state = found[turn.end]
                    tree, why = self._tree(turn, state, blobs, left_out, writer)
                    tree = tree or held.get(turn.ref)
                    if tree is not None:
                        trees[turn.ref] = tree
                    result[turn.ref] = Known(turn.end_id, tree, state.head, None if tree else why, turn.first_id)
        finally:
            turntrees.hold(self._git, trees)
            known |= result

    def _tree(
        self, turn: Turn, state: TurnState, blobs: TurnBlobs, left_out: IgnoredThen, writer: TreeWriter
    ) -> tuple[str | None, str | None]:
        if state.doubt is not None:
            return None, state.doubt
        if state.head is not None and self._objects.commit(state.head) is None:
            return None, f"commit {state.head[:10]} is gone"
        paths = list(state.files)
        try:
            there = turntrees.modes(self._git, state.head, paths) if state.head else {}
            ignored = left_out.among([path for path in paths if not there.get(path)], state.head, state.files)
        except GitFailed as failure:
            return None, str(failure)
        changes = []
        for path, content in state.files.items():
            old = there.get(path)
            if content == NONE_ID:
                if old is not None:
                    changes.append(Change(path, GONE))
                continue
            if path in ignored:
                continue
            blob = blobs.prove(content, path)
            if blob is None:
                return None, f"what was in {path} is not kept"
            mode = old.mode if old and old.mode.startswith("100") else mode_on_disk(Path(turn.worktree or "") / path)
            changes.append(Change(path, mode, blob))
        try:
            turntrees.add_blobs(self._git, {one.blob: blobs.take(one.blob) for one in changes})
        except GitFailed as failure:
            return None, str(failure)
        tree = writer.write(state.head, changes)
        return tree, None if tree else "git lacks some of its files"

    def _entry(self, commit: str | None, path: str) -> str | None:
        return self._objects.entry(commit, path) if commit else None


def _ended(turns: Iterable[Turn]) -> dict[str, Turn]:
    """Those that have ended in a worktree, by their references."""
    return {turn.ref: turn for turn in turns if turn.end is not None and turn.worktree is not None}


def _is_known(index: int, span: Span, known: Mapping[tuple[int | None, int | None], str]) -> bool:
    """Whether a turn goes on, or what there is to know of it is known."""
    if span.end is None or span.worktree is None:
        return True
    name = known.get((span.first, span.end), "").rpartition("/")[2]
    return bool(name) and (not name.isdigit() or name == str(index))


def read_known(folder: Path) -> dict[str, Known]:
    """What was found out before, by reference."""
    try:
        return msgspec.json.decode(read(str(folder / CACHE)), type=dict[str, Known])
    except (OSError, msgspec.MsgspecError):
        return {}


def write_known(folder: Path, found: Mapping[str, Known]) -> None:
    """Keep what was found out."""
    write_whole(str(folder / CACHE), msgspec.json.encode(found))
