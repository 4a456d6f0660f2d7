"""A file is moved, changed and committed in one shell call: what was not in the file is the call's."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

OLD = "f(a1) f(a2) f(a3) f(a4) f(a5)"


@pytest.fixture
def told(tmp_path: Path) -> Story:
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="x")
    (tmp_path / "outside.txt").write_text("o1\no2\no3\n")
    return tale.edit("A", {"old.txt": OLD, "old2.txt": "g1 g2 g3", ".gitignore": "ignored.txt"}).commit()


def runs(command: str) -> tuple[str, Callable[[Story], object]]:
    return command, lambda tale: run(tale, command)


def run(tale: Story, command: str) -> None:
    here, env = tale.stage.here, tale.world.environment()
    subprocess.run(["sh", "-ec", command], cwd=here, env=env, check=True, capture_output=True)


@pytest.mark.parametrize("end", ["", " && git add -A && git commit -qm 'mv and more'"])
@pytest.mark.parametrize(
    "command",
    [
        "mv old.txt z.txt && sed -i 's/a5/s5/' z.txt",
        "git mv old.txt z.txt && sed -i 's/a5/s5/' z.txt",
        "sed -i 's/a5/s5/' old.txt && mv -f ./old.txt ./z.txt",
        "mv old2.txt y.txt; mv old.txt z.txt; perl -pi -e 's/a5/s5/' z.txt",
    ],
)
def test_its_change_is_its_own(told: Story, command: str, end: str) -> None:
    told.shell("B", *runs(command + end))
    told.expect_working({"z.txt": "A|f(a1) A|f(a2) A|f(a3) A|f(a4) B|f(s5)"})


def test_what_nobody_told_of_before_is_nobodys(told: Story) -> None:
    told.on_disk({"old.txt": OLD.replace("f(a4)", "f(u4)")})
    told.shell("B", *runs("mv old.txt z.txt && sed -i 's/a5/s5/' z.txt && git add -A && git commit -qm z"))
    told.expect({"z.txt": "A|f(a1) A|f(a2) A|f(a3) U|f(u4) B|f(s5)"})


@pytest.mark.parametrize(
    "command",
    [
        "mv ../outside.txt z.txt && sed -i 's/^o3/n&/' z.txt",
        "mv ignored.txt z.txt && sed -i 's/^o3/n&/' z.txt",
        "mv old2.txt z.txt && mv ../outside.txt z.txt && sed -i 's/^o3/n&/' z.txt",
        "ls ../outside.txt | xargs -I{} mv {} z.txt; sed -i 's/^o3/n&/' z.txt",
    ],
)
def test_what_came_from_who_knows_where_is_nobodys(told: Story, command: str) -> None:
    (told.world.root / "ignored.txt").write_text("o1\no2\no3\n")
    told.shell("B", *runs(command + " && git add -A && git commit -qm z"))
    told.expect({"z.txt": "U|o1 U|o2 U|no3"})


def test_little_is_left_of_what_was_moved(told: Story) -> None:
    """Git knows no rename then: what the old file had is still not the mover's."""
    change = "sed -i 's/a1/s1/; s/a2/s2/; s/a3/s3/; s/a4/s4/' z.txt"
    told.shell("B", *runs(f"mv old.txt z.txt && {change} && git add -A && git commit -qm z"))
    owners = [(line.owner, line.text) for line in told.stage.ask("z.txt", "HEAD")]
    assert owners[:4] == [("B", f"f(s{number})") for number in range(1, 5)]
    assert owners[4] in [("A", "f(a5)"), ("U", "f(a5)")]


@pytest.mark.parametrize(
    "command",
    [
        "mv old.txt f.txt && sed -i s/a5/s5/ f.txt",
        "mv old.txt t && mv f.txt old.txt && mv t f.txt && sed -i s/a5/s5/ f.txt",
    ],
)
def test_moved_over_another_file(told: Story, command: str) -> None:
    told.shell("B", *runs(command + " && git add -A && git commit -qm z"))
    owners = [line.owner for line in told.stage.ask("f.txt")]
    assert set(owners[:4]) <= {"A", "U"}
    assert owners[4:] == ["B"]


@pytest.mark.parametrize("command", ["sed s/a5/s5/ old.txt > t && mv t old.txt", "sort -r old.txt > t; mv t old.txt"])
def test_written_beside_and_moved_into_place(told: Story, command: str) -> None:
    told.shell("B", *runs(command))
    assert "B" in {line.owner for line in told.stage.ask("old.txt", None)}


