"""Which commits touched a path, and with which blobs. Where git's own diff is asked, renames included."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from byline.errors import GitFailed
from byline.model import Commit
from byline.repo.commits import model_commit, parse
from byline.repo.objects import check, read_all
from byline.repo.run import Git, path_bytes, path_text

LOG_SECONDS = 120.0
_RAW = re.compile(rb":(\d{6}) (\d{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([A-Z])\d*$")


class Change(msgspec.Struct, frozen=True):
    """What one commit did to one path, seen from one of its parents."""

    commit: str
    parents: tuple[str, ...]
    parent: str | None
    """The parent compared with; None for a root commit. A merge has one change for each parent that differs."""
    status: str
    """`A`dded, `M`odified, `D`eleted, `T`ype changed, `R`enamed to this path."""
    path: str
    old_path: str | None
    """Where the file was in `parent`; None if it was not there."""
    old_id: str | None
    """Blob id before; None for no file (or no regular file: a submodule)."""
    new_id: str | None


def path_changes(
    git: Git,
    tip: str,
    path: str,
    *,
    exclude: Sequence[str] = (),
    all_refs: bool = False,
    renames: bool = True,
) -> list[Change]:
    """The changes of `path` in what `tip` reaches and `exclude` does not, newest first.

    With `all_refs` from every ref. History is not simplified: a side branch whose work a merge threw away is there as
    well. A merge is there when it took the path from no parent as it was. With `renames` an added file is looked up
    in its parent under another name, which costs one diff of the commit; the history under that name is the caller's
    to ask for. GitFailed where `tip` names no commit, as HEAD before the first.
    """
    refs = ("--all",) if all_refs else ()
    data = git.run(
        *("log", "--raw", "-z", "--no-abbrev", "--no-renames", "--full-history", "--topo-order", "--diff-merges=off"),
        *("--format=tformat:%x01%H %P", *refs, "--end-of-options", tip, *(f"^{rev}" for rev in exclude), "--", path),
        timeout=LOG_SECONDS,
    )
    entries = parse_log(data)
    merges = _merge_changes(git, [entry for entry in entries if len(entry[1]) > 1], path)
    changes: list[Change] = []
    for commit, parents, raw in entries:
        if len(parents) > 1:
            changes += merges[commit]
            continue
        for status, old_id, new_id, changed in raw:
            if changed == path:  # a folder of that name has entries of its own
                before = None if status == "A" else path
                parent = parents[0] if parents else None
                changes.append(Change(commit, parents, parent, status, path, before, old_id, new_id))
    return [_renamed(git, change) if renames and change.status == "A" else change for change in changes]


def parse_log(
    data: bytes,
) -> list[tuple[str, tuple[str, ...], list[tuple[str, str | None, str | None, str]]]]:
    """`(commit, parents, [(status, old id, new id, path)])` from `log --raw -z` with `%x01%H %P` as format. Pure."""
    entries: list[tuple[str, tuple[str, ...], list[tuple[str, str | None, str | None, str]]]] = []
    fields = iter(data.split(b"\0"))
    for field in fields:
        field = field.removeprefix(b"\n")
        if field.startswith(b"\1"):
            if names := field[1:].decode("ascii", "replace").split():
                entries.append((names[0], tuple(names[1:]), []))
        elif (found := _RAW.match(field)) and entries:
            old_id = found[3].decode() if _is_file(found[1]) else None
            new_id = found[4].decode() if _is_file(found[2]) else None
            entries[-1][2].append((found[5].decode(), old_id, new_id, path_text(next(fields, b""))))
    return entries


def blobs_at(git: Git, commits: Iterable[str], path: str) -> dict[str, str | None]:
    """The blob id of `path` in each commit, None where there is no such file; one run for all."""
    wanted = list(dict.fromkeys(commits))
    if "\n" in path:
        return {commit: _tree_entry(git, commit, path) for commit in wanted}
    headers = check(git, [f"{commit}:{path}" for commit in wanted])
    return {
        commit: header[0] if header is not None and header[1] == "blob" else None
        for commit, header in zip(wanted, headers, strict=True)
    }


def rename_source(git: Git, parent: str, commit: str, path: str) -> str | None:
    """The path in `parent` that git takes `path`, new in `commit`, for a rename of; None if it takes it for none."""
    data = git.run(
        *("diff-tree", "-r", "-z", "--find-renames", "-l1000", "--name-status", "--diff-filter=R"),
        *("--no-commit-id", "--end-of-options", parent, commit),
        timeout=LOG_SECONDS,
    )
    fields = data.split(b"\0")
    wanted = path_bytes(path)
    for start in range(0, len(fields) - 2, 3):
        if fields[start + 2] == wanted:
            return path_text(fields[start + 1])
    return None


def merge_base(git: Git, a: str, b: str) -> str | None:
    """The best common ancestor of two commits, the first of several; None if there is none."""
    bases = merge_bases(git, a, b)
    return bases[0] if bases else None


def merge_bases(git: Git, a: str, b: str) -> list[str]:
    """All best common ancestors of two commits."""
    try:
        return git.run("merge-base", "--all", "--", a, b).decode("ascii", "replace").split()
    except GitFailed as failure:
        if failure.code == 1:
            return []
        raise


def is_ancestor(git: Git, a: str, b: str) -> bool:
    """Whether `b` reaches `a`. A commit is its own ancestor."""
    try:
        git.run("merge-base", "--is-ancestor", "--", a, b)
    except GitFailed as failure:
        if failure.code == 1:
            return False
        raise
    return True


def rev_list(
    git: Git, include: Sequence[str], exclude: Sequence[str] = (), path: str | None = None
) -> list[tuple[str, tuple[str, ...]]]:
    """`(commit, parents)` of what `include` reaches and `exclude` does not, children before parents.

    With `path` only the commits that touched it; their parents are still the real ones.
    """
    if not include:
        return []
    data = git.run(
        *("log", "--full-history", "--topo-order", "--format=tformat:%H %P", "--end-of-options"),
        *(*include, *(f"^{rev}" for rev in exclude), "--", *(() if path is None else (path,))),
        timeout=LOG_SECONDS,
    )
    lines = data.decode("ascii", "replace").splitlines()
    return [(commit, tuple(parents)) for commit, *parents in map(str.split, lines)]


def commits(git: Git, ids: Iterable[str]) -> dict[str, Commit]:
    """What git says of each commit; ids it does not have are left out. One run for all."""
    found: dict[str, Commit] = {}
    wanted = list(dict.fromkeys(ids))
    for name, answer in zip(wanted, read_all(git, wanted), strict=True):
        if answer is not None and answer[1] == "commit" and (commit := parse(answer[0], answer[2])):
            found[name] = model_commit(commit)
    return found


def _is_file(mode: bytes) -> bool:
    return mode[:2] in (b"10", b"12")


def _merge_changes(
    git: Git, merges: Sequence[tuple[str, tuple[str, ...], object]], path: str
) -> dict[str, list[Change]]:
    blobs = blobs_at(git, [name for commit, parents, _ in merges for name in (commit, *parents)], path)
    changes: dict[str, list[Change]] = {}
    for commit, parents, _ in merges:
        new_id = blobs[commit]
        changes[commit] = []
        for parent in parents:
            old_id = blobs[parent]
            if old_id != new_id:
                status = "A" if old_id is None else "D" if new_id is None else "M"
                before = None if old_id is None else path
                changes[commit].append(Change(commit, parents, parent, status, path, before, old_id, new_id))
    return changes


def _renamed(git: Git, change: Change) -> Change:
    if change.parent is None or (source := rename_source(git, change.parent, change.commit, change.path)) is None:
        return change
    old_id = blobs_at(git, [change.parent], source)[change.parent]
    return msgspec.structs.replace(change, status="R", old_path=source, old_id=old_id)


def _tree_entry(git: Git, commit: str, path: str) -> str | None:
    """One entry by way of `ls-tree`, for a path that would break the lines of `cat-file --batch-check`."""
    data = git.run("ls-tree", "-z", "--full-tree", commit, "--", path, check=False)
    mode_type_id, _, name = data.rstrip(b"\0").partition(b"\t")
    parts = mode_type_id.split()
    return parts[2].decode() if name == path_bytes(path) and len(parts) == 3 and parts[1] == b"blob" else None
