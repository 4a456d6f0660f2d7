"""A short, seeded run of the fuzzer; `tests/fuzz/run.py` is the long one."""

import pytest

from fuzz.fuzzer import Settings, make_plan, tell
from fuzz.run import asker, describe


@pytest.mark.parametrize("seed", range(1, 6))
def test_no_line_is_given_to_somebody_who_did_not_write_it(seed: int) -> None:
    outcome = tell(seed, make_plan(seed, 35), Settings())
    assert not outcome.crash and not outcome.of_kind("wrong", "human"), describe(seed, outcome)
    assert outcome.lines > 50, "the story compared next to nothing"


@pytest.mark.parametrize(
    ("seed", "dialect"), [(2012, "generic"), (2017, "generic"), (2030, "generic"), (2201, "claude")]
)
def test_no_line_that_comes_from_the_index_or_head_is_the_callers(seed: int, dialect: str) -> None:
    plan = make_plan(seed, 50, staging=True)
    outcome = tell(seed, plan, Settings(dialect=dialect, ask=asker("living")))
    assert not outcome.crash and not outcome.of_kind("wrong", "human"), describe(seed, outcome)
    assert outcome.lines > 50, "the story compared next to nothing"


def test_a_stash_that_is_taken_while_a_workspace_lives() -> None:
    """The graph does not know what the commits of a dropped stash changed; the owners of another text came of it."""
    outcome = tell(538, make_plan(538, 48), Settings(ask=asker("living"), every_deed=True))
    assert not outcome.crash and not outcome.of_kind("wrong", "human"), describe(538, outcome)


@pytest.mark.parametrize("seed", [30003, 33119])
def test_what_is_fetched_changes_no_answer(seed: int) -> None:
    outcome = tell(seed, make_plan(seed, 40), Settings(ask=asker("workspace"), then_fetch=True))
    assert outcome.done == 40, describe(seed, outcome)
    assert not outcome.changed, "\n".join(outcome.changed)
