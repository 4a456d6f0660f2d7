"""A clone with nothing but fetched anchors tells of colleagues' sessions; a lost index changes nothing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from . import story
from .conftest import Person


@pytest.fixture
def clone(person: Person, tmp_path: Path) -> Path:
    """What another machine has after a clone and a fetch."""
    remote, there = tmp_path / "remote.git", tmp_path / "there"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], env=person.env, check=True)
    person.git("remote", "add", "origin", str(remote))
    story.session(person, "s1", "add a greeting")
    story.commit(person)
    story.write(person, "more.py", "x\ny\n", session_id="s1", turn_id="s1-t1", model="m-1")
    second = story.commit(person)
    person.git("push", "-q", "origin", "main")
    person.byline("sync", "--push")
    subprocess.run(["git", "clone", "-q", str(remote), str(there)], env=person.env, check=True)
    home = tmp_path / "colleague"
    home.mkdir()
    person.env |= {"HOME": str(home), "BYLINE_DATA_DIR": str(home / "data"), "SECOND": second}
    return there


def told(person: Person, cwd: Path, *words: str) -> Any:
    return json.loads(person.byline(*words, "--json", cwd=cwd).stdout)


def test_sessions_of_a_colleague(person: Person, clone: Path) -> None:
    (row,) = told(person, clone, "sessions")
    assert (row["session_id"], row["source"], row["remote"]) == ("s1", "anchor", "origin")
    assert (row["agent"], row["model"], row["status"], row["state"]) == ("m", "m-1", None, None)
    assert sorted(row["files_touched"]) == ["more.py", "s1.py"]
    assert row["commits"][0] == person.env["SECOND"]
    assert len(row["commits"]) == 2
    assert told(person, clone, "sessions", "--file", "more.py") == [row]
    assert told(person, clone, "sessions", "--agent", "other") == []
    assert told(person, clone, "sessions", "--active") == []
    page = told(person, clone, "session", "show", "s1")
    assert (page["source"], page["turns"], page["tool_calls"]) == ("anchor", [], 2)
    shown = person.byline("session", "show", "s1", cwd=clone).stdout
    assert "anchor alone, published to origin; there are no events of it here" in shown
    assert "from origin" in person.byline("sessions", cwd=clone).stdout
    linear = told(person, clone, "session", "show", "s1", "--as", "linear")
    assert (linear["status"], linear["startedAt"], linear["createdAt"]) == (None, None, None)
    assert "tool_failures" not in told(person, clone, "session", "show", "s1", "--as", "oobo")
    for shape in ("mi6", "lore"):  # they require what no anchor tells
        refused = person.byline("session", "show", "s1", "--json", "--as", shape, cwd=clone, code=1)
        assert (refused.stdout, refused.stderr.count("\n")) == ("", 1)
        assert f"--as {shape}" in refused.stderr and "a session that only an anchor names" in refused.stderr


def test_a_colleague_sees_new_lines_where_they_were_written(person: Person, tmp_path: Path) -> None:
    """Put before lines that end alike: git calls others the new ones, and the anchor knows which were."""
    remote, there = tmp_path / "remote.git", tmp_path / "there"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], env=person.env, check=True)
    person.git("remote", "add", "origin", str(remote))
    (person.repository / "f.js").write_text("start();\n}\nend();\n")
    story.commit(person)
    once = "start();\n}\nlog();\nend();\n"
    for session, count, text in (("b", 1, once), ("a", 2, once.replace("end", "}\nlog();\nend"))):
        edits = [{"old_start": 3, "old_lines": 0, "new_start": 3, "new_lines": count}]
        story.write(person, "f.js", text, session_id=session, turn_id=f"{session}-t", edits=edits)
        story.commit(person)
    person.git("push", "-q", "origin", "main")
    person.byline("sync", "--push")
    expected = [None, None, "a", "a", "b", None]
    assert [line["session_id"] for line in told(person, person.repository, "blame", "f.js")["lines"]] == expected
    subprocess.run(["git", "clone", "-q", str(remote), str(there)], env=person.env, check=True)
    person.env |= {"HOME": str(tmp_path / "colleague"), "BYLINE_DATA_DIR": str(tmp_path / "colleague" / "data")}
    assert [line["session_id"] for line in told(person, there, "blame", "f.js")["lines"]] == expected


JS = "it a", "  go", "}", "", "it b", "  run", "}"
MORE = (
    "it a",
    "  go",
    "  {",
    "  }",
    "}",
    "",
    "it c",
    "  c",
    "}",
    "",
    "it b",
    "  run",
    "  d",
    "}",
    "",
    "it e",
    "  e",
    "}",
)


@pytest.mark.parametrize(
    ("old", "new", "edits", "owners"),
    [
        (("a", "run", "}", "z"), ("a", "}", "}", "z"), [(2, 1, 2, 0), (4, 0, 3, 1)], "AABA"),
        (JS, MORE, [(3, 0, 3, 2), (5, 0, 7, 4), (7, 0, 13, 1), (8, 0, 15, 4)], "AABBAABBBBAABABBBB"),
    ],
)
def test_a_colleague_sees_equal_lines_as_each_wrote_them(
    person: Person,
    tmp_path: Path,
    old: tuple[str, ...],
    new: tuple[str, ...],
    edits: list[tuple[int, ...]],
    owners: str,
) -> None:
    """Git calls other ones of the equal lines new, in changes that also take lines out or lie far from each other."""
    remote, there = tmp_path / "remote.git", tmp_path / "there"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], env=person.env, check=True)
    person.git("remote", "add", "origin", str(remote))
    told_edits = [
        dict(zip(("old_start", "old_lines", "new_start", "new_lines"), edit, strict=True)) for edit in edits
    ]
    story.write(person, "f.js", "\n".join((*old, "")), session_id="A", turn_id="A-t")
    story.commit(person)
    story.write(person, "f.js", "\n".join((*new, "")), session_id="B", turn_id="B-t", edits=told_edits)
    second = story.commit(person)
    person.git("push", "-q", "origin", "main")
    person.byline("sync", "--push")
    assert [line["session_id"] for line in told(person, person.repository, "blame", "f.js")["lines"]] == [*owners]
    shown = told(person, person.repository, "anchor", "show", second)
    assert [link["session_id"] for link in shown["sessions"]] == ["B"]
    subprocess.run(["git", "clone", "-q", str(remote), str(there)], env=person.env, check=True)
    person.env |= {"HOME": str(tmp_path / "colleague"), "BYLINE_DATA_DIR": str(tmp_path / "colleague" / "data")}
    assert [line["session_id"] for line in told(person, there, "blame", "f.js")["lines"]] == [*owners]


def test_a_colleague_sees_the_same_change_of_two_as_each_made_it(person: Person, tmp_path: Path) -> None:
    """Two anchors tell of two commits with the same change: neither is the other's source."""
    remote, there = tmp_path / "remote.git", tmp_path / "there"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], env=person.env, check=True)
    person.git("remote", "add", "origin", str(remote))
    (person.repository / "f.txt").write_text("a\nb\nc\n")
    start = story.commit(person)
    for branch, session in (("one", "a"), ("two", "b")):
        person.git("checkout", "-q", "-b", branch, start)
        story.write(person, "f.txt", "a\nsame line\nb\nc\n", session_id=session, turn_id=f"{session}-t")
        story.write(person, f"{session}.txt", "other\n", session_id=session, turn_id=f"{session}-t")
        story.commit(person)
    person.git("push", "-q", "origin", "one", "two")
    person.byline("sync", "--push")
    subprocess.run(["git", "clone", "-q", "-b", "one", str(remote), str(there)], env=person.env, check=True)
    person.env |= {"HOME": str(tmp_path / "colleague"), "BYLINE_DATA_DIR": str(tmp_path / "colleague" / "data")}
    for rev, session in (("origin/one", "a"), ("origin/two", "b")):
        lines = told(person, there, "blame", "f.txt", "--rev", rev)["lines"]
        assert [line["session_id"] for line in lines] == [None, session, None, None]


