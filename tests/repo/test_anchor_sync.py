"""Anchors of real histories: what sync writes, for which commits, and that it says the same whenever it runs."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from byline.repo.anchors import names
from byline.repo.anchors.branch import lock
from byline.repo.anchors.listing import resolve
from byline.repo.run import Git
from byline.workspace import anchorsync
from byline.workspace.anchorfiles import FileReader
from byline.workspace.anchorsync import Outcome, OutOfTime, Sync, SyncIsRunning
from byline.workspace.place import place_of
from byline.workspace.workspace import Workspace
from story import ForkedHook, story
from story.stage import Stage
from story.telling import Story
from story.world import World


@pytest.fixture
def tale(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook())


def sync(tale: Story, *, home: str | None = None, **more: Any) -> Outcome:
    env = tale.world.environment({"HOME": home} if home else None)
    place = place_of(tale.stage.here)
    assert place is not None
    with Workspace(place, env) as workspace:
        return Sync(workspace, place, Path(env["HOME"])).run(**more)


def rev(tale: Story, name: str = "HEAD") -> str:
    return tale.world.git("rev-parse", name).decode().strip()


def stored(tale: Story, name: str = "HEAD", file: str = "metadata.json") -> dict[str, Any]:
    data = tale.world.git("cat-file", "blob", f"{names.BRANCH}:{names.folder(rev(tale, name))}{file}")
    parsed: dict[str, Any] = json.loads(data)
    return parsed


def anchored(tale: Story) -> list[str]:
    """Subjects of the anchored commits."""
    if not resolve_branch(tale):
        return []
    paths = tale.world.git("ls-tree", "-r", "--name-only", names.BRANCH).decode().split()
    commits = {place[0] for path in paths if (place := names.stored(path)) is not None}
    return sorted(tale.world.git("show", "-s", "--format=%s", commit).decode().strip() for commit in commits)


def resolve_branch(tale: Story) -> str | None:
    with Workspace.for_path(tale.world.root, tale.world.environment()) as workspace:
        assert workspace.git is not None
        return resolve(workspace.git, names.BRANCH)


def counts(anchor: dict[str, Any]) -> tuple[int, ...]:
    parts = ("ai_added", "human_added", "unknown_added", "ai_deleted", "human_deleted", "unknown_deleted")
    return tuple(anchor[part] for part in parts)


def lines(anchor: dict[str, Any], path: str = "f.txt") -> dict[str, list[tuple[int, int]]]:
    """For each writer of a file its ranges; a star where they were carried."""
    found: dict[str, list[tuple[int, int]]] = {}
    for change in anchor["file_changes"]:
        if change["path"] == path:
            for group in change.get("line_attributions", ()):
                who = group.get("session_id", "H") + ("*" if group.get("carried") else "")
                found[who] = found.get(who, []) + [(one["start"], one["end"]) for one in group["ranges"]]
    return found


def test_each_kind_of_writer_is_told_apart(tale: Story) -> None:
    tale.init(f="a b c d").edit("A", f="a s1 s2 c d").edit("H", f="h a s1 s2 c d").edit(
        "U", f="h a s1 s2 c d u"
    ).commit()
    sync(tale)
    anchor = stored(tale)
    assert lines(anchor) == {"H": [(1, 1)], "A": [(3, 4)]}
    assert counts(anchor) == (2, 2, 1, 1, 0, 0)
    assert (anchor["added"], anchor["deleted"], anchor["ai_percentage"]) == (4, 1, 60.0)
    assert anchor["file_changes"][0]["attribution"] == "mixed"
    assert anchor["session_ids"] == ["A"]
    assert (anchor["author_type"], anchor["author_type_source"], anchor["branch"]) == ("assisted", "derived", "main")
    assert [one["role"] for one in anchor["contributors"]] == ["human", "agent"]
    assert anchor["coverage"] == {"capture_gap_files": ["f.txt"]}
    link = stored(tale, file="1/metadata.json")
    assert (link["session_id"], link["files_touched"], link["link_type"]) == ("A", ["f.txt"], "explicit")


def test_a_commit_without_sessions_is_a_persons_and_not_none(tale: Story) -> None:
    tale.init(f="a b").edit("A", f="a b s").commit("of A").edit("H", f="a b s h").commit("of a person")
    sync(tale)
    anchor = stored(tale)
    assert (anchor["author_type"], anchor["ai_percentage"], anchor["session_ids"]) == ("human", None, [])
    assert lines(anchor) == {"H": [(4, 4)]}
    assert counts(anchor) == (0, 1, 0, 0, 0, 0)


def test_who_removed_a_line(tale: Story) -> None:
    tale.init(f="a b c d e f").edit("A", f="a c d e f").edit("H", f="a c e f").edit("U", f="a c e").commit()
    sync(tale)
    anchor = stored(tale)
    assert counts(anchor) == (0, 0, 0, 1, 2, 1)
    assert anchor["session_ids"] == ["A"]


def test_history_from_before_the_first_event_gets_no_anchor(tale: Story) -> None:
    tale.init(f="a b").on_disk(f="a b c").commit("before").edit("A", f="a b c s").commit("after")
    sync(tale)
    assert anchored(tale) == ["after"]


def test_without_events_nothing_is_made(tale: Story) -> None:
    tale.init(f="a b")
    assert sync(tale).commits == []
    assert resolve_branch(tale) is None


def test_a_second_sync_writes_nothing(tale: Story) -> None:
    tale.init(f="a").edit("A", f="a s").commit()
    assert len(sync(tale).commits) == 1
    tip = resolve_branch(tale)
    assert sync(tale).commits == []
    assert resolve_branch(tale) == tip


def test_a_rebased_commit_keeps_sessions_at_new_lines(tale: Story) -> None:
    tale.init(f="a b c").git("checkout", "-q", "-b", "topic").edit("A", f="a b c s").commit("topic")
    tale.git("checkout", "-q", "main").edit("H", f="h1 h2 a b c").commit("main").git("rebase", "-q", "main", "topic")
    sync(tale)
    anchor = stored(tale)
    assert lines(anchor) == {"A": [(6, 6)]}
    assert (anchor["session_ids"], anchor["branch"]) == (["A"], "topic")
    assert anchored(tale) == ["main", "topic"]


def test_amend_squash_and_cherry_pick_keep_sessions(tale: Story) -> None:
    tale.init(f="a").edit("A", f="a s").commit("one").git("commit", "-q", "--amend", "-m", "amended")
    tale.edit("B", f="a s t").commit("two").git("reset", "-q", "--soft", "HEAD~1").git(
        "commit", "-q", "--amend", "--no-edit"
    )
    sync(tale)
    assert lines(stored(tale)) == {"A": [(2, 2)], "B": [(3, 3)]}
    assert stored(tale)["session_ids"] == ["A", "B"]
    tale.git("checkout", "-q", "-b", "other", "HEAD~1").git("cherry-pick", "main")
    sync(tale)
    assert stored(tale)["session_ids"] == ["A", "B"]


def test_a_formatted_line_keeps_its_writer_but_is_no_work_of_the_session(tale: Story) -> None:
    tale.init(f=["x"]).edit("A", f=["x", "call(a, b)"]).commit("written")
    tale.edit("F", f=["x", "    call(a, b)"]).commit("formatted")
    sync(tale)
    anchor = stored(tale)
    assert lines(anchor) == {"A*": [(2, 2)]}
    assert (anchor["session_ids"], anchor["author_type"], anchor["ai_added"]) == ([], "human", 1)


def test_a_merge_has_only_what_its_resolution_added(tale: Story) -> None:
    tale.init(f="a b c").git("checkout", "-q", "-b", "topic").edit("A", f="a T c").commit("topic")
    tale.git("checkout", "-q", "main").edit("B", f="a M c").commit("main").git_stops("merge", "-q", "topic")
    tale.edit("C", f="a T M new c").commit("merged")
    sync(tale)
    anchor = stored(tale)
    assert lines(anchor) == {"C": [(4, 4)]}
    assert (anchor["added"], anchor["deleted"], anchor["files_changed"]) == (1, 0, ["f.txt"])
    tale.git("checkout", "-q", "-b", "clean", "HEAD~1").edit("D", g="x").commit("clean side")
    tale.git("merge", "-q", "--no-ff", "-m", "clean merge", "main")
    sync(tale)
    assert (stored(tale)["added"], stored(tale)["files_changed"]) == (0, [])


def test_a_commit_made_in_a_sessions_shell_is_the_agents(tale: Story) -> None:
    def deed(inside: Story) -> None:
        inside.on_disk(f="a s").git("commit", "-q", "-am", "by the agent")

    tale.init(f="a").shell("A", "sed -i '$a s' f.txt && git commit -qam x", deed)
    sync(tale)
    anchor = stored(tale)
    assert (anchor["author_type"], anchor["author_type_source"]) == ("agent", "observed")
    assert b"sed -i" not in tale.world.git("log", "-p", names.BRANCH)


def test_a_rename_and_a_binary_file(tale: Story) -> None:
    tale.init(f="a b c d e f g").edit("A", f="a b c d e f g s").commit("written")
    tale.git("mv", "f.txt", "g.txt").edit("A", {"pic": b"\0\1\2"}).commit("moved")
    sync(tale)
    moved, picture = stored(tale)["file_changes"]
    assert (moved["path"], moved["old_path"], moved["added"], moved["deleted"]) == ("g.txt", "f.txt", 0, 0)
    assert (picture["path"], picture["added"], picture["attribution"]) == ("pic", 0, "ai")


def test_no_shallow_boundary(tale: Story, tmp_path: Path) -> None:
    tale.init(f="a")
    for number in range(3):
        tale.edit("H", f=[str(n) for n in range(number + 2)]).commit()
    remote = tale.world.bare_remote("origin")
    clone = tmp_path / "shallow"
    tale.world.git("clone", "-q", "--depth", "1", f"file://{remote}", str(clone), cwd=tmp_path)
    tale.stage.here = clone
    boundary = tale.world.git("rev-parse", "HEAD", cwd=clone).decode().strip()
    tale.edit("A", f="0 1 2 3 s").commit("on top")
    assert boundary not in sync(tale).commits
    assert tale.world.git("rev-parse", "HEAD", cwd=clone).decode().strip() in sync_result(clone, tale)


def sync_result(clone: Path, tale: Story) -> str:
    """The paths of the branch, without the slash after two characters."""
    listed = tale.world.git("ls-tree", "-r", "--name-only", names.BRANCH, cwd=clone).decode()
    return listed.replace("/", "")


def busy(tale: Story, after_each: Callable[[], object] = lambda: None) -> Story:
    """A history with a little of everything."""
    tale.init(f="a b c d e f g h i j", g=["void f() {", "  x();", "}"])
    deeds: list[Callable[[], object]] = [
        lambda: tale.edit("A", f="a s1 b c d e f g h i j").commit("c1"),
        lambda: tale.edit("B", g=["void f() {", "  x();", "}", "void g() {", "  x();", "}"]).commit("c2"),
        lambda: tale.edit("A", f="a s1 c d e f g h i j").edit("H", f="a s1 c d e f g h k i j").commit("c3"),
        lambda: (
            tale.shell("C", "make", f="a s1 c d E f g h k i j").edit("U", f="a s1 c d E f g h k i j u").commit("c4")
        ),
        lambda: tale.edit("B", f="a c d E f g h k i j u").edit("A", {"new file": "x y"}).commit("c5"),
        lambda: tale.git("mv", "g.txt", "h.txt").commit("c6"),
        lambda: tale.git("revert", "--no-edit", "HEAD~1"),
    ]
    for deed in deeds:
        deed()
        after_each()
    return tale


def tree(tale: Story) -> str:
    return tale.world.git("rev-parse", f"{names.BRANCH}^{{tree}}").decode().strip()


def test_counts_are_those_of_git(tale: Story) -> None:
    busy(tale)
    sync(tale)
    for commit in tale.world.git("rev-list", "HEAD~7..HEAD").decode().split():
        shown = tale.world.git("show", "-M", "--numstat", "--format=", commit).decode().split("\n")
        numbers = [row.split("\t") for row in shown if row]
        anchor = stored(tale, commit)
        assert (anchor["added"], anchor["deleted"]) == (
            sum(int(row[0]) for row in numbers),
            sum(int(row[1]) for row in numbers),
        ), anchor["message"]


def test_it_does_not_matter_when_sync_runs(tale: Story, tmp_path: Path) -> None:
    late = tmp_path / "late"
    busy(tale)
    shutil.copytree(tale.world.root, late, symlinks=True)
    sync(tale)
    at_once = tree(tale)
    shutil.rmtree(tale.world.root)
    late.rename(tale.world.root)
    for commit in tale.world.git("rev-list", "--reverse", "HEAD~7..HEAD").decode().split():
        tale.edit("Z", other=f"{commit} later").commit(f"after {commit[:7]}")
    tale.git("reset", "-q", "--hard", "HEAD~7")
    sync(tale)
    assert tree(tale) == at_once


def test_another_person_with_the_same_evidence_writes_the_same_bytes(tale: Story, tmp_path: Path) -> None:
    busy(tale)
    shutil.copytree(tale.world.root, tmp_path / "copy", symlinks=True)
    sync(tale)
    tip = resolve_branch(tale)
    shutil.rmtree(tale.world.root)
    (tmp_path / "copy").rename(tale.world.root)
    sync(tale, home=str(tmp_path / "elsewhere"))
    assert resolve_branch(tale) == tip


def test_an_interrupted_sync_goes_on_where_it_was(tale: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(tale)
    monkeypatch.setattr(anchorsync, "BATCH", 2)

    def stop(done: int, total: int) -> None:
        assert total == 7
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(tale, progress=stop)
    assert len(anchored(tale)) == 3
    assert len(sync(tale).commits) == 4
    assert sync(tale).commits == []


def test_a_killed_process_leaves_a_branch_that_the_next_one_completes(tale: Story) -> None:
    busy(tale)
    script = (
        "import os, sys, signal\n"
        "from byline.workspace import anchorsync\n"
        "from byline.repo.anchors import branch\n"
        "anchorsync.BATCH = 2\n"
        "write, calls = branch.write, []\n"
        "def second(*args):\n"
        "    calls.append(1)\n"
        "    if len(calls) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return write(*args)\n"
        "branch.write = second\n"
        "from byline.cli.main import main\n"
        "main(['sync'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tale.world.root, env=tale.world.environment())
    assert done.returncode == -9
    assert len(anchored(tale)) == 2
    assert len(sync(tale).commits) == 5
    assert tale.world.git("fsck", "--strict", "--no-dangling") == b""


def test_two_at_once(tale: Story) -> None:
    busy(tale)
    command = [sys.executable, "-m", "byline.cli.main", "sync", "--json"]
    env = tale.world.environment()
    both = [subprocess.Popen(command, cwd=tale.world.root, env=env, stdout=subprocess.PIPE) for _ in range(2)]
    answers = [json.loads(one.communicate()[0]) for one in both]
    assert sorted(answer["anchored"] for answer in answers) == [0, 7]
    assert all(answer["problems"] == [] for answer in answers)


def test_one_that_does_not_want_to_wait_says_who_is_in_the_way(tale: Story) -> None:
    tale.init(f="a").edit("A", f="a s").commit()
    with lock(tale.world.root / ".git", 1), pytest.raises(SyncIsRunning):
        sync(tale, wait=0.05)


def test_the_person_sees_nothing_of_it(tale: Story) -> None:
    busy(tale).on_disk(f="dirty").git("add", "f.txt").on_disk(f="dirtier")
    status = tale.world.git("status", "--porcelain=v2", "--branch")
    index = tale.world.root / ".git" / "index"
    before = (index.stat().st_mtime_ns, index.read_bytes())
    sync(tale)
    assert before == (index.stat().st_mtime_ns, index.read_bytes())
    assert tale.world.git("status", "--porcelain=v2", "--branch") == status


def test_a_branch_that_is_no_text(tale: Story) -> None:
    tale.init(f="a b").edit("A", f="a s b")
    tale.git("checkout", "-q", "-b", "br\udce9")
    tale.commit("first")
    sync(tale)
    assert (stored(tale)["branch"], stored(tale)["ai_added"]) == ("br\ufffd", 1)


def test_odd_paths(tale: Story) -> None:
    odd = ["ä b.txt", 'quo"te', "new\nline", '"quoted"', "-x"]
    tale.init(f="a").edit("A", dict.fromkeys(odd, "s1 s2")).commit("odd")
    sync(tale)
    anchor = stored(tale)
    assert sorted(anchor["files_changed"]) == sorted(["ä b.txt", 'quo"te', "new\nline", '"\\042quoted\\042"', "-x"])
    assert anchor["ai_added"] == 10


def test_a_colleague_reads_it_from_a_clone(tale: Story, tmp_path: Path) -> None:
    busy(tale)
    sync(tale)
    remote = tale.world.bare_remote("origin")
    tale.world.git("push", "-q", "origin", "byline/anchors/v1")
    bob = tmp_path / "bob"
    tale.world.git("clone", "-q", str(remote), str(bob), cwd=tmp_path)
    with Workspace.for_path(bob, tale.world.environment()) as workspace:
        found = workspace.attribute(bob / "h.txt")
    assert [line.session_id for line in found.lines] == [None, None, None, "B", "B", "B"]


def test_two_sessions_on_one_file_make_a_timeline(tale: Story) -> None:
    tale.init(f="a b").edit("A", f="a b s").edit("B", f="a b s t").commit()
    sync(tale)
    anchor = stored(tale)
    roles = [{"session_id": one, "role": "writer"} for one in "AB"]
    assert anchor["file_interactions"] == [{"path": "f.txt", "sessions": roles}]
    timeline = stored(tale, file="timeline.json")
    assert timeline["session_count"] == 2
    assert [event["session_id"] for event in timeline["events"]] == ["A", "B"]
    assert stored(tale, file="1/metadata.json")["peer_session_ids"] == ["B"]


def test_a_subagent_names_its_parent(tale: Story) -> None:
    tale.init(f="a b").edit("A/1", f="a b s").commit()
    sync(tale)
    link = stored(tale, file="1/metadata.json")
    assert (link["is_subagent"], link["parent_session_id"]) == (True, "A")


def test_dates_set_by_hand_do_not_hide_commits(tmp_path: Path) -> None:
    tale = Story(Stage(World(tmp_path, ticking=True), hook=ForkedHook()))  # commits of 2023, events of today
    tale.init(f="a b").on_disk(f="a b c").commit("before").edit("A", f="a b c s").commit("after")
    sync(tale)
    assert anchored(tale) == ["after"]
    assert lines(stored(tale)) == {"A": [(4, 4)]}


def test_a_linked_worktree(tale: Story, tmp_path: Path) -> None:
    tale.init(f="a b").edit("A", f="a b s").commit("main work")
    tale.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"), "HEAD~1")
    tale.stage.here = tmp_path / "side"
    tale.edit("B", f="t a b").commit("side work")
    sync(tale)
    side = tale.world.git("rev-parse", "side").decode().strip()
    assert anchored(tale) == ["main work", "side work"]
    assert (lines(stored(tale, side)), stored(tale, side)["branch"]) == ({"B": [(1, 1)]}, "side")


def test_a_squash_merge_that_comes_back_is_known_and_a_colleagues_work_is_not_ours(tale: Story) -> None:
    tale.init(f="a b c", other="x")
    tale.world.bare_remote("origin")
    tale.git("checkout", "-q", "-b", "topic").edit("A", f="a s1 b c").commit("part one")
    tale.edit("A", f="a s1 b s2 c").commit("part two").git("push", "-q", "origin", "topic").git(
        "checkout", "-q", "main"
    )
    tale.world.colleague("origin", {"other.txt": b"x\nbob\n"}, "bob's own")
    tale.world.colleague("origin", {"f.txt": b"a\ns1\nb\ns2\nc\n"}, "topic (#1)")
    tale.git("pull", "-q", "--ff-only")
    sync(tale)
    assert anchored(tale) == ["part one", "part two", "topic (#1)"]
    assert lines(stored(tale)) == {"A": [(2, 2), (4, 4)]}
    assert sync(tale).examined == 0


def test_lines_that_a_revert_brings_back_are_carried(tale: Story) -> None:
    tale.init(f="a b").edit("A", f="a s1 s2 b").commit("written").edit("H", f="a b").commit("removed")
    tale.git("revert", "--no-edit", "HEAD")
    sync(tale)
    anchor = stored(tale)
    assert lines(anchor) == {"A*": [(2, 3)]}
    assert (anchor["session_ids"], anchor["ai_added"], anchor["author_type"]) == ([], 2, "human")


def test_a_commit_in_parts_names_the_session_in_each(tale: Story) -> None:
    tale.init(f="a b").edit("A", f="a s1 b s2").stage_text(f="a s1 b").commit("first half", staged=True)
    tale.stage_text(f="a s1 b s2").commit("second half", staged=True)
    sync(tale)
    assert lines(stored(tale, "HEAD~1")) == {"A": [(2, 2)]}
    assert lines(stored(tale)) == {"A": [(4, 4)]}
    assert stored(tale)["session_ids"] == stored(tale, "HEAD~1")["session_ids"] == ["A"]


def test_an_amended_commit_is_not_published(tale: Story) -> None:
    tale.init(f="a").edit("A", f="a s").commit("with a secret in its message")
    tale.git("commit", "-q", "--amend", "-m", "clean")
    sync(tale)
    assert anchored(tale) == ["clean"]


def test_nothing_said_and_no_secret_is_on_the_branch(tale: Story) -> None:
    token = "ghp_" + "a1B2" * 9
    tale.init(f="a").edit("A", f="a s").commit(f"use {token} in {tale.world.root}/f.txt")
    sync(tale)
    everything = tale.world.git("log", "-p", names.BRANCH).decode()
    assert token not in everything
    assert str(tale.world.folder) not in everything
    assert stored(tale)["message"] == "use [REDACTED] in f.txt"


PICTURE, OTHER_PICTURE = b"\0\1\2", b"\0\1\3"


def of_picture(tale: Story, name: str = "HEAD") -> tuple[str, str | None, list[str], str]:
    anchor = stored(tale, name)
    (change,) = (one for one in anchor["file_changes"] if one["path"] == "pic")
    return change["attribution"], change.get("agent"), anchor["session_ids"], anchor["author_type"]


def test_who_wrote_a_binary_file_has_a_link(tale: Story) -> None:
    tale.init(f="a").edit("A", {"pic": PICTURE}).commit("written")
    sync(tale)
    assert of_picture(tale) == ("ai", "robot", ["A"], "assisted")
    link = stored(tale, file="1/metadata.json")
    assert (link["session_id"], link["link_type"], link["files_touched"]) == ("A", "explicit", ["pic"])
    assert [one["name"] for one in stored(tale)["contributors"] if one["role"] == "agent"] == ["robot"]
    assert stored(tale)["ai_percentage"] is None


def test_a_binary_file_of_a_shell_call_is_the_sessions(tale: Story) -> None:
    def deed(story: Story) -> None:
        (story.stage.here / "pic").write_bytes(PICTURE)

    tale.init(f="a").shell("A", "convert x pic", deed).commit("made")
    sync(tale)
    assert of_picture(tale) == ("ai", "robot", ["A"], "assisted")


def test_a_binary_file_that_a_person_changed_or_moved_or_brought_back_is_no_sessions(tale: Story) -> None:
    tale.init(f="a").edit("A", {"pic": PICTURE}).commit("written")
    tale.edit("U", {"pic": OTHER_PICTURE}).commit("another")
    tale.git("revert", "--no-edit", "HEAD")
    tale.git("mv", "pic", "moved").commit("moved")
    tale.git("mv", "moved", "pic").commit("moved back")
    tale.git("rm", "-q", "pic").commit("gone")
    sync(tale)
    assert of_picture(tale, "HEAD~5") == ("ai", "robot", ["A"], "assisted")
    for name in ("HEAD~4", "HEAD~3", "HEAD~1", "HEAD"):
        assert of_picture(tale, name) == ("human", None, [], "human"), name


def test_lines_of_a_turn_without_a_prompt_have_a_turn(tale: Story) -> None:
    tale.init(f="a b c")
    for number in (1, 2):
        path = tale.stage.here / f"new{number}"
        path.write_bytes(b"x\ny\n")
        told = {"v": 1, "agent": "robot", "session_id": "A", "event": "write", "path": path.name, "before": None}
        told |= {"cwd": str(tale.stage.here), "turn_id": f"t{number}"}
        ForkedHook()("generic", told, tale.world.environment(), tale.stage.here)
    tale.commit("written")
    sync(tale)
    anchor = stored(tale)
    lines = [line for one in anchor["file_changes"] for line in one["line_attributions"]]
    assert [(line["session_id"], line["turn_id"]) for line in lines] == [("A", "t1"), ("A", "t2")]
    assert [(turn["id"], turn["session_id"], turn["turn_index"]) for turn in anchor["turns"]] == [
        ("t1", "A", 0),
        ("t2", "A", 1),
    ]
    assert all("prompt" not in turn for turn in anchor["turns"])


@pytest.mark.parametrize("attributes", ["", "* text=auto\n"])
def test_git_is_not_started_for_each_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attributes: str) -> None:
    started: list[tuple[str, ...]] = []
    start = Git.start

    def counted(git: Git, *args: str, **more: Any) -> Any:
        started.append(args)
        return start(git, *args, **more)

    counts = []
    for many in (20, 60):
        (tmp_path / str(many)).mkdir()
        tale = story(tmp_path / str(many), hook=ForkedHook())
        tale.init(f="a b").edit("A", f="a s1 b")
        (tale.world.root / ".gitattributes").write_text(attributes)
        for number in range(many):
            (tale.world.root / f"n{number}.txt").write_text(f"{number}\n")
        tale.world.git("add", "-A")
        tale.commit("many")
        started.clear()
        with monkeypatch.context() as patch:
            patch.setattr(Git, "start", counted)
            assert len(sync(tale).commits) == 1
        assert len(stored(tale)["file_changes"]) == many + 2
        counts.append(len(started))
    assert counts[0] == counts[1] < 30


def test_what_takes_too_long_does_not_keep_the_others_waiting(tale: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    read = FileReader.read

    def slow(reader: FileReader, commit: Any, delta: Any) -> Any:
        nonlocal clock
        clock += delta.path.startswith("n")
        return read(reader, commit, delta)

    tale.init(f="a b").edit("A", f="a s1 b").commit("one")
    for number in range(20):
        (tale.world.root / f"n{number}.txt").write_text(f"{number}\n")
    tale.world.git("add", "-A")
    tale.commit("many").edit("A", f="a s1 s2 b").commit("two")
    with monkeypatch.context() as patch:
        patch.setattr(FileReader, "read", slow)
        patch.setattr(anchorsync, "time", SimpleNamespace(monotonic=lambda: clock))
        for done in (["one"], ["one", "two"], ["one", "two"]):
            with pytest.raises(OutOfTime):
                sync(tale, until=clock + 10)
            assert anchored(tale) == done
        assert len(sync(tale, until=clock + 30).commits) == 1
    whole = tale.world.git("rev-parse", f"{names.BRANCH}^{{tree}}")
    tale.world.git("update-ref", "-d", names.BRANCH)
    (tale.world.root / ".git" / "byline" / "looked.json").unlink()
    assert len(sync(tale).commits) == 3
    assert tale.world.git("rev-parse", f"{names.BRANCH}^{{tree}}") == whole
