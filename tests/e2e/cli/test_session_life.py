"""What a session's life leads to: dismissal, links, activities, in every shape."""

import json
import subprocess
import sys
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
    said = person.byline("session", "dismiss", "s").stdout
    assert "s1 is dismissed; `byline session dismiss s1 --undo` takes it back" in said
    assert "dismissed" in person.byline("sessions").stdout
    assert "s1" not in person.byline("sessions", "--active").stdout
    assert " by Ada" in person.byline("session", "show", "s1").stdout
    told = show(person, "--as", "linear")
    assert (told["dismissedBy"], told["status"], told["endedAt"]) == ({"name": "Ada"}, "stale", None)
    assert told["dismissedAt"] is not None
    assert (show(person)["dismissed_by"], show(person)["status"]) == ("Ada", "idle")
    person.byline("session", "dismiss", "s1", "--undo")
    assert show(person)["dismissed_at"] is None
    assert "dismissed" not in person.byline("sessions").stdout + person.byline("session", "show", "s1").stdout
    assert "s1" in person.byline("sessions", "--active").stdout
    assert show(person, "--as", "linear")["status"] == "awaitingInput"
    assert person.byline("session", "show", "s1", "--undo", code=2).stderr.count("\n") == 1
    assert "`byline sessions` lists them" in person.byline("session", "dismiss", "nobody", code=1).stderr


def test_a_session_whose_process_is_gone_is_not_shown_as_working(person: Person) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    story.tell(person, "session_start", session_id="s1", pid=process.pid)
    story.tell(person, "prompt", session_id="s1", prompt="work")
    assert "active" in person.byline("sessions", "--active").stdout
    process.communicate(b"\n")
    told = person.byline("sessions").stdout
    assert "stale" in told
    assert "busy" not in told
    assert person.byline("sessions", "--active", "--json").stdout.strip() == "[]"
    assert (show(person)["status"], show(person)["state"]) == ("busy", "stale")


def test_a_silent_session_is_stale_after_half_an_hour(person: Person) -> None:
    story.tell(person, "prompt", session_id="s1", prompt="work")
    (spool,) = (person.repository / ".git" / "byline" / "spool").iterdir()
    record = json.loads(spool.read_text())
    spool.write_text(json.dumps({**record, "at": record["at"] - 31 * 60 * 10**9}) + "\n")
    assert "stale" in person.byline("sessions").stdout
    assert person.byline("sessions", "--active", "--json").stdout.strip() == "[]"


def test_an_estimate_is_told_as_one(person: Person) -> None:
    """13 characters of a prompt are 4 tokens, 20 of the answer 5; its marks are not the person's words."""
    transcript = person.home / "t.jsonl"
    asked = {"type": "text", "text": f"<user_query>\n{'a' * 13}\n</user_query>"}
    lines = [
        {"role": "user", "message": {"content": [asked]}},
        {"role": "assistant", "message": {"content": [{"type": "text", "text": "b" * 20}]}},
    ]
    transcript.write_text("".join(json.dumps(line) + "\n" for line in lines))
    given: dict[str, Any] = {"session_id": "s1", "agent": "cursor", "transcript_path": str(transcript)}
    story.tell(person, "prompt", prompt="a" * 13, turn_id="t1", **given)
    assert (show(person)["input_tokens"], show(person)["is_estimated"]) == (4, True)
    assert show(person)["turns"][0]["at"] is not None
    assert " ~9 " in person.byline("sessions").stdout
    page = person.byline("session", "show", "s1").stdout
    assert "~4 in, ~5 out (estimated by the length of its texts)" in page
    assert "?  aaa" not in page


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
