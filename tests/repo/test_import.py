"""Other tools' data: the same owners line by line, before and after it is taken over; nothing of ours replaced."""

import json
import os
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchorkit import anchor, links
from byline.cli.main import dispatch
from byline.repo.anchors import agenttrace, gitai, limits, names, oobo
from byline.repo.anchors.format import Anchor, FileChange, LineAttribution, LineRange, SessionLink
from byline.repo.anchors.paths import is_file
from byline.repo.anchors.record import NotReadable
from gitrepo import Repo
from story import ForkedHook, story

Run = Callable[..., tuple[int, str, str]]
SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "agenttrace" / "trace-record.schema.json").read_bytes())
AGENTS = {
    "s_0123456789abcd": {"agent_id": {"tool": "claude", "id": "sess-1", "model": "claude-opus-4-5"},
                         "human_author": "Ada <ada@example.org>", "custom_attributes": {"team": "x"}},
    "s_aaaaaaaaaaaaaa": {"agent_id": {"tool": "cursor", "id": "sess-2", "model": "unknown"}, "human_author": None},
}  # fmt: skip


def note(attested: str, **more: Any) -> bytes:
    told = {
        "schema_version": "authorship/3.0.0",
        "git_ai_version": "1.2.3",
        "base_commit_sha": "0" * 40,
        "prompts": {
            "0123456789abcdef": {
                "agent_id": {"tool": "codex", "id": "old-16", "model": "gpt-5"},
                "human_author": None,
                "messages": [{"type": "user", "text": "what was said"}],
                "total_additions": 3,
                "accepted_lines": 2,
            },
            "abcdef1": {"agent_id": {"tool": "gemini", "id": "old-7", "model": "gemini-2.5"}, "human_author": None},
        },
        "sessions": AGENTS,
        "humans": {"h_00000000000000": {"author": "Bob <bob@example.org>"}},
        **more,
    }
    return (attested + "---\n" + json.dumps(told, indent=2)).encode()


