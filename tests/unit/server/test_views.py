"""Hover, lens, hints, actions, ranges and pages: values in, texts out."""

from typing import Any

import msgspec
import pytest
from lsprotocol import types

from byline.model import Attribution, Commit, FileAttribution, PreviousOwner, Read, Session, Turn
from byline.server import hints, lens, page, ranges
from byline.server.actions import actions, wanted
from byline.server.documents import Document
from byline.server.facts import Run, Summary, runs, summarise
from byline.server.filepage import Entry, file_page
from byline.server.hover import headline, hover_text
from byline.server.lines import Text
from byline.server.pagewords import Sheet, moment
from byline.server.sessionpage import Course, session_page
from byline.server.shift import Owners
from byline.server.words import Style
from byline.sessions.facts import Facts
from byline.sessions.lineturns import prompt_of
from byline.sessions.shortids import ShortIds

HOUR = 3600 * 10**9
NOW = 1_000_000 * HOUR
MARKDOWN, PLAIN = Style(markdown=True), Style(markdown=False)

AI = Attribution(
    line=0,
    owner="session",
    reason="write by Edit",
    session_id="s1",
    agent="claude",
    model="claude-sonnet-4-5",
    tool="Edit",
    turn_id="t2",
    evidence="e9",
    at=NOW - 3 * HOUR,
    state="uncommitted",
)
HUMAN = Attribution(line=1, owner="human", reason="saved in the editor", at=NOW - 2 * HOUR)
UNKNOWN = Attribution(line=2, owner="unknown", reason="no evidence", commit="c" * 40)
COMMIT = Commit("c" * 40, "Ada *L*", "a@x", (NOW - 48 * HOUR) // 10**9, 0, "first <b>commit</b>")
SESSION = Session(
    id="s1",
    agent="claude",
    turns=(Turn("t1", "start", NOW - 9 * HOUR), Turn("t2", "add retry to the client", NOW - 4 * HOUR)),
)


def answer(*lines: Attribution, sessions: dict[str, Session] | None = None, **more: Any) -> FileAttribution:
    known = {"s1": SESSION} if sessions is None else sessions
    return FileAttribution("a.py", b"", lines, {COMMIT.id: COMMIT}, known, revision="c" * 40, **more)


def change(line: Attribution, **fields: Any) -> Attribution:
    return msgspec.structs.replace(line, **fields)


def prompted(text: str) -> dict[str, Session]:
    return {"s1": msgspec.structs.replace(SESSION, turns=(Turn("t2", text, NOW - 4 * HOUR),))}


def test_the_first_line_says_it_all() -> None:
    text = hover_text(AI, answer(AI), 0, NOW, PLAIN)
    assert text == (
        'claude · sonnet-4.5 · 3 h ago · "add retry to the client"\n'
        "session s1 · turn 2 · tool Edit\n"
        "not committed yet\n"
        "known from: write by Edit · event e9"
    )


def test_markdown_has_the_same_first_line() -> None:
    text = hover_text(AI, answer(AI), 0, NOW, MARKDOWN)
    assert text is not None
    assert text.splitlines()[:3] == [
        'claude · sonnet-4.5 · 3 h ago · "add retry to the client"',
        "",
        "- session `s1` · turn 2 · tool `Edit`",
    ]


def test_a_human_line() -> None:
    text = hover_text(HUMAN, answer(HUMAN), 1, NOW, PLAIN)
    assert text is not None
    assert text.splitlines()[0] == "human · 2 h ago · saved in the editor"


def test_nothing_is_said_of_a_line_nobody_knows() -> None:
    assert hover_text(UNKNOWN, answer(UNKNOWN), 2, NOW, PLAIN) is None


def test_the_committer_is_named_as_committer_when_wished() -> None:
    text = hover_text(UNKNOWN, answer(UNKNOWN), 2, NOW, MARKDOWN, committer=True)
    assert text is not None
    assert text.splitlines()[0] == r"unknown · committed by Ada \*L\* · 2 d ago"


def test_an_unknown_line_with_a_history_tells_it() -> None:
    line = change(
        UNKNOWN, reason="changed on disk", previous=(PreviousOwner("session", "s1", "claude", "write", NOW),)
    )
    text = hover_text(line, answer(line), 2, NOW, PLAIN)
    assert text is not None
    assert text.splitlines()[0] == "unknown · changed on disk"
    assert "before: claude · session s1 · just now · write" in text


def test_commit_readers_and_source() -> None:
    line = change(AI, state="committed", commit=COMMIT.id, source="anchor", turn_id=None, at=None)
    reads = (
        Read("s2", NOW - HOUR, 1, 5),
        Read("s1", NOW - HOUR),
        Read("s3", NOW - HOUR, 7, 9),
        Read("s2", NOW - 5 * HOUR),
    )
    sessions = {"s1": Session(id="s1", agent="claude"), "s2": Session(id="s2", agent="codex")}
    text = hover_text(line, answer(line, sessions=sessions, reads=reads), 0, NOW, MARKDOWN)
    assert text is not None
    assert r"commit `cccccccc` first \<b\>commit\</b\> · Ada \*L\* · 2 d ago" in text
    assert "kept in anchor" in text
    fetched = change(line, source="anchor:origin")
    assert "published in anchor:origin" in str(hover_text(fetched, answer(line), 0, NOW, MARKDOWN))
    assert "the prompt is not shared" in text
    assert "read by codex `s2` 1 h ago" in text
    assert "s3" not in text


@pytest.mark.parametrize(
    "prompt",
    [
        "x](command:workbench.action.quit) <img src=x onerror=alert(1)>\n# big\n---\n| a | b |",
        "```\nfence",
        "<script>alert(1)</script> https://evil.example www.evil.example",
        "\u202ereversed \x1b]0;title\x07 \u2066iso",
    ],
)
def test_a_hostile_prompt_stays_one_line_of_text(prompt: str) -> None:
    text = hover_text(AI, answer(AI, sessions=prompted(prompt)), 0, NOW, MARKDOWN)
    assert text is not None
    first = text.splitlines()[0]
    assert first.startswith('claude · sonnet-4.5 · 3 h ago · "')
    assert first.endswith('"')
    bare = first.replace("\\\\", "")
    for mark in "<>`[]#|*":
        assert all(bare[i - 1] == "\\" for i, char in enumerate(bare) if char == mark), first
    assert "://" not in first.replace("\\://", "")
    assert not any(ord(char) < 32 or char in "\u202e\u2066" for char in first)


def test_a_long_prompt_is_cut_at_80() -> None:
    first = headline(AI, answer(AI, sessions=prompted("word " * 100)), NOW, PLAIN)
    assert first is not None
    quoted = first.split('"')[1]
    assert len(quoted) <= 80
    assert quoted.endswith("…")


def test_a_subagents_prompt_may_be_its_parents() -> None:
    child = Session(id="s1/a", agent="claude", parent_session_id="s1", subagent_type="Explore")
    line = change(AI, session_id="s1/a", parent_session_id="s1")
    sessions = {"s1": SESSION, "s1/a": child}
    assert prompt_of(line, sessions) == "add retry to the client"
    assert headline(line, answer(line, sessions=sessions), NOW, PLAIN) == (
        'claude (Explore) · sonnet-4.5 · 3 h ago · "add retry to the client"'
    )


def test_without_a_turn_id_the_last_prompt_before_the_line_is_meant() -> None:
    assert prompt_of(change(AI, turn_id=None, at=NOW - 8 * HOUR), {"s1": SESSION}) == "start"
    assert prompt_of(change(AI, turn_id="t9"), {"s1": SESSION}) is None


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        (Summary(42, 120, ("claude", "cursor")), "Show AI lines (42 of 120 · 35% · claude, cursor)"),
        (Summary(1, 5000, ("a", "b", "c", "d")), "Show AI lines (1 of 5000 · 1% · a, b, c, …)"),
        (Summary(999, 1000, ("a",)), "Show AI lines (999 of 1000 · 99% · a)"),
        (Summary(7, 7, ("a",)), "Show AI lines (7 of 7 · 100% · a)"),
        (Summary(0, 7, ()), "Show AI lines (0 of 7 · 0%)"),
    ],
)
def test_lens_title(summary: Summary, title: str) -> None:
    assert lens.title(summary, shown=False) == title
    assert lens.title(summary, shown=True) == title.replace("Show", "Hide")


