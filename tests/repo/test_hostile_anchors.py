"""What somebody puts on the branch of anchors to do harm: fetched and joined, it costs nobody an anchor."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from anchorkit import anchor, bomb, change, fetch, links, numbers, push, put
from byline.errors import BylineError, GitFailed, TooMuch
from byline.repo.anchors import gate, limits, merge, names, sides, whole
from byline.repo.anchors.format import CommitRecord, SessionLink
from byline.repo.anchors.limits import LARGEST_FILE, LARGEST_FOLDER, MOST_FILES
from byline.repo.anchors.listing import anchored, list_files, list_notes, resolve
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.record import dump
from byline.repo.anchors.remote import NotExchanged
from byline.repo.graph import Graph
from byline.repo.objects import Objects
from byline.repo.strange import work
from gitrepo import Repo

ONE = f"{1:040x}"
TOKEN = "ghp_" + "a1B2" * 9
MOST_MEMORY = 200
"""MiB that a fetch may take, whatever there is on the other side."""


@pytest.fixture
def mallory(tmp_path: Path) -> Repo:
    """Whose branch the server has; another clone, `ada`, has an anchor of the same commit."""
    repo = Repo(tmp_path / "mallory")
    repo.path.mkdir()
    repo.run("init", "-q", "-b", "main", "--template=")
    repo.commit("first", {"a.txt": "a\n"})
    repo.run("clone", "-q", "--bare", "--template=", ".", "../server.git")
    repo.run("remote", "add", "origin", "../server.git")
    return repo


@pytest.fixture
def ada(mallory: Repo) -> Repo:
    repo = Repo(mallory.path.parent / "ada")
    repo.path.mkdir()
    repo.run("clone", "-q", "--template=", str(mallory.path.parent / "server.git"), ".")
    put(repo, 1, owners="a.")
    return repo


def plant(repo: Repo, files: Mapping[str, bytes], commit: str = ONE, *, is_pushed: bool = True) -> None:
    """Put files into the folder of a commit on the branch, whatever their names, and bring them to the server."""
    tip = resolve(repo.git, names.BRANCH)
    stream = b"commit %s\ncommitter m <m@x> 1900000000 +0000\ndata 1\nx\n" % names.BRANCH.encode()
    stream += b"from %s\n" % tip.encode() if tip else b""
    for name, data in files.items():
        path = f"{names.folder(commit)}{name}".encode("utf-8", "surrogateescape")
        stream += b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(data), data)
    repo.run("fast-import", "--quiet", input=stream)
    if is_pushed:
        repo.run("push", "-q", "-f", "origin", names.BRANCH)


def theirs(owners: str = ".b", commit: str = ONE, **more: object) -> dict[str, bytes]:
    """A description that is all right."""
    made = anchor(owners, commit_hash=commit, **more)
    files = {f"{number}/metadata.json": dump(link) for number, link in enumerate(links(*made.session_ids), 1)}
    return {"metadata.json": dump(made), **files}


def files(repo: Repo, commit: str = ONE) -> dict[str, str]:
    """What the branch has of a commit."""
    folder = names.folder(commit)
    listed = repo.run("ls-tree", "-r", "-z", "--name-only", names.BRANCH, "--", folder).split("\0")
    return {path.removeprefix(folder): repo.run("show", f"{names.BRANCH}:{path}") for path in listed if path}


def sessions(repo: Repo) -> list[str]:
    found: list[str] = json.loads(files(repo)["metadata.json"])["session_ids"]
    return found


@pytest.mark.parametrize(
    "name",
    [
        *("²/metadata.json", "١/metadata.json", "01/metadata.json", "0/metadata.json", "99999/metadata.json"),
        *("subagents/²/metadata.json", "1/subagents/02/metadata.json", "x/y/z.json", "x.json", "1/metadata.json.bak"),
        "\udcff.json",
    ],
)
def test_names_that_the_format_does_not_have(mallory: Repo, ada: Repo, name: str) -> None:
    assert (names.link_number(name), names.subagent_number(name)) == (None, None)
    assert names.stored(names.folder(ONE) + name) is None
    plant(mallory, {**theirs(), name: b"{}"})
    fetch(ada)
    push(ada)
    assert sessions(ada) == ["a", "b"]
    assert sorted(files(ada)) == ["1/metadata.json", "2/metadata.json", "metadata.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the most memory that a process had")
def test_a_folder_of_too_many_bytes_is_not_read(mallory: Repo, ada: Repo) -> None:
    """Of all names that the format has; each file alone is as large as it may be."""
    most = LARGEST_FILE - 100
    junk = {f"{n}/transcript.json": b'"%d%s"' % (n, b" " * most) for n in range(1, 30)}
    plant(mallory, {**theirs(), **junk})
    assert sum(map(len, junk.values())) > LARGEST_FOLDER
    code = (
        "import re, sys; from anchorkit import fetch; from gitrepo import Repo; from pathlib import Path\n"
        "fetch(Repo(Path(sys.argv[1])))\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', Path('/proc/self/status').read_text())[1])"
    )
    command = [sys.executable, "-c", code, str(ada.path)]
    done = subprocess.run(command, env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >> 10 < MOST_MEMORY
    assert sessions(ada) == ["a"]
    assert sorted(files(ada)) == ["1/metadata.json", "metadata.json"]


def test_a_folder_of_too_many_files_is_not_read(mallory: Repo, ada: Repo) -> None:
    plant(mallory, {**theirs(), **{f"{n}/metadata.json": b"%d" % n for n in range(2, MOST_FILES + 2)}})
    tip = str(resolve(mallory.git, names.BRANCH))
    assert list_files(mallory.git, tip).files == {}
    fetch(ada)
    assert sessions(ada) == ["a"]
    assert sorted(files(ada)) == ["1/metadata.json", "metadata.json"]


def test_what_a_folder_held_before_is_no_part_of_an_anchor(mallory: Repo) -> None:
    """Sessions without an anchor, waiting for somebody to describe the commit."""
    plant(mallory, {"2/metadata.json": dump(SessionLink(session_id="planted", agent="robot", link_type="inferred"))})
    put(mallory, 1, owners="a.")
    assert sorted(files(mallory)) == ["1/metadata.json", "metadata.json"]


def test_an_anchor_of_another_commit_takes_no_place(mallory: Repo, ada: Repo) -> None:
    """Its JSON is the smaller one, and would stand."""
    plant(mallory, theirs("..", "0" * 40, branch="a"))
    before = files(ada)
    push(ada)
    assert files(ada) == before


def obstruct(repo: Repo, place: str, entry: str, parent: str | None, date: int) -> None:
    """Let the server's branch have a file where folders of commits stand, on top of a state or of nothing."""
    stream = b"commit refs/heads/bad\ncommitter m <m@x> %d +0000\ndata 1\nx\n" % date
    stream += b"from %s\n" % parent.encode() if parent else b""
    stream += b"M %s %s\n" % (entry.encode(), place.encode())
    stream += b"M 100644 inline zz/x\ndata 0\n\n"
    repo.run("fast-import", "--quiet", "--force", input=stream)
    repo.run("push", "-q", "-f", "origin", f"refs/heads/bad:{names.BRANCH}")


