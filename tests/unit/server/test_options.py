"""Settings that cannot fail."""

from typing import Any

import pytest

from byline.server.options import HoverOptions, Options, read_options


def test_nothing_given_is_the_defaults() -> None:
    assert read_options(None) == (Options(), [])
    assert read_options({}) == (Options(), [])


def test_values_are_taken_and_unknown_keys_told() -> None:
    given = {"hover": {"unknown": "committer", "later": 1}, "commandLinks": True, "other": [], "labels": False}
    options, wrong = read_options(given)
    assert options == Options(hover=HoverOptions(unknown="committer"), command_links=True)
    assert sorted(wrong) == [
        "byline.hover.later ignored: there is no such setting",
        "byline.other ignored: there is no such setting",
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"hover": {"unknown": "x"}}, "byline.hover.unknown ignored"),
        ({"recordSaves": "yes"}, "byline.recordSaves ignored"),
        ({"hover": 3}, "byline.hover must be an object"),
        ([1], "byline must be an object"),
    ],
)
def test_a_wrong_value_is_told_and_replaced(given: Any, told: str) -> None:
    options, wrong = read_options(given)
    assert options == Options()
    assert len(wrong) == 1
    assert wrong[0].startswith(told)


def test_later_settings_are_laid_over_earlier_ones() -> None:
    first, _ = read_options({"draws": True, "hover": {"enabled": False}})
    second, _ = read_options({"hover": {"unknown": "committer"}, "draws": None}, first)
    assert second == Options(draws=True, hover=HoverOptions(enabled=False, unknown="committer"))
