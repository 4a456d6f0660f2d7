"""Files that git ignored before a call and lists after it: that they are new in the list proves nothing."""

from collections.abc import Callable, Iterator

from byline.attribution.commands import uncovers
from byline.model import NONE_ID, Event

Entry = Callable[[str | None, str], str | None]
"""The blob id of a path in a commit."""


def rules_changed(entry: Entry, path: str, pre: Event, post: Event) -> bool:
    """Whether the call changed what git ignores at `path`: by a `.gitignore` that was there, or unlisted."""
    old, new = dict(pre.listed()), dict(post.listed())
    listed = (name for name in old.keys() | new.keys() if name.rsplit("/", 1)[-1] == ".gitignore")
    for name in {*listed, *_above(path)}:
        before = old.get(name) or entry(pre.head, name) or NONE_ID
        after = new.get(name) or entry(post.head, name) or NONE_ID
        if before not in (NONE_ID, after):
            return True
    return uncovers(pre.command)


def _above(path: str) -> Iterator[str]:
    """The `.gitignore` files in the folders that hold a path."""
    while path:
        path = path.rpartition("/")[0]
        yield f"{path}/.gitignore" if path else ".gitignore"
