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


def run(tale: Story, folder: Path, command: str) -> None:
    subprocess.run(["sh", "-ec", command], cwd=folder, env=tale.world.environment(), check=True, capture_output=True)


@pytest.mark.parametrize(
    "command",
    [
        "cd ../w && sed -i s/b/s1/ f.txt && git commit -qam x",
        "(cd ../w; sed -i s/b/s1/ f.txt); git -C ../w commit -qam x",
        "sed -i s/b/s1/ ../w/f.txt && git -C ../w commit -qam x",
        "cat > ../w/f.txt <<EOF\na\ns1\nc\nEOF\ngit -C ../w commit -qam x",
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
