"""The demo fails where an answer is wrong, and its recording is what the agent really sends."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from byline.cli.demo import recording
from byline.cli.demo.asking import Answers, Line, check
from byline.cli.demo.client import Client
from byline.cli.demo.recording import Expected, Question
from byline.cli.demo.scratch import Scratch
from byline.cli.main import main
from byline.errors import BylineError

PAYLOADS = Path(__file__).resolve().parents[2] / "data" / "payloads" / "claude"
Row = dict[str, Any]


def rows() -> list[Row]:
    path = Path(recording.__file__).with_name("recording.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def play(monkeypatch: pytest.MonkeyPatch, kept: list[Row]) -> int:
    text = "\n".join(json.dumps(row) for row in kept).encode()
    real = recording._data
    monkeypatch.setattr(recording, "_data", lambda name: text if name == "recording.jsonl" else real(name))
    return main(["demo", "--keep", "demo"])


def tool_of(row: Row) -> tuple[str | None, str | None]:
    payload = row.get("payload", {})
    return payload.get("hook_event_name"), payload.get("tool_name")


def test_an_edit_that_no_hook_told_of_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = play(monkeypatch, [row for row in rows() if tool_of(row)[1] != "Edit"])
    said = capsys.readouterr().err

    assert code == 1
    assert "client.py:7 'import time' should be by 4b1f0c2e" in said
    assert str(tmp_path / "demo") in said


def test_a_lost_prompt_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = play(monkeypatch, [row for row in rows() if tool_of(row)[0] != "UserPromptSubmit"])

    assert code == 1
    assert "the hover over client.py:22 should name 'add retry to the client'" in capsys.readouterr().err


def test_a_save_that_nobody_saw_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = play(monkeypatch, [row for row in rows() if row.get("payload", {}).get("event") != "save"])

    assert code == 1
    assert "client.py:11" in capsys.readouterr().err


def test_check_names_the_wrong_answer() -> None:
    expected = Expected("a.py", "Show AI lines (1 of 1)", [("s1", "x")], [Question(1, "why", ["claude"])])

    def answers(writer: str = "s1", lens: str = "Show AI lines (1 of 1)", said: str | None = "claude") -> Answers:
        return Answers("a.py", lens, [Line(1, "x", writer, "claude")], [(expected.hovers[0], said)], {})

    check(answers(), expected)
    for wrong, words in (
        (answers(writer="s2"), "a.py:1 'x' should be by s1, the server says s2"),
        (answers(lens=""), "the lens"),
        (answers(said="human"), "should name 'claude'"),
        (answers(said=None), "should name 'claude'"),
        (answers()._replace(lines=[]), "1 line with"),
    ):
        with pytest.raises(BylineError, match=words):
            check(wrong, expected)


def test_a_hover_where_there_should_be_none_is_wrong() -> None:
    question = Question(1, "why", [])
    expected = Expected("a.py", "", [("unknown", "x")], [question])
    answers = Answers("a.py", "", [Line(1, "x", "unknown", None)], [(question, "claude")], {})

    with pytest.raises(BylineError, match="should say nothing"):
        check(answers, expected)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise SystemExit('no such module')", "ended before it answered initialize"),
        ("import sys; sys.stdin.read()", "did not answer initialize"),
    ],
)
def test_a_server_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, words: str
) -> None:
    import sys

    from byline.cli.demo import client

    monkeypatch.setattr(client, "SECONDS", 0.5)
    with pytest.raises(BylineError, match=words):
        Client([sys.executable, "-c", program], tmp_path, dict(os.environ), tmp_path / "log")


def test_a_hook_that_speaks_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from byline.cli.demo import scratch

    (tmp_path / "shim.py").write_text("print('hello')")
    monkeypatch.setattr(scratch, "source_folder", lambda: tmp_path)
    played = Scratch(tmp_path, os.environ)
    with pytest.raises(BylineError, match="must be silent"):
        played.hook("generic", {})


def captured() -> dict[tuple[str, str], Row]:
    """One real payload of each kind."""
    found: dict[tuple[str, str], Row] = {}
    for path in sorted(PAYLOADS.glob("[0-9]*.json")):
        payload = json.loads(path.read_text("utf-8"))
        kind = (payload["hook_event_name"], payload.get("tool_name", ""))
        if kind not in found or "agent_id" in payload:
            found[kind] = payload
    return found


def test_recording_has_the_shape_of_real_payloads() -> None:
    real = captured()
    seen = set()
    for row in rows():
        if row.get("hook") != "claude":
            continue
        payload = row["payload"]
        kind = (payload["hook_event_name"], payload.get("tool_name", ""))
        other = real[kind]
        optional = {"model", "agent_id", "agent_type"}  # documented, sent by some runs only
        assert payload.keys() - optional == other.keys() - optional, kind
        parts = ["tool_input"] if kind[1] == "Agent" else ["tool_input", "tool_response"]
        for part in parts:  # what Agent answers depends on how the subagent ran
            assert payload.get(part, {}).keys() == other.get(part, {}).keys(), (kind, part)
        seen.add(kind[0])
    assert {"SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "SubagentStart", "Stop"} <= seen
    assert {"SubagentStop", "SessionEnd"} <= seen
