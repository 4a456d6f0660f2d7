"""What HEAD names and what git is in the middle of, read from the git folder by hand."""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.place import Place

_DEEPEST_REF = 5
_IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")
_LARGEST_PACKED = 1 << 26
_END_OF_LOG = 1 << 11
MOST_MOVES = 8
RECENT = 3600
"""Seconds."""


def head(place: "Place") -> str | None:
    """The commit HEAD names; None on an unborn branch and where references are kept in a reftable."""
    name = "HEAD"
    for _ in range(_DEEPEST_REF):
        line = _reference(place, name)
        if not line.startswith("ref:"):
            return line if _is_id(line) else None
        name = line[len("ref:") :].strip()
    return None


def merging(place: "Place") -> dict[str, str]:
    """`MERGE_HEAD` and its kin with the (first) commit each names; empty when git is at rest."""
    found = {}
    for name in _IN_PROGRESS:
        line = _first_line(f"{place.git_dir}/{name}")
        if _is_id(line) and (name != "REBASE_HEAD" or _is_rebasing(place)):
            found[name] = line
    return found


def _is_rebasing(place: "Place") -> bool:
    """Whether a rebase, or `git am`, is at work: `REBASE_HEAD` stays behind where its last commit was continued."""
    for name in ("rebase-merge", "rebase-apply"):
        try:
            system.os.stat(system.native(f"{place.git_dir}/{name}"))
        except OSError:
            continue
        return True
    return False


def log_length(place: "Place") -> int | None:
    """How many bytes HEAD's log has; it only grows, so this orders an event among the movements of HEAD."""
    try:
        return system.os.stat(system.native(f"{place.git_dir}/logs/HEAD")).st_size
    except OSError:
        return None


def moves(place: "Place", now: int) -> list[list[object]] | None:
    """The last movements of a linked worktree's HEAD: its log goes when the worktree is removed.

    Each as length of the log after it, commit before and after, time and what git calls it, without subjects. now:
    seconds since 1970. None where it is the main worktree, and where HEAD has not moved lately.
    """
    if place.git_dir == place.common_dir:
        return None
    try:
        log = system.os.open(system.native(f"{place.git_dir}/logs/HEAD"), system.READ_ONLY)
    except OSError:
        return None
    try:
        if now - system.os.fstat(log).st_mtime > RECENT:
            return None
        tail = system.read_end(log, _END_OF_LOG)
        end = system.os.lseek(log, 0, 1)
    finally:
        system.os.close(log)
    found: list[list[object]] = []
    for line in reversed(tail.split(b"\n")[1 if end > len(tail) else 0 : -1]):
        ids, _, message = line.partition(b"\t")
        words = ids.split()
        if len(found) == MOST_MOVES or len(words) < 4 or not words[-2].isdigit():
            break
        old, new = words[0].decode("ascii", "replace"), words[1].decode("ascii", "replace")
        found.insert(0, [end, old, new, int(words[-2]), _action(system.text(message))])
        end -= len(line) + 1
    return found or None


def _action(message: str) -> str:
    """What git calls a movement: `commit (amend)`, `pull (pick)`, `merge: Fast-forward`; no names and no subjects."""
    told, _, rest = message.partition(": ")
    words = told.split()
    if not words:
        return ""
    action = f"{words[0]} {words[-1]}" if words[-1][:1] == "(" else words[0]
    return f"{action}: {rest[:12]}" if rest[:12].lower() == "fast-forward" else action


def stash(place: "Place") -> str | None:
    """The newest stash's commit, if there is one: what a shell call may take back from it is its writers'."""
    line = _reference(place, "refs/stash")
    return line if _is_id(line) else None


def _reference(place: "Place", name: str) -> str:
    line = _first_line(f"{place.git_dir}/{name}")
    if not line and place.common_dir != place.git_dir:
        line = _first_line(f"{place.common_dir}/{name}")
    if line:
        return line
    try:
        packed = system.read(f"{place.common_dir}/packed-refs", _LARGEST_PACKED)
    except OSError:
        return ""
    end = packed.find(f" {name}\n".encode("utf-8", "surrogateescape"))
    return packed[packed.rfind(b"\n", 0, end) + 1 : end].decode("ascii", "replace") if end > 0 else ""


def _first_line(path: str) -> str:
    try:
        return system.text(system.read(path, 1 << 12).partition(b"\n")[0]).strip()
    except OSError:
        return ""


def _is_id(line: str) -> bool:
    return len(line) in (40, 64) and all(character in "0123456789abcdef" for character in line)