@pytest.mark.parametrize("date", [1, 2, 3, 4])
@pytest.mark.parametrize("grown", ["alone", "aside", "on top"])
@pytest.mark.parametrize("place", ["00", f"00/{ONE[2:]}"])
def test_a_file_where_folders_stand(mallory: Repo, ada: Repo, place: str, grown: str, date: int) -> None:
    """Whichever of the two states has the smaller id, and so is the one on which the join is made."""
    push(ada)
    shared = resolve(ada.git, names.BRANCH)
    before = files(ada)
    mallory.run("fetch", "-q", "origin", f"+{names.BRANCH}:{names.BRANCH}")
    kind = ("100644", "120000")[date % 2]
    blob = mallory.run("hash-object", "-w", "--stdin", input=b"file")
    obstruct(mallory, place, f"{kind} {blob}", None if grown == "alone" else shared, date)
    if grown != "on top":
        put(ada, 2, 1 << 159)
    push(ada)
    assert files(ada) == before
    assert numbers(ada) == ({1} if grown == "on top" else {1, 2, 1 << 159})
    fetch(mallory)
    assert resolve(mallory.git, f"refs/remotes/origin/{names.BRANCH[11:]}") == resolve(ada.git, names.BRANCH)


@pytest.mark.parametrize("branch", ["", "zz"])
def test_a_file_that_no_tree_can_have_takes_no_place(mallory: Repo, ada: Repo, branch: str) -> None:
    """Neither where its JSON is the smaller one, nor else."""
    path = "../../../../etc/passwd"
    lie = change(".b", path)
    plant(mallory, theirs(files_changed=(path,), file_changes=(lie,), branch=branch))
    push(ada)
    found = json.loads(files(ada)["metadata.json"])
    assert found["files_changed"] == ["f0"]
    assert [one["path"] for one in found["file_changes"]] == ["f0"]
    assert [one["session_id"] for one in found["file_changes"][0]["line_attributions"]] == ["a"]


