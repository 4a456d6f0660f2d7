"""Letting go of the trees of turns: of old ones, and of what a forgotten session wrote."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from byline.model import Event
from byline.repo import turntrees
from byline.repo.run import Git
from byline.repo.worktree import blob_id
from byline.workspace.evidence import Evidence
from byline.workspace.journal import Journal
from byline.workspace.turnbuild import read_known, write_known
from byline.workspace.turns import Turns, session_ref

TAKEN_BACK = "a session whose work is in it was forgotten"


def old(git: Git, events: Sequence[Event], limit: float) -> list[str]:
    """References to trees of turns that ended before `limit`, seconds since 1970, or that nobody knows."""
    held = turntrees.listed(git)
    if not held:
        return []
    journal = Journal(lambda old, new: frozenset())
    journal.add(events)
    turns = Turns(Evidence(journal)).all()
    young = {turn.ref for turn in turns if (turn.ended_at or turn.at) / 1_000_000_000 >= limit}
    return sorted(set(held) - young)


def forget(
    git: Git, common_dir: Path, sessions: Iterable[str], contents: Sequence[bytes], *, dry_run: bool
) -> list[str]:
    """Let go of the trees of some sessions, and of every tree that has one of the contents; their references."""
    held = turntrees.listed(git)
    folders = tuple(f"{session_ref(session)}/" for session in sessions)
    kind = "sha256" if held and len(next(iter(held.values()))) == 64 else "sha1"
    blobs = {blob_id(form, kind) for data in contents for form in (data, data.replace(b"\r\n", b"\n"))}
    others = turntrees.holding(git, held.values(), blobs) if blobs else set()
    gone = [name for name, tree in held.items() if name.startswith(folders) or tree in others]
    if dry_run:
        return gone
    turntrees.release(git, gone)
    folder = common_dir / "byline"
    known = read_known(folder)
    left = {
        name: msgspec.structs.replace(one, tree=None, why=TAKEN_BACK) if name in gone or one.tree in others else one
        for name, one in known.items()
        if not name.startswith(folders)
    }
    if left != known:
        write_known(folder, left)
    return gone