@pytest.mark.parametrize(
    ("begin", "who"), [("cd {root} && ", "B"), ("cd '{root}'; ", "B"), ("cd ../{name} && ", "U")]
)
def test_after_going_to_the_root(told: Story, begin: str, who: str) -> None:
    """Where the command goes is plain when it names the worktree itself."""
    root = told.world.root
    command = begin.format(root=root, name=root.name)
    told.shell("B", *runs(f"{command}mv old.txt z.txt && sed -i 's/a5/s5/' z.txt && git add -A && git commit -qm z"))
    told.expect({"z.txt": f"A|f(a1) A|f(a2) A|f(a3) A|f(a4) {who}|f(s5)"})


def test_in_another_worktree(told: Story, tmp_path: Path) -> None:
    told.git("worktree", "add", "-q", "../w", "-b", "w")
    told.shell("B", *runs("cd ../w && mv old.txt z.txt && sed -i 's/a5/s5/' z.txt && git add -A && git commit -qm z"))
    told.stage.here = tmp_path / "w"
    told.expect({"z.txt": "A|f(a1) A|f(a2) A|f(a3) A|f(a4) B|f(s5)"})


@pytest.mark.parametrize("end", ["", " && git commit -qam z"])
@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("git mv -f old.txt old2.txt && sed -i 's/a5/s5/' old2.txt", "old2.txt"),
        ("git rm -q old2.txt && git mv old.txt old2.txt && sed -i 's/a5/s5/' old2.txt", "old2.txt"),
        ("git mv -f old.txt d && sed -i 's/a5/s5/' d/old.txt", "d/old.txt"),
    ],
)
def test_over_a_file_that_was_there(told: Story, command: str, path: str, end: str) -> None:
    told.edit("H", {"d/old.txt": "x1 x2"}).commit()
    told.shell("B", *runs(command + end))
    owners = [line.owner for line in told.stage.ask(path, None)]
    assert set(owners[:4]) <= {"A", "U"}
    assert owners[4] in ("B", "U")


@pytest.mark.parametrize("end", ["", " && git add -A && git commit -qm z"])
@pytest.mark.parametrize(
    "command",
    [
        "cd d && mv h.txt k.txt && sed -i 's/h2/s2/' k.txt",
        "cd . && git mv -f d/h.txt d/k.txt && sed -i 's/h2/s2/' d/k.txt",
        "(cd d && mv h.txt k.txt) && sed -i 's/h2/s2/' d/k.txt",
        "git -C d mv -f h.txt k.txt && sed -i 's/h2/s2/' d/k.txt",
        "mkdir e && mv d/h.txt e/k.txt && mv e/* d/ && sed -i 's/h2/s2/' d/k.txt",
        "K=d/k.txt; mv d/h.txt $K && sed -i 's/h2/s2/' $K",
        "sh -c 'mv d/h.txt d/k.txt' && sed -i 's/h2/s2/' d/k.txt",
        "mv d/h.txt d/k.txt && sed -i 's/h2/s2/' d/k.txt && cd d && true",
    ],
)
def test_a_file_put_over_another_is_not_the_callers(told: Story, command: str, end: str) -> None:
    told.edit("A", {"d/h.txt": "h1 h2 h3", "d/k.txt": "k1"}).commit()
    told.shell("B", *runs(command + end))
    found = {line.text: line.owner for line in told.stage.ask("d/k.txt", None)}
    assert found["s2"] == "B"
    assert {found["h1"], found["h3"]} <= {"A", "U"}


@pytest.mark.parametrize("end", ["", " && git add -A && git commit -qm z"])
def test_what_the_command_wrote_before_it_moved_it_is_its_own(told: Story, end: str) -> None:
    told.edit("A", {"d/k.txt": "k1 k2"}).commit()
    told.shell("B", *runs("cd d && awk '{print; print \"n\" $0}' k.txt > k.tmp && mv k.tmp k.txt" + end))
    told.expect_working({"d/k.txt": "A|k1 B|nk1 A|k2 B|nk2"})


@pytest.mark.parametrize("by", ["A", "H"])
@pytest.mark.parametrize(
    "command",
    [
        "make test; git mv old.txt z.txt && git commit -qam mv",
        "make test; mv old.txt z.txt",
        "mkdir -p e && git mv old*.txt e/ && git mv e/old.txt z.txt",
    ],
)
def test_what_others_change_before_it_is_moved_is_theirs(told: Story, by: str, command: str) -> None:
    def work(tale: Story) -> None:
        tale.edit(by, {"old.txt": OLD.replace("f(a4)", "f(o4)")})
        run(tale, command.replace("make test", "true"))

    told.shell("B", command, work)
    told.expect_working({"z.txt": f"A|f(a1) A|f(a2) A|f(a3) {by}|f(o4) A|f(a5)"})