def test_a_colleague_amends_what_was_anchored(person: Person, clone: Path) -> None:
    """The anchor is of a commit that nothing leads to any more; what it brought is still known."""
    story.write(person, "more.py", "x\ny\nz\n", cwd=clone, session_id="c", turn_id="c-t")
    env = {**person.env, "GIT_AUTHOR_NAME": "Cy", "GIT_COMMITTER_NAME": "Cy", "GIT_COMMITTER_EMAIL": "cy@x"}
    subprocess.run(["git", "commit", "-qa", "--amend", "-m", "more"], cwd=clone, env=env, check=True)
    for rev in ([], ["--rev", "HEAD"]):
        lines = told(person, clone, "blame", "more.py", *rev)["lines"]
        assert [line["session_id"] for line in lines] == ["s1", "s1", "c"]


def test_search_and_diff_know_what_anchors_tell(person: Person, clone: Path) -> None:
    hits = told(person, clone, "search", "more")["hits"]
    assert [(hit["kind"], hit["session_id"]) for hit in hits] == [("file", "s1")]
    assert told(person, clone, "search", "greeting")["hits"] == []
    (file,) = told(person, clone, "diff", "HEAD~1..HEAD")["files"]
    assert file["added"] == {"session": 2, "human": 0, "unknown": 0}
    assert told(person, clone, "stats", "HEAD~1..HEAD")["by_agent"]["m"]["added"] == 2
    assert told(person, clone, "blame", "more.py")["lines"][0]["session_id"] == "s1"


def test_ones_own_events_stand_above_anchors(person: Person) -> None:
    story.session(person, "s1", "add a greeting")
    story.commit(person)
    person.byline("sync")
    (row,) = told(person, person.repository, "sessions")
    assert (row["source"], row["remote"], row["prompt"]) == ("events", None, "add a greeting")


