"""Mistakes put into the engine on purpose: random stories must find each of them, and nothing in a sound engine.

Mistakes about git need the fuzzer's real repositories; for those about events alone the model of one file is enough.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from byline.attribution import fold, shellcalls, states, unseen, windows, writes
from byline.attribution import step as steps
from byline.attribution.marks import Mark, Version
from byline.attribution.step import Rule, step
from byline.model import NONE_ID, Owner
from fuzz.fuzzer import Outcome, Settings, make_plan, tell
from property import test_engine as model

Patch = pytest.MonkeyPatch


def stale_window(patch: Patch) -> None:
    """A call owns all that changed since its pre event, also what others closed inside it."""

    def close(pre: Any, current: Any, text: Any, owner: Any, rule: Any, event: Any, *_: Any) -> Version | None:
        return step(pre.version, text, rule, owner, event.edits) if pre.version is not None else None

    patch.setattr(writes, "close", close)
    patch.setattr(shellcalls, "close", close)


def gits_doing_is_the_shells(patch: Patch) -> None:
    """What git brings during a command is the command's."""
    patch.setattr(shellcalls, "gits_doing", lambda *_, **__: None)
    # These would doubt nearly all that the first then lets by.
    patch.setattr(shellcalls, "may_be_gits", lambda *_, **__: False)
    patch.setattr(shellcalls, "_without_doubtful", lambda _, version: version)


def every_save_is_a_persons(patch: Patch) -> None:
    """A save in the editor proves a person, whatever agents do meanwhile."""
    patch.setattr(fold, "is_persons_save", lambda *_, **__: True)
    patch.setattr(windows, "is_persons_save", lambda *_, **__: True)


def gaps_are_bridged(patch: Patch) -> None:
    """A line nobody was seen writing belongs to the session above it."""
    plain = unseen.unseen

    def bridged(*arguments: Any, **more: Any) -> Version:
        version = plain(*arguments, **more)
        marks: list[Mark] = []
        for mark in version.marks:
            above = marks[-1] if marks else None
            take = mark.owner.reason.startswith("no evidence") and above and above.owner.kind == "session"
            marks.append(above if take and above else mark)
        return Version(version.text, marks)

    patch.setattr(states, "unseen", bridged)


def writes_own_whole_files(patch: Patch) -> None:
    """A write event makes every line of the file the session's."""

    def whole(old: Version, new: Any, rule: Any, owner: Owner, *_: Any, **__: Any) -> Version:
        return Version(new, [Mark(owner)] * new.count)

    patch.setattr(writes, "step", whole)


def blanks_make_a_writer(patch: Patch) -> None:
    """Whoever changes blanks or breaks owns the line: nothing is tolerated."""
    patch.setattr(steps, "_tolerated", lambda *_: {})
    patch.setattr(steps, "_indented", lambda _old, _new, gaps, sources, _rule: (gaps, sources))


def edit_tools_tolerate_blanks(patch: Patch) -> None:
    """A line that a session's edit tool writes again, with other blanks, stays its old owner's."""
    plain = steps.compare

    def tolerant(old: Any, new: Any, rule: Rule, edits: Any = None) -> Any:
        return plain(old, new, Rule.OTHER if rule is Rule.EDIT else rule, edits)

    patch.setattr(steps, "compare", tolerant)


def deletions_are_ignored(patch: Patch) -> None:
    """What comes back after the file was deleted is whose it was before."""
    plain = states.States.observe

    def blind(self: Any, content_id: str, seq: int, event: Any) -> Any:
        current = self.current.get(event.worktree)
        return current if content_id == NONE_ID and current else plain(self, content_id, seq, event)

    patch.setattr(states.States, "observe", blind)


ABOUT_EVENTS = [
    stale_window,
    every_save_is_a_persons,
    gaps_are_bridged,
    writes_own_whole_files,
    blanks_make_a_writer,
    edit_tools_tolerate_blanks,
    deletions_are_ignored,
]
ABOUT_GIT = [gits_doing_is_the_shells, every_save_is_a_persons, gaps_are_bridged]


@contextmanager
def mistaken(mistake: Callable[[Patch], None]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        mistake(patch)
        yield


def first_found(mistake: Callable[[Patch], None], seeds: Sequence[int], ops: int) -> tuple[int, Outcome] | None:
    """The first story in which the mistaken engine names somebody wrongly, or a gap where the sound one has none."""
    judged = Settings(judged=("wrong", "human"))
    for seed in seeds:
        with mistaken(mistake):
            outcome = tell(seed, make_plan(seed, ops), judged)
        assert not outcome.crash, f"{mistake.__name__}, seed {seed}: {outcome.crash}"
        if outcome.of_kind("wrong", "human"):
            return seed, outcome
    return None


def assert_found(mistake: Callable[[Patch], None], stories: int, ops: int) -> None:
    found = first_found(mistake, range(1, stories + 1), ops)
    assert found is not None, f"{stories} stories of {ops} deeds did not notice that {mistake.__name__}"
    seed, outcome = found
    sound = tell(seed, outcome.plan[: outcome.done], Settings())
    assert not sound.of_kind("wrong", "human"), f"seed {seed} fails without the mistake, too: {sound.differences}"


def wrong_in_model(seed: int) -> bool:
    """Whether the engine, as it is now, disagrees with the model about a story of one file."""
    rng = Random(seed)
    plan = [
        model.Deed(rng.choice(model.KINDS), rng.choice("AB"), rng.randrange(10), rng.randrange(3), rng.randrange(4))
        for _ in range(rng.randrange(1, 12))
    ]
    told = model.tell(plan)
    found = model.owners(model.fresh(told, told.events))
    return found != [told.owners[line] for line in told.lines]


@pytest.mark.parametrize("mistake", ABOUT_EVENTS, ids=lambda one: one.__name__)
def test_a_mistake_about_events_is_found_within_a_thousand_deeds(mistake: Callable[[Patch], None]) -> None:
    with mistaken(mistake):
        seed = next((seed for seed in range(150) if wrong_in_model(seed)), None)
    assert seed is not None
    assert not wrong_in_model(seed)


def test_git_given_to_the_shell_is_found_soon() -> None:
    assert_found(gits_doing_is_the_shells, stories=4, ops=40)


@pytest.mark.long
@pytest.mark.parametrize("mistake", ABOUT_GIT, ids=lambda one: one.__name__)
def test_a_mistake_about_git_is_found(mistake: Callable[[Patch], None]) -> None:
    assert_found(mistake, stories=25, ops=60)
