"""Reading anchors, ours and fetched ones, honest and hostile."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from byline.repo.anchors import names
from byline.repo.anchors.limits import LARGEST_FILE
from byline.repo.anchors.listing import tips
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.union import Span
from byline.repo.objects import Objects
from gitrepo import Repo

ONE, TWO = "1" * 40, "2" * 40
DATA = Path(__file__).parents[1] / "data" / "anchors"
REMOTE = "refs/remotes/origin/byline/anchors/v1"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    path = tmp_path / "repo"
    path.mkdir()
    repo = Repo(path)
    repo.run("init", "-q", "-b", "main", "--template=")
    repo.commit("first", {"a.txt": "a\n"})
    return repo


@pytest.fixture
def anchors(repo: Repo) -> Iterator[Anchors]:
    with Objects(repo.git) as objects:
        yield Anchors(repo.git, objects)


def anchor(commit: str, *lines: Mapping[str, Any], **fields: Any) -> bytes:
    raw = {
        "anchor_schema_version": 1,
        "oobo_version": "1.0.0",
        "commit_hash": commit,
        "branch": "main",
        "author": "Bob <bob@example.org>",
        "author_type": "assisted",
        "committed_at": 1,
        "message": "m",
        "files_changed": ["f.txt"],
        "added": 9,
        "deleted": 0,
        "ai_added": 9,
        "ai_deleted": 0,
        "human_added": 0,
        "human_deleted": 0,
        "session_ids": ["s1"],
        "transparency_mode": "off",
        "file_changes": [
            {
                "path": "f.txt",
                "added": 9,
                "deleted": 0,
                "attribution": "ai",
                "agent": "claude",
                "line_attributions": lines,
            }
        ],
    }
    return json.dumps(raw | fields).encode()


def by(session: str | None, *spans: tuple[int, int]) -> dict[str, Any]:
    ranges = [{"start": start, "end": end} for start, end in spans]
    if session is None:
        return {"author": "human", "ranges": ranges}
    return {"author": "ai", "ranges": ranges, "agent": "claude", "session_id": session}


def put(repo: Repo, ref: str, files: Mapping[str, bytes], modes: Mapping[str, str] | None = None) -> None:
    """A branch that holds just these files."""
    index = {"GIT_INDEX_FILE": str(repo.path / ".git" / "test-index")}
    repo.run("read-tree", "--empty", env=index)
    for path, data in files.items():
        blob = repo.run("hash-object", "-w", "--stdin", input=data)
        repo.run(
            "update-index", "--add", "--cacheinfo", f"{(modes or {}).get(path, '100644')},{blob},{path}", env=index
        )
    tree = repo.run("write-tree", env=index)
    repo.run("update-ref", ref, repo.run("commit-tree", tree, "-m", "anchors"))


def meta(commit: str) -> str:
    return f"{names.folder(commit)}metadata.json"


def test_no_branch_no_answer(anchors: Anchors) -> None:
    assert anchors.commits() == frozenset()
    assert anchors.ranges(ONE, "f.txt") is None
    assert anchors.session(ONE, "s1") is None


def test_ranges_are_0_based_and_half_open(repo: Repo, anchors: Anchors) -> None:
    put(repo, names.BRANCH, {meta(ONE): anchor(ONE, by("s1", (1, 2), (9, 9)), by(None, (4, 5)))})
    assert anchors.ranges(ONE, "f.txt") == [
        Span(0, 2, "s1", "claude", "ai", "anchor"),
        Span(3, 5, None, "claude", "human", "anchor"),
        Span(8, 9, "s1", "claude", "ai", "anchor"),
    ]
    assert anchors.ranges(ONE, "other.txt") == []
    assert anchors.ranges(TWO, "f.txt") is None


def test_a_fetched_branch_is_read_and_named(repo: Repo, anchors: Anchors) -> None:
    put(repo, "refs/remotes/team/fork/byline/anchors/v1", {meta(ONE): anchor(ONE, by("s1", (1, 1)))})
    assert anchors.ranges(ONE, "f.txt") == [Span(0, 1, "s1", "claude", "ai", "anchor:team/fork")]


def test_a_branch_that_moves_is_read_anew_after_refresh(repo: Repo, anchors: Anchors) -> None:
    put(repo, REMOTE, {meta(ONE): anchor(ONE, by("s1", (1, 1)))})
    assert anchors.commits() == {ONE}
    assert not anchors.refresh()
    put(repo, REMOTE, {meta(ONE): anchor(ONE, by("s1", (1, 1))), meta(TWO): anchor(TWO)})
    assert anchors.commits() == {ONE}
    assert anchors.refresh()
    assert anchors.commits() == {ONE, TWO}


def test_two_branches_that_disagree_say_nothing_about_that_line(repo: Repo, anchors: Anchors) -> None:
    put(repo, names.BRANCH, {meta(ONE): anchor(ONE, by("s1", (1, 4)))})
    put(repo, REMOTE, {meta(ONE): anchor(ONE, by("s1", (1, 1)), by("s2", (2, 2)), by(None, (6, 6)))})
    assert anchors.ranges(ONE, "f.txt") == [
        Span(0, 1, "s1", "claude", "ai", "anchor"),
        Span(2, 4, "s1", "claude", "ai", "anchor"),
        Span(5, 6, None, "claude", "human", "anchor:origin"),
    ]


def test_another_tools_branch_counts_only_where_ours_is_silent(repo: Repo, anchors: Anchors) -> None:
    lines = {"author": "ai", "ranges": [{"start": 1, "end": 3}], "agent": "cursor"}
    put(repo, names.OOBO_BRANCH, {meta(ONE): anchor(ONE, lines), meta(TWO): anchor(TWO, lines)})
    put(repo, names.BRANCH, {meta(ONE): anchor(ONE, by("s9", (1, 1)))})
    assert anchors.ranges(ONE, "f.txt") == [Span(0, 1, "s9", "claude", "ai", "anchor")]
    assert anchors.ranges(TWO, "f.txt") == [Span(0, 3, "s1", "cursor", "ai", "oobo")]


def test_an_agent_alone_is_no_session_when_there_are_several(repo: Repo, anchors: Anchors) -> None:
    lines = {"author": "ai", "ranges": [{"start": 1, "end": 3}], "agent": "cursor"}
    put(repo, names.OOBO_BRANCH, {meta(ONE): anchor(ONE, lines, session_ids=["s1", "s2"])})
    assert anchors.ranges(ONE, "f.txt") == [Span(0, 3, None, "cursor", "ai", "oobo")]


def test_sessions_of_an_anchor(repo: Repo, anchors: Anchors) -> None:
    folder = names.folder(ONE)
    put(
        repo,
        REMOTE,
        {
            meta(ONE): anchor(ONE, by("s1", (1, 1))),
            f"{folder}1/metadata.json": b'{"session_id": "s1", "agent": "claude", "model": null, "input_tokens": 5}',
            f"{folder}2/metadata.json": b'{"session_id": 7}',
            f"{folder}10/metadata.json": b'{"session_id": "s10", "agent": "codex", "link_type": "inferred"}',
        },
    )
    first = anchors.session(ONE, "s1")
    assert first is not None
    assert (first.agent, first.input_tokens, first.output_tokens) == ("claude", 5, None)
    tenth = anchors.session(ONE, "s10")
    assert tenth is not None
    assert tenth.link_type == "inferred"
    assert anchors.session(ONE, "s2") is None
    assert anchors.skipped["a session of an anchor is not readable"] >= 1


def test_counts_that_nothing_can_hold(repo: Repo, anchors: Anchors) -> None:
    link = b'{"session_id": "s1", "agent": "claude", "input_tokens": 1%s}' % (b"0" * 30)
    put(repo, names.BRANCH, {meta(ONE): anchor(ONE), f"{names.folder(ONE)}1/metadata.json": link})
    assert anchors.session(ONE, "s1") is None
    assert anchors.skipped == {"a session of an anchor is not readable": 1}


NO_FILES = ("../../x", "/etc/passwd", "", ".", "a/../b", "a//b", "a/", "a\0b", ".git/config", "a/.GIT/x")


def test_files_that_no_tree_can_have_are_passed_over(repo: Repo, anchors: Anchors) -> None:
    change = json.loads(anchor(ONE, by("s1", (1, 1))))["file_changes"][0]
    changes = [{**change, "path": path} for path in (*NO_FILES, "f.txt", "a/..b/.gitignore")]
    link = {"session_id": "s1", "agent": "claude", "files_touched": [*NO_FILES, "f.txt"]}
    made = anchor(ONE, file_changes=changes, files_changed=[one["path"] for one in changes])
    put(repo, REMOTE, {meta(ONE): made, f"{names.folder(ONE)}1/metadata.json": json.dumps(link).encode()})
    (stored,) = anchors.of(ONE)
    assert stored.anchor.files_changed == ("f.txt", "a/..b/.gitignore")
    assert [one.path for one in stored.anchor.file_changes] == ["f.txt", "a/..b/.gitignore"]
    assert [one.files_touched for one in anchors.links(stored)] == [("f.txt",)]
    assert anchors.ranges(ONE, "f.txt") == [Span(0, 1, "s1", "claude", "ai", "anchor:origin")]
    assert anchors.ranges(ONE, "../../x") == []


def test_a_guess_owns_no_line(repo: Repo, anchors: Anchors) -> None:
    lines = {"author": "ai", "ranges": [{"start": 1, "end": 3}], "agent": "cursor"}
    guess = b'{"session_id": "s1", "agent": "cursor", "link_type": "inferred", "is_subagent": false}'
    put(
        repo,
        names.OOBO_BRANCH,
        {
            meta(ONE): anchor(ONE, lines),
            f"{names.folder(ONE)}1/metadata.json": guess,
            meta(TWO): anchor(TWO, {**lines, "session_id": "s1", "link_type": "inferred"}),
        },
    )
    assert anchors.ranges(ONE, "f.txt") == [Span(0, 3, None, "cursor", "ai", "oobo")]
    assert anchors.ranges(TWO, "f.txt") == []


@pytest.mark.parametrize("said", [{}, {"link_type": "explicit"}], ids=["says nothing", "says explicit"])
@pytest.mark.parametrize("number", [1, 2], ids=["at its place", "elsewhere"])
def test_lines_of_a_guess_have_no_owner_whatever_they_say(
    repo: Repo, anchors: Anchors, said: dict[str, str], number: int
) -> None:
    guess = b'{"session_id": "s1", "agent": "claude", "link_type": "inferred"}'
    lines = [{**by("s1", (1, 3)), **said}, by("s2", (4, 5)), by(None, (6, 6))]
    put(repo, REMOTE, {meta(ONE): anchor(ONE, *lines), f"{names.folder(ONE)}{number}/metadata.json": guess})
    assert anchors.ranges(ONE, "f.txt") == [
        Span(3, 5, "s2", "claude", "ai", "anchor:origin"),
        Span(5, 6, None, "claude", "human", "anchor:origin"),
    ]


def test_subagents_and_the_timeline_of_either_layout(repo: Repo, anchors: Anchors) -> None:
    folder = names.folder(ONE)
    put(
        repo,
        names.OOBO_BRANCH,
        {
            meta(ONE): anchor(ONE, by("s1", (1, 1))),
            f"{folder}1/subagents/2/metadata.json": b'{"subagent_type": "shell", "session_id": "sub-2"}',
            f"{folder}1/subagents/1/metadata.json": b'{"subagent_type": "explore", "session_id": "sub-1", "x": 1}',
            f"{folder}1/subagents/1/transcript.json": b"[]",
            f"{folder}1/subagents/3/metadata.json": b'{"subagent_type": 1}',
            f"{folder}subagents/1/metadata.json": b'{"subagent_type": "plan", "session_id": "sub-9"}',
            f"{folder}timeline.json": (DATA / "timeline.json").read_bytes(),
        },
    )
    (stored,) = anchors.of(ONE)
    assert [(one.subagent_type, one.session_id) for one in anchors.subagents(stored)] == [
        ("plan", "sub-9"),
        ("explore", "sub-1"),
        ("shell", "sub-2"),
    ]
    assert anchors.skipped["a subagent of an anchor is not readable"] == 1
    story = anchors.timeline(stored)
    assert story is not None and [event.action for event in story.events] == ["write", "read"]


NOTE = b"""f.txt
  s_0123456789abcd::t_00000000000001 1-2
