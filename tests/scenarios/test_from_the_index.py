"""A call has git bring back what was staged before it: who wrote that is its writer still."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

RESTORING = [
    "git checkout -q f.txt",
    "git restore f.txt",
    "git checkout-index -f f.txt",
    "git show :f.txt > f.txt",
    "git stash -q -k",
    "git commit -qm x && git checkout -q -- .",
]


def staged(tmp_path: Path, by: str, then: str) -> Story:
    """Two lines of somebody's that only the index has; `then` is done unseen to the file."""
    told = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c")
    told = told.on_disk(f="a x1 x2 b c") if by == "U" else told.edit(by, f="a x1 x2 b c")
    return runs(told.git("add", "f.txt"), then, by=None)


def runs(told: Story, command: str, by: str | None = "A") -> Story:
    def run(tale: Story) -> None:
        where, env = tale.stage.here, tale.world.environment()
        subprocess.run(["bash", "-ec", command], cwd=where, env=env, check=True, capture_output=True)

    if by is None:
        run(told)
        return told
    return told.shell(by, command, run)


def owners(told: Story, rev: str | None = None) -> dict[str, str]:
    return {line.text: line.owner for line in told.stage.ask("f.txt", rev)}


@pytest.mark.parametrize("by", ["B", "U"])
@pytest.mark.parametrize("then", ["printf 'a\\nb\\nc\\nz\\n' > f.txt", "rm f.txt", "git show HEAD:f.txt > f.txt"])
@pytest.mark.parametrize("restoring", RESTORING)
def test_lines_that_were_staged_are_not_the_callers(tmp_path: Path, restoring: str, then: str, by: str) -> None:
    told = staged(tmp_path, by, then)
    runs(told, f"{restoring}; printf 's%s\\n' 1 >> f.txt")
    found = owners(told)
    assert found["s1"] == "A"
    if "stash" in restoring:
        assert {found["x1"], found["x2"]} <= {by, "U"}
    else:
        assert (found["x1"], found["x2"]) == (by, by)
    if "commit" in restoring:
        found = owners(told, "HEAD")
        assert found["x1"] in (by, "U")
        assert found["x2"] in (by, "U")


@pytest.mark.parametrize("by", ["B", "U"])
def test_a_script_that_restores_is_not_the_writer(tmp_path: Path, by: str) -> None:
    told = staged(tmp_path, by, "git show HEAD:f.txt > f.txt")
    (tmp_path / "x.sh").write_text("git checkout-index -f f.txt\necho s1 >> f.txt\n")
    runs(told, "sh ../x.sh")
    assert owners(told) == {"a": "U", "x1": by, "x2": by, "b": "U", "c": "U", "s1": "A"}


def test_a_line_that_the_command_says_is_its_own(tmp_path: Path) -> None:
    told = staged(tmp_path, "U", "git show HEAD:f.txt > f.txt")
    runs(told, "echo x1 >> f.txt")
    assert owners(told) == {"a": "U", "b": "U", "c": "U", "x1": "A"}


def test_what_was_staged_is_known_when_git_has_dropped_it(tmp_path: Path) -> None:
    told = staged(tmp_path, "U", "git show HEAD:f.txt > f.txt")
    runs(told, "git checkout -q f.txt; printf 's%s\\n' 1 >> f.txt")
    runs(told, "git reset -q --hard; git prune --expire=now; printf 'a\\nx1\\nx2\\nb\\nc\\ns1\\n' > f.txt", by=None)
    assert owners(told) == {"a": "U", "x1": "U", "x2": "U", "b": "U", "c": "U", "s1": "A"}


def test_a_call_may_stage_its_own(tmp_path: Path) -> None:
    told = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c")
    runs(told, "sed -i 's/^b$/s1/' f.txt; git add f.txt; echo junk >> f.txt")
    runs(told, "git checkout -q f.txt; printf 's%s\\n' 2 >> f.txt", by="C")
    found = owners(told)
    assert found.pop("s1") in ("A", "U")  # its text was on disk between its commands alone
    assert found == {"a": "U", "c": "U", "s2": "C"}


@pytest.mark.parametrize("by", ["B", "U"])
def test_a_line_of_head_that_a_script_puts_back_is_nobodys(tmp_path: Path, by: str) -> None:
    """It may have been restored by git: what the disk lacked, and HEAD has, says nothing of its writer."""
    told = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c")
    told = (told.on_disk(f="a x1 b c") if by == "U" else told.edit(by, f="a x1 b c")).commit()
    told.on_disk(f="a b c")
    (tmp_path / "x.sh").write_text("git checkout -q HEAD -- f.txt\necho s1 >> f.txt\n")
    runs(told, "sh ../x.sh")
    found = owners(told)
    assert found.pop("x1") in (by, "U")
    assert found == {"a": "U", "b": "U", "c": "U", "s1": "A"}


def test_a_sessions_own_line_of_head_stays_its_own(tmp_path: Path) -> None:
    told = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c")
    told.edit("A", f="a s1 b c").commit().on_disk(f="a b c")
    runs(told, "printf 'a\\ns%s\\nb\\nc\\ns2\\n' 1 > f.txt")
    assert owners(told) == {"a": "U", "s1": "A", "b": "U", "c": "U", "s2": "A"}
