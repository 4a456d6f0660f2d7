"""What git took away during a call: what stands there afterwards need not come from it, however alike."""

from byline.attribution.call import Call
from byline.attribution.fate import Fate, fate, survives, whole_runs
from byline.attribution.gitwords import keeps_stash, resets_hard, takes
from byline.attribution.marks import Mark, Version, exact_keys, telling
from byline.attribution.merge import carry
from byline.attribution.typed import is_typed, types_into
from byline.attribution.unseen import merging_sources
from byline.model import Owner


def without_taken(call: Call, version: Version) -> Version:
    """Lines that the call found, but that git has taken away since, are the caller's where they stand in its command.

    Others of them are nobody's, beside lines that nobody had, if anything that the call found is missing; and where
    the command only types, and has git go: hardly anything that it runs brings them back.
    """
    was = call.current.version
    if was is None or call.world.entry(call.after.head, call.path) == call.text.id:
        return version
    became = _became(call)
    if became is Fate.STAYS:
        return version
    committed = call.world.committed(call.after.head, call.path)
    there = [committed] if committed is not None else []
    there += merging_sources(call.world, call.path, call.after)  # what a conflict brings back was not taken away
    sure = carry(version.lines, there)
    found = {id(mark) for mark in was.marks}
    keys = exact_keys(version.lines)
    is_in_doubt = [
        old is None and mark.owner.session_id != call.owner.session_id and id(mark) in found
        for mark, old in zip(version.marks, sure, strict=True)
    ]
    if not any(is_in_doubt):
        return version
    if became is Fate.DOUBTFUL:
        lacks = not survives(was, version.lines, there)
    else:
        left = telling(exact_keys(was.lines)).difference(keys, *(exact_keys(one.lines) for one in there))
        lacks = bool(left) or types_into(call.command, call.path, goes=True)
    own, nobody = Mark(call.owner), Mark(Owner("unknown", "no evidence: git may have taken it away", seq=call.end))
    open_lines = [mark if mark.owner is not call.owner else None for mark in version.marks]
    whole = whole_runs(
        [None if doubt else mark for mark, doubt in zip(open_lines, is_in_doubt, strict=True)], open_lines
    )

    def kept(k: int, mark: Mark) -> Mark:
        if not is_in_doubt[k]:
            return mark
        if became is Fate.GONE and is_typed(keys[k], call.command):
            return own
        return nobody if lacks and (whole[k] is None or became is Fate.GONE) else mark

    return Version(version.text, [kept(k, mark) for k, mark in enumerate(version.marks)])


def made_again(call: Call) -> Version | None:
    """The owners where a call left the bytes that it found, but made them anew; None where it did not touch them."""
    was = call.current.version
    found = without_taken(call, was) if was is not None else None
    return found if found is not was else None


def _became(call: Call) -> Fate:
    """What became, during the call, of what it found."""
    world, path, before, after = call.world, call.path, call.before, call.after
    found = call.current.id
    if after.stash != before.stash and after.stash is not None and world.entry(after.stash, path) == found:
        return Fate.GONE
    movements = world.movements(after.worktree, call.begin, call.end)
    became = fate(found, movements, lambda commit: world.entry(commit, path))
    command = call.command
    if before.stash == after.stash and keeps_stash(command):
        return Fate.STAYS
    if became is Fate.DOUBTFUL and resets_hard(command) and not movements[-1].action.startswith("commit"):
        # It leaves a file alone that git does not track.
        return Fate.GONE if any(world.entry(head, path) for head in (before.head, after.head)) else became
    return Fate.DOUBTFUL if became is Fate.STAYS and takes(command, path) else became
