"""Sessions that real agents held before byline was there, imported: whose each line is was written down by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from . import story
from .conftest import ROOT, Person

DATA = ROOT / "tests" / "data" / "imports"
START = "import sys\n\nx = 1\n\ndef main():\n    print('hello')\n    return x\n\n# x = 1 again\n"
APP = START.replace("x = 1\n\ndef", "x = 2\n\ndef").replace(
    "    print('hello')\n", "    name = 'world'\n    print('hello', name)\n"
)
CODEX_NEW = "def one():\n    return 11\n\n\ndef two():\n    return 22\n"
GEMINI_NEW = "def one():\n    return 1\n\n\ndef three():\n    return 3\n"
CODEX = "01a1fd0f-ffe8-7d80-a0f6-83f05e37c607"
GEMINI = "e634fe6b-4b0a-487f-a4bb-6eb4315a36c3"


def put(person: Person, name: str, path: Path) -> None:
    """A real transcript, as if the agent had worked in this repository."""
    text = (DATA / name).read_text().replace("/home/dev/project", str(person.repository.resolve()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def codex(person: Person) -> None:
    put(person, "codex.jsonl", person.home / f".codex/sessions/2026/11/21/rollout-2026-11-21T07-44-06-{CODEX}.jsonl")


def gemini(person: Person) -> None:
    chats = person.home / ".gemini" / "tmp" / "project" / "chats"
    put(person, "gemini.jsonl", chats / "session-2026-11-21T08-01-e634fe6b.jsonl")
    put(person, "gemini-subagent.jsonl", chats / GEMINI / "7bd9ee5a-f15f-4463-9767-4772e4b274ec.jsonl")
    slugs = {"projects": {str(person.repository.resolve()): "project"}}
    (person.home / ".gemini" / "projects.json").write_text(json.dumps(slugs))


def owners(person: Person, name: str) -> list[str]:
    told = json.loads(person.byline("blame", "--json", name).stdout)
    return [line["session_id"] or line["owner"] for line in told["lines"]]


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(
    ("agent", "leave", "session", "app", "theirs", "new"),
    [
        ("codex", codex, CODEX, APP, (2, 5, 6), CODEX_NEW),
        ("gemini", gemini, GEMINI, APP.replace("# x = 1", "# x = 2"), (2, 5, 6, 9), GEMINI_NEW),
    ],
    ids=["codex", "gemini"],
)  # fmt: skip
def test_a_real_session(
    person: Person,
    agent: str,
    leave: Callable[[Person], None],
    session: str,
    app: str,
    theirs: tuple[int, ...],
    new: str,
    committed: bool,
) -> None:
    (person.repository / "app.py").write_text(START)
    story.commit(person, "start")
    (person.repository / "app.py").write_text(app)
    (person.repository / "new.py").write_text(new)
    if committed:
        story.commit(person, "the session's")
    leave(person)
    (told,) = json.loads(person.byline("import", "--transcripts", agent, "--json").stdout)["agents"]
    assert told["writes"] >= 5
    wanted = [session if number in theirs else "unknown" for number in range(len(app.splitlines()))]
    assert owners(person, "app.py") == wanted
    assert owners(person, "new.py") == [session] * len(new.splitlines())
    rows = {row["session_id"]: row for row in json.loads(person.byline("sessions", "--json").stdout)}
    assert rows[session]["prompt"] == "Please do the scripted work."
    # Codex's third patch moves one file and deletes another: they are named, and own no line.
    besides = ["moved.txt", "nb.ipynb", "other.txt"] if agent == "codex" else []
    assert sorted(rows[session]["files_touched"]) == sorted(["app.py", "new.py", *besides])
    again = json.loads(person.byline("import", "--transcripts", "--json").stdout)["agents"]
    assert [one["writes"] + one["sessions"] + one["prompts"] for one in again] == [0]
    (person.repository / "app.py").write_text(app.replace("name = 'world'", "name = 'moon'"))
    assert owners(person, "app.py")[5] == "unknown"
