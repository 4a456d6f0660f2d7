"""The logs of HEADs and branches on disk: how every worktree came to stand where it stands."""

from collections.abc import Iterable
from pathlib import Path

from byline.attribution.timeline import Movement
from byline.repo import reflog


def head_logs(common_dir: Path, known: Iterable[str]) -> dict[str, Path]:
    """HEAD's log of each worktree, by the worktree's absolute path as events name it; `known`: those events name."""
    found: dict[str, Path] = {}
    linked = common_dir / "worktrees"
    for folder in sorted(linked.iterdir()) if linked.is_dir() else ():
        try:
            place = Path((folder / "gitdir").read_text("utf-8", "surrogateescape").strip()).parent
        except (OSError, UnicodeDecodeError):
            continue
        found[place.resolve().as_posix()] = folder / "logs" / "HEAD"
    main = [name for name in known if name not in found]
    if common_dir.name == ".git":
        main.append(common_dir.parent.as_posix())
    for name in main:
        # A worktree that is not linked is the main one; one that was removed has lost its log.
        if name == common_dir.parent.as_posix() or common_dir.name != ".git":
            found[name] = common_dir / "logs" / "HEAD"
    return found


def branch_logs(common_dir: Path) -> Iterable[tuple[str, Path]]:
    """The logs of local branches."""
    root = common_dir / "logs" / "refs" / "heads"
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file() and path.relative_to(root).parts[0] != "byline":
            yield path.relative_to(root).as_posix(), path


def remote_logs(common_dir: Path) -> list[Path]:
    """The logs of what remotes were seen to have."""
    root = common_dir / "logs" / "refs" / "remotes"
    return [path for path in sorted(root.rglob("*")) if path.is_file()] if root.is_dir() else []


def movements(path: Path) -> list[Movement]:
    """A HEAD log with the offset at which each entry ends."""
    try:
        data = path.read_bytes()
    except OSError:
        return []
    found: list[Movement] = []
    end = 0
    for line in data.split(b"\n"):
        end += len(line) + 1
        entries = reflog.parse(line)
        found += [Movement(end, entry.old, entry.new, entry.time, entry.message) for entry in entries]
    return found


def old_tips(logs: dict[str, list[Movement]]) -> list[str]:
    """Where HEAD stood before it was moved by anything but a commit: old ends of branches, newest first."""
    found = [
        (movement.time, movement.old)
        for log in logs.values()
        for movement in log
        if not movement.action.startswith("commit") and movement.old.strip("0")
    ]
    return [commit for _, commit in sorted(found, reverse=True)]