---
{"schema_version": "authorship/3.0.0", "base_commit_sha": "%s", "prompts": {}, "humans": {},
 "sessions": {"s_0123456789abcd": {"agent_id": {"tool": "cursor", "id": "c-1", "model": "m"}, "human_author": null}}}
"""


@pytest.mark.parametrize(
    "ref", ["refs/notes/remotes/team/fork/ai", "refs/notes/ai-remote/team/fork", "refs/notes/ai"]
)
def test_notes_are_read_wherever_they_were_fetched_to(repo: Repo, anchors: Anchors, ref: str) -> None:
    put(repo, ref, {ONE: NOTE % ONE.encode()})
    source = "git-ai" if ref == "refs/notes/ai" else "git-ai:team/fork"
    found = anchors.ranges(ONE, "f.txt")
    assert found is not None and [(span.start, span.stop, span.agent, span.source) for span in found] == [
        (0, 2, "cursor", source)
    ]


@pytest.mark.parametrize("named", [TWO, "AB" * 20])
def test_a_note_of_another_commit_is_passed_over_and_counted(repo: Repo, anchors: Anchors, named: str) -> None:
    put(repo, "refs/notes/ai", {ONE: NOTE % named.encode()})
    assert anchors.ranges(ONE, "f.txt") is None
    assert anchors.skipped == {"a note of git-ai speaks of another commit than the one it hangs on": 1}


@pytest.mark.parametrize("named", ["", "initial", "0" * 40, ONE.upper()])
def test_a_note_that_names_no_other_commit_counts(repo: Repo, anchors: Anchors, named: str) -> None:
    put(repo, "refs/notes/ai", {ONE: NOTE % named.encode()})
    assert anchors.ranges(ONE, "f.txt")


HOSTILE = {
    "no JSON": b"\0\xff",
    "nested": b"[" * 50_000,
    "another commit": anchor(TWO, by("s1", (1, 9))),
    "wrong types": anchor(ONE, added="many"),
    "line zero": anchor(ONE, by("s1", (0, 3))),
    "negative": anchor(ONE, by("s1", (-4, 3))),
    "before 1970": anchor(ONE, committed_at=-(10**15)),
    "after the year 9999": anchor(ONE, committed_at=10**15),
    "a date of no machine's": anchor(ONE, committed_at=10**30),
    "too large": anchor(ONE, message="x" * (LARGEST_FILE + 1)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_anchor_is_passed_over_and_counted(repo: Repo, anchors: Anchors, data: bytes) -> None:
    put(repo, REMOTE, {meta(ONE): data, meta(TWO): anchor(TWO, by("s1", (1, 1)))})
    assert anchors.ranges(ONE, "f.txt") is None
    assert sum(anchors.skipped.values()) == 1
    assert anchors.ranges(TWO, "f.txt") == [Span(0, 1, "s1", "claude", "ai", "anchor:origin")]
    anchors.load([ONE, TWO])
    assert anchors.of(ONE) == ()


def test_a_later_version_is_read_as_far_as_it_is_known(repo: Repo, anchors: Anchors) -> None:
    put(repo, REMOTE, {meta(ONE): anchor(ONE, by("s1", (1, 1)), anchor_schema_version=7, news={"a": 1})})
    assert anchors.ranges(ONE, "f.txt") == [Span(0, 1, "s1", "claude", "ai", "anchor:origin")]
    (stored,) = anchors.of(ONE)
    assert (stored.anchor.anchor_schema_version, stored.anchor.unknown) == (7, {"news": {"a": 1}})


@pytest.mark.parametrize(
    "lines",
    [
        [by("s1", (1, 5), (3, 4))],
        [by("s1", (1, 5)), by("s2", (5, 6))],
        [by("s1", (5, 1))],
        [by("s1", (5, 1), (7, 8))],
        [by("s1", (2, 3)), by("s1", (2, 3))],
    ],
    ids=["overlapping itself", "two owners for a line", "backwards", "one of two backwards", "twice"],
)
def test_ranges_that_make_no_sense_own_nothing(repo: Repo, anchors: Anchors, lines: list[dict[str, Any]]) -> None:
    put(repo, REMOTE, {meta(ONE): anchor(ONE, *lines)})
    assert anchors.ranges(ONE, "f.txt") == []
    assert anchors.skipped == {"a file of an anchor has ranges that overlap or end before they start": 1}


def test_what_is_no_plain_file_at_an_agreed_place_is_not_looked_at(repo: Repo, anchors: Anchors) -> None:
    short = "3" * 39
    put(
        repo,
        REMOTE,
        {
            meta(ONE): b"/etc/passwd",
            f"{short[:2]}/{short[2:]}/metadata.json": anchor(ONE),
            f"{names.folder(TWO)}../metadata.json".replace("..", "dots"): anchor(TWO),
            f"x/{meta(TWO)}": anchor(TWO),
        },
        {meta(ONE): "120000"},
    )
    assert anchors.commits() == frozenset()


def test_a_tag_or_blob_by_the_name_of_the_branch_is_no_branch(repo: Repo) -> None:
    blob = repo.run("hash-object", "-w", "--stdin", input=b"x")
    repo.run("update-ref", REMOTE, repo.run("rev-parse", "HEAD"))
    (repo.path / ".git" / REMOTE).write_text(f"{blob}\n")
    assert tips(repo.git) == []


def test_many_are_read_in_a_few_processes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = [f"{n:040x}" for n in range(300)]
    put_many = b"".join(
        b"M 100644 inline %s%s\ndata %d\n%s\n" % (names.folder(c).encode(), name, len(data), data)
        for c in commits
        for name, data in (
            (b"metadata.json", anchor(c, by("s1", (1, 1)), by("s2", (2, 2)), session_ids=["s1", "s2"])),
            (b"1/metadata.json", b'{"session_id": "s1", "agent": "claude"}'),
            (b"2/metadata.json", b'{"session_id": "s2", "agent": "claude", "link_type": "inferred"}'),
        )
    )
    stream = b"commit %s\ncommitter a <a@b> 1 +0000\ndata 0\n" % REMOTE.encode() + put_many
    repo.run("fast-import", "--quiet", input=stream)
    started: list[str] = []
    start = repo.git.start

    def counted(*args: str, **more: Any) -> Any:
        started.append(args[0])
        return start(*args, **more)

    monkeypatch.setattr(repo.git, "start", counted)
    with Objects(repo.git) as objects:
        reader = Anchors(repo.git, objects)
        reader.load(commits, owners=True)
        assert all(len(reader.ranges(commit, "f.txt") or ()) == 1 for commit in commits)
    assert len(started) == 6, started