ATTESTED = """\
f.txt
  s_0123456789abcd::t_00000000000001 1-4
  h_00000000000000 2
  s_aaaaaaaaaaaaaa 6
  0123456789abcdef 7
  abcdef1 8-9
  s_unknown0000000 10
"a b/ä.txt"
  s_aaaaaaaaaaaaaa::t_00000000000002 2
"""
OWNERS = ["sess-1", "human", "sess-1", "sess-1", None, "sess-2", "old-16", "old-7", "old-7", None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(where: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(where)
        code = dispatch(list(words), os.environ)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def owners(run: Run, made: Repo, path: str = "f.txt") -> list[str | None]:
    lines = json.loads(run(made.path, "blame", "--json", path)[1])["lines"]
    return ["human" if line["owner"] == "human" else line.get("session_id") for line in lines]


@pytest.fixture
def annotated(repo: Callable[..., Repo]) -> Repo:
    made = repo()
    made.commit("first", {"f.txt": "".join(f"line {n}\n" for n in range(10)), "a b/ä.txt": "x\ny\n"})
    made.run("notes", "--ref=ai", "add", "-F", "-", "HEAD", input=note(ATTESTED))
    return made


def test_a_repository_with_notes_shows_their_owners(annotated: Repo, run: Run) -> None:
    assert owners(run, annotated) == OWNERS
    assert owners(run, annotated, "a b/ä.txt") == [None, "sess-2"]
    lines = json.loads(run(annotated.path, "blame", "--json", "f.txt")[1])["lines"]
    assert all("git-ai note" in line["reason"] for line, owner in zip(lines, OWNERS, strict=True) if owner)
    assert [lines[n]["agent"] for n in (0, 5, 6, 7)] == ["claude", "cursor", "codex", "gemini"]


def test_notes_are_taken_over_and_stay_what_they_were(annotated: Repo, run: Run) -> None:
    found = json.loads(run(annotated.path, "import", "--json")[1])["found"]
    assert found == [{"format": "git-ai", "where": "refs/notes/ai", "commits": 1, "new": 1}]
    head = annotated.run("rev-parse", "HEAD")
    dry = json.loads(run(annotated.path, "import", "--format", "git-ai", "--dry-run", "--json")[1])
    assert dry["imported"] == [head] and dry["dry_run"]
    assert annotated.run("for-each-ref", names.BRANCH) == ""
    code, said, _ = run(annotated.path, "import", "--format", "git-ai")
    assert (code, said) == (0, "1 commit imported from git-ai; byline knows 0 commits already\n")
    annotated.run("update-ref", "-d", "refs/notes/ai")
    assert json.loads(run(annotated.path, "import", "--json")[1]) == {"found": []}
    assert owners(run, annotated) == OWNERS
    assert "git-ai note" in run(annotated.path, "blame", "--json", "f.txt")[1]
    stored = annotated.run("show", f"{names.BRANCH}:{head[:2]}/{head[2:]}/metadata.json")
    assert json.loads(stored)["imported_from"] == "git-ai" and "what was said" not in stored
    run(annotated.path, "export", "--format", "git-ai", "--write")
    before, _ = gitai.parse(head, note(ATTESTED))
    written = annotated.run("notes", "--ref=ai", "show", head)
    after, sessions = gitai.parse(head, written.encode())
    assert said_of(after) == said_of(before)
    assert next(one for one in sessions if one.session_id == "sess-1").unknown["git_ai"]["custom_attributes"]["team"]
    annotated.run("fsck", "--strict", "--no-dangling")
    again = json.loads(run(annotated.path, "import", "--format", "git-ai", "--json")[1])
    assert (again["imported"], again["known"]) == ([], 1)


def said_of(anchor: Anchor) -> dict[str, list[tuple[Any, ...]]]:
    """What both formats can say."""
    return {
        change.path: sorted(
            (part.ranges[0].start, tuple((r.start, r.end) for r in part.ranges), part.author, part.session_id or "",
             part.agent or "", part.turn_id or "", part.unknown.get("by", ""))
            for part in change.line_attributions
        )
        for change in anchor.file_changes
        if change.line_attributions
    }  # fmt: skip


NAME = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), min_size=1, max_size=12)


@st.composite
def anchors(draw: st.DrawFn) -> tuple[Anchor, list[SessionLink]]:
    sessions = draw(st.lists(NAME.map(str.strip).filter(bool), min_size=1, max_size=3, unique=True))
    paths = draw(st.lists(NAME.filter(is_file), max_size=3, unique=True))
    changes = []
    for path in sorted(paths):
        found: dict[tuple[str | None, str | None], list[LineRange]] = {}
        line = 1
        for who, turn, size in draw(
            st.lists(st.tuples(st.sampled_from([None, *sessions]), st.sampled_from([None, "t1", "t_00000000000009"]),
                               st.integers(1, 5)), max_size=5)
        ):  # fmt: skip
            key = (who, turn if who else None)
            found.setdefault(key, []).append(LineRange(start=line, end=line + size - 1))
            line += size + 1
        changes.append(
            FileChange(
                path=path,
                added=line,
                deleted=0,
                attribution="mixed",
                line_attributions=tuple(
                    LineAttribution(author="human" if who is None else "ai", ranges=tuple(ranges), session_id=who,
                                    agent="robot" if who else None, turn_id=turn)
                    for (who, turn), ranges in found.items()
                ),
            )
        )  # fmt: skip
    made = anchor(files_changed=tuple(paths), file_changes=tuple(changes), session_ids=tuple(sorted(sessions)))
    return made, list(links(*sorted(sessions)))


