"""What an editor asks the server about one file, and whether the answers are the expected ones."""

from pathlib import Path
from typing import Any, NamedTuple

from byline.cli.demo.client import Client
from byline.cli.demo.recording import Expected, Question
from byline.cli.terminal import counted
from byline.errors import BylineError


class Line(NamedTuple):
    """One line of a file with its writer: a session's id, `human` or `unknown`."""

    number: int
    text: str
    writer: str
    agent: str | None


class Answers(NamedTuple):
    """All the server said about one file."""

    file: str
    lens: str
    lines: list[Line]
    hovers: list[tuple[Question, str | None]]
    sessions: dict[str, dict[str, Any]]
    """By id: `agent`, `turns`, ... as `byline/attribution` gives them."""


def ask(client: Client, project: Path, expected: Expected) -> Answers:
    """Open the file as an editor does, and ask for its lens, ranges and some hovers."""
    path = project / expected.file
    text = path.read_bytes().decode()
    document = {"uri": path.as_uri()}
    opened = {**document, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": opened})
    told = client.request("byline/attribution", document) or {}
    contents = text.split("\n")
    return Answers(
        expected.file,
        _lens(client, document),
        [
            _line(contents, number, one)
            for one in told.get("ranges", [])
            for number in range(one["start"], one["end"])
        ],
        [(question, _hover(client, document, question.line - 1)) for question in expected.hovers],
        told.get("sessions", {}),
    )


def check(answers: Answers, expected: Expected) -> None:
    """BylineError that names the first answer which is not the expected one."""
    file = expected.file
    got = [(line.writer, line.text) for line in answers.lines]
    if [text for _, text in got] != [text for _, text in expected.writers]:
        raise BylineError(
            f"{file} should have {counted(len(expected.writers), 'line')} with an answer, it has {len(got)}"
        )
    for number, ((writer, text), (wanted, _)) in enumerate(zip(got, expected.writers, strict=True), 1):
        if writer != wanted:
            raise BylineError(f"{file}:{number} {text.strip()!r} should be by {wanted}, the server says {writer}")
    if answers.lens != expected.lens:
        raise BylineError(f"the lens of {file} should be {expected.lens!r}, it is {answers.lens!r}")
    for question, said in answers.hovers:
        missing = [word for word in question.words if word not in (said or "")]
        if missing or (said and not question.words):
            wanted = f"name {missing[0]!r}" if missing else "say nothing"
            raise BylineError(f"the hover over {file}:{question.line} should {wanted}; it says {said!r}")


def _line(contents: list[str], number: int, one: dict[str, Any]) -> Line:
    return Line(number + 1, contents[number], one["session_id"] or one["owner"], one["agent"])


def _lens(client: Client, document: dict[str, str]) -> str:
    found = client.request("textDocument/codeLens", {"textDocument": document})
    return client.request("codeLens/resolve", found[0])["command"]["title"] if found else ""


def _hover(client: Client, document: dict[str, str], line: int) -> str | None:
    asked = {"textDocument": document, "position": {"line": line, "character": 0}}
    answer = client.request("textDocument/hover", asked)
    return answer["contents"]["value"] if answer else None