def test_a_lost_index_changes_no_answer(person: Person) -> None:
    """Deleted, or full of rubbish, before each question."""
    transcript = person.home / "t.jsonl"
    transcript.write_text("")
    story.session(person, "s1", "add a greeting", transcript_path=str(transcript))
    story.commit(person)
    story.session(person, "s2", "and a farewell", parent_session_id="s1", subagent_type="explore")
    person.byline("sync")
    questions = [("sessions",), ("session", "show", "s2"), ("search", "gre"), ("blame", "s1.py"), ("stats", "HEAD"),
                 ("diff",), ("anchors",)]  # fmt: skip
    warm = {words: told(person, person.repository, *words) for words in questions}
    for words, answer in warm.items():
        for rubbish in (None, b"rubbish" * 1000):
            for file in person.store.glob("index.db*"):
                file.unlink()
            if rubbish:
                (person.store / "index.db").write_bytes(rubbish)
            assert told(person, person.repository, *words) == answer, words


def _git(person: Person, cwd: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=cwd, env=person.env, check=True, capture_output=True)


@pytest.mark.parametrize(
    "moves",
    [
        [("cherry-pick", "side")],
        [("checkout", "-q", "side"), ("rebase", "-q", "main")],
        [("merge", "-q", "--squash", "side"), ("commit", "-q", "-m", "squashed")],
    ],
    ids=["cherry-pick", "rebase", "squash"],
)
def test_a_reviewer_who_moves_described_commits_keeps_their_owners(
    person: Person, clone: Path, tmp_path: Path, moves: list[tuple[str, ...]]
) -> None:
    """In a clone where no session ever ran. Whoever clones later knows them, too, and nothing of what is nobody's."""
    person.byline("fetch", cwd=clone)
    _git(person, clone, "config", "user.email", "reviewer@example.org")
    _git(person, clone, "config", "user.name", "reviewer")
    _git(person, clone, "branch", "side")
    _git(person, clone, "reset", "-q", "--hard", "HEAD~1")
    (clone / "own.txt").write_text("mine\n")
    _git(person, clone, "add", "-A")
    _git(person, clone, "commit", "-q", "-m", "own")
    for words in moves:
        _git(person, clone, *words)
    lines = told(person, clone, "blame", "more.py")["lines"]
    assert [(line["session_id"], line["source"].split(":")[0]) for line in lines] == [("s1", "anchor")] * 2
    assert [(line["agent"], line["model"], line["turn_id"]) for line in lines] == [("m", "m-1", "s1-t1")] * 2
    assert told(person, clone, "blame", "own.txt")["lines"][0]["owner"] == "unknown"
    _git(person, clone, "push", "-q", "-f", "origin", "HEAD:refs/heads/moved")
    assert told(person, clone, "push")["pushed"]
    later, remote = tmp_path / "later", str(tmp_path / "remote.git")
    subprocess.run(["git", "clone", "-q", "-b", "moved", remote, str(later)], env=person.env, check=True)
    lines = told(person, later, "blame", "more.py")["lines"]
    assert [(one["session_id"], one["agent"], one["model"], one["turn_id"]) for one in lines] == [
        ("s1", "m", "m-1", "s1-t1")
    ] * 2
    (moved,) = {line["origin_sha"] for line in lines}
    (link,) = told(person, later, "anchor", "show", moved)["sessions"]
    assert (link["session_id"], link["files_touched"], link["tool_calls"]) == ("s1", ["more.py"], 2)
    own = told(person, later, "blame", "own.txt")["lines"][0]["origin_sha"]
    assert own not in [row["sha"] for row in told(person, later, "anchors")]
    assert told(person, clone, "sync")["examined"] == 0


def test_who_has_nothing_to_push_learns_what_others_pushed(person: Person, clone: Path) -> None:
    """A clone that is older than the anchors on its remote."""
    person.git("-C", str(clone), "update-ref", "-d", "refs/remotes/origin/byline/anchors/v1")
    assert told(person, clone, "blame", "more.py")["lines"][0]["session_id"] is None
    done = told(person, clone, "push")
    assert (done["pushed"], done["received"], done["tip"]) == (False, True, None)
    assert told(person, clone, "blame", "more.py")["lines"][0]["session_id"] == "s1"
    assert "those of origin are here" in person.byline("push", cwd=clone).stdout


def test_a_described_commit_that_becomes_the_first_of_a_branch_is_anchored(person: Person, clone: Path) -> None:
    """By who has no events: it has no parent to look behind."""
    _git(person, clone, "config", "user.email", "reviewer@example.org")
    _git(person, clone, "config", "user.name", "reviewer")
    _git(person, clone, "checkout", "-q", "--orphan", "alone")
    _git(person, clone, "rm", "-rfq", ".")
    _git(person, clone, "cherry-pick", "origin/main")
    assert told(person, clone, "sync")["anchored"] == 1
    assert [line["session_id"] for line in told(person, clone, "blame", "more.py")["lines"]] == ["s1", "s1"]
