"""Events that byline itself writes, through the hooks' own writer."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from byline_hooks import record, snapshots
from byline_hooks.observation import ABSENT
from byline_hooks.place import Place


def append(
    event: str,
    path: Path,
    before: bytes | None,
    data: bytes | None,
    editor: str | None,
    env: Mapping[str, str],
    *,
    is_new: bool = False,
    edits: Sequence[Sequence[int]] | None = None,
) -> str | None:
    """One event an editor saw; its id, or None when recording is off or nothing can be written.

    `before`: None for not known; `is_new`: there was no file. `data`: None for no file. `edits`: where `before` was
    changed, as events have it.
    """
    fields: dict[str, object] = {"event": event, "agent": editor, "source": "editor"}
    if edits:
        fields["edits"] = [list(edit) for edit in edits]
    return record.append(fields, str(path), ABSENT if is_new else before, data if data is not None else ABSENT, env)


def correct(path: Path, data: bytes, first: int, last: int, owner: str, env: Mapping[str, str]) -> str | None:
    """A person's word on lines `first` to `last`, 1-based and inclusive."""
    fields: dict[str, object] = {"event": "correct", "source": "manual", "owner": owner, "lines": [[first, last]]}
    return record.append(fields, str(path), None, data, env)


def marked(
    event: str, path: Path, data: bytes, lines: Sequence[tuple[int, int]], editor: str | None, env: Mapping[str, str]
) -> str | None:
    """A person's mark on runs of lines, 1-based and inclusive: `reviewed`, or `unreviewed` to take it back."""
    fields: dict[str, object] = {"event": event, "agent": editor, "source": "manual", "lines": list(map(list, lines))}
    return record.append(fields, str(path), None, data, env)


def can_follow(path: Path, data: bytes) -> bool:
    """Whether a snapshot of these bytes may be kept, by which lines can be found again."""
    return not snapshots.is_secret(path.as_posix()) and snapshots.of_bytes(data, "sha1").skipped is None


def git_signature(place: Place | None) -> object:
    """Something that changes when HEAD, a reference or the configuration does; costs a few stats and no process."""
    if place is None:
        return ()
    git, common = place.git_dir, place.common_dir
    watched = [
        f"{git}/HEAD",
        f"{git}/logs/HEAD",
        f"{common}/packed-refs",
        f"{common}/config",
        f"{common}/FETCH_HEAD",
        f"{common}/logs/refs/stash",
        f"{git}/MERGE_HEAD",
        f"{git}/CHERRY_PICK_HEAD",
        f"{git}/REBASE_HEAD",
        f"{place.worktree}/.gitattributes",
    ]
    return tuple(_mark(name) for name in watched) + tuple(_tree(f"{common}/refs"))


def _mark(name: str) -> tuple[int, int] | None:
    try:
        status = Path(name).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _tree(root: str) -> list[tuple[str, int]]:
    """Each loose reference and when it was last written; bounded, for repositories with very many.

    Not those that byline itself moves: local anchors repeat what events say. Fetched ones count.
    """
    found: list[tuple[str, int]] = []
    for folder, below, names in os.walk(root):
        if folder in (root, f"{root}/heads") and "byline" in below:
            below.remove("byline")
        for name in names:
            mark = _mark(f"{folder}/{name}")
            if mark is not None:
                found.append((name, mark[0]))
            if len(found) > 5000:
                return found
    return found