@settings(max_examples=80, deadline=None)
@given(anchors())
def test_nothing_that_both_can_say_is_lost(pair: tuple[Anchor, list[SessionLink]]) -> None:
    made, sessions = pair
    wanted = {path: [one[:6] for one in told] for path, told in said_of(made).items()}
    back, _ = gitai.parse(made.commit_hash, gitai.render(made, sessions))
    assert {path: [one[:6] for one in told] for path, told in said_of(back).items()} == wanted
    record = agenttrace.record(made, sessions)
    jsonschema.validate(record, SCHEMA)
    traced = agenttrace.parse(json.dumps(record).encode(), Counter())
    assert {path: [one[:6] for one in told] for path, told in said_of(traced[made.commit_hash][0]).items()} == wanted


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=200))
def test_bytes_that_are_none_are_refused_and_cost_no_neighbour(data: bytes, text: str) -> None:
    """Alone they say nothing; beside what is all right they cost only themselves."""
    with pytest.raises(NotReadable):
        gitai.parse("a" * 40, data)
    good = json.dumps(trace("a" * 40)).encode()
    assert agenttrace.parse(data, Counter()) == {}
    assert agenttrace.parse(data + b"\n" + good, Counter()).keys() == {"a" * 40}
    entry = "f.txt\n  s_aaaaaaaaaaaaaa 1-3\n"
    alone, _ = gitai.parse("a" * 40, note(entry))
    junk = "".join(f"\x01{line}\n" for line in text.split("\n"))  # the name of a file, for all that it matters
    beside, _ = gitai.parse("a" * 40, note(junk + entry + junk))
    assert said_of(alone)["f.txt"] and said_of(beside)["f.txt"] == said_of(alone)["f.txt"]


def trace(commit: str, **more: Any) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "id": str(uuid.UUID(int=5, version=4)),
        "timestamp": "2026-01-23T14:30:00Z",
        "vcs": {"type": "git", "revision": commit},
        "tool": {"name": "cursor", "version": "2.4.0"},
        "files": [
            {
                "path": "f.txt",
                "conversations": [
                    {
                        "url": "https://api.example.org/c/1",
                        "contributor": {"type": "ai", "model_id": "anthropic/claude-opus-4-5"},
                        "ranges": [
                            {"start_line": 1, "end_line": 2},
                            {"start_line": 3, "end_line": 3, "contributor": {"type": "human"}},
                        ],
                    },
                    {"contributor": {"type": "mixed"}, "ranges": [{"start_line": 4, "end_line": 4}]},
                ],
            }
        ],
        **more,
    }


def test_records_of_agent_trace_are_taken_over(repo: Callable[..., Repo], run: Run) -> None:
    made = repo()
    head = made.commit("first", {"f.txt": "".join(f"{n}\n" for n in range(6))})
    bad = [{"version": "1.0"}, trace(head, version="1.0"), trace(head, vcs=None), 7]
    lines = "\n".join(json.dumps(one) for one in [trace(head), trace("f" * 40), *bad])
    made.write(".agent-trace/traces.jsonl", f"{lines}\nno json\n")
    found = json.loads(run(made.path, "import", "--json")[1])["found"]
    assert found == [{"format": "agent-trace", "where": ".agent-trace/traces.jsonl", "commits": 2, "new": 2}]
    told = json.loads(run(made.path, "import", "--format", "agent-trace", "--json")[1])
    assert told["imported"] == [head]
    assert told["skipped"]["a record is not valid"] == 3 and told["skipped"]["a line is no JSON"] == 1
    url = "https://api.example.org/c/1"
    assert owners(run, made) == [url, url, "human", None, None, None]
    assert "Agent Trace record" in run(made.path, "blame", "--json", "f.txt")[1]
    said = run(made.path, "export", "--format", "agent-trace", "--write")
    assert said == (0, "1 record written to .agent-trace/byline.jsonl\n", "")
    jsonschema.validate(json.loads((made.path / ".agent-trace" / "byline.jsonl").read_text()), SCHEMA)
    assert run(made.path, "import", "--format", "agent-trace", "nowhere.jsonl")[0] == 1
    assert run(made.path, "import", "some.jsonl")[0] == 2