def test_runs_and_summary() -> None:
    lines = [AI, AI, change(AI, turn_id="t3"), HUMAN, UNKNOWN, AI]
    assert [(run.start, run.end) for run in runs(lines)] == [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
    assert summarise(lines) == Summary(4, 6, ("claude",))
    assert list(runs([])) == []


def test_one_hint_a_run_on_its_first_line_with_text() -> None:
    text = Text("\n  😀 code\nmore\n\n\n")
    lines = [AI, AI, AI, HUMAN, AI]
    found = list(hints.marks(runs(lines), text))
    assert [mark.line for mark in found] == [1]
    made = hints.hints(found, answer(*lines), text, "utf-16", NOW, MARKDOWN)
    assert [(hint.position.line, hint.position.character) for hint in made] == [(1, 9)]
    label = made[0].label
    assert isinstance(label, str)
    assert label == 'claude "add retry to the cli…"'
    assert made[0].kind is None
    assert isinstance(made[0].tooltip, types.MarkupContent)


@pytest.mark.parametrize("agent", ["a", "claude", "an agent with an endless name indeed"])
def test_a_label_has_at_most_30_characters(agent: str) -> None:
    line = change(AI, agent=agent)
    assert 0 < len(hints.label(Run(0, 1, line), answer(line, sessions=prompted("word " * 30)))) <= 30


def test_diagnostics_are_hints_on_the_text_of_the_line() -> None:
    text = Text("    code()\n")
    found = list(hints.marks(runs([AI]), text))
    (made,) = hints.diagnostics(found, answer(AI), text, "utf-16", NOW)
    assert made.severity == types.DiagnosticSeverity.Hint
    assert (made.range.start.character, made.range.end.character) == (4, 10)
    assert made.message == 'claude · sonnet-4.5 · 3 h ago · "add retry to the client"'


def test_ranges_cover_all_lines() -> None:
    owners = Owners()
    owners.items = [AI, AI, HUMAN]
    got = ranges.attribution(
        "file:///a", 3, Text("a\nb\nc\n"), owners, answer(*owners.items), summarise(owners.items)
    )
    assert [(r["start"], r["end"], r["owner"], r["prompt"]) for r in got["ranges"]] == [
        (0, 2, "session", "add retry to the client"),
        (2, 3, "human", None),
    ]
    assert got["ranges"][0]["color_key"] == ranges.color_key("s1")
    assert got["ranges"][1]["color_key"] is None
    assert got["summary"] == {"ai_lines": 2, "lines": 3, "percent": 67, "agents": ["claude"], "unreviewed": None}
    assert set(got["sessions"]) == {"s1"}


def document(text: str, *owners: Attribution) -> Document:
    made = Document(types.TextDocumentItem(uri="file:///tmp/a.py", language_id="python", version=1, text=text))
    made.owners.land(made.owners.begin(), owners)
    return made


def at(line: int, end: int | None = None) -> types.Range:
    return types.Range(types.Position(line, 0), types.Position(line if end is None else end, 0))


@pytest.mark.parametrize(
    ("only", "asked"),
    [
        (None, True),
        ([], True),
        (["source"], True),
        (["source.byline"], True),
        (["source.bylin"], False),
        (["quickfix"], False),
        (["source.organizeImports"], False),
    ],
)
def test_kinds_of_actions(only: list[str] | None, asked: bool) -> None:
    assert wanted(only) is asked


def test_actions_only_where_there_are_ai_lines() -> None:
    assert actions(document("a\n", HUMAN), at(0), literals=True) == []
    titles = [each.title for each in actions(document("a\nb\n", AI, HUMAN), at(1), literals=True)]
    assert titles == ["Show AI lines", "Show this file's sessions", "Mark the whole file as reviewed"]


def test_a_selection_of_ai_lines_can_be_claimed() -> None:
    found = actions(document("a\nb\nc\n", AI, AI, HUMAN), at(0, 2), literals=False)
    claim = next(each for each in found if each.title == "I wrote the selected lines")
    assert isinstance(claim, types.Command)
    assert claim.arguments == ["file:///tmp/a.py", 1, 2, "human"]


def test_addresses_of_pages_survive_decoding() -> None:
    for id in ("s1", "a/b c", "ü?#%2F"):
        assert page.read_uri(page.session_uri(id)) == ("session", id)
    assert page.read_uri("byline:/session/a/b.md") == ("session", "a/b")
    assert page.read_uri(page.file_uri("file:///a%20b.py")) == ("file", "file:///a%20b.py")
    assert page.read_uri("file:///session/x") is None
    assert page.read_uri("byline:/session/") is None


def test_a_page_shows_prompts_in_full_as_text() -> None:
    one = Facts(session_id="s1", agent="claude", turns=(Turn("t1", "# do\n<b>this</b>\n\nand that", NOW),))
    text = session_page(one, [Facts(session_id="s1/x", agent="claude", parent_session_id="s1")], {})
    assert r"> \# do" in text
    assert r"> \<b\>this\</b\>" in text
    assert "> and that" in text
    assert "## Subagents" in text


def test_a_page_tells_how_the_work_stands_and_who_dismissed_it() -> None:
    one = Facts(session_id="s1", agent="claude", status="idle", dismissed_at=NOW, dismissed_by="ada *l*")
    text = session_page(one, [], {}, Course(state="awaitingInput"))
    assert "- state: awaitingInput · idle\n" in text
    assert rf"- dismissed: {moment(NOW)} by ada \*l\*" in text
    assert "dismissed" not in session_page(Facts(session_id="s1", agent="claude"), [], {})


def test_a_page_names_sessions_by_as_much_as_tells_them_apart() -> None:
    twins = ["0123456789abc-one", "0123456789abc-two"]
    entries = [Entry(NOW, "claude", id, "wrote", 1, None) for id in twins]
    text = file_page("a.py", [], 3, entries, Sheet(among=ShortIds(twins)))
    assert "`0123456789abc-o…`" in text
    assert "`0123456789abc-t…`" in text
    child = Facts(session_id=twins[0], agent="x", parent_session_id="s")
    assert "`0123456789ab…`" in session_page(Facts(session_id="s", agent="x"), [child], {})
