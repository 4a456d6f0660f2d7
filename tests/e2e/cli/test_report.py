"""`byline report`: what it counts, what it tells, and what it makes of hostile words."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from . import story
from .conftest import ROOT, Person

HOSTILE = (
    "hi @octocat, see #12 and [me](https://evil.example) <script>alert(1)</script> ![x](//y) `</details>` www.a.b"
)
PAGE = (ROOT / "docs" / "report.md").read_text("utf-8")


@pytest.fixture
def branch(person: Person) -> Person:
    """A branch off main with work of a session, of nobody known, and a line of main that the session removed."""
    (person.repository / "old.py").write_text("one\ntwo\n")
    story.commit(person, "base")
    person.git("checkout", "-q", "-b", "feature")
    story.session(person, "s1", HOSTILE)
    story.write(person, "old.py", "one\n", session_id="s1", turn_id="s1-t1", model="m-1")
    (person.repository / "hand.txt").write_text("by hand\n")
    story.commit(person, "feature")
    return person


def told(person: Person, *words: str) -> Any:
    return json.loads(person.byline("report", *words, "--json").stdout)


def test_counts_are_those_of_the_branch(branch: Person) -> None:
    report = told(branch)
    assert (report["range"], report["commits"]) == ("main...HEAD", 1)
    assert report["from"] == branch.git("rev-parse", "main").strip()
    assert report["added"] == {"session": 2, "human": 0, "unknown": 1}
    assert sum(report["deleted"].values()) == 1
    assert (report["ai_pct"], report["unreviewed"], report["prompts_shared"]) == (66.7, 2, False)
    files = {file["path"]: file for file in report["files"]}
    assert files["s1.py"]["sessions"] == {"s1": 2}
    assert files["s1.py"]["unreviewed"] == [{"start": 1, "end": 2, "session_id": "s1"}]
    assert files["hand.txt"]["added"] == {"session": 0, "human": 0, "unknown": 1}
    (session,) = report["sessions"]
    assert (session["session_id"], session["added"], session["unreviewed"]) == ("s1", 2, 2)
    assert (session["files"], session["prompts"], session["source"]) == (["s1.py"], None, "events")


def test_prompts_are_told_only_where_they_are_shared_and_never_with_secrets(branch: Person) -> None:
    words = f"use AKIAIOSFODNN7EXAMPLE in {branch.repository}/x.py"
    for turn, prompt in (("t2", words), ("t3", "never carried out")):
        story.tell(branch, "prompt", prompt=prompt, turn_id=turn)
    story.write(branch, "x.py", "x\n", turn_id="t2")
    story.commit(branch)
    assert "octocat" not in branch.byline("report").stdout
    for key in ("sharePrompts", "transparency"):
        branch.git("config", f"byline.{key}", "true")
        (session,) = told(branch)["sessions"]
        assert session["prompts"] == [HOSTILE, "use [REDACTED] in x.py"]
        branch.git("config", "--unset", f"byline.{key}")


def test_hostile_words_become_no_markup(branch: Person) -> None:
    branch.git("config", "byline.sharePrompts", "true")
    hostile = branch.repository / "<img src=x onerror=a>@octocat|`b`.py"
    story.write(branch, hostile.name, "x\n", session_id="</table>@all", agent="a|b<i>", turn_id="t9")
    story.commit(branch)
    page = branch.byline("report").stdout
    said = (
        page.replace("<details>", "").replace("<summary>", "").replace("</summary>", "").replace("</details>", "", 1)
    )
    said = re.sub(r"</?(?:code|sub)>|<!-- byline report -->", "", said)
    assert "octocat" in said
    assert not re.search(r"[@#](?=[\w/])|://|www\.|<\w|</", said)
    assert not re.search(r"(?<!\\)[\[\]]", said)
    for row in page.splitlines():
        if row.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", row)) in (8, 9), row


def test_output_goes_into_a_file_or_says_why_not(branch: Person, tmp_path: Path) -> None:
    assert branch.byline("report", "--output", str(tmp_path / "r.md")).stdout == ""
    assert (tmp_path / "r.md").read_text() == branch.byline("report").stdout
    done = branch.byline("report", "--output", str(tmp_path / "no" / "r.md"), code=1)
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


def test_ranges(branch: Person) -> None:
    assert told(branch, "main")["added"] == told(branch, "main..HEAD")["added"] == told(branch)["added"]
    assert told(branch, "HEAD")["files"] == []
    assert branch.byline("report", "nowhere", code=1).stderr.startswith("byline: git knows no revision 'nowhere'")
    branch.git("branch", "-m", "main", "other")
    assert "name a range" in branch.byline("report", code=1).stderr


def test_marks_of_a_review_count(branch: Person) -> None:
    from byline.workspace import reviewed

    file = branch.repository / "s1.py"
    reviewed.mark(file, file.read_bytes(), [(1, 1)], branch.env)
    report = told(branch)
    assert report["unreviewed"] == 1
    assert next(file for file in report["files"] if file["path"] == "s1.py")["unreviewed"] == [
        {"start": 2, "end": 2, "session_id": "s1"}
    ]


def test_the_workflow_of_the_docs_works_in_a_plain_checkout(branch: Person, tmp_path: Path) -> None:
    """Its steps in order, in a clone that has no events; `gh` is a program that shows what it was given."""
    remote, clone = tmp_path / "remote.git", tmp_path / "checkout"
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], env=branch.env, check=True)
    branch.git("remote", "add", "origin", str(remote))
    branch.byline("sync")
    branch.git("push", "-q", "origin", "main", "feature")
    branch.byline("push")
    subprocess.run(["git", "clone", "-q", "-b", "feature", str(remote), str(clone)], env=branch.env, check=True)
    subprocess.run(["git", "checkout", "-q", "--detach"], cwd=clone, env=branch.env, check=True)
    for name, text in (
        ("byline", 'exec "$PYTHON" -m byline.cli.main "$@"'),
        ("gh", 'echo "$@"; while [ "$1" != --body-file ]; do shift; done; cat "$2"'),
    ):
        (branch.bin / name).write_text(f"#!/bin/sh\n{text}\n")
        (branch.bin / name).chmod(0o755)
    home = tmp_path / "runner"
    home.mkdir()
    env = {**branch.env, "HOME": str(home), "BYLINE_DATA_DIR": str(home / "data"), "PYTHON": branch.command([])[0]}
    env |= {"BASE": "main", "PULL": "7", "GITHUB_STEP_SUMMARY": str(home / "summary.md")}
    steps = re.findall(r"^ +run: (.+)$", PAGE, re.MULTILINE)
    assert len(steps) == 5
    shown = ""
    for step in steps:
        if not step.startswith("pip "):
            done = subprocess.run(step, shell=True, cwd=clone, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (step, done.stderr)
            shown = done.stdout
    assert shown.startswith(
        "pr comment 7 --body-file report.md --edit-last --create-if-none\n<!-- byline report -->\n"
    )
    assert "| `s1.py` | 2 | 0 | 100 % | 0 % | 0 % | m `s1` 2 |" in shown
    assert (home / "summary.md").read_text() in shown
