"""Files as anchors and other tools name them: what no tree of git can hold is none. Pure."""

from collections.abc import Callable

import msgspec

from byline.repo.anchors.format import Anchor, SessionLink
from byline_hooks import system


def is_file(path: str) -> bool:
    """Whether git can have a file of that name: no way out of the repository, and none into its own folder."""
    if system.WINDOWS and ("\\" in path or ":" in path):
        return False  # another drive, or a way up that git does not know
    return in_tree(path)


def in_tree(path: str) -> bool:
    """The same, whatever machine this is."""
    if "\0" in path:
        return False
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/"))


def possible(anchor: Anchor, is_one: Callable[[str], bool] = is_file) -> Anchor:
    """The anchor without files that are none."""
    if all(is_one(change.path) for change in anchor.file_changes) and all(map(is_one, anchor.files_changed)):
        return anchor
    changes = tuple(change for change in anchor.file_changes if is_one(change.path))
    names = tuple(filter(is_one, anchor.files_changed))
    return msgspec.structs.replace(anchor, file_changes=changes, files_changed=names)


def possible_link(link: SessionLink, is_one: Callable[[str], bool] = is_file) -> SessionLink:
    """A session without files that are none."""
    if all(map(is_one, link.files_touched or ())):
        return link
    return msgspec.structs.replace(link, files_touched=tuple(filter(is_one, link.files_touched or ())) or None)
