"""The files that a shell call made or changed, by what was dirty before and after it. Pure."""

import msgspec

from byline.model import UNREAD, Event


class Dirty(msgspec.Struct, array_like=True):
    """What git had to say before a call."""

    ids: dict[str, str]
    head: str | None
    stash: str | None
    merging: dict[str, str] | None


def before(event: Event) -> Dirty | None:
    """What a `pre_shell` event tells; None where it does not know."""
    if event.paths is None or event.incomplete:
        return None
    return Dirty(_ids(event), event.head, event.stash, event.merging)


def made(pre: Dirty | None, event: Event) -> tuple[str, ...]:
    """The files that are dirty in another way after the call of this `shell` event.

    None of them where git itself moved in between: what it brought is nobody's work.
    """
    if pre is None or event.paths is None or event.incomplete:
        return ()
    if (pre.head, pre.stash, pre.merging) != (event.head, event.stash, event.merging):
        return ()
    return tuple(
        path
        for path, content in _ids(event).items()
        if event.may_write(path)
        and (path not in pre.ids or (content != pre.ids[path] and UNREAD not in (content, pre.ids[path])))
    )


def _ids(event: Event) -> dict[str, str]:
    paths = event.paths or ()
    return dict(zip(paths, event.after_ids or (UNREAD,) * len(paths), strict=False))
