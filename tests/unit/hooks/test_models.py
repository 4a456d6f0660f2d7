"""The model of a call, looked up in the transcript by the hook."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline_hooks.models import model_of
from gitrepo import Repo
from hookrun import events, hook

Maker = Callable[..., Repo]


def _said(call: str, model: str | None, *, text: str = "", kind: str = "tool_use") -> dict[str, Any]:
    content = [{"type": kind, "id": call, "name": "Write", "input": {"content": text}}]
    told = {"model": model} if model is not None else {}
    return {"message": {"id": "m", "role": "assistant", **told, "content": content}, "type": "assistant"}


def _result(call: str) -> dict[str, Any]:
    content = [{"type": "tool_result", "tool_use_id": call, "content": "ok"}]
    return {"message": {"role": "user", "content": content}, "type": "user", "toolUseResult": {"model": "wrong"}}


def _lines(*records: dict[str, Any], spaced: bool = False) -> bytes:
    separators = (", ", ": ") if spaced else (",", ":")
    return b"".join(json.dumps(one, separators=separators).encode() + b"\n" for one in records)


@pytest.mark.parametrize("spaced", [False, True])
def test_the_model_of_the_message_that_made_the_call(spaced: bool) -> None:
    text = 'say "model":"no-model" and {"model": "neither"}'
    transcript = _lines(
        _said("a", "model-1"), _result("a"), _said("b", "model-2", text=text), _result("b"), spaced=spaced
    )
    assert model_of(transcript, "a") == "model-1"
    assert model_of(transcript, "b") == "model-2"
    assert model_of(transcript, "c") is None


@pytest.mark.parametrize(
    "transcript",
    [
        pytest.param(b"", id="empty"),
        pytest.param(_lines(_said("a", None)), id="no-model"),
        pytest.param(_lines(_said("a", "")), id="empty-model"),
        pytest.param(_lines(_said("a", "x" * 500)), id="too-long"),
        pytest.param(_lines(_said("a", 'quoted"')), id="quoted"),
        pytest.param(_lines(_result("a")), id="only-a-result"),
        pytest.param(b'"tool_use" "a" "model":', id="cut"),
        pytest.param(b'"tool_use" "a" "model":17, "b"', id="a-number"),
    ],
)
def test_where_the_transcript_does_not_say(transcript: bytes) -> None:
    assert model_of(transcript, "a") in (None, "b")


@given(st.binary(max_size=300), st.text(max_size=10))
def test_whatever_a_transcript_holds(transcript: bytes, call: str) -> None:
    found = model_of(transcript, call)
    assert found is None or found.isascii()


def _payload(made: Repo, transcript: Path, **more: Any) -> dict[str, Any]:
    path = str(made.path / "f.py")
    return {
        "session_id": "s1",
        "transcript_path": str(transcript),
        "cwd": str(made.path),
        "prompt_id": "p1",
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": path, "content": "a\n"},
        "tool_response": {"type": "create", "filePath": path, "content": "a\n", "structuredPatch": []},
        "tool_use_id": "toolu_1",
        **more,
    }


def _model(made: Repo, payload: dict[str, Any]) -> object:
    made.write("f.py", "a\n")
    hook("claude", payload, made.path)
    return events(made.path / ".git" / "byline")[-1].get("model")


@pytest.fixture
def made(repo: Maker) -> Repo:
    made = repo("r")
    made.commit("c", {"g": "x"})
    return made


def test_a_write_of_claude_code_has_its_model(made: Repo, tmp_path: Path) -> None:
    transcript = tmp_path / "s1.jsonl"
    transcript.write_bytes(_lines(_said("toolu_0", "old"), _result("toolu_0"), _said("toolu_1", "new-model")))
    assert _model(made, _payload(made, transcript)) == "new-model"


def test_a_shell_call_of_claude_code_has_its_model(made: Repo, tmp_path: Path) -> None:
    transcript = tmp_path / "s1.jsonl"
    transcript.write_bytes(_lines(_said("toolu_1", "new-model")))
    shell = _payload(made, transcript, tool_name="Bash", tool_input={"command": "make"}, tool_response={"stdout": ""})
    assert _model(made, shell) == "new-model"


def test_a_file_that_was_written_whole_does_not_hide_the_model(made: Repo, tmp_path: Path) -> None:
    transcript = tmp_path / "s1.jsonl"
    transcript.write_bytes(_lines(_said("toolu_1", "new-model", text="x" * 300_000), _result("toolu_1")))
    assert _model(made, _payload(made, transcript)) == "new-model"


def test_a_subagent_has_the_model_of_its_own_transcript(made: Repo, tmp_path: Path) -> None:
    transcript, own = tmp_path / "s1.jsonl", tmp_path / "s1" / "subagents" / "agent-a1.jsonl"
    own.parent.mkdir(parents=True)
    transcript.write_bytes(_lines(_said("toolu_9", "parents-model")))
    own.write_bytes(_lines(_said("toolu_1", "own-model")))
    assert _model(made, _payload(made, transcript, agent_id="a1", agent_type="Explore")) == "own-model"


@pytest.mark.parametrize("what", ["nothing", "folder", "pipe", "link", "secret", "link to a secret", "text"])
def test_a_transcript_that_is_none(made: Repo, tmp_path: Path, what: str) -> None:
    transcript = tmp_path / {"secret": "credentials.json", "text": "s1.txt"}.get(what, "s1.jsonl")
    if what in ("secret", "text"):
        transcript.write_bytes(_lines(_said("toolu_1", "model")))
    elif what == "link to a secret":
        (tmp_path / "credentials.json").write_bytes(_lines(_said("toolu_1", "model")))
        transcript.symlink_to(tmp_path / "credentials.json")
    elif what == "folder":
        transcript.mkdir()
    elif what == "pipe":
        os.mkfifo(transcript)
    elif what == "link":
        transcript.symlink_to("/dev/zero")
    assert _model(made, _payload(made, transcript)) is None
