"""What a session's life leads to: dismissal, links, activities, in every shape."""

import json
from typing import Any

from byline.sessions import views

from . import story
from .conftest import Person


def show(person: Person, *words: str) -> dict[str, Any]:
    told = person.byline("session", "show", "s1", "--json", *words).stdout
    if "--as" in words:
        views.DECODERS[words[-1]].decode(told)
    return dict(json.loads(told))


def test_dismissal(person: Person) -> None:
    story.session(person)
    person.git("config", "user.name", "Ada")
    assert show(person, "--as", "linear")["dismissedAt"] is None
    assert "s1 is dismissed" in person.byline("session", "dismiss", "s").stdout
    told = show(person, "--as", "linear")
    assert (told["dismissedBy"], told["status"], told["endedAt"]) == ({"name": "Ada"}, "stale", None)
    assert told["dismissedAt"] is not None
    assert (show(person)["dismissed_by"], show(person)["status"]) == ("Ada", "idle")
    person.byline("session", "dismiss", "s1", "--undo")
    assert show(person)["dismissed_at"] is None
    assert show(person, "--as", "linear")["status"] == "awaitingInput"
    assert person.byline("session", "show", "s1", "--undo", code=1).stderr.count("\n") == 1
    assert "`byline sessions` lists them" in person.byline("session", "dismiss", "nobody", code=1).stderr


def test_an_end_before_the_dismissal_stays_an_end(person: Person) -> None:
    story.session(person)
    story.tell(person, "session_end", session_id="s1", reason="exit")
    person.byline("session", "dismiss", "s1")
    told = show(person, "--as", "linear")
    assert told["status"] == "complete"
    assert told["endedAt"] is not None


def test_links_and_activities(person: Person) -> None:
    story.session(person)
    person.git("remote", "add", "origin", "git@github.com:octo/cat.git")
    for number, command in enumerate(("gh issue view 4", "gh pr checkout 17 -R octo/dog", "ls")):
        story.tell(person, "shell", session_id="s1", call_id=f"sh{number}", command=command, tool="Bash")
    story.tell(person, "wait", session_id="s1", wait_reason="permission")
    told = show(person)
    assert (told["github_issue"], told["github_pr"], told["github_repo"]) == (4, 17, "octo/dog")
    assert show(person, "--as", "mi6")["github_repo"] == "octo/dog"
    linear = show(person, "--as", "linear")
    assert linear["status"] == "awaitingInput"
    assert linear["externalUrls"] == ["https://github.com/octo/dog/pull/17"]
    assert linear["pullRequests"] == {"nodes": [{"number": 17, "url": "https://github.com/octo/dog/pull/17"}]}
    steps = [
        (one["type"], one.get("action"), one.get("parameter", one.get("body")))
        for one in linear["activities"]["nodes"]
    ]
    assert steps == [
        ("prompt", None, "add a greeting"),
        ("action", "Edit", "s1.py"),
        ("action", "Bash", "gh issue view 4"),
        ("action", "Bash", "gh pr checkout 17 -R octo/dog"),
        ("action", "Bash", "ls"),
        ("elicitation", None, "permission"),
    ]


def test_the_repository_by_git_where_no_command_names_one(person: Person) -> None:
    story.session(person)
    assert show(person, "--as", "mi6")["github_repo"] is None
    person.git("remote", "add", "origin", "https://user:secret@github.com/octo/cat")
    assert show(person, "--as", "mi6")["github_repo"] == "octo/cat"
