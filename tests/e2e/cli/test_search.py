"""`byline search` finds prompts, summaries, files and commits by their words."""

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from . import story
from .conftest import ROOT, Person


def search(person: Person, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("search", "--json", *words).stdout)
    return found


def kinds(person: Person, *words: str) -> list[tuple[str, str | None]]:
    return [(hit["kind"], hit["session_id"]) for hit in search(person, *words)["hits"]]


def test_what_is_found(person: Person) -> None:
    story.session(person, "s1", "add a retry to the client")
    story.session(person, "s2", "retries are not enough")
    sha = story.commit(person, "retry: three times")
    told = search(person, "retr")
    assert (told["query"], told["sources"], told["total_hits"]) == ("retr", ["local"], 3)
    assert {(hit["kind"], hit["session_id"]) for hit in told["hits"]} == {
        ("commit", None), ("prompt", "s1"), ("prompt", "s2")}  # fmt: skip
    assert next(hit for hit in told["hits"] if hit["kind"] == "commit")["anchor_sha"] == sha
    assert kinds(person, "retry", "client") == [("prompt", "s1")]  # all words
    assert ("file", "s2") in kinds(person, "s2")
    assert kinds(person, "retr", "--kind", "commit") == [("commit", None)]
    assert {session for _, session in kinds(person, "retr", "--agent", "m")} == {"s1", "s2"}
    assert search(person, "nowhere") == {"query": "nowhere", "sources": ["local"], "total_hits": 0, "hits": []}
    assert search(person, "retr", "-n", "1")["total_hits"] == 3
    assert len(search(person, "retr", "-n", "1")["hits"]) == 1


def test_new_prompts_are_found_and_the_index_may_go(person: Person) -> None:
    story.session(person, "s1", "first thing")
    assert kinds(person, "second") == []
    story.tell(person, "prompt", prompt="second thing")
    assert kinds(person, "second") == [("prompt", "s1")]
    before = search(person, "thing")
    for file in person.store.glob("index.db*"):
        file.unlink()
    assert search(person, "thing") == before
    (person.store / "index.db").write_bytes(b"no database at all, but long enough to look at" * 40)
    assert search(person, "thing") == before
    assert stat.S_IMODE((person.store / "index.db").stat().st_mode) & 0o077 == 0


def test_summaries_come_from_transcripts(person: Person, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "data" / "transcripts" / "claude.jsonl", tmp_path / "t.jsonl")
    story.tell(person, "session_start", agent="claude", transcript_path=str(tmp_path / "t.jsonl"))
    assert kinds(person, "all", "done", "--kind", "summary") == [("summary", "s1")]


@pytest.mark.parametrize("words", [('"',), ("a*b",), ("NOT",), ("(x", "OR"), ("body:x",), ("*",)])
def test_any_text_is_words(person: Person, words: tuple[str, ...]) -> None:
    story.session(person)
    person.byline("search", *words)


def test_for_people_and_times(person: Person) -> None:
    story.session(person, prompt="bad \x1b[31m news")
    said = person.byline("search", "news").stdout
    assert "\x1b" not in said
    assert "bad" in said
    assert "nothing has all" in person.byline("search", "news", "--until", "2020-01-01").stdout
    assert kinds(person, "news", "--since", "1h") == [("prompt", "s1")]
    assert "is no time" in person.byline("search", "x", "--since", "soon", code=2).stderr


def test_times_beyond_every_clock(person: Person) -> None:
    story.session(person, prompt="news")
    for words in (("--until", "9999-12-31"), ("--since", "9999999h"), ("--since", "0001-01-02")):
        assert kinds(person, "news", *words) == [("prompt", "s1")]
    for words in (("--since", "2300-01-01"), ("--until", "9999999h"), ("--until", "1960-01-01")):
        assert kinds(person, "news", *words) == []
    assert "is no time" in person.byline("search", "x", "--since", "9" * 5000 + "h", code=2).stderr
