"""Which writes of past sessions are proved: those whose texts lead, one to the next, to a content still known."""

from collections.abc import Callable, Iterable

import msgspec

from byline.sessions.deeds import Deed
from byline.sessions.followed.chain import Texts, texts
from byline_hooks import snapshots

_MOST_ENDS = 12
"""Known contents from which a chain is sought backwards."""


class Write(msgspec.Struct, frozen=True):
    """One write with both its contents."""

    session_id: str
    deed: Deed
    path: str
    before_id: str
    """`none`: there was no file."""
    after_id: str
    contents: tuple[str, ...]
    """The ids of the bytes that were kept of it."""


def resolved(
    session_id: str,
    path: str,
    told: list[Deed],
    known: Callable[[str], list[str]],
    was_there: Callable[[str, int], bool],
    object_format: str,
    keep: Callable[[str, bytes], None],
) -> list[Write]:
    """The writes of one session to one path of which the texts before and after follow from its record.

    known: the texts that a path is known to have had. was_there: whether a commit had a file there at a moment.
    keep: takes the id and the bytes of each content.
    """
    steps = [deed.step for deed in told]
    had = known(path)
    best: list[Texts] = []
    for end in range(max(min(len(had), _MOST_ENDS), 1)):
        ends = [*had[end : end + 1], *had[:end], *had[end + 1 :]]
        found = texts(steps, lambda _path, ends=ends: ends)  # type: ignore[misc]
        best = best or found
        best = [one if one.after is not None else other for one, other in zip(best, found, strict=True)]
        if all(one.after is not None for one in best):
            break
    writes = []
    for deed, one in zip(told, best, strict=True):
        step = deed.step
        is_whole = step.before is None and not step.swaps
        # The whole text was put there, and what stood there before is not told: some of it may have stayed.
        if is_whole and (not step.is_new or was_there(path, deed.at)):
            continue
        write = _write(session_id, path, deed, one, object_format, keep)
        if write is not None:
            writes.append(write)
    return writes


def proved(writes: Iterable[Write], known: set[str]) -> list[Write]:
    """Of all sessions' writes to one path, those that lead to a content that is known, oldest first."""
    kept: list[Write] = []
    starts: set[str] = set()
    for write in sorted(writes, key=lambda one: one.deed.at, reverse=True):
        if write.after_id in known or write.after_id in starts:
            kept.append(write)
            # Only the write right before leads here; what lies further back has to lead to that one.
            starts = {write.before_id}
    return kept[::-1]


def _write(
    session_id: str, path: str, deed: Deed, told: Texts, object_format: str, keep: Callable[[str, bytes], None]
) -> Write | None:
    if told.after is None or (told.before is None and not deed.step.is_new):
        return None
    contents = []
    ids = []
    for text in (told.before, told.after):
        if text is None:
            ids.append("none")
            continue
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > snapshots.LARGEST or snapshots.is_binary(data):
            return None
        ids.append(snapshots.blob_id(data, object_format))
        contents.append((ids[-1], data))
    if ids[0] == ids[1]:
        return None
    for name, data in contents:
        keep(name, data)
    bare = msgspec.structs.replace(deed.step, before=None, after=None, swaps=())
    return Write(session_id, Deed(deed.at, bare), path, ids[0], ids[1], tuple(name for name, _ in contents))
