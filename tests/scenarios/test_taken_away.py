"""Git, or a person, takes a session's text away, and somebody else types there: a line alike is no longer its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from scenarios.load import Scenario
from scenarios.run import play

TOP, OLD, NEW = ["top"], ["top", "foo()", "return"], ["top", "bar()", "return"]
WRITES = "printf 'bar()\\nreturn\\n' >> f.js"


def by(who: str, line: str = "") -> list[Any]:
    return ["expect", {"f.js": ["U|top", f"{who}|bar()", f"{line or who}|return"]}]


def call(command: str, *git: list[str]) -> list[Any]:
    return ["shell-steps", "B", f"{command} && {WRITES}", [*git, ["disk-write", "f.js", NEW]]]


BRANCH = [["git", "checkout", "-q", "-b", "feat"], ["edit", "A", "f.js", OLD], ["commit-all", "c1"]]
COMMITTED = [["edit", "A", "f.js", OLD], ["commit-all", "c1"]]
WRITTEN = [["edit", "A", "f.js", OLD]]
AWAY: dict[str, list[Any]] = {
    "another branch": [*BRANCH, ["git", "checkout", "-q", "main"]],
    "a commit that deletes it": [*COMMITTED, ["edit", "U", "f.js", TOP], ["commit-all", "c2"]],
    "revert": [*COMMITTED, ["git", "revert", "--no-edit", "HEAD"]],
    "stash": [*WRITTEN, ["git", "stash", "-q"]],
    "a person": [*WRITTEN, ["edit", "H", "f.js", TOP]],
    "reset": [*COMMITTED, ["git", "reset", "-q", "--hard", "HEAD~1"]],
}
CALLS: dict[str, list[Any]] = {
    "checkout": [*BRANCH, call("git checkout -q main", ["git", "checkout", "-q", "main"])],
    "stash": [*WRITTEN, call("git stash -q", ["git", "stash", "-q"])],
    "revert": [*COMMITTED, call("git revert --no-edit HEAD", ["git", "revert", "--no-edit", "HEAD"])],
    "reset": [*COMMITTED, call("git reset -q --hard HEAD~1", ["git", "reset", "-q", "--hard", "HEAD~1"])],
    "a message that tells of a stash": [
        *COMMITTED,
        call(
            "git -C . reset --hard -q HEAD~1 && git tag v1 -m 'git stash pop'",
            ["git", "reset", "-q", "--hard", "HEAD~1"],
            ["git", "tag", "v1", "-m", "git stash pop"],
        ),
    ],
}


DATA = Path(__file__).parents[1] / "data" / "stories"
STORIES = [
    story for name in ("taken_away", "once_more") for story in json.loads((DATA / f"{name}.json").read_bytes())
]


def tell(folder: Path, steps: list[Any], dialect: str = "generic") -> None:
    play_out(folder, [["init", {"f.js": TOP}], *steps], dialect)


def play_out(folder: Path, steps: list[Any], dialect: str) -> None:
    scenario = Scenario("T", "", "", "core", "", steps)
    result = play(scenario, folder, dialect=dialect, forked=True)
    assert result.passed(), "\n".join([result.broken, *map(str, result.wrong())])


@pytest.mark.parametrize("away", AWAY)
def test_typed_unseen(tmp_path: Path, away: str) -> None:
    tell(tmp_path, [*AWAY[away], ["edit", "U", "f.js", NEW], ["commit-all", "m"], by("U")])


@pytest.mark.parametrize("away", ["another branch", "a commit that deletes it", "revert"])
def test_one_line_typed_unseen(tmp_path: Path, away: str) -> None:
    expected = ["expect", {"f.js": ["U|top", "U|return"]}]
    tell(tmp_path, [*AWAY[away], ["edit", "U", "f.js", ["top", "return"]], ["commit-all", "m"], expected])


@pytest.mark.parametrize("away", ["another branch", "a commit that deletes it", "revert"])
def test_saved_by_a_person(tmp_path: Path, away: str) -> None:
    tell(tmp_path, [*AWAY[away], ["edit", "H", "f.js", NEW], ["commit-all", "m"], by("H")])


@pytest.mark.parametrize("away", ["stash", "reset"])
def test_saved_by_a_person_who_may_have_loaded_it(tmp_path: Path, away: str) -> None:
    """What the editor loaded nobody told of: a line alike may be either's."""
    tell(tmp_path, [*AWAY[away], ["edit", "H", "f.js", NEW], ["commit-all", "m"], by("H", "U")])


