"""A shell command that has git print a file's text and puts it into one: who wrote it there wrote it here."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

PRINTED = [
    "git show side:f.txt > f.txt",
    "git show side:f.txt > f.txt && git commit -qam x",
    "git cat-file -p side:f.txt > f.txt",
    'printf "%s\\n" "$(git show side:f.txt)" > f.txt',
    "cat > f.txt <<E\n$(git show side:f.txt)\nE",
    "git show side:f.txt | cat > f.txt",
    "git archive side f.txt | tar x",
    "for f in f.txt; do git show side:$f > $f; done",
    "{ git show side:f.txt; } > f.txt",
]


@pytest.fixture(params=["B", "H", "U"])
def brought(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Story, str]:
    """A branch `side` that has lines of somebody's, and who that is."""
    by: str = request.param
    told = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c").git("checkout", "-qb", "side")
    changed = told.on_disk(f="a x1 x2 c") if by == "U" else told.edit(by, f="a x1 x2 c")
    return changed.commit().git("checkout", "-q", "main"), by


def runs(told: Story, command: str) -> None:
    def run(tale: Story) -> None:
        where, env = tale.stage.here, tale.world.environment()
        subprocess.run(["bash", "-ec", command], cwd=where, env=env, check=True, capture_output=True)

    told.shell("A", command, run)


@pytest.mark.parametrize("command", PRINTED)
def test_a_text_that_git_prints_keeps_its_writers(brought: tuple[Story, str], command: str) -> None:
    told, by = brought
    runs(told, command)
    told.expect_working(f=f"U|a {by}|x1 {by}|x2 U|c")


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("git show side:f.txt > f.txt && sed -i 's/^c$/s1/' f.txt", "a x1 x2 s1"),
        ("git show side:f.txt | sed -n 2,3p >> f.txt; echo s1 >> f.txt", "a b c x1 x2 s1"),
        ("{ git show side:f.txt; echo s1; } > f.txt", "a x1 x2 c s1"),
        ("git read-tree -m -u HEAD side; sed -i 's/^c$/s1/' f.txt", "a x1 x2 s1"),
    ],
)
def test_of_a_part_of_it_nothing_is_the_callers(brought: tuple[Story, str], command: str, lines: str) -> None:
    told, by = brought
    runs(told, command)
    found = {line.text: line.owner for line in told.stage.ask("f.txt", None)}
    assert list(found) == lines.split()
    assert found["x1"] in (by, "U")
    assert found["x2"] in (by, "U")
    assert found["s1"] == "A"


BEHIND_WORDS = [
    *PRINTED[:1],
    *PRINTED[2:],
    "if true; then git show side:f.txt > f.txt; fi",
    "for f in f.txt; do git show side:$f; done > f.txt",
    "timeout 10 git show side:f.txt > f.txt",
    "git show side:f.txt \\\n  > f.txt",
    "git show side:f.txt |\n  sed 's/ *$//' > f.txt",
    'git show side:f.txt | while read -r l; do echo "$l"; done > f.txt',
    "sh -c 'git show side:f.txt > f.txt'",
    "eval 'git show side:f.txt > f.txt'",
    "git ls-tree --name-only side | xargs -I{} sh -c 'git show side:{} > {}'",
    "get() { git show side:$1; }; get f.txt > f.txt",
    "G='git show'; $G side:f.txt > f.txt",
    "git show side:f.txt | cp /dev/stdin f.txt",
    "git diff HEAD side | patch -p1",
    "git format-patch --stdout HEAD..side | patch -p1",
    "git log -p -1 side | patch -p1",
    "git diff HEAD side > ../p; patch -p1 < ../p",
    "git grep -h . side -- f.txt > f.txt",
]


@pytest.mark.parametrize("end", ["", "; git commit -qam own"])
@pytest.mark.parametrize("command", BEHIND_WORDS)
def test_with_a_line_of_the_callers_own_the_others_are_not_the_callers(
    brought: tuple[Story, str], command: str, end: str
) -> None:
    told, by = brought
    runs(told, f"{command}\npython3 -c 'print(\"s\" + str(1))' >> f.txt{end}")
    found = {line.text: line.owner for line in told.stage.ask("f.txt", "HEAD" if end else None)}
    assert set(found) == set("a x1 x2 c s1".split())
    assert found["x1"] in (by, "U")
    assert found["x2"] in (by, "U")
    assert found["s1"] == "A"


@pytest.mark.parametrize("how", ["git checkout -q {} -- f.txt", "git show {}:f.txt > f.txt"])
def test_of_a_commit_that_no_branch_has_any_more_neither(
    brought: tuple[Story, str], tmp_path: Path, how: str
) -> None:
    told, by = brought
    gone = told.world.git("rev-parse", "side").decode().strip()
    told.git("branch", "-qD", "side")
    for log in (told.world.root / ".git" / "logs").rglob("*"):
        if log.is_file():
            log.unlink()
    runs(told, f"{how.format(gone)}; python3 -c 'print(\"s\" + str(1))' >> f.txt")
    found = {line.text: line.owner for line in told.stage.ask("f.txt", None)}
    assert found["x1"] in (by, "U")
    assert found["s1"] == "A"


def test_so_does_an_older_text_of_the_same_branch(brought: tuple[Story, str]) -> None:
    told, by = brought
    told.git("checkout", "-q", "side").edit("C", f="a o1").commit()
    runs(told, "git show HEAD~1:f.txt > f.txt")
    told.expect_working(f=f"U|a {by}|x1 {by}|x2 U|c")


def test_what_is_typed_beside_what_stands_elsewhere_is_the_typists(brought: tuple[Story, str]) -> None:
    """A text after `<<` is typed, whatever it speaks of."""
    told, _ = brought
    runs(told, "cat > f.txt <<'E'\na\nx1\nx2\nsay `git show side:f.txt`\nE")
    found = {line.text: line.owner for line in told.stage.ask("f.txt", None)}
    assert (found["x1"], found["x2"], found["a"]) == ("A", "A", "U")