@pytest.mark.parametrize("depth", [100, 900])
def test_deep_fields(mallory: Repo, ada: Repo, depth: int) -> None:
    """Within what a parser takes, and too deep for all that comes after it."""
    deep = b', "x": ' + b"[" * depth + b"]" * depth + b"}"
    good = theirs()
    good["1/metadata.json"] = good["1/metadata.json"].rstrip()[:-1] + deep
    plant(mallory, {**good, "timeline.json": b'{"session_count": 1' + deep})
    push(ada)
    assert sessions(ada) == ["a"]  # b's link is not readable, so the two do not fit together
    mallory.run("fetch", "-q", "origin", f"+{names.BRANCH}:{names.BRANCH}")
    assert numbers(mallory) == {1}


def test_all_that_a_join_writes_passes_the_gate(mallory: Repo, ada: Repo) -> None:
    """Transcripts, and files that are no records this version knows, as well."""
    said = json.dumps([{"role": "user", "content": f"use {TOKEN} in /home/mallory/x"}]).encode()
    link = json.loads(theirs()["1/metadata.json"])
    texts = {
        "1/transcript.json": said,
        "timeline.json": json.dumps({"session_count": "many", "why": TOKEN}).encode(),
        "subagents/1/metadata.json": json.dumps({"session_id": "x", "why": TOKEN}).encode(),
        "subagents/2/transcript.json": TOKEN.encode(),
        "2/metadata.json": json.dumps({**link, "session_id": "c", "link_type": "inferred", "new": TOKEN}).encode(),
    }
    plant(mallory, {**theirs(transparency_mode="on", summary=f"put {TOKEN} in"), **texts})
    push(ada)
    joined = files(ada)
    assert sessions(ada) == ["a", "b"]
    assert TOKEN not in str(joined) and "/home/mallory" not in str(joined)
    assert json.loads(joined["2/transcript.json"]) == [{"role": "user", "content": "use [REDACTED] in ~/x"}]
    assert "subagents/2/transcript.json" not in joined  # no JSON
    assert json.loads(joined["3/metadata.json"])["new"] == "[REDACTED]"


def test_what_does_not_fit_together_passes_the_gate_as_well(mallory: Repo, ada: Repo) -> None:
    """One of the two stands alone then; also where neither is an anchor."""
    plant(mallory, {"metadata.json": json.dumps({"a": TOKEN}).encode()})
    plant(ada, {"metadata.json": json.dumps({"b": TOKEN}).encode()}, is_pushed=False)
    push(ada)
    assert TOKEN not in str(files(ada))


def test_what_no_version_here_can_read_stays_where_nothing_else_is() -> None:
    """It may be a later version's."""
    later = {"metadata.json": b'{\n  "anchor_schema_version": 9,\n  "key": "%s"\n}\n' % TOKEN.encode()}
    kept = {"metadata.json": later["metadata.json"].replace(TOKEN.encode(), b"[REDACTED]")}
    assert whole.one_of(ONE, {}, later) == whole.one_of(ONE, later, {}) == kept
    assert whole.one_of(ONE, theirs(), later) == theirs()
    assert whole.one_of(ONE, {}, {}) == {}


