"""`byline goto` and `byline back`, as a person uses them: the real hook, the real git, the real program."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import story
from .conftest import ROOT, Person

NAMES = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")


def turn(person: Person, number: int, cwd: Path | None = None, session_id: str = "s1", **files: str | None) -> None:
    """One turn of a session: files by name, with `__` for a dot; None deletes one in a shell call."""
    words: dict[str, Any] = {"session_id": session_id, "turn_id": f"turn-{session_id}-{number}"}
    folder = cwd or person.repository
    story.tell(person, "prompt", folder, prompt=f"do {number}", **words)
    for name, text in files.items():
        path = name.replace("__", ".").replace("_0", "/")
        if text is not None:
            story.write(person, path, text, folder, **words)
            continue
        call = {"call_id": f"rm-{number}", "tool": "Bash", "command": f"rm {path}", **words}
        story.tell(person, "pre_shell", folder, **call)
        (folder / path).unlink()
        story.tell(person, "shell", folder, **call)
    story.tell(person, "turn_end", folder, **words)


def tree_now(person: Person, cwd: Path | None = None, without: tuple[str, ...] = ()) -> str:
    """The tree git itself makes of the worktree."""
    env = {**person.env, "GIT_INDEX_FILE": str(person.home / "index-of-test")}
    Path(env["GIT_INDEX_FILE"]).unlink(missing_ok=True)

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=cwd or person.repository, env=env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("read-tree", "HEAD")
    git("add", "-A")
    for path in without:
        git("rm", "-q", "--cached", path)
    return git("write-tree")


def told(person: Person, *words: str, cwd: Path | None = None) -> Any:
    return json.loads(person.byline(*words, "--json", cwd=cwd).stdout)


def owners(person: Person, file: str, cwd: Path | None = None) -> list[tuple[str, str | None]]:
    return [(one["content"], one["session_id"]) for one in told(person, "blame", file, cwd=cwd)["lines"]]


def status(person: Person) -> str:
    return person.git("status", "--porcelain=v2", "--branch", "-uall")


def refused(person: Person, *words: str) -> str:
    done = person.byline(*words, code=1)
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def begun(person: Person) -> Person:
    """A repository with a commit and two turns; the work of both is not committed."""
    (person.repository / "a.txt").write_text("one\n")
    (person.repository / ".gitignore").write_text("*.log\n")
    story.commit(person)
    story.tell(person, "session_start")
    turn(person, 1, a__txt="one\ntwo\n", new__txt="n\n")
    turn(person, 2, a__txt="one\ntwo\nthree\n", d_0e__txt="e\n")
    return person


def test_a_turn_knows_the_tree_of_its_end(person: Person) -> None:
    (person.repository / "a.txt").write_text("one\n")
    (person.repository / "b.sh").write_text("b\n")
    (person.repository / "b.sh").chmod(0o755)
    (person.repository / ".gitignore").write_text("*.log\n")
    story.commit(person)
    trees = {}
    turn(person, 1, a__txt="one\ntwo\n", b__sh="b2\n", debug__log="x\n", d_0new__txt="n\n")
    trees["turn-s1-1"] = tree_now(person)
    turn(person, 2, d_0new__txt=None, a__txt="one\n", __env="KEY=1\n")
    trees["turn-s1-2"] = tree_now(person, without=(".env",))
    story.commit(person)
    turn(person, 3, session_id="s2", c__txt="c\n")
    trees["turn-s2-3"] = tree_now(person)
    rows = {row["id"]: row for row in told(person, "goto")}
    assert {name: row["tree_hash"] for name, row in rows.items()} == trees
    assert [rows[name]["turn_index"] for name in trees] == [0, 1, 0]
    refs = person.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/byline/turns/")
    held = dict(line.split(" ") for line in refs.splitlines())
    assert held == {f"refs/byline/turns/{name[5:7]}/{name}": tree for name, tree in trees.items()}
    person.git("gc", "-q", "--prune=now")
    assert all(person.git("cat-file", "-t", tree).strip() == "tree" for tree in trees.values())
    assert person.git("fsck").strip() == ""
    assert "turns" not in person.git("log", "--all", "--decorate")


def test_the_anchor_names_the_trees(begun: Person) -> None:
    tree = tree_now(begun)
    turn(begun, 3, a__txt="one\ntwo\nthree\nfour\n")
    last = tree_now(begun)
    story.tell(begun, "prompt", prompt="go on", turn_id="open")
    story.write(begun, "o.txt", "o\n", turn_id="open")
    story.commit(begun)
    story.tell(begun, "turn_end", turn_id="open")
    begun.byline("sync")
    sha = begun.git("rev-parse", "HEAD").strip()
    stored = json.loads(begun.git("show", f"byline/anchors/v1:{sha[:2]}/{sha[2:]}/metadata.json"))
    turns = {one["id"]: one["tree_hash"] for one in stored["turns"]}
    assert (turns["turn-s1-2"], turns["turn-s1-3"]) == (tree, last)
    assert turns["open"] is None  # it had not ended
    begun.byline("sync", "--push", code=None)
    assert "refs/byline/turns" not in begun.git("ls-tree", "-r", "byline/anchors/v1")


def test_what_cannot_be_proven_has_no_tree(begun: Person) -> None:
    (begun.repository / "data.bin").write_bytes(b"\0\1\2")
    story.tell(begun, "pre_shell", command="ls", call_id="x")
    story.tell(begun, "shell", command="ls", call_id="x")
    turn(begun, 3, a__txt="one\n")
    (begun.repository / "data.bin").unlink()
    story.tell(begun, "pre_shell", command="sleep 9", call_id="y")
    turn(begun, 4, a__txt="1\n")
    turn(begun, 5, a__txt="2\n", new__txt=None)
    rows = {row["id"]: row for row in told(begun, "goto")}
    assert [rows[f"turn-s1-{n}"]["tree_hash"] is None for n in range(1, 6)] == [False, False, True, True, False]
    assert "data.bin" in refused(begun, "goto", "turn-s1-3")
    assert "shell call" in rows["turn-s1-4"]["why"]


def test_a_lost_snapshot_is_no_tree(begun: Person) -> None:
    shutil.rmtree(begun.store / "blobs")
    assert {row["tree_hash"] for row in told(begun, "goto")} == {None}
    assert "not kept" in refused(begun, "goto", "turn-s1-1")


def test_a_position_that_is_none(begun: Person) -> None:
    for position in ("²", "٣", "9" * 5000, "-1"):
        assert "s1:" in refused(begun, "goto", f"s1:{position}")
    assert not (begun.data / "crashes").exists()
    assert told(begun, "goto", "s1:0")["target"] == "turn-s1-1"


def test_there_and_back(begun: Person) -> None:
    repository = begun.repository
    begun.git("add", "a.txt")
    (repository / "a.txt").write_text("one\ntwo\nthree\nmine\n")
    (repository / "mine.txt").write_text("mine\n")
    (repository / "x.log").write_text("ignored\n")
    (repository / ".env").write_text("KEY=1\n")
    was, stashes = status(begun), begun.git("stash", "list")
    head = begun.git("rev-parse", "HEAD").strip()
    went = told(begun, "goto", "turn-s1-1")
    assert (went["action"], went["target"], went["stashed"], went["kind"]) == ("goto", "turn-s1-1", True, "turn")
    assert (repository / "a.txt").read_text() == "one\ntwo\n"
    assert (repository / "new.txt").read_text() == "n\n"
    assert not (repository / "d").exists()
    assert not (repository / "mine.txt").exists()
    assert (repository / "x.log").exists()
    assert (repository / ".env").read_text() == "KEY=1\n"
    assert begun.git("rev-parse", "HEAD").strip() == head
    assert begun.git("rev-parse", "--abbrev-ref", "HEAD").strip() == "HEAD"
    assert begun.git("diff", "--cached") == ""
    back = told(begun, "back")
    assert (back["action"], back["label"], back["stash_applied"], back["remaining_depth"]) == (
        "back",
        "main",
        True,
        0,
    )
    assert status(begun) == was
    assert (repository / "a.txt").read_text() == "one\ntwo\nthree\nmine\n"
    assert (repository / "mine.txt").read_text() == "mine\n"
    assert begun.git("stash", "list") == stashes
    assert "nothing to go back to" in refused(begun, "back")


def test_git_keeps_what_was_staged_and_links_lead_nowhere(begun: Person, tmp_path: Path) -> None:
    repository = begun.repository
    story.commit(begun)
    (repository / "a.txt").write_text("staged\n")
    begun.git("add", "a.txt")
    (repository / "a.txt").write_text("not staged\n")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "e.txt").write_text("not of the repository\n")
    shutil.rmtree(repository / "d")
    (repository / "d").symlink_to(outside)
    begun.git("checkout", "-q", "--detach")
    was = status(begun)
    told(begun, "goto", "HEAD~1")
    assert (outside / "e.txt").exists()
    assert not (repository / "d").exists()
    begun.git("reflog", "expire", "--expire=now", "--all")
    begun.git("gc", "-q", "--prune=now")
    told(begun, "back")
    assert (outside / "e.txt").read_text() == "not of the repository\n"
    assert status(begun) == was
    assert begun.git("show", ":a.txt") == "staged\n"
    assert begun.git("fsck", "--no-dangling") == ""
    assert begun.git("for-each-ref", "refs/byline/away") == ""


def test_stacked(begun: Person) -> None:
    first = begun.git("rev-parse", "HEAD").strip()
    story.commit(begun)
    was = status(begun)
    assert told(begun, "goto", first[:8])["target"] == first
    assert told(begun, "goto", "turn-s1-2")["stashed"] is False
    assert (begun.repository / "d" / "e.txt").exists()
    assert told(begun, "goto", "s1:0")["target"] == "turn-s1-1"
    assert [(one["label"], one["remaining_depth"]) for one in (told(begun, "back") for _ in range(3))] == [
        ("turn-s1-2", 2),
        (first, 1),
        ("main", 0),
    ]
    assert status(begun) == was


def test_owners_before_while_and_after(begun: Person) -> None:
    story.write(begun, "a.txt", "one\ntwo\nthree\nother\n", session_id="s2")
    a, e, new = (owners(begun, name) for name in ("a.txt", "d/e.txt", "new.txt"))
    assert a == [("one", None), ("two", "s1"), ("three", "s1"), ("other", "s2")]
    told(begun, "goto", "turn-s1-1")
    assert owners(begun, "a.txt") == [("one", None), ("two", "s1")]
    assert owners(begun, "new.txt") == [("n", "s1")]
    story.tell(begun, "pre_shell", session_id="s3", command="ls", call_id="z")
    story.tell(begun, "shell", session_id="s3", command="ls", call_id="z")
    assert owners(begun, "a.txt") == [("one", None), ("two", "s1")]
    told(begun, "back")
    assert (owners(begun, "a.txt"), owners(begun, "new.txt")) == (a, new)
    story.commit(begun)
    assert owners(begun, "a.txt") == a
    told(begun, "goto", "HEAD~1")
    assert owners(begun, "a.txt") == [("one", None)]
    told(begun, "back")
    assert (owners(begun, "a.txt"), owners(begun, "d/e.txt")) == (a, e)


def test_in_a_linked_worktree(begun: Person, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    begun.git("worktree", "add", "-q", "-b", "side", str(linked))
    turn(begun, 1, linked, "s5", a__txt="one\nside\n", l__txt="l\n")
    tree = tree_now(begun, linked)
    turn(begun, 2, linked, "s5", a__txt="one\nside\nmore\n")
    went = told(begun, "goto", "turn-s5-1", cwd=linked)
    assert went["tree_hash"] == tree
    assert (linked / "a.txt").read_text() == "one\nside\n"
    assert owners(begun, "a.txt", linked) == [("one", None), ("side", "s5")]
    assert (begun.repository / "a.txt").read_text() == "one\ntwo\nthree\n"
    assert "nothing to go back to" in refused(begun, "back")  # this worktree has not gone anywhere
    assert told(begun, "back", cwd=linked)["label"] == "side"
    assert (linked / "a.txt").read_text() == "one\nside\nmore\n"


def conflict(person: Person) -> None:
    person.git("stash", "-qu")
    person.git("switch", "-qc", "other")
    (person.repository / "a.txt").write_text("theirs\n")
    story.commit(person)
    person.git("switch", "-q", "main")
    (person.repository / "a.txt").write_text("ours\n")
    story.commit(person)
    with pytest.raises(subprocess.CalledProcessError):
        person.git(*NAMES, "merge", "other")


def ignored_file(person: Person) -> None:
    (person.repository / ".gitignore").write_text("*.log\nnew.txt\n")
    person.git("rm", "-q", "--cached", "--ignore-unmatch", "new.txt")


def index_lock(person: Person) -> None:
    (person.repository / ".git" / "index.lock").touch()


def sparse(person: Person) -> None:
    person.git("stash", "-qu")
    (person.repository / "deep").mkdir()
    (person.repository / "deep" / "x").write_text("x\n")
    story.commit(person)
    person.git("sparse-checkout", "set", "nothing")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (conflict, "in the middle of a merge"),
        (ignored_file, "new.txt is in the way"),
        (index_lock, "index.lock is there"),
        (sparse, "sparse"),
    ],
)
def test_refuses_rather_than_loses(begun: Person, make: Callable[[Person], None], says: str) -> None:
    make(begun)
    lock = begun.repository / ".git" / "index.lock"
    was = {
        path: path.read_bytes() for path in begun.repository.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    assert says in refused(begun, "goto", "turn-s1-1")
    now = {
        path: path.read_bytes() for path in begun.repository.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    assert now == was
    assert lock.exists() == (make is index_lock)


def test_an_unknown_target(begun: Person) -> None:
    assert "no turn and no commit" in refused(begun, "goto", "nonsense")
    assert "no turn and no commit" in refused(begun, "goto", "--", "-x")
    story.tell(begun, "prompt", prompt="go on", turn_id="still-open")
    assert "has not ended" in refused(begun, "goto", "still-open")
    begun.git("clone", "-q", "--bare", ".", str(begun.home / "bare"))
    done = begun.byline("goto", "HEAD", cwd=begun.home / "bare", code=1)
    assert "worktree" in done.stderr


def test_edits_while_away_are_not_lost(begun: Person) -> None:
    was = status(begun)
    told(begun, "goto", "turn-s1-1")
    (begun.repository / "a.txt").write_text("edited\n")
    (begun.repository / ".gitignore").write_text("nothing\n")
    (begun.repository / "made.txt").write_text("made\n")
    begun.git("add", "made.txt")
    says = refused(begun, "back")
    assert "a.txt" in says
    assert "made.txt" in says
    back = told(begun, "back", "--force")
    aside = Path(back["aside"])
    assert (aside / "files" / "a.txt").read_text() == "edited\n"
    assert (aside / "files" / "made.txt").read_text() == "made\n"
    assert (aside / "index").exists()
    assert status(begun) == was
    assert (begun.repository / ".gitignore").read_text() == "*.log\n"


def test_commits_made_while_away(begun: Person) -> None:
    was = status(begun)
    told(begun, "goto", "turn-s1-1")
    made = story.commit(begun, "while away")
    says = refused(begun, "back")
    named = re.search(r"git branch NAME (\w+)", says)
    assert named is not None
    begun.git("branch", "kept", named[1])
    assert told(begun, "back")["aside"] is None
    assert status(begun) == was
    assert begun.git("rev-parse", "kept").strip() == made


def test_a_branch_that_moved_meanwhile(begun: Person) -> None:
    head = begun.git("rev-parse", "HEAD").strip()
    told(begun, "goto", "turn-s1-1")
    other = begun.git(*NAMES, "commit-tree", "HEAD^{tree}", "-m", "moved", "-p", "HEAD").strip()
    begun.git("branch", "-f", "main", other)
    assert "main was moved" in told(begun, "back")["detached"]
    assert begun.git("rev-parse", "HEAD").strip() == head
    assert (begun.repository / "a.txt").read_text() == "one\ntwo\nthree\n"


@pytest.mark.parametrize("command", ["goto", "back"])
@pytest.mark.parametrize(
    "death", [n if n in (3, 9, 19) else pytest.param(n, marks=pytest.mark.long) for n in range(1, 40, 2)]
)
def test_killed_anywhere(begun: Person, command: str, death: int) -> None:
    """The process dies at the n-th change it makes, or git process it starts; `byline back` mends it."""
    (begun.repository / "a.txt").write_text("mine\n")
    begun.git("add", "d/e.txt")
    (begun.repository / "own.txt").write_text("own\n")
    was = status(begun)
    files = {
        path: path.read_bytes() for path in begun.repository.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    told(begun, "goto")  # the trees are there
    if command == "back":
        told(begun, "goto", "turn-s1-1")
    words = [command, *(["turn-s1-1"] if command == "goto" else [])]
    script = (
        "import os, signal, subprocess, sys\n"
        "left = [int(sys.argv.pop(1))]\n"
        "def watch(event, args):\n"
        "    if event in ('os.rename', 'os.link', 'os.remove', 'os.mkdir', 'subprocess.Popen', 'shutil.copyfile'):\n"
        "        left[0] -= 1\n"
        "        if not left[0]:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.addaudithook(watch)\n"
        "from byline.cli.main import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [begun.command([])[0], "-c", script, str(death), *words],
        cwd=begun.repository,
        env=begun.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -9), done.stderr
    away = (begun.store / "away" / "main" / "1").exists()
    problems = told_problems(begun)
    locked = (begun.repository / ".git" / "index.lock").exists()
    if done.returncode == -9 and (away or locked):
        begun.byline("back", code=None)
    elif away:
        told(begun, "back")
    if (begun.store / "away" / "main" / "1").exists():
        told(begun, "back")
    assert status(begun) == was
    now = {
        path: path.read_bytes() for path in begun.repository.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    assert now == files
    assert not (begun.repository / ".git" / "index.lock").exists()
    assert problems or not (done.returncode == -9 and locked)


def told_problems(person: Person) -> list[str]:
    found = json.loads(person.byline("doctor", "--json", code=None).stdout)["problems"]
    return [one["problem"] for one in found if one["check"] == "travel"]


def test_gc_lets_go_of_old_trees_and_keeps_all_while_away(begun: Person) -> None:
    begun.byline("sync")
    assert len(begun.git("for-each-ref", "refs/byline/turns/").splitlines()) == 2
    told(begun, "goto", "turn-s1-1")
    kept = told(begun, "gc", "--keep-days", "0")
    assert (kept["dropped"], kept["turns"]) == (0, 2)
    assert kept["kept"]["busy"] > 0
    assert begun.git("for-each-ref", "refs/byline/turns/") == ""
    told(begun, "back")
    assert owners(begun, "a.txt") == [("one", None), ("two", "s1"), ("three", "s1")]
    told(begun, "goto", "turn-s1-2")  # made anew when it is wanted
    assert told(begun, "back")["remaining_depth"] == 0


def test_forgotten_sessions_have_no_trees(begun: Person) -> None:
    turn(begun, 1, session_id="s9", z__txt="z\n")
    begun.byline("sync")
    blob = begun.git("hash-object", "d/e.txt").strip()
    assert begun.git("cat-file", "-e", blob) == ""
    assert told(begun, "forget", "s1", "--dry-run")["repositories"][0]["turns"] == 3
    assert len(begun.git("for-each-ref", "refs/byline/turns/").splitlines()) == 3
    assert told(begun, "forget", "s1")["repositories"][0]["turns"] == 3
    assert begun.git("for-each-ref", "refs/byline/turns/") == ""
    begun.git("reflog", "expire", "--expire=now", "--all")
    begun.git("gc", "-q", "--prune=now")
    with pytest.raises(subprocess.CalledProcessError):
        begun.git("cat-file", "-e", blob)
    begun.byline("sync")
    assert begun.git("for-each-ref", "refs/byline/turns/") == ""
    (row,) = told(begun, "goto")
    assert (row["session_id"], row["tree_hash"]) == ("s9", None)


@pytest.mark.parametrize("words", [("goto",), ("goto", "turn-s1-1"), ("back",)])
def test_json_is_documented(begun: Person, words: tuple[str, ...]) -> None:
    if words == ("back",):
        told(begun, "goto", "turn-s1-1")
    page = (ROOT / "docs" / "json.md").read_text("utf-8").partition("## `byline goto")[2].partition("\n## ")[0]
    answer = told(begun, *words)
    for row in answer if isinstance(answer, list) else [answer]:
        assert set(row) <= set(re.findall(r"`(\w+)`", page))


def test_a_lock_that_a_dead_goto_left_is_mended(begun: Person) -> None:
    """Killed before anything was put away: nothing to go back to, but git could not work."""
    from byline.repo.travel.indexlock import WORD

    lock = begun.repository / ".git" / "index.lock"
    was = status(begun)
    lock.write_bytes(WORD)
    assert any("locked" in problem for problem in told_problems(begun))
    said = begun.byline("back").stdout
    assert said == "an interrupted goto or back had left the index locked: unlocked, and nothing else to put back\n"
    assert not lock.exists()
    assert (status(begun), told_problems(begun)) == (was, [])
    lock.write_bytes(WORD)
    mended = told(begun, "back")
    assert (mended["label"], mended["recovered"], mended["stash_applied"]) == (None, True, False)
    assert "nothing to go back to" in refused(begun, "back")


def test_a_session_with_a_short_id(begun: Person) -> None:
    """A whole id may be of any length; the beginning of one has four letters."""
    turn(begun, 3, session_id="s11", z__txt="z\n")
    gone = told(begun, "goto", "s1")
    assert (gone["session_id"], gone["turn_index"]) == ("s1", 1)
    told(begun, "back")
    gone = told(begun, "goto", "s1:0")
    assert (gone["session_id"], gone["turn_index"]) == ("s1", 0)
    told(begun, "back")
    assert "no turn and no commit" in refused(begun, "goto", "s")
