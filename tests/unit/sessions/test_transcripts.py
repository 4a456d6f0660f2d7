"""Transcripts that real agents left, counted; cut anywhere, read on anywhere."""

import itertools
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from byline.sessions.facts import facts
from byline.sessions.growing import Growing
from byline.sessions.tally import Tally, Usage, merged
from byline.sessions.transcripts import Reading, read, subagent_transcript

DATA = Path(__file__).resolve().parents[2] / "data" / "transcripts"
FILES = ["claude", "claude-subagent", "codex", "gemini", "gemini-subagent", "qwen", "copilot"]


def tally(name: str, path: Path | None = None, before: Reading | None = None) -> Tally:
    agent = name.partition("-")[0]
    found = read(agent, path or DATA / f"{name}.jsonl", before, is_subagent=name.endswith("-subagent"))
    assert found is not None
    return found.tally


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]


def test_claude() -> None:
    """13 answers of 1,000 tokens in and 200 from the cache; 16 lines of them, since three have two blocks."""
    found = tally("claude")
    answers = [line for line in lines("claude") if line["type"] == "assistant"]
    assert (len(answers), len({line["message"]["id"] for line in answers})) == (16, 13)
    assert found.total == Usage(13_000, sum(range(20, 33)), 2_600, 0)
    assert (found.model, found.agent_version, found.branch) == ("claude-sonnet-4-5", "2.1.329", "main")
    assert [prompt.text for prompt in found.prompts.values()] == ["Please do the scripted work."]
    assert Counter(found.calls.values()) == {
        "Bash": 5, "Read": 3, "Edit": 1, "Grep": 1, "Glob": 1, "ToolSearch": 1, "NotebookEdit": 1, "MultiEdit": 1,
        "Agent": 1,
    }  # fmt: skip
    assert len(found.failed) == 4
    assert len(found.spawned) == 1
    assert found.cost_usd == pytest.approx(0.051585)
    assert found.summary == "All done."
    assert found.context == 1_200


def test_claude_subagent() -> None:
    found = tally("claude-subagent")
    assert (found.total, found.prompts) == (Usage(2_000, 41, 400, 0), {})
    assert list(found.calls.values()) == ["Write"]


def test_codex() -> None:
    """11 answers of 1,000 tokens in, of which 200 came from the cache each time."""
    found = tally("codex")
    assert found.total == Usage(8_800, 257, 2_200, 0)
    assert len(found.usage) == 11
    assert [prompt.text for prompt in found.prompts.values()] == [
        "Please do the scripted work.",
        "[[mock:again]] go on",
    ]
    assert Counter(found.calls.values()) == {"exec_command": 6, "apply_patch": 4}
    assert len(found.failed) == 2  # a command that ended with 3, and a patch that did not fit
    assert found.window == 258_400
    assert found.context == 1_000  # what it answered is not what it was given
    assert found.summary == "Second prompt done."


def test_gemini() -> None:
    """24 lines of 13 answers, each 1,000 tokens in, of which 200 came from the cache."""
    found = tally("gemini")
    answers = [line for line in lines("gemini") if line.get("type") == "gemini"]
    assert (len(answers), len({line["id"] for line in answers})) == (24, 13)
    assert found.total == Usage(13 * 800, sum(line["tokens"]["output"] for line in _last(answers)), 2_600, 0)
    assert found.model == "gemini-2.5-flash"
    assert [prompt.text for prompt in found.prompts.values()] == [
        "Please do the scripted work.",
        "[[mock:again]] go on",
    ]
    assert sum(Counter(found.calls.values()).values()) == 12
    assert len(found.failed) == 2