@pytest.mark.parametrize("dialect", ["generic", "claude"])
@pytest.mark.parametrize("git", CALLS)
def test_taken_and_written_in_one_call(tmp_path: Path, git: str, dialect: str) -> None:
    tell(tmp_path, [*CALLS[git], ["commit-all", "m"], by("B")], dialect)


@pytest.mark.parametrize(
    "git",
    ["checkout f.js", "restore .", "checkout -q -- '*.js'", "-C . checkout -- f.js", "checkout f.js && ./other.sh"],
)
def test_a_restored_file_leaves_lines_alike_to_nobody(tmp_path: Path, git: str) -> None:
    """That `checkout FILE` took it away only the command's words say."""
    steps = call(f"git {git}", ["git", "checkout", "-q", "f.js"])
    tell(tmp_path, [*WRITTEN, steps, ["commit-all", "m"], by("B", "U")])


def test_what_stays_keeps_its_owner(tmp_path: Path) -> None:
    """Commits in parts after a reset that left the file alone, and a switch that takes a change along."""
    text = [*OLD, "end"]
    tell(
        tmp_path,
        [
            *[["edit", "A", "f.js", text], ["commit-all", "c1"], ["git", "reset", "-q", "--soft", "HEAD~1"]],
            *[["stage", "f.js", OLD], ["commit", "one"], ["expect", {"f.js": ["U|top", "A|foo()", "A|return"]}]],
            *[["commit-all", "two"], ["expect", {"f.js": ["U|top", "A|foo()", "A|return", "A|end"]}]],
            *[["edit", "B", "f.js", [*text, "more"]], ["git", "checkout", "-q", "-b", "other"]],
            *[["edit", "U", "f.js", [*text, "more", "unseen"]], ["commit-all", "three"]],
            ["expect", {"f.js": ["U|top", "A|foo()", "A|return", "A|end", "B|more", "U|unseen"]}],
        ],
    )


STOPS: dict[str, tuple[list[Any], list[str]]] = {
    "squash": ([["git", "checkout", "-q", "-b", "feat"]], ["merge", "--squash", "feat"]),
    "pick": ([["git", "checkout", "-q", "-b", "feat"]], ["cherry-pick", "-n", "feat"]),
    "stash": ([], ["stash", "pop"]),
}


@pytest.mark.parametrize("dialect", ["generic", "claude"])
@pytest.mark.parametrize("who", ["B", "H", "U"])
@pytest.mark.parametrize("stop", STOPS)
def test_a_conflict_of_which_git_leaves_no_word(tmp_path: Path, stop: str, who: str, dialect: str) -> None:
    """Whoever settles it, and be it seen: a line that was taken from a side keeps its owner."""
    before, git = STOPS[stop]
    away = ["git", "stash", "-q"] if stop == "stash" else ["git", "checkout", "-q", "main"]
    steps = [
        *[*before, ["edit", "A", "f.js", ["top", "alpha()", "end"]]],
        *([] if stop == "stash" else [["commit-all", "c1"]]),
        *[away, ["edit", "H", "f.js", ["top", "other()", "end"]], ["commit-all", "m"], ["git-fails", *git]],
        *[["edit", who, "f.js", ["top", "other()", "alpha()", "end"]], ["commit-all", "x"]],
        ["expect", {"f.js": ["U|top", "H|other()", "A|alpha()", "U|end"]}],
    ]
    start = [["edit", "U", "f.js", ["top", "end"]], ["commit-all", "start"]]
    tell(tmp_path, [*start, *steps], dialect)


@pytest.mark.parametrize("dialect", ["generic", "claude"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_what_stays_and_what_does_not(tmp_path: Path, story: dict[str, Any], dialect: str) -> None:
    """Conflicts thrown away, resets that leave all there, calls beside one another."""
    play_out(tmp_path, story["steps"], dialect)
