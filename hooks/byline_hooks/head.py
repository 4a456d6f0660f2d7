"""What HEAD names and what git is in the middle of, read from the git folder by hand."""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.place import Place

_DEEPEST_REF = 5
_IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")
_LARGEST_PACKED = 1 << 26


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