def _last(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({line["id"]: line for line in answers}.values())


def test_qwen() -> None:
    """8 answers of 1,200 tokens in, of which 1,000 came from the cache; the telemetry beside them is not counted."""
    found = tally("qwen")
    assert found.total == Usage(1_600, 8 * 34, 8_000, 0)
    assert [prompt.text for prompt in found.prompts.values()] == ["@main please work"]
    assert (found.model, found.agent_version, found.branch) == ("mock-model", "0.24.4", "main")
    assert len(found.calls) == 7
    assert len(found.failed) == 1


def test_copilot() -> None:
    """9 requests, 2 of them a subagent's, each 1,200 tokens in of which 1,000 came from the cache."""
    found = tally("copilot")
    assert found.total == Usage(1_400, 7 * 34, 7_000, 0)
    assert [prompt.text for prompt in found.prompts.values()] == ["@main please work"]
    assert Counter(found.calls.values()) == {"view": 1, "edit": 2, "create": 2, "bash": 1, "task": 1}
    assert (len(found.failed), len(found.spawned), found.summary) == (1, 1, "All done.")
    assert (found.model, found.agent_version, found.branch) == ("mock-model", "1.0.102", "main")


@pytest.mark.parametrize("name", FILES)
def test_cut_anywhere_and_read_on(name: str, tmp_path: Path) -> None:
    """A transcript cut at any byte is a session; what is read on afterwards is what reading it whole gives."""
    data = (DATA / f"{name}.jsonl").read_bytes()
    whole = tally(name)
    path = tmp_path / "t.jsonl"
    ends = [place + 1 for place, byte in enumerate(data) if byte == 10]
    cuts = sorted({*range(0, len(data), 997), *itertools.chain(*((end - 1, end, end + 1) for end in ends))})
    for cut in cuts:
        path.write_bytes(data[:cut])
        reading = read(name.partition("-")[0], path, is_subagent=name.endswith("-subagent"))
        assert reading is not None
        assert reading.tally.records <= whole.records
        with path.open("ab") as file:
            file.write(data[cut:])
        assert tally(name, path, reading) == whole


def test_another_file_in_its_place_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes((DATA / "claude.jsonl").read_bytes())
    before = read("claude", path)
    other = (DATA / "claude-subagent.jsonl").read_bytes() * 12  # longer than what was there
    path.write_bytes(other)
    found = read("claude", path, before, is_subagent=True)
    assert found is not None
    assert found.tally.total == Usage(2_000, 41, 400, 0)


def test_what_is_unchanged_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes((DATA / "claude.jsonl").read_bytes())
    before = read("claude", path)
    assert before is not None
    inside = before.offset
    assert read("claude", path, before) is before
    assert before.offset == inside == path.stat().st_size


def test_garbage_costs_its_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    data = (DATA / "claude.jsonl").read_bytes()
    path.write_bytes(b'\xff\xfe\n[1]\n"x"\n{"type":"assistant","message":7}\n' + b"[" * 5000 + b"\n" + data)
    assert tally("claude", path).total == tally("claude").total


def test_what_is_no_file_tells_nothing(tmp_path: Path) -> None:
    assert read("claude", tmp_path / "none") is None
    assert read("claude", tmp_path) is None
    assert read("nobody", DATA / "claude.jsonl") is None


def test_two_files_of_one_session_count_what_they_share_once() -> None:
    assert merged([tally("gemini"), tally("gemini")]).total == tally("gemini").total
    assert len(merged([tally("gemini"), tally("gemini")]).prompts) == 2


@pytest.mark.parametrize(
    ("agent", "session", "named", "parents", "found"),
    [
        ("claude", "s/a1", None, "/p/s.jsonl", "/p/s/subagents/agent-a1.jsonl"),
        ("claude", "s/a1", "/p/s.jsonl", "/p/s.jsonl", "/p/s/subagents/agent-a1.jsonl"),
        ("claude", "s/a1", "/q/own.jsonl", "/p/s.jsonl", "/q/own.jsonl"),
        ("claude", "s/../../x", None, "/p/s.jsonl", None),
        ("codex", "s/a1", "/p/s.jsonl", "/p/s.jsonl", None),
        ("codex", "s/a1", "/p/own.jsonl", "/p/s.jsonl", "/p/own.jsonl"),
    ],
)
def test_a_subagents_own_transcript(
    agent: str, session: str, named: str | None, parents: str, found: str | None
) -> None:
    assert subagent_transcript(agent, session, named, parents) == found


def test_tokens_that_nobody_states_are_estimated(tmp_path: Path) -> None:
    """Cursor's transcript: 13 characters asked and 20 answered are 4 and 5 tokens, of four characters each."""
    path = tmp_path / "t.jsonl"
    asked = f"<user_query>\n{'a' * 13}\n</user_query>"
    said = [
        {"type": "text", "text": "b" * 20},
        {"type": "tool_use", "name": "Shell", "input": {"command": "ls -la .."}},
    ]
    lines = [
        {"role": "user", "message": {"content": [{"type": "text", "text": asked}]}},
        {"role": "assistant", "message": {"content": said}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = read("cursor", path)
    assert found is not None
    growing = Growing("s", latest={"agent": "cursor"})
    one = facts(growing, found.tally)
    assert (one.input_tokens, one.output_tokens, one.is_estimated) == (4, 5 + 2, True)
    assert (one.prompt, one.summary, one.tool_usage) == ("a" * 13, "b" * 20, {"Shell": 1})
    told = facts(Growing("s", latest={"agent": "cursor"}, tokens={"input": 3}), found.tally)
    assert (told.input_tokens, told.is_estimated) == (3, False)  # what is stated stands


def test_what_is_let_go_still_counts(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with path.open("w") as file:
        for number in range(1_500):
            file.write(
                json.dumps({"type": "user", "uuid": f"u{number}", "message": {"content": f"p{number}"}}) + "\n"
            )
    found = read("claude", path)
    assert found is not None
    one = facts(Growing("s", latest={"agent": "claude"}), found.tally)
    assert (one.prompt_count, len(one.turns)) == (1_500, 1_000)
    assert (one.turns[0].prompt, one.turns[-1].prompt) == ("p0", "p1499")


def test_a_file_rewritten_to_the_same_length_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    line = '{"type":"assistant","message":{"id":"m","usage":{"input_tokens":%d}}}\n'
    path.write_text(line % 1)
    before = read("claude", path)
    path.write_text(line % 2)
    os.utime(path, ns=(1, 1))
    after = read("claude", path, before)
    assert after is not None
    assert after.tally.total == Usage(2, 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "agent", "given"),
    [
        ("claude.jsonl", "claude", 1_200),
        ("codex.jsonl", "codex", 1_000),
        ("gemini.jsonl", "gemini", 1_000),
        ("qwen.jsonl", "qwen", 1_200),
        ("copilot.jsonl", "copilot", 1_200),
        ("droid.jsonl", "droid", 1_200),
        ("cline.json", "cline", 1_200),
        ("continue.json", "continue", 1_200),
        ("amp.json", "amp", 15_277),
    ],
)
def test_the_context_is_what_the_model_was_given_last(name: str, agent: str, given: int) -> None:
    """By hand: the input of the last request, what came from the cache with it, and nothing of the answer."""
    found = read(agent, DATA / name)
    assert found is not None
    assert found.tally.context == given


def test_codex_calls_that_never_ran_or_ended_badly(tmp_path: Path) -> None:
    said = {
        "fine": ("exec_command", "Process exited with code 0\nOutput:\nProcess exited with code 3\n"),
        "bad": ("shell", "Exit code: 3\nWall time: 0 seconds\nOutput:\n"),
        "refused": ("apply_patch", "apply_patch verification failed: Failed to find expected lines"),
        "quoted": ("apply_patch", "Exit code: 0\nOutput:\napply_patch verification failed"),
        "other": ("mcp__tool", "Exit code: 3"),
    }
    path = tmp_path / "t.jsonl"
    items = [
        item
        for call, (tool, output) in said.items()
        for item in (
            {"type": "function_call", "call_id": call, "name": tool, "arguments": "{}"},
            {"type": "function_call_output", "call_id": call, "output": output},
        )
    ]
    path.write_text("".join(json.dumps({"type": "response_item", "payload": item}) + "\n" for item in items))
    found = read("codex", path)
    assert found is not None
    assert list(found.tally.failed) == ["bad", "refused"]


def test_continue_states_what_it_cost() -> None:
    found = read("continue", DATA / "continue.json")
    assert found is not None
    assert found.tally.cost_usd == pytest.approx(0.007608)
