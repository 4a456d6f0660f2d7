"""The tree of the workspace at the end of each turn: put together from snapshots, and held by a reference.

A tree is HEAD's with the recorded contents of the files that differed. No file goes in that holds secrets by its
name, or that git ignores; where anything of a tree is not known there is none.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from byline.errors import GitFailed, NotARepository
from byline.model import NONE_ID
from byline.repo import turntrees
from byline.repo.objects import check
from byline.repo.turntrees import GONE, Change, TreeWriter
from byline.store.events import whole
from byline.workspace.headlogs import head_logs, movements
from byline.workspace.turnblobs import TurnBlobs, mode_on_disk
from byline.workspace.turnignored import IgnoredThen
from byline.workspace.turns import Turn, turns
from byline.workspace.turnstates import TurnState, states
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


class TurnTrees:
    """The turns of one repository, and the trees of those that have ended."""

    def __init__(self, workspace: Workspace, common_dir: Path) -> None:
        """Raises NotARepository."""
        if workspace.git is None or workspace.objects is None:
            raise NotARepository("turns have trees inside a git repository only")
        self._workspace = workspace
        self._git = workspace.git
        self._objects = workspace.objects
        self._folder = common_dir / "byline"
        self._common = common_dir
        self._events = whole(workspace.events())
        self.turns = turns(self._events)
        self._by_id = {(turn.session_id, turn.id): turn for turn in self.turns}
        self._known: dict[str, Known] = {}

    def build(self, again: Turn | None = None) -> dict[str, Known]:
        """Find out what is not known; all that is known, by reference. `again`: hold its tree anew if it is lost."""
        found = read_known(self._folder)
        ended = {turn.ref: turn for turn in self.turns if turn.end is not None and turn.worktree is not None}
        todo = [turn for ref, turn in ended.items() if ref not in found or found[ref].end != turn.end_id]
        if again is not None and again.ref in ended and again not in todo and not self._is_held(found[again.ref]):
            todo.append(again)
        if todo:
            found |= self._work_out(todo)
            write_known(self._folder, found)
        self._known = found
        return {ref: known for ref, known in found.items() if ref in ended}

    def before(self, session_id: str, turn_id: str, until: int) -> str | None:
        """The tree of a turn that ended before the event at a position; None where there is none."""
        turn = self._by_id.get((session_id, turn_id))
        if turn is None or turn.end is None or turn.end >= until:
            return None
        known = self._known.get(turn.ref)
        return known.tree if known else None

    def _is_held(self, known: Known) -> bool:
        return known.tree is not None and check(self._git, [known.tree])[0] is not None

    def _work_out(self, todo: Sequence[Turn]) -> dict[str, Known]:
        held = turntrees.listed(self._git)
        worktrees = {turn.worktree for turn in todo if turn.worktree is not None}
        logs = {name: movements(path) for name, path in head_logs(self._common, worktrees).items()}
        blobs = TurnBlobs(self._git, self._objects, self._workspace.snapshots)
        blobs.expect(path for event in self._events for path in (event.path, *(event.paths or ())) if path)
        ends = {turn.end: turn.worktree for turn in todo if turn.end is not None and turn.worktree is not None}
        found = states(self._events, ends, logs, self._entry, blobs.stored)
        left_out = IgnoredThen(self._git, self._objects, self._workspace.snapshots, self._common)
        result: dict[str, Known] = {}
        trees: dict[str, str] = {}
        with turntrees.tree_writer(self._git, self._folder) as writer:
            for turn in todo:
                assert turn.end is not None
                assert turn.end_id is not None
                state = found[turn.end]
                tree, why = self._tree(turn, state, blobs, left_out, writer)
                tree = tree or held.get(turn.ref)
                if tree is not None:
                    trees[turn.ref] = tree
                result[turn.ref] = Known(turn.end_id, tree, state.head, None if tree else why)
        turntrees.hold(self._git, trees)
        return result

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


def read_known(folder: Path) -> dict[str, Known]:
    """What was found out before, by reference."""
    try:
        return msgspec.json.decode(read(str(folder / CACHE)), type=dict[str, Known])
    except (OSError, msgspec.MsgspecError):
        return {}


def write_known(folder: Path, found: Mapping[str, Known]) -> None:
    """Keep what was found out."""
    write_whole(str(folder / CACHE), msgspec.json.encode(found))
