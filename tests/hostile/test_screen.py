"""What agents and repositories say, printed by every command: nothing steers a terminal or turns text round."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.server.words import Style
from gitrepo import Repo
from hookrun import generic
from hostile.command import byline, crashes

EVIL = (
    "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\u200f\r\n\x08\x00[x](command:evil) <img src=x onerror=1> `a`"
)
SESSION = "s1\x1b[31m\u202e"
NAME = "ev\x1b[31mil\u202e.py"
LINES = (
    *("blame NAME", "blame --json NAME", "blame --rev HEAD NAME", "blame NOTHING", "blame --rev BAD NAME", "status"),
    *("status --json", "sessions", "sessions --json", "session show SESSION", "session show SESSION --json"),
    *(
        "search pwned",
        "search pwned --json",
        "search BAD",
        "stats",
        "stats --json",
        "diff",
        "diff --json",
        "diff BAD",
    ),
    *(
        "report",
        "sync",
        "anchors",
        "anchors --json",
        "anchor show HEAD",
        "anchor show HEAD --json",
        "anchor show BAD",
    ),
    *("export --format ndjson", "export --format agent-trace", "doctor", "doctor --json", "projects", "import"),
    *("projects --json", "settings", "settings set BAD x", "gc --dry-run", "forget SESSION --dry-run", "goto BAD"),
    *("session show BAD", "BAD", "correct NAME:1 --owner human", "reindex"),
)
PLACES = {"NAME": NAME, "SESSION": SESSION, "BAD": "x\x1b[31m\u202e", "NOTHING": "no\x1b[31msuch\u202e.py"}
COMMANDS = [[PLACES.get(word, word.replace("NAME", NAME)) for word in line.split(" ")] for line in LINES]
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.fixture
def told(repo: Callable[..., Repo]) -> Repo:
    """A repository in which every name, id and text is meant to harm."""
    made = repo("re\x1b[31mpo\u202e")
    made.commit("zero", {"a.txt": "x\n"})
    made.run("checkout", "-q", "-b", "br\u202eanch")
    common: dict[str, Any] = {
        "session_id": SESSION,
        "agent": f"ag{EVIL}",
        "model": EVIL,
        "turn_id": EVIL,
        "agent_version": EVIL,
    }
    generic(made.path, "session_start", **common, transcript_path=f"/x/{EVIL}")
    generic(made.path, "prompt", **common, prompt=EVIL)
    generic(made.path, "pre_shell", **common, command=EVIL, call_id="c0")
    generic(made.path, "shell", **common, command=EVIL, call_id="c0", tool=EVIL)
    generic(made.path, "pre_write", **common, path=NAME, call_id="c1", tool=EVIL)
    made.write(NAME, "one " + EVIL.replace("\0", "") + "\ntwo\n")
    generic(made.path, "write", **common, path=NAME, call_id="c1", tool=EVIL)
    generic(made.path, "write_failed", **common, path=NAME, call_id="c2", tool=EVIL, reason=EVIL)
    generic(made.path, "wait", **common, wait_reason=EVIL)
    generic(made.path, "turn_end", **common)
    made.run("add", "-A")
    hostile = {"GIT_AUTHOR_NAME": "Ad\x1b[31ma\u202e", "GIT_COMMITTER_NAME": "Ad\x1b[31ma\u202e"}
    made.run("commit", "-q", "-m", EVIL.replace("\0", ""), env=hostile)
    return made


def _coloured(text: str) -> str:
    """`text` without what rich writes for colours and progress of ours; of EVIL's, none may be there at all."""
    return re.sub(r"\x1b\[\??(?:\d{1,3};?)*[A-Zmlh]|\r", "", text)


@pytest.mark.parametrize("is_terminal", [False, True])
def test_no_command_prints_what_steers_a_terminal(
    told: Repo, monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool
) -> None:
    wrong = {}
    for words in COMMANDS:
        try:
            code, out, err = byline(monkeypatch, told.path, *words, is_terminal=is_terminal)
        except SystemExit:
            continue
        assert code in (0, 1, 2), words
        assert not crashes(), (words, err)
        shown = out + err
        assert "\x1b[31m\u202e" not in shown and "\x1b]" not in shown and "\x1b[2J" not in shown
        shown = _coloured(shown) if is_terminal else shown
        bad = {letter for letter in shown if (letter < " " and letter != "\n") or "\x7f" <= letter < "\xa0"}
        bad |= BIDI & set(shown)
        if bad:
            wrong[" ".join(words)] = sorted(bad)
        if "--json" in words and code == 0:
            json.loads(out)
            if not out.isascii():
                wrong[" ".join(words)] = ["not ASCII"]
    assert wrong == {}


def test_markdown_of_the_report_has_no_markup_of_others(told: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    _, out, _ = byline(monkeypatch, told.path, "report")
    assert "x](command:" not in out and not re.search(r"(?<!\\)<img", out)


def test_hover_and_page_have_no_markup_of_others() -> None:
    style = Style(markdown=True)
    for shown in (style.text(EVIL), style.code(EVIL)):
        assert "\\](command:" in shown or shown.startswith("`")
        assert not BIDI & set(shown) and "\x1b" not in shown
    assert "\\<img" in style.text(EVIL)
    assert style.code("a`b``c").count("```") >= 2 or "`" not in style.code("a`b``c").strip("`")


@pytest.mark.parametrize(
    "session", ["../../x", "/etc/x", "CON", "a" * 10_000, "x\0y", "..", ".", "a/../../b", "\\..\\x", "%2e%2e/x"]
)
def test_an_id_is_never_a_file_name(
    repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch, session: str, tmp_path: Path, home: Path
) -> None:
    made = repo()
    made.commit("zero", {"a.txt": "x\n"})
    common: dict[str, Any] = {"session_id": session, "turn_id": session, "call_id": session, "agent": "codex"}
    generic(made.path, "session_start", **common)
    generic(made.path, "prompt", prompt="x", **common)
    generic(made.path, "pre_write", path="a.txt", **common)
    made.write("a.txt", "y\n")
    generic(made.path, "write", path="a.txt", **common)
    generic(made.path, "turn_end", **common)
    made.commit("one")
    before = set(_files(tmp_path)) | set(_files(home))
    for words in (
        ("sync",),
        ("session", "show", session.replace("\0", "")),
        ("anchor", "show", "HEAD"),
        ("forget", session),
    ):
        if "\0" not in "".join(words):
            byline(monkeypatch, made.path, *words)
    assert not crashes()
    new = (set(_files(tmp_path)) | set(_files(home))) - before
    allowed = (made.path / ".git", home)
    assert not [path for path in new if not any(path.is_relative_to(folder) for folder in allowed)]
    assert not [path for path in new if ".." in path.parts or path.name in ("CON", "x", "b")]


def _files(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


@pytest.mark.parametrize("line", ["blame NAME", "correct NAME:1 --owner human", "diff -- NAME"])
def test_a_name_that_no_file_can_have(repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    made = repo()
    made.commit("zero", {"a.txt": "x\n"})
    for name in ("a" * 5000, "a/" * 3000):
        try:
            code, _, err = byline(monkeypatch, made.path, *line.replace("NAME", name).split())
        except SystemExit:
            continue
        assert code in (0, 1, 2), err
        assert not crashes(), err