def test_a_join_ends_in_time(mallory: Repo, ada: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(mallory, theirs())
    for repo in (mallory, ada):
        put(repo, 2, owners="a" if repo is ada else "b")
    tips = str(resolve(ada.git, names.BRANCH)), str(resolve(mallory.git, names.BRANCH))
    ada.run("fetch", "-q", str(mallory.path), names.BRANCH)

    def slowly(commit: str, one: Mapping[str, bytes], other: Mapping[str, bytes]) -> dict[str, bytes]:
        time.sleep(3)
        return dict(one)

    monkeypatch.setattr(merge, "one_of", slowly)
    with pytest.raises(GitFailed) as failed:
        merge.join(ada.git, *tips, 2)
    assert failed.value.code is None


def test_no_transcript_comes_in_while_transparency_is_off(mallory: Repo, ada: Repo) -> None:
    plant(mallory, {**theirs(), "1/transcript.json": b"[]"})
    push(ada)
    assert sorted(files(ada)) == ["1/metadata.json", "2/metadata.json", "metadata.json"]


def test_many_commits_are_joined_piece_by_piece(mallory: Repo, ada: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same bytes as at once."""
    for number in range(2, 9):
        put(ada, number, owners="a.")
        plant(mallory, theirs(commit=f"{number:040x}"), f"{number:040x}")
    tips = str(resolve(ada.git, names.BRANCH)), str(resolve(mallory.git, names.BRANCH))
    ada.run("fetch", "-q", "origin", names.BRANCH)
    at_once = merge.join(ada.git, *tips)
    for module in (sides, merge):
        monkeypatch.setattr(module, "BATCH_BYTES", 1)
    monkeypatch.setattr(sides, "BATCH", 3)
    assert merge.join(ada.git, *tips) == at_once
    assert len(list_files(ada.git, at_once).files) == 8


def test_what_is_written_keeps_to_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others would pass over is not written: transcripts stay here, and an anchor of too many files."""
    for module in (gate, limits):
        monkeypatch.setattr(module, "LARGEST_FOLDER", 40_000)
    ids = [f"s{number:04}" for number in range(12)]
    made = anchor(transparency_mode="on")
    said = {one: [{"content": "word " * 1000}] for one in ids}
    way = gate.Gate([], None, "on")
    sealed = way.seal(CommitRecord(anchor=made, links=links(*ids), transcripts=said))
    assert sum(len(data) for _, data in sealed.files) <= 40_000
    kept = [path for path, _ in sealed.files if path.endswith("transcript.json")]
    assert 5 <= len(kept) < len(ids)
    for more in ({"message": "word " * 10_000}, {}):
        with pytest.raises(gate.TooLarge):
            way.seal(CommitRecord(anchor=anchor(**more), links=() if more else links(*map(str, range(MOST_FILES)))))


FETCHED = "refs/remotes/origin/byline/anchors/v1"
OVER = "names more files than anchors have"
SECONDS = 20
"""What nobody waits for with these trees, whatever else the machine does; reading them takes hours."""


@pytest.fixture
def in_time() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < SECONDS


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """For this process and every git: what reads without end is to fail, not to take the machine with it."""
    if sys.platform != "linux":
        yield
        return
    import resource

    old = resource.getrlimit(resource.RLIMIT_AS)
    most = 3 << 30 if old[1] == resource.RLIM_INFINITY else min(3 << 30, old[1])
    resource.setrlimit(resource.RLIMIT_AS, (most, old[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, old)


@pytest.mark.parametrize("leaf", ["blob", "tree"])
def test_a_branch_of_endless_paths_is_passed_over(mallory: Repo, ada: Repo, in_time: None, leaf: str) -> None:
    """With files, and with empty folders only. What else the clone has is read."""
    put(mallory, 2)
    bomb(mallory, names.BRANCH, leaf=leaf)
    mallory.run("push", "-q", "-f", "origin", names.BRANCH)
    ada.run("fetch", "-q", "origin")
    with Objects(ada.git) as objects:
        anchors = Anchors(ada.git, objects)
        assert anchors.commits() == {ONE}
        assert [stored.source for stored in anchors.of(ONE)] == ["anchor"]
        assert dict(anchors.skipped) == {f"{FETCHED} {OVER}": 1}
    before = resolve(ada.git, names.BRANCH)
    for exchange in (fetch, push):
        with pytest.raises(NotExchanged, match=f"on origin {OVER}"):
            exchange(ada)
    assert resolve(ada.git, names.BRANCH) == before
    ada.run("update-ref", "-d", names.BRANCH)
    with pytest.raises(NotExchanged, match=OVER):
        fetch(ada)


def test_endless_paths_on_top_of_what_one_has(mallory: Repo, ada: Repo, in_time: None) -> None:
    """The branch would only be moved on to it."""
    push(ada)
    mallory.run("fetch", "-q", "origin", f"{names.BRANCH}:{names.BRANCH}")
    bomb(mallory, names.BRANCH)
    mallory.run("push", "-q", "origin", names.BRANCH)
    before = resolve(ada.git, names.BRANCH)
    for exchange in (fetch, push):
        with pytest.raises(NotExchanged, match=OVER):
            exchange(ada)
    assert resolve(ada.git, names.BRANCH) == before


def test_endless_paths_in_a_reflog(mallory: Repo, ada: Repo, in_time: None) -> None:
    """As `git fetch` and `git pull` leave them there: no question about all that changed leads to them."""
    bomb(mallory, names.BRANCH)
    mallory.run("push", "-q", "-f", "origin", names.BRANCH)
    ada.run("fetch", "-q", "origin")
    assert (ada.path / ".git" / "logs" / FETCHED).is_file()
    first = ada.run("rev-parse", "HEAD")
    made = ada.commit("more", {"b.txt": "b\n"})
    ada.run("commit", "-q", "--amend", "-m", "again")
    for since, paths in ((None, ["a.txt", "b.txt"]), (first, ["b.txt"])):
        graph = Graph(ada.git)
        graph.open(since)
        graph.expect_many()
        assert {path for path in ("a.txt", "b.txt", "c.txt") if graph.touching(path)} == set(paths)
        assert graph.touching("b.txt") == {made, ada.run("rev-parse", "HEAD")}
        assert ada.git.trouble is None
    assert sorted(work(ada.git).decode().split()) == sorted([first, made, ada.run("rev-parse", "HEAD")])


def test_endless_anchors_at_places_that_the_format_has(mallory: Repo, in_time: None) -> None:
    """One blob for all: an anchor is of one commit."""
    blob = mallory.run("hash-object", "-w", "--stdin", input=b"{}")
    tree = mallory.run("mktree", input=f"100644 blob {blob}\tmetadata.json\n".encode())
    for digits, count in ((38, 2000), (2, 256)):
        rows = "".join(f"040000 tree {tree}\t{number:0{digits}x}\n" for number in range(count))
        tree = mallory.run("mktree", input=rows.encode())
    tip = mallory.run("commit-tree", tree, "-m", "x")
    with pytest.raises(TooMuch):
        list_files(mallory.git, tip)


def test_endless_notes(mallory: Repo, ada: Repo, in_time: None) -> None:
    """Of another tool: fetched by `byline fetch`, and told once."""
    parts = [f"{number:02x}" for number in range(10)]
    tip = bomb(mallory, names.GITAI_NOTES, levels=19, parts=parts)
    with pytest.raises(TooMuch):
        list_notes(mallory.git, tip)
    mallory.run("push", "-q", "origin", names.GITAI_NOTES)
    with pytest.raises(NotExchanged, match=f"refs/notes/ai on origin {OVER}"):
        fetch(ada)
    assert not fetch(ada).moved
    with Objects(ada.git) as objects:
        assert Anchors(ada.git, objects).commits() == {ONE}


def test_paths_without_an_end(mallory: Repo, in_time: None) -> None:
    """Folders in folders, deeper than git itself can go."""
    tip = bomb(mallory, names.BRANCH, levels=200, parts=["x" * 200])
    with pytest.raises(TooMuch):
        list_files(mallory.git, tip)


def test_ones_own_branch_of_endless_paths_is_told_of(ada: Repo, in_time: None) -> None:
    """However it came to be one's own."""
    with pytest.raises(BylineError, match="git branch -D byline/anchors/v1"):
        anchored(ada.git, bomb(ada, names.BRANCH))


def test_many_anchors_earn_their_files(mallory: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are."""
    monkeypatch.setattr(limits, "FREE_ENTRIES", 20)
    put(mallory, *(number << 100 for number in range(1, 200)))
    assert len(anchored(mallory.git, str(resolve(mallory.git, names.BRANCH)))) == 199


def malformed(repo: Repo, *entries: tuple[str, str, str]) -> str:
    """A tree that git would not make: mode, name and id of each entry."""
    data = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(made) for mode, name, made in entries)
    return repo.run("hash-object", "--literally", "-w", "-t", "tree", "--stdin", input=data)


@pytest.mark.parametrize("name", ["..", ".git", "a/b", "twice"])
@pytest.mark.parametrize("is_on_top", [True, False])
def test_what_git_calls_malformed_is_not_joined(mallory: Repo, ada: Repo, name: str, is_on_top: bool) -> None:
    """Also where a plain `git fetch` brought it, and where the branch would only be moved on to it."""
    if is_on_top:
        push(ada)
        mallory.run("fetch", "-q", "origin", f"{names.BRANCH}:{names.BRANCH}")
    blob = mallory.run("hash-object", "-w", "--stdin", input=b"x")
    inner = malformed(mallory, *[("100644", name, blob)] * (2 if name == "twice" else 1))
    parent = ("-p", names.BRANCH) if is_on_top else ()
    tip = mallory.run("commit-tree", malformed(mallory, ("40000", "zz", inner)), "-m", "x", *parent)
    mallory.run("push", "-q", "-f", "origin", f"{tip}:{names.BRANCH}")
    ada.run("fetch", "-q", "origin")
    before = resolve(ada.git, names.BRANCH)
    for exchange in (fetch, push):
        with pytest.raises(NotExchanged, match="malformed; nothing of it was taken"):
            exchange(ada)
    assert resolve(ada.git, names.BRANCH) == before


def copied(old: str, new: str) -> None:
    if not Path(new).exists():
        shutil.copy(old, new)


@pytest.mark.parametrize("is_on_top", [True, False])
def test_objects_that_are_not_there(mallory: Repo, ada: Repo, is_on_top: bool) -> None:
    """As a clone of a folder brings them."""
    if is_on_top:
        push(ada)
        mallory.run("fetch", "-q", "origin", f"{names.BRANCH}:{names.BRANCH}")
    tree = malformed(mallory, ("100644", "metadata.json", "3" * 40))
    for part in ("0" * 37 + "2", "00"):
        tree = malformed(mallory, ("40000", part, tree))
    parent = ("-p", names.BRANCH) if is_on_top else ()
    tip = mallory.run("commit-tree", tree, "-m", "x", *parent)
    for path in (mallory.path.parent / "server.git" / "objects", ada.path / ".git" / "objects"):
        shutil.copytree(mallory.path / ".git" / "objects", path, dirs_exist_ok=True, copy_function=copied)
    ada.run("update-ref", FETCHED, tip)
    Repo(mallory.path.parent / "server.git").run("update-ref", names.BRANCH, tip)
    before = resolve(ada.git, names.BRANCH)
    with pytest.raises(NotExchanged, match="names objects that it does not have; nothing of it was taken"):
        push(ada)
    assert resolve(ada.git, names.BRANCH) == before
    assert not list((ada.path / ".git").glob("fast_import_crash_*"))


def test_a_failed_import_leaves_no_report(ada: Repo) -> None:
    stream = b"commit refs/heads/x\ncommitter m <m@x> 9 +0000\ndata 1\nx\nM 100644 %s x\n" % (b"3" * 40)
    with pytest.raises(GitFailed):
        ada.git.run("fast-import", "--quiet", input=stream)
    assert not list((ada.path / ".git").glob("fast_import_crash_*"))