def test_a_line_that_a_commit_did_not_add_is_not_taken_over(repo: Callable[..., Repo], run: Run) -> None:
    """As the reference hook writes them: with the commit that was there before the edit."""
    made = repo()
    made.commit("first", {"f.txt": "a\nb\n"})
    head = made.commit("second", {"f.txt": "a\nb\nc\n"})
    made.write(".agent-trace/traces.jsonl", json.dumps(trace(head)))
    run(made.path, "import", "--format", "agent-trace")
    assert owners(run, made) == [None, None, "human"]


@pytest.mark.parametrize("path", ["../x", "other.txt", "nowhere.txt"])
def test_who_wrote_no_line_of_a_commit_is_no_session_of_it(repo: Callable[..., Repo], run: Run, path: str) -> None:
    """A record about a path outside, or about a file that the commit does not change."""
    made = repo()
    made.commit("first", {"other.txt": "a\n"})
    head = made.commit("second", {"f.txt": "a\nb\nc\n"})
    (file,) = trace(head)["files"]
    (own, _) = file["conversations"]
    stranger = trace(head, id=str(uuid.UUID(int=6, version=4)), tool={"name": "stranger"})
    stranger["files"] = [{"path": path, "conversations": [{**own, "url": "https://api.example.org/c/2"}]}]
    made.write(".agent-trace/traces.jsonl", f"{json.dumps(trace(head))}\n{json.dumps(stranger)}\n")
    run(made.path, "import", "--format", "agent-trace")
    told = json.loads(run(made.path, "anchor", "show", "HEAD", "--json")[1])
    assert told["anchor"]["session_ids"] == ["https://api.example.org/c/1"]
    assert [one["name"] for one in told["anchor"]["contributors"] if one["role"] == "agent"] == ["cursor"]
    assert [one["session_id"] for one in told["sessions"]] == ["https://api.example.org/c/1"]


