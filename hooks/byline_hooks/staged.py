"""What the index holds and nothing else does: a call may have git bring it back, and its writer is another."""

from byline_hooks import snapshots
from byline_hooks.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from byline_hooks.observation import Payload

MOST_KEPT = 50
"""Texts a call; all are named."""


def parse(listed: bytes) -> "tuple[list[str], dict[str, str]]":
    """The paths of `git status --porcelain=v2 -z`, and the blob ids of what only the index has.

    Nested repositories and names that are not UTF-8 are left out.
    """
    paths, staged = [], {}
    for entry in listed.split(b"\0"):
        before = _WORDS_BEFORE.get(entry[:2], 0)
        words = entry.split(b" ", before)
        if not before or len(words) <= before:
            continue
        try:
            path = words[-1].decode()
        except UnicodeDecodeError:
            continue
        if not path or path.endswith("/"):
            continue
        paths.append(path)
        if words[0] == b"1" and b"." not in words[1] and words[4].startswith(b"100"):
            staged[path] = words[7].decode("ascii", "replace")
    return paths, staged


_WORDS_BEFORE = {b"1 ": 8, b"u ": 10, b"? ": 1}
"""By its kind how many words stand before an entry's path (git help status, "Porcelain Format Version 2")."""


def differing(paths: list[str], ids: list[str], staged: "Mapping[str, str]") -> "Payload":
    """Those of the staged texts that the files on disk do not have; none of a file that may hold a secret."""
    found: Payload = {}
    if staged:
        for path, there in zip(paths, ids, strict=True):
            blob = staged.get(path)
            if blob not in (None, there) and not snapshots.is_secret(path):
                found[path] = blob
    return found


def texts(place: Place, staged: "Payload") -> "Iterator[tuple[str, bytes]]":
    """Their bytes, which git may drop within weeks. Not those from packs, which some commit has."""
    for blob in list(staged.values())[:MOST_KEPT]:
        data = _loose(place, str(blob))
        if data is not None and not snapshots.is_binary(data):
            yield str(blob), data


def _loose(place: Place, blob: str) -> bytes | None:
    """A blob that stands by itself in the folder of objects (gitformat-loose); None where it is not, or is large."""
    data = snapshots.unpacked(f"{place.common_dir}/objects/{blob[:2]}/{blob[2:]}", snapshots.LARGEST + 32)
    head, _, body = (data or b"").partition(b"\0")
    return body if head == b"blob %d" % len(body) else None
