"""Telemetry is counted once, whatever comes twice, late, or as a sum."""

from byline.sessions.tally import Usage
from byline.sessions.telemetry import Account, Series


def test_a_running_sum() -> None:
    series = Series(0)
    assert [series.add(value, 10, at, is_sum=True) for value, at in ((5, 11), (9, 12), (9, 12), (5, 11))] == [
        True, True, False, False]  # fmt: skip
    assert series.total == 9
    assert series.add(4, 20, 21, is_sum=True)  # another process begins anew
    assert series.add(6, 20, 22, is_sum=True)
    assert series.total == 15
    assert series.add(1, 20, 23, is_sum=True)  # fell back without a new start: it began anew as well
    assert series.total == 16


def test_what_was_added_since() -> None:
    series = Series(0)
    for value, at in ((5, 11), (4, 12), (4, 12), (5, 11)):
        series.add(value, at - 1, at, is_sum=False)
    assert series.total == 9


def test_of_metrics_and_records_the_one_that_saw_more() -> None:
    account = Account("claude", "s")
    for kind, value in (("input", 100.0), ("output", 10.0)):
        account.point(f"tokens.{kind}", value, {"type": kind}, 1, 2, is_sum=True)
    assert account.measured().usage == Usage(100, 10, 0, 0)
    account.count("tokens.input", 60)
    assert account.measured().usage == Usage(100, 10, 0, 0)
    account.count("tokens.input", 90)
    assert account.measured().usage == Usage(150, 0, 0, 0)


def test_input_with_the_cache_in_it() -> None:
    account = Account("codex", "s")
    account.count("tokens.all_input", 100)
    account.count("tokens.cache_read", 80)
    assert account.measured().usage == Usage(20, 0, 80, 0)


def test_a_record_that_comes_again() -> None:
    account = Account("codex", "s")
    assert account.is_new("a", 1)
    assert not account.is_new("a", 1)
    for number in range(5_000):
        account.is_new("b", number)
    assert len(account.seen) <= 4_000
    assert account.events == 5_001


def test_nothing_grows_without_end() -> None:
    account = Account("claude", "s")
    for number in range(3_000):
        account.point("cost", 1, {"x": number}, 1, 2, is_sum=True)
        account.tool(f"t{number}", failed=False)
    assert len(account.series) == 2_000
    assert len(account.tools) == 500
