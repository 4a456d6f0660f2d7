"""A report as a page: its length, and what it says where there is nothing to say."""

import pytest

from byline.cli import markdown
from byline.cli.reportfacts import Count, File, Report, Session, Unreviewed
from byline.cli.reportpage import LONGEST, page


def report(files: list[File], sessions: list[Session]) -> Report:
    added = Count()
    for file in files:
        added.add(file.added)
    return Report(
        range="main...HEAD", from_="a" * 40, to="b" * 40, commits=1, added=added, deleted=Count(),
        ai_pct=None, unreviewed=sum(one.unreviewed for one in sessions), prompts_shared=True,
        files=files, sessions=sessions,
    )  # fmt: skip


def file(path: str, session: str, places: int) -> File:
    runs = [Unreviewed(2 * k + 1, 2 * k + 1, session) for k in range(places)]
    return File(
        path, None, "A", False, Count(session=places), Count(), Count(session=places), {session: places}, runs
    )


def session(name: str, prompts: list[str]) -> Session:
    return Session(name, "m", None, None, 3, 3, ["a"], None, "events", prompts)


def test_the_longest_page_is_cut_and_says_so() -> None:
    many = [file(f"{'folder/' * 25}{number}.py", f"s{number}", 40) for number in range(1000)]
    text = page(report(many, [session(f"s{number}", ["word " * 90] * 9) for number in range(90)]))
    assert LONGEST - 1000 < len(text) <= LONGEST
    assert "… and 900 more files" in text
    assert "cut off here" in text
    assert text.count("<details>") == text.count("</details>")


def test_no_change_and_no_session_are_said() -> None:
    text = page(report([], []))
    assert "0 lines added, 0 deleted in 0 files." in text
    assert "No session of an agent is known to be behind it." in text
    assert "%" not in text


def test_reviewed_work_is_said_too() -> None:
    done = report([file("a.py", "s1", 0)], [])
    done.files[0].added.session = done.added.session = 4
    assert "All lines of agents are marked as reviewed." in page(done)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("add retry to the client", "add retry to the client"),
        ("a_b *c* `d` [e](f)", "a\\_b \\*c\\* \\`d\\` \\[e\\](f)"),
        ("1 < 2 && x", "1 &lt; 2 &amp;&amp; x"),
        ("two\nlines\x1b[0m", "two lines\\\\x1b\\[0m"),
        ("ask @all, fix #1", "ask @\u2060all, fix #\u20601"),
        ("http://e.org www.e.org GH-7 a@b.org", "http:\u2060//e.org www\u2060.e.org GH-\u20607 a@\u2060b.org"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_words_of_strangers(words: str, shown: str) -> None:
    assert markdown.text(words) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("src/__init__.py", "`src/__init__.py`"),
        ("a`b", "<code>a\\`b</code>"),
        ("a|b", "<code>a\\|b</code>"),
        ("<b>@all", "<code>&lt;b&gt;@\u2060all</code>"),
        (" a", "<code>a</code>"),
        ("a\nb", "<code>a\\\\nb</code>"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert markdown.code(name) == shown
