"""Files under other names: what a path is called in a commit, and which file a call renamed to it."""

from collections.abc import Mapping

from byline.attribution.commands import words_of
from byline.attribution.diff import blocks
from byline.attribution.filemoves import from_root, names_move
from byline.attribution.marks import Text, Version, exact_keys, together
from byline.attribution.windows import Numbered
from byline.attribution.world import World
from byline.model import NONE_ID, Event

Listed = Mapping[str, str]
"""What a shell event shows: a content's id by path."""
_MOST_GONE = 50
_RENAME_SHARE = 0.5
"""As git: a new file is a renamed one when at least half of its lines are the old one's."""


def name_in(world: World, commit: str | None, path: str) -> str | None:
    """What the file at `path` is called in a commit; None if it is not there, or may be one of several."""
    names = names_in(world, commit, path)
    return names[0] if len(names) == 1 else None


def names_in(world: World, commit: str | None, path: str) -> list[str]:
    """What the file at `path` may be called in a commit, which may be from before it was renamed."""
    if commit is None:
        return []
    if world.entry(commit, path):
        return [path]
    return [old for old in world.renamed_from(path) if world.entry(commit, old)]


def _committed_away(world: World, name: str, pre: Event, post: Event) -> list[str]:
    """The old names of a file, where the call committed the renaming as well: nothing is listed as gone then."""
    if pre.head == post.head:
        return []
    olds = world.renamed_from(name)
    return [old for old in olds if world.entry(pre.head, old) and not world.entry(post.head, old)]


def _gone(world: World, before: Listed, after: Listed, post: Event, only: str | None) -> list[str]:
    """The files that were there before a call and are not after it; an untracked one is just listed no more.

    `only`: of those that the lists tell of, the ones with this content.
    """
    removed = [path for path, content in after.items() if content == NONE_ID and before.get(path) != NONE_ID]
    if post.incomplete or any(before.get(path) != after[path] for path in after if path.endswith(".gitignore")):
        return removed  # it may be ignored now
    there = [path for path, content in before.items() if content != NONE_ID and path not in after]
    return removed + [path for path in there if only in (None, before[path]) and not world.entry(post.head, path)]


def _replaced(world: World, before: Listed, after: Listed, pre: Event, post: Event) -> list[str]:
    """Files that a command with `mv` in it may have moved though there is another one at their place after it.

    Without that word it is a copy, which belongs to the copier.
    """
    words = words_of(pre.command or post.command)
    if "mv" not in words:
        return []
    changed = [path for path, content in after.items() if content not in (NONE_ID, before.get(path))]
    return [*changed, *(word for word in words if word in before or world.entry(pre.head, word))]


def gone_lines(world: World, pre: Event, post: Event) -> set[bytes] | None:
    """The lines of all files that were there before a call and are not after it; None where that is not known."""
    if pre.head != post.head or pre.incomplete or post.incomplete:
        return None
    before, after = dict(pre.listed()), dict(post.listed())
    paths = _gone(world, before, after, post, None) + _replaced(world, before, after, pre, post)
    found: set[bytes] = set()
    for path in paths[:_MOST_GONE]:
        old_id = before.get(path) or world.entry(pre.head, path)
        text = world.text(old_id, path) if old_id and old_id != NONE_ID else None
        found.update(exact_keys(text.lines) if text is not None else ())
    return found if len(paths) <= _MOST_GONE else None


def moved_here(
    world: World, name: str, begun: Numbered, ended: Numbered, text: Text, *, replaced: bool = False
) -> Version | None:
    """The old version of a file that the call renamed to the path `name`, as `git mv` and `mv` do.

    `replaced`: another file was there before; then only one with just this text counts.
    """
    (begin, pre), (end, post) = begun, ended
    before, after = dict(pre.listed()), dict(post.listed())
    candidates = [
        *_gone(world, before, after, post, text.id if replaced else None),
        *_committed_away(world, name, pre, post),
        *_replaced(world, before, after, pre, post),
    ]
    found: dict[str, dict[str, Version]] = {}
    for path in dict.fromkeys(candidates):
        if path == name:
            continue
        meanwhile = world.told_between(path, begin, end)
        if meanwhile is not None:  # others changed it while the call ran, and before it was moved
            found.setdefault(meanwhile.text.id, {})[path] = meanwhile
        old_id = before[path] if path in before else world.entry(pre.head, path)
        if not old_id or old_id == NONE_ID or (replaced and old_id != text.id):
            continue
        old = world.known(path, old_id) or world.committed(pre.head, path)
        if old is not None:
            found.setdefault(old_id, {})[path] = old
    shares = {old_id: _share(next(iter(same.values())), text) for old_id, same in found.items()}
    best = max(shares, key=shares.__getitem__, default=None)
    if best is None or shares[best] < _RENAME_SHARE:
        return None
    same = found[best]
    # Of files that held the very same it may be any, unless the command names it.
    command = from_root(pre.command or post.command, pre)
    named = [path for path in same if names_move(command, path, name)]
    return same[named[0]] if len(named) == 1 else together(list(same.values()))


def _share(old: Version, text: Text) -> float:
    size = max(len(old.lines), len(text.lines))
    if size == 0:
        return 0.0
    return sum(length for _, _, length in blocks(exact_keys(old.lines), exact_keys(text.lines))) / size
