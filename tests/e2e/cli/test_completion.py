"""Shells complete byline's commands."""

import json
import shutil
import subprocess

import pytest

from byline.cli.commands import COMMANDS
from byline.workspace.imported.found import AGENTS

from . import story
from .conftest import Person


def test_bash_completes(person: Person) -> None:
    script = person.byline("completion", "bash").stdout
    asked = "COMP_WORDS=(byline sess); COMP_CWORD=1; _byline; echo ${COMPREPLY[@]}\n"
    asked += "COMP_WORDS=(byline session show --a); COMP_CWORD=3; _byline; echo ${COMPREPLY[@]}\n"
    done = subprocess.run(["bash", "-c", script + asked], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert (sorted(first.split()), second) == (["session", "sessions"], "--as")
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_is_offered(person: Person, shell: str) -> None:
    script = person.byline("completion", shell).stdout
    assert [row.name for row in COMMANDS if row.name not in script] == []
    assert "--json" in script or "-l json" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_another_shell_is_wrong_usage(person: Person) -> None:
    person.byline("completion", "csh", code=2)


def offered(person: Person, *words: str) -> list[str]:
    """What bash offers for the last of `words`, with the real program and git on the PATH."""
    (person.bin / "byline").write_text(f'#!/bin/sh\nexec {person.command([])[0]} -m byline.cli.main "$@"\n')
    (person.bin / "byline").chmod(0o755)
    script = person.byline("completion", "bash").stdout
    quoted = " ".join(f"'{word}'" for word in words)
    asked = f"COMP_WORDS=(byline {quoted}); COMP_CWORD={len(words)}; _byline; echo ${{COMPREPLY[@]}}\n"
    done = subprocess.run(
        ["bash", "-c", script + asked],
        cwd=person.repository,
        env=person.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_ids_are_shown_as_long_as_they_need_to_be(person: Person) -> None:
    """As Codex and OpenCode give them to sessions that start soon after each other."""
    ids = ["019ab3c1-7d20-7a11-8000-01", "019ab3c1-7d20-7a11-9000-02", "ses_e02b1c2d3e4f", "ses_e02b1c2a0000"]
    shown = ["019ab3c1-7d20-7a11-8", "019ab3c1-7d20-7a11-9", "ses_e02b1c2d", "ses_e02b1c2a"]
    (person.repository / "other").write_text("text\n")
    story.commit(person)
    for one in ids:
        story.session(person, one)
    story.commit(person)
    rows = person.byline("sessions").stdout.splitlines()[1:]
    assert sorted(row.split()[0] for row in rows) == sorted(shown)
    for one, short in zip(ids, shown, strict=True):
        assert f" m {short} " in person.byline("blame", f"{one}.py").stdout
        assert json.loads(person.byline("session", "show", short, "--json").stdout)["session_id"] == one
    found = person.byline("search", "greeting", "-n", "9").stdout
    assert all(f"m {short}," in found for short in shown)
    changed = person.byline("diff", "HEAD~..HEAD").stdout
    assert all(f"m {short} + def" in " ".join(changed.split()) for short in shown)
    report = person.byline("report", "HEAD~..HEAD").stdout
    assert all(f"m `{short}` 2" in report for short in shown)
    assert sorted(offered(person, "session", "show", "ses_")) == sorted(ids[2:])


def test_values_are_completed(person: Person) -> None:
    story.session(person, "s1-first")
    story.session(person, "s2-other")
    story.commit(person)
    person.git("tag", "v1.0")
    assert {"s1-first", "s2-other"} <= set(offered(person, "session", "show", "s"))
    assert offered(person, "forget", "s1") == ["s1-first"]
    assert set(offered(person, "correct", "x:1", "--owner", "")) == {"human", "unknown", "s1-first", "s2-other"}
    assert "claude" in offered(person, "sessions", "--agent", "")
    assert offered(person, "install", "clau") == ["claude"]
    assert offered(person, "settings", "keep") == ["keepDays"]
    assert offered(person, "settings", "un") == ["unset"]
    assert offered(person, "stats", "v1") == ["v1.0"]
    assert offered(person, "search", "x", "--kind", "su") == ["summary"]
    assert set(offered(person, "session", "")) == {"show", "dismiss"}
    assert set(offered(person, "session", "show", "")) == {"s1-first", "s2-other"}
    assert offered(person, "session", "show", "--as", "mi6", "s1") == ["s1-first"]
    assert offered(person, "session", "show", "s1-first", "") == []
    assert set(offered(person, "goto", "s")) == {"s1-first-t1", "s2-other-t1"}
    assert "v1.0" in offered(person, "goto", "")
    assert set(offered(person, "settings", "set", "enabled", "")) == {"true", "false"}
    assert offered(person, "settings", "project", "set", "enabled", "t") == ["true"]
    assert offered(person, "settings", "set", "keep") == ["keepDays"]
    assert offered(person, "settings", "get", "enabled", "") == []
    for words in (("install", ""), ("install", "claude", ""), ("sessions", "--agent", "")):
        assert {"claude", "aider", "continue", "zed", "trae"} <= set(offered(person, *words))
    importable = set(offered(person, "import", "--transcripts", ""))
    assert importable == set(AGENTS)
    assert offered(person, "import", "--format", "git") == ["git-ai"]
    assert offered(person, "report", "--o") == ["--output"]
    assert offered(person, "blame", "--porc") == []


def test_files_are_completed(person: Person) -> None:
    (person.repository / "src").mkdir()
    (person.repository / "a.py").write_text("x\n")
    (person.repository / "with space").write_text("x\n")
    for words in (("blame",), ("sessions", "--file"), ("correct",), ("blame", "--rev", "HEAD")):
        found = offered(person, *words, "")
        assert {"a.py", "src", "with", "space"} <= set(found), words
        assert not any(word.startswith("-") for word in found)
    assert offered(person, "blame", "a") == ["a.py"]
    assert "--rev" in offered(person, "blame", "--")


def test_a_branch_with_a_hostile_name_is_quoted_and_not_run(person: Person) -> None:
    (person.repository / "a.py").write_text("x\n")
    story.commit(person)
    person.git("branch", "x$(touch${IFS}ran)`touch${IFS}ran`")
    assert offered(person, "stats", "x") == ["x\\$\\(touch\\$\\{IFS\\}ran\\)\\`touch\\$\\{IFS\\}ran\\`"]
    assert not (person.repository / "ran").exists()