def test_what_byline_saw_itself_is_never_replaced(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 b").commit("one")
    for name, value in tale.world.environment().items():
        monkeypatch.setenv(name, value)
    here = tale.world.root
    lie = tmp_path / "lie"
    lie.write_bytes(note("f.txt\n  s_aaaaaaaaaaaaaa 1-3\n"))
    tale.world.git("notes", "--ref=ai", "add", "-F", str(lie), "HEAD")
    before = run(here, "blame", "--json", "f.txt")[1]
    told = json.loads(run(here, "import", "--format", "git-ai", "--json")[1])
    assert (told["imported"], told["known"]) == ([], 1)
    assert [line.get("session_id") for line in json.loads(run(here, "blame", "--json", "f.txt")[1])["lines"]] == [
        line.get("session_id") for line in json.loads(before)["lines"]
    ]


TALE = {"author": "ai", "ranges": [{"start": 2, "end": 3}], "agent": "cursor"}
OTHER = {"author": "ai", "ranges": [{"start": 4, "end": 4}], "agent": "claude"}


def put_oobo(made: Repo, head: str, *sessions: tuple[str, str], ref: str = names.OOBO_BRANCH) -> None:
    """An anchor as that tool writes it, of a commit that added lines 2 to 5 of `f`."""
    told = {
        "anchor_schema_version": 1, "oobo_version": "0.2.0", "commit_hash": head, "branch": "main",
        "author": "A <a@b>",
        "author_type": "assisted", "contributors": [{"name": "A <a@b>", "role": "human"}], "committed_at": 1,
        "message": "c", "files_changed": ["f"], "added": 4, "deleted": 0, "ai_added": 3, "ai_deleted": 0,
        "human_added": 1, "human_deleted": 0, "ai_percentage": 75.0, "transparency_mode": "off",
        "session_ids": [name for name, _ in sessions],
        "file_changes": [{"path": "f", "added": 4, "deleted": 0, "attribution": "mixed", "agent": "cursor",
                          "line_attributions": [TALE, OTHER]}],
    }  # fmt: skip
    files = {f"{names.folder(head)}metadata.json": told}
    for number, (name, agent) in enumerate(sessions, 1):
        files[f"{names.folder(head)}{number}/metadata.json"] = {
            "session_id": name, "agent": agent, "link_type": "explicit", "is_subagent": False, "is_estimated": False,
        }  # fmt: skip
    stream = f"commit {ref}\ncommitter a <a@b> 1 +0000\ndata 1\nx\n"
    for path, one in files.items():
        text = json.dumps(one)
        stream += f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"
    made.run("fast-import", "--quiet", "--force", input=stream.encode())


@pytest.mark.parametrize(
    ("sessions", "wanted"),
    [
        ([("s-c", "cursor")], ["s-c", "s-c", None]),
        ([("s-c", "cursor"), ("s-l", "claude")], ["s-c", "s-c", "s-l"]),
        ([("s-c", "cursor"), ("s-d", "cursor"), ("s-l", "claude")], [None, None, "s-l"]),
        ([], [None, None, None]),
    ],
)
def test_lines_that_name_an_agent_are_a_session_of_that_agent(
    repo: Callable[..., Repo], run: Run, sessions: list[tuple[str, str]], wanted: list[str | None]
) -> None:
    made = repo()
    made.commit("first", {"f": "1\n"})
    head = made.commit("second", {"f": "1\n2\n3\n4\n5\n"})
    put_oobo(made, head, *sessions)

    def check() -> None:
        lines = json.loads(run(made.path, "blame", "--json", "f")[1])["lines"][1:4]
        assert [line.get("session_id") for line in lines] == wanted
        for line, agent in zip(lines, ("cursor", "cursor", "claude"), strict=True):
            assert line["owner"] == ("session" if line.get("session_id") else "unknown")
            assert line["owner"] == "session" or f"{agent} wrote it" in line["reason"]

    check()
    told = json.loads(run(made.path, "import", "--format", "oobo", "--json")[1])
    assert (told["imported"], told["skipped"]) == ([head], {})
    made.run("update-ref", "-d", names.OOBO_BRANCH)
    check()
    stored = json.loads(made.run("show", f"{names.BRANCH}:{names.folder(head)}metadata.json"))
    assert (stored["ai_added"], stored["author_type"]) == (3, "assisted")
    assert {one["name"] for one in stored["contributors"] if one["role"] == "agent"} == {"cursor", "claude"}


def test_what_is_too_large_is_not_taken_over(
    repo: Callable[..., Repo], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = repo()
    made.commit("first", {"f": "1\n"})
    put_oobo(made, made.commit("second", {"f": "1\n2\n3\n4\n5\n"}), ("s-c", "cursor"))
    monkeypatch.setattr(limits, "LARGEST_FILE", 500)
    code, said, _ = run(made.path, "import", "--format", "oobo", "--json")
    assert (code, json.loads(said)["imported"]) == (0, [])
    assert json.loads(said)["skipped"] == {"an anchor would be too large": 1}


def test_what_is_written_for_oobo_comes_back_whole(repo: Callable[..., Repo], run: Run, tmp_path: Path) -> None:
    made = repo()
    made.commit("first", {"f": "1\n"})
    head = made.commit("second", {"f": "1\n2\n3\n4\n5\n"})
    put_oobo(made, head, ("s-c", "cursor"), ("s-d", "cursor"), ("s-l", "claude"), ref=names.BRANCH)
    where = f"{names.BRANCH}:{names.folder(head)}metadata.json"
    ours = json.loads(made.run("show", where))
    ours["file_changes"][0]["line_attributions"][0]["session_id"] = "s-d"
    text = json.dumps(ours)
    made.run(
        "fast-import", "--quiet", "--force",
        input=f"commit {names.BRANCH}\ncommitter a <a@b> 2 +0000\ndata 1\nx\nfrom {names.BRANCH}^0\n"
        f"M 100644 inline {names.folder(head)}metadata.json\ndata {len(text)}\n{text}\n".encode(),
    )  # fmt: skip
    before = owners(run, made, "f")
    assert before == [None, "s-d", "s-d", "s-l", None]
    row = json.loads(run(made.path, "export", "--format", "oobo")[1])
    assert all(
        set(one) <= {"author", "ranges", "agent"} for one in row["anchor"]["file_changes"][0]["line_attributions"]
    )
    (tmp_path / "told.jsonl").write_text(json.dumps(row))
    made.run("update-ref", "-d", names.BRANCH)
    assert owners(run, made, "f") == [None] * 5
    told = json.loads(run(made.path, "import", "--format", "oobo", "--json", str(tmp_path / "told.jsonl"))[1])
    assert (told["imported"], told["skipped"]) == ([head], {})
    assert owners(run, made, "f") == before


@pytest.mark.parametrize(("ai_deleted", "wanted"), [(1, "ai"), (0, "mixed")])
def test_a_file_that_is_all_ai_stays_so(
    repo: Callable[..., Repo], run: Run, tmp_path: Path, ai_deleted: int, wanted: str
) -> None:
    """Where lines were removed as well, of which only counts and the file's label tell."""
    made = repo()
    made.commit("first", {"f": "1\n2\n"})
    head = made.commit("second", {"f": "1\nx\ny\n"})
    lines = LineAttribution(
        author="ai", ranges=(LineRange(start=2, end=3),), agent="robot", session_id="a", link_type="explicit"
    )
    file = FileChange(path="f", added=2, deleted=1, attribution="ai", agent="robot", line_attributions=(lines,))
    told = anchor(
        "aa",
        commit_hash=head,
        files_changed=("f",),
        file_changes=(file,),
        deleted=1,
        ai_deleted=ai_deleted,
        human_deleted=1 - ai_deleted,
    )
    (tmp_path / "told.jsonl").write_text(json.dumps(oobo.record(told, links("a"))))
    run(made.path, "import", "--format", "oobo", str(tmp_path / "told.jsonl"))
    (found,) = json.loads(run(made.path, "anchor", "show", "HEAD", "--json")[1])["anchor"]["file_changes"]
    assert found["attribution"] == wanted


def test_a_record_without_lines_says_so(repo: Callable[..., Repo], run: Run) -> None:
    made = repo()
    head = made.commit("first", {"f.txt": "1\n"})
    made.run("notes", "--ref=ai", "add", "-F", "-", head, input=note(""))
    told = json.loads(run(made.path, "import", "--format", "git-ai", "--json")[1])
    assert (told["imported"], told["skipped"]) == ([], {"it names no lines": 1})


def test_nobody_is_made_up_as_the_author_of_a_session(annotated: Repo, run: Run) -> None:
    run(annotated.path, "import", "--format", "git-ai")
    (row,) = map(json.loads, run(annotated.path, "export", "--format", "git-ai")[1].splitlines())
    entries = json.loads(row["note"].split("---\n", 1)[1])["sessions"].values()
    told = {one["agent_id"]["id"]: one["human_author"] for one in entries}
    assert told == {"sess-1": "Ada <ada@example.org>", "sess-2": None, "old-16": None, "old-7": None}


def test_a_name_with_a_newline_is_said_and_comes_back(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", {"odd\nname": "x\ny\n"}).commit("one")
    for name, value in tale.world.environment().items():
        monkeypatch.setenv(name, value)
    here = tale.world.root
    run(here, "sync")
    before = [line.get("session_id") for line in json.loads(run(here, "blame", "--json", "odd\nname")[1])["lines"]]
    code, said, error = run(here, "export", "HEAD", "--format", "git-ai")
    assert code == 0 and json.loads(said)["skipped"] == ["odd\nname"]
    assert "cannot name odd\\nname" in error
    head, commit = json.loads(said)["note"].split("---\n")[0], json.loads(said)["commit"]
    assert "odd" not in head
    found, _ = gitai.parse(commit, json.loads(said)["note"].encode())
    assert [
        (one.path, [(part.session_id, part.ranges[0].start, part.ranges[0].end) for part in one.line_attributions])
        for one in found.file_changes
    ] == [("odd\nname", [(before[0], 1, 2)])]
