"""A shell call that works in another worktree than the agent's folder: what it changes there is its own."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story


@pytest.fixture(params=["generic", "claude"])
def told(tmp_path: Path, request: pytest.FixtureRequest) -> Story:
    tale = story(tmp_path, dialect=request.param, hook=ForkedHook(), blame=Blame(forked=True))
    return tale.init(f="a b c").git("worktree", "add", "-q", "../w", "-b", "w")


def runs(command: str) -> tuple[str, Callable[[Story], object]]:
    return command, lambda tale: run(tale, tale.stage.here, command)


def run(tale: Story, folder: Path, command: str, shell: str = "sh") -> None:
    subprocess.run([shell, "-ec", command], cwd=folder, env=tale.world.environment(), check=True, capture_output=True)


@pytest.mark.parametrize(
    "command",
    [
        "cd ../w && sed -i s/b/s1/ f.txt && git commit -qam x",
        "(cd ../w; sed -i s/b/s1/ f.txt); git -C ../w commit -qam x",
        "sed -i s/b/s1/ ../w/f.txt && git -C ../w commit -qam x",
        "cat > ../w/f.txt <<EOF\na\ns1\nc\nEOF\ngit -C ../w commit -qam x",
        "cd ../w && for f in f.txt g.txt; do test -f $f && sed -i s/b/s1/ $f; done; git commit -qam x",
        "cd ../w && for f in $(git ls-files); do sed -i s/b/s1/ $f; done; git commit -qam x",
        "cd ../w && git ls-files | while read f; do sed -i s/b/s1/ $f; done; git commit -qam x",
        "for w in ../w; do sed -i s/b/s1/ $w/f.txt && git -C $w commit -qam x; done",
    ],
)
def test_changed_and_committed_in_one_call(told: Story, command: str) -> None:
    told.shell("A", *runs(command)).expect(rev="w", f="U|a A|s1 U|c").expect(f="U|a U|b U|c")


def test_changed_and_left(told: Story, tmp_path: Path) -> None:
    told.shell("A", *runs("cd ../w && sed -i s/b/s1/ f.txt"))
    told.stage.here = tmp_path / "w"
    told.expect_working(f="U|a A|s1 U|c").commit().expect(f="U|a A|s1 U|c")


def test_what_was_there_before_is_not_the_calls(told: Story, tmp_path: Path) -> None:
    (tmp_path / "w" / "f.txt").write_text("a\nu1\nc\n")
    told.shell("A", *runs("cd ../w && sed -i s/c/s1/ f.txt && git commit -qam x"))
    told.expect(rev="w", f="U|a U|u1 A|s1")


def test_two_sessions_one_of_them_from_elsewhere(told: Story, tmp_path: Path) -> None:
    told.stage.here = tmp_path / "w"
    told.edit("B", f="a b c o1")
    told.stage.here = told.world.root
    told.shell("A", *runs("cd ../w && sed -i s/b/s1/ f.txt"))
    told.stage.here = tmp_path / "w"
    told.edit("B", f="a s1 c o1 o2").commit().expect(f="U|a A|s1 U|c B|o1 B|o2")


def test_who_looks_into_another_worktree_writes_nothing_there(told: Story, tmp_path: Path) -> None:
    def meanwhile(tale: Story) -> None:
        (tmp_path / "w" / "f.txt").write_text("a\nb\nc\nu1\n")

    told.shell("A", "cd ../w && git status && cat f.txt", meanwhile)
    told.stage.here = tmp_path / "w"
    told.expect_working(f="U|a U|b U|c U|u1").commit().expect(f="U|a U|b U|c U|u1")


def test_a_repository_inside_another(told: Story, tmp_path: Path) -> None:
    run(
        told,
        told.world.root,
        "git init -q inner && cd inner && printf 'a\\nb\\n' > f.txt && git add . && git commit -qm i",
    )
    told.shell("A", *runs("cd inner && sed -i s/b/s1/ f.txt && git commit -qam x"))
    told.stage.here = told.world.root / "inner"
    told.expect(f="U|a A|s1")


def test_from_a_folder_in_no_repository(told: Story, tmp_path: Path) -> None:
    told.stage.here = tmp_path
    told.shell("A", *runs(f"cd {told.world.root.name} && sed -i s/b/s1/ f.txt && git commit -qam x"))
    told.stage.here = told.world.root
    told.expect(f="U|a A|s1 U|c")


COMMIT = "git add -A && git commit -qm x"
REMOVED = "git worktree remove --force ../w"


@pytest.mark.parametrize("from_afar", [False, True])
@pytest.mark.parametrize("end", [REMOVED, f"git merge -q --ff-only w && {REMOVED} && git branch -qD w"])
def test_the_worktree_is_removed(told: Story, tmp_path: Path, end: str, *, from_afar: bool) -> None:
    """Git deletes HEAD's log with it: what the call committed is the call's all the same."""
    told.stage.here = told.world.root if from_afar else tmp_path / "w"
    begin = "cd ../w && " if from_afar else ""
    told.shell("A", *runs(f"{begin}sed -i s/b/s1/ f.txt && printf 's3\\n' > g.txt && {COMMIT}"))
    told.stage.here = tmp_path / "w"
    told.edit("B", f="a s1 o1 c").shell("A", *runs(f"sed -i s/c/s2/ f.txt && {COMMIT}"))
    told.stage.here = told.world.root
    told.expect(rev="w", f="U|a A|s1 B|o1 A|s2", g="A|s3")
    told.stage.here = told.world.root
    run(told, told.world.root, end)
    told.expect(rev="HEAD" if "merge" in end else "w", f="U|a A|s1 B|o1 A|s2", g="A|s3")


def test_what_git_did_in_a_worktree_that_is_removed_is_nobodys(told: Story, tmp_path: Path) -> None:
    told.git("checkout", "-q", "-b", "side")
    (told.world.root / "f.txt").write_text("a\nu1\nb\nc\n")
    run(told, told.world.root, "git commit -qam u; git checkout -q main")
    told.stage.here = tmp_path / "w"
    told.shell("A", "./pick.sh", lambda tale: run(tale, tale.stage.here, "git cherry-pick side"))
    told.stage.here = told.world.root
    run(told, told.world.root, f"{REMOVED}; git branch -qD side")
    told.expect(rev="w", f="U|a U|u1 U|b U|c")


def test_another_worktree_of_the_same_name(told: Story, tmp_path: Path) -> None:
    told.stage.here = tmp_path / "w"
    told.shell("A", *runs(f"sed -i s/b/s1/ f.txt && {COMMIT}"))
    run(told, told.world.root, f"git merge -q --ff-only w && {REMOVED} && git branch -qD w")
    run(told, told.world.root, "git worktree add -q ../w -b w")
    told.shell("B", *runs(f"sed -i s/c/o1/ f.txt && {COMMIT}"))
    told.expect(f="U|a A|s1 B|o1")
    run(told, told.world.root, f"git merge -q --ff-only w && {REMOVED} && git branch -qD w")
    told.stage.here = told.world.root
    told.expect(f="U|a A|s1 B|o1")


LOOKS = [
    "git -C ../w log --oneline | head -3; python3 -c pass",
    "cp ../w/f.txt ../copy.txt && python3 -c pass",
    "cd ../w && git status --short; cd ../repo && python3 -c pass",
    "sed -n 1,2p ../w/f.txt && python3 -c pass",
    "git -C ../w rev-parse HEAD && echo hi > own.txt",
    "echo hi > ../w/other.txt && python3 -c pass",
]


def beside(told: Story, who: str, command: str, meanwhile: str, *, before: str, after: str) -> None:
    """A call of `who` from the main worktree inside one of B in `w`; `meanwhile` happens in `w` while both run."""
    w = told.world.root.parent / "w"
    if before:
        told.stage.agent.pre_shell("B", w, before)

    def both(tale: Story) -> None:
        run(tale, tale.stage.here, command)
        run(tale, w, meanwhile)

    told.shell(who, command, both)
    if after:
        told.stage.agent.shell("B", w, after)
    told.stage.here = w


@pytest.mark.parametrize("command", LOOKS)
def test_who_looks_gets_nothing_of_what_others_write_there(told: Story, command: str) -> None:
    beside(told, "A", command, "sed -i s/b/o1/ f.txt", before="./gen.sh", after="./gen.sh")
    told.expect_working(f="U|a B|o1 U|c").commit().expect(f="U|a B|o1 U|c")


@pytest.mark.parametrize("command", LOOKS)
def test_nor_of_what_others_commit_there(told: Story, command: str) -> None:
    theirs = "./gen.sh && git commit -qam x"
    beside(told, "A", command, "sed -i s/b/o1/ f.txt; git commit -qam x", before=theirs, after=theirs)
    told.expect(f="U|a B|o1 U|c")


@pytest.mark.parametrize("command", LOOKS[:5])
def test_nor_of_what_nobody_tells_of(told: Story, command: str) -> None:
    beside(told, "A", command, "sed -i s/b/u1/ f.txt", before="", after="")
    told.expect_working(f="U|a U|u1 U|c")


def test_who_works_there_beside_another_gets_nothing_that_may_be_theirs(told: Story) -> None:
    w = told.world.root.parent / "w"
    told.stage.agent.pre_shell("B", w, "./gen.sh")
    told.shell("A", "cd ../w && make", lambda tale: run(tale, w, "sed -i s/b/o1/ f.txt"))
    told.stage.agent.shell("B", w, "./gen.sh")
    told.stage.here = w
    assert told.stage.ask("f.txt", None)[1].owner in ("B", "U")


@pytest.mark.parametrize("by", ["H", "B", "U"])
def test_stashed_here_and_taken_back_there(told: Story, by: str) -> None:
    told.edit(by, f="a x1 b c")
    command = "git stash -q && cd ../w && git stash pop -q && sed -i s/c/s1/ f.txt && git commit -qam x"
    told.shell("A", *runs(command))
    assert [line.owner for line in told.stage.ask("f.txt", "w")][:3] in (["U", by, "U"], ["U", "U", "U"])


def test_moved_over_a_file_of_another_worktree(told: Story) -> None:
    told.edit("H", h="x1 x2 x3").shell("A", *runs("mv h.txt ../w/f.txt"))
    told.stage.here = told.world.root.parent / "w"
    assert {line.owner for line in told.stage.ask("f.txt", None)} <= {"H", "U"}


def test_a_server_in_another_repository_is_no_doubt_for_ever(told: Story, tmp_path: Path) -> None:
    run(told, tmp_path, f"git clone -q {told.world.root.name} other")
    fields = {
        "v": 1,
        "agent": "robot",
        "session_id": "A",
        "cwd": str(told.world.root),
        "tool": "Bash",
        "call_id": "c",
    }
    for more in ({"event": "pre_shell"}, {"event": "shell", "background": True}, {"event": "session_end"}):
        told.stage._send("generic", {**fields, "command": "cd ../other && npm run dev", **more})
    told.stage.here = tmp_path / "other"
    told.shell("B", "./gen.sh", lambda tale: run(tale, tale.stage.here, "sed -i s/b/o1/ f.txt"))
    told.expect_working(f="U|a B|o1 U|c")


CHANGED = "sed -i s/b/s1/ f.txt"


@pytest.mark.parametrize("by", ["B", "H", "U"])
@pytest.mark.parametrize(
    "command",
    [
        f"cd ../w && {CHANGED} && git commit -qam x && cd ../{{}} && git merge -q w",
        f"cd ../w && {CHANGED} && git commit -qam x && cd ../{{}} && git merge -q --squash w && git commit -qm sq",
        f"cd ../w && {CHANGED} && git commit -qam x && cd ../{{}} && git merge -q --squash w",
        f"cd ../w && {CHANGED} && git commit -qam x && cd ../{{}} && git cherry-pick -n w",
        f"cd ../w && {CHANGED} && git commit -qam x; cd ../{{}}; git checkout -q w -- . && git commit -qm co",
        f"cd ../w && {CHANGED} && git commit -qam x; cd ../{{}}; git reset -q --hard w",
        f"cd ../w && {CHANGED} && git stash -q && cd ../{{}} && git stash pop -q",
        f"git -C ../w stash -q && git stash pop -q && {CHANGED}",
    ],
)
def test_what_a_call_brings_from_another_worktree_is_its_own_where_it_typed_it(
    told: Story, tmp_path: Path, by: str, command: str
) -> None:
    told.stage.here = tmp_path / "w"
    told.edit(by, f="a b c x1") if by != "U" else (tmp_path / "w" / "f.txt").write_text("a\nb\nc\nx1\n")
    (tmp_path / "w" / "g.txt").write_text("u1\n")
    run(told, tmp_path / "w", "git add g.txt")
    told.stage.here = told.world.root
    told.shell("A", *runs(command.format(told.world.root.name)))
    owners = [line.owner for line in told.stage.ask("f.txt", None)]
    assert owners[:1] + owners[2:3] == ["U", "U"]
    assert owners[1] in ("A", "U")
    assert owners[3] in (by, "U")
    if (told.world.root / "g.txt").exists():
        assert [line.owner for line in told.stage.ask("g.txt", None)] == ["U"]


@pytest.mark.parametrize("end", ["git merge -q w", "git merge -q --squash w && git commit -qm sq"])
def test_what_it_typed_keeps_its_name_when_it_is_merged_in_the_same_call(told: Story, end: str) -> None:
    told.shell("A", *runs(f"cd ../w && {CHANGED} && git commit -qam x && cd ../{told.world.root.name} && {end}"))
    told.expect(f="U|a A|s1 U|c")


def test_so_does_what_it_typed_beside_what_somebody_had_left_there(told: Story) -> None:
    (told.world.root.parent / "w" / "f.txt").write_text("a\nb\nc\nu1\n")
    told.shell(
        "A", *runs(f"cd ../w && {CHANGED} && git commit -qam x && cd ../{told.world.root.name} && git merge -q w")
    )
    told.expect(f="U|a A|s1 U|c U|u1")


def test_of_two_calls_there_none_has_what_either_may_have_written(told: Story) -> None:
    w = told.world.root.parent / "w"

    def both(tale: Story) -> None:
        tale.stage.agent.pre_shell("B", w, "./gen.sh")
        run(tale, w, "sed -i s/b/s1/ f.txt")

    told.shell("A", "cd ../w && make", both)
    told.stage.agent.shell("B", w, "./gen.sh")
    told.stage.here = w
    assert told.stage.ask("f.txt", None)[1].owner in ("A", "U")


@pytest.mark.parametrize(
    "command",
    [
        "pushd .wt/x; git commit -qam y; popd; git merge -q --squash x",
        "./gen.sh; git -C .wt/x commit -qam y && git merge -q x",
        "./gen.sh; (cd .wt/x && git stash -q) && git stash pop -q",
        "./gen.sh; cd .wt/x && git commit -qam y; cd ../.. && git merge -q --squash x && git commit -qm z",
    ],
)
def test_nor_from_a_worktree_below_its_own(told: Story, command: str) -> None:
    run(told, told.world.root, "mkdir -p .git/info; echo .wt > .git/info/exclude; git worktree add -q .wt/x -b x")
    told.stage.here = told.world.root / ".wt" / "x"
    told.edit("B", f="a b c o1")
    (told.stage.here / "f.txt").write_text("a\nu1\nc\no1\n")
    told.stage.here = told.world.root
    told.shell("A", command, lambda tale: run(tale, tale.stage.here, command.replace("./gen.sh", "true"), "bash"))
    owners = [line.owner for line in told.stage.ask("f.txt", None)]
    assert owners[:3] == ["U", "U", "U"]
    assert owners[3] in ("B", "U")
