"""A shell call that edits, commits, and rewrites what it committed: its own lines stay its own, through all of it."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

EDIT = "sed -i 's/^b$/s1/' f.txt && git commit -qam one"
BRANCH = f"git checkout -q -b side && {EDIT} && git checkout -q main"


@pytest.fixture
def told(tmp_path: Path) -> Story:
    """A clone that is one commit of B ahead of a remote, which has a commit more than the clone."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c d e")
    root, there, other = tale.world.root, tmp_path / "there.git", tmp_path / "other"
    run(tale, root, f"git clone -q --bare . {there} && git remote add origin {there} && git fetch -q")
    run(tale, root, f"git branch -q -u origin/main && git clone -q {there} {other}")
    run(tale, other, "sed -i 's/^e$/u1/' f.txt && git commit -qam theirs && git push -q")
    return tale.edit("B", f="t1 b c d e").commit()


def run(tale: Story, folder: Path, command: str) -> None:
    subprocess.run(["sh", "-ec", command], cwd=folder, env=tale.world.environment(), check=True, capture_output=True)


@pytest.mark.parametrize(
    ("command", "on_disk", "committed"),
    [
        (f"{EDIT} && git commit -q --amend -m two", "t1 s1 c d e", "t1 s1 c d e"),
        (f"{EDIT} && git pull -q --rebase", "t1 s1 c d u1", "t1 s1 c d u1"),
        (f"{EDIT} && git pull -q --no-rebase --no-edit", "t1 s1 c d u1", "t1 s1 c d u1"),
        (f"{EDIT} && git reset -q --soft HEAD~ && git commit -qm two", "t1 s1 c d e", "t1 s1 c d e"),
        (f"{EDIT} && git reset -q --soft HEAD~", "t1 s1 c d e", "t1 b c d e"),
        (f"{EDIT} && git reset -q HEAD~", "t1 s1 c d e", "t1 b c d e"),
        (f"{EDIT} && sed -i 's/^c$/s2/' f.txt && git commit -qa --amend -m two", "t1 s1 s2 d e", "t1 s1 s2 d e"),
        (f"{EDIT} && git revert --no-edit HEAD", "t1 b c d e", "t1 b c d e"),
        (f"{BRANCH} && git merge -q --squash side && git commit -qm two", "t1 s1 c d e", "t1 s1 c d e"),
        (f"{BRANCH} && git merge -q --no-ff --no-edit side", "t1 s1 c d e", "t1 s1 c d e"),
        (f"{BRANCH} && git cherry-pick side", "t1 s1 c d e", "t1 s1 c d e"),
        (
            "git commit -q --allow-empty -m zero && sed -i 's/^b$/s1/' f.txt && git commit -qa --fixup HEAD"
            " && GIT_SEQUENCE_EDITOR=: git rebase -q -i --autosquash HEAD~2",
            "t1 s1 c d e",
            "t1 s1 c d e",
        ),
    ],
)
def test_its_own_lines(told: Story, command: str, on_disk: str, committed: str) -> None:
    writer = {"t": "B", "s": "A"}
    told.shell("A", command, lambda it: run(it, it.stage.here, command))
    for rev, text in ((None, on_disk), ("HEAD", committed)):
        told.expect(rev=rev, f=" ".join(f"{writer.get(line[0], 'U')}|{line}" for line in text.split()))


@pytest.mark.parametrize(
    "command",
    [
        "git checkout -q origin/main -- f.txt && git commit -qm one && git commit -q --amend -m two",
        "git cherry-pick -n origin/main && git commit -qm one && git pull -q --rebase",
        "git checkout -q origin/main -- f.txt && git commit -qm x && git reset -q --soft @~ && sed -i s/c/s2/ f.txt",
        "git merge -q --squash @{u} && git commit -qm x && sed -i s/c/s2/ f.txt && git commit -qa --amend -m y",
    ],
)
def test_what_it_took_from_elsewhere_is_not(told: Story, command: str) -> None:
    run(told, told.world.root, "git fetch -q")
    told.shell("A", command, lambda it: run(it, it.stage.here, command))
    for rev in (None, "HEAD"):
        owners = {line.text: line.owner for line in told.stage.ask("f.txt", rev)}
        assert owners.get("u1", "U") == "U" and "A" not in (owners[text] for text in owners if text != "s2")


@pytest.mark.parametrize("command", ["./script.sh", "git up"])
def test_what_a_script_commits_may_be_what_git_brought_it(told: Story, command: str) -> None:
    """The name of a script or an alias does not say what it runs; that it made a commit says that it runs git."""
    run(
        told,
        told.world.root,
        "git checkout -qb side HEAD~ && printf 'u1 1\nu2 2\nc\nd\ne\n' > f.txt && git commit -qam side",
    )
    run(told, told.world.root, "git checkout -q main")
    told.shell("A", "make", lambda it: run(it, it.stage.here, "printf 't1\nb\ns1\ns2\nd\ne\n' > f.txt"))
    text = "u1 1\\nu2 2\\nt1\\nb\\ns1\\ns2\\nd\\ne\\ns3\\n"
    script = f"git commit -qam two; git cherry-pick -n side || true; printf '{text}' > f.txt; git add -A"
    told.shell("A", command, lambda it: run(it, it.stage.here, script))
    owners = {line.text: line.owner for line in told.stage.ask("f.txt", None)}
    assert [owners[line] for line in ("u1 1", "u2 2", "s3")] == ["U", "U", "A"]


def test_what_a_script_pops_from_the_stash_is_not_its_own(told: Story) -> None:
    """A pop that stops at a conflict leaves the stash where it was: nothing tells of it."""
    told.edit("C", f="t1 b w1 w2 w3 d e").git("stash", "-q").on_disk(f="t1 b u1 u2 d e").commit()
    script = "git stash pop -q || true; printf 't1\\nb\\nw2\\ns1\\nw1\\nu2\\nu1\\nd\\ne\\n' > f.txt; git add -A"
    told.shell("A", "./work.sh", lambda it: run(it, it.stage.here, script))
    owners = {line.text: line.owner for line in told.stage.ask("f.txt", None)}
    assert owners["s1"] == "A" and "A" not in (owners["w1"], owners["w2"])
