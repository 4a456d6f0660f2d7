"""What real agents left on disk, against what was counted in it by hand; cut anywhere it is still a session."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from byline.model import Event
from byline.sessions.facts import Facts, facts
from byline.sessions.growing import Growing
from byline.sessions.tally import Tally
from byline.sessions.transcripts import read

DATA = Path(__file__).resolve().parents[1] / "data" / "transcripts"


class Row(NamedTuple):
    """One transcript and what is in it."""

    file: str
    agent: str
    session: str
    is_subagent: bool
    tokens: tuple[int, int, int, int]
    """In without the cache, out, from the cache, into the cache."""
    model: str | None
    prompts: list[str]
    tools: dict[str, int]
    failures: int
    subagents: int
    hand: str
    """How the tokens were counted."""


SCRIPTED = "Please do the scripted work."
AGAIN = "[[mock:again]] go on"
TABLE = [
    Row("claude.jsonl", "claude", "s", False, (13_000, 338, 2_600, 0), "claude-sonnet-4-5", [SCRIPTED],
        {"Bash": 5, "Read": 3, "Edit": 1, "Grep": 1, "Glob": 1, "ToolSearch": 1, "NotebookEdit": 1, "MultiEdit": 1,
         "Agent": 1}, 4, 1,
        "16 lines of answers, 13 message ids: 13 x 1,000 in, 13 x 200 cached, 20+21+...+32 = 338 out"),
    Row("claude-subagent.jsonl", "claude", "s/a", True, (2_000, 41, 400, 0), "claude-sonnet-4-5", [],
        {"Write": 1}, 0, 0, "2 answers: 2 x 1,000 in, 2 x 200 cached, 20+21 out"),
    Row("codex.jsonl", "codex", "s", False, (8_800, 257, 2_200, 0), None, [SCRIPTED, AGAIN],
        {"exec_command": 6, "apply_patch": 4}, 2, 0,
        "last thread_token_usage: 11,000 in of which 2,200 cached, 257 out; one command of exit code 3, "
        "and one patch whose result begins 'apply_patch verification failed'"),
    Row("gemini.jsonl", "gemini", "s", False, (10_400, 316, 2_600, 0), "gemini-2.5-flash", [SCRIPTED, AGAIN],
        {"write_file": 2, "read_file": 4, "replace": 4, "run_shell_command": 1, "invoke_agent": 1}, 2, 1,
        "24 lines of 13 ids, the last of each: 13 x 1,000 in of which 200 cached; out (20+...+30) + (20+21) = 316"),
    Row("gemini-subagent.jsonl", "gemini", "g", True, (1_600, 41, 400, 0), "gemini-2.5-flash", [],
        {"write_file": 1, "complete_task": 1}, 0, 0, "2 ids: 2 x 1,000 in of which 200 cached, 20+21 out"),
    Row("qwen.jsonl", "qwen", "s", False, (1_600, 272, 8_000, 0), "mock-model", ["@main please work"],
        {"read_file": 1, "edit": 2, "write_file": 2, "run_shell_command": 1, "agent": 1}, 1, 1,
        "8 answers of 1,200 in, 1,000 of them cached, and 34 out; their ui_telemetry is not counted again"),
    Row("qwen-subagent.jsonl", "qwen", "s/a", True, (400, 68, 2_000, 0), None, [],
        {"write_file": 1}, 0, 0, "2 answers of 1,200 in, 1,000 of them cached, and 34 out"),
    Row("copilot.jsonl", "copilot", "s", False, (1_400, 238, 7_000, 0), "mock-model", ["@main please work"],
        {"view": 1, "edit": 2, "create": 2, "bash": 1, "task": 1}, 1, 1,
        "9 usage records less 2 with an agentId: 7 x (1,200 in of which 1,000 cached, 34 out)"),
    Row("copilot.jsonl", "copilot", "d176b9c5-6629-4a08-94ee-f1b8bd9718f8", True, (400, 68, 2_000, 0), "mock-model",
        [], {"create": 1}, 0, 0, "the 2 usage records with its agentId"),
    Row("droid.jsonl", "droid", "s", False, (1_000, 170, 5_000, 0), "custom:mock-0", ["please work"],
        {"Read": 1, "Edit": 1, "Create": 1, "Execute": 1}, 0, 0,
        "tokenUsage of the settings beside it: 5 calls x (200 in, 34 out, 1,000 cached)"),
    Row("cline.json", "cline", "s", False, (1_200, 204, 6_000, 0), "mock-model", ["please work"],
        {"read_files": 1, "editor": 3, "run_commands": 1}, 1, 0,
        "metadata.usage: 7,200 in of which 6,000 cached, 204 out, as the 6 messages' metrics add up"),
    Row("cline-sums.json", "cline", "s", False, (1_200, 204, 6_000, 0), "mock-model", ["please work"],
        {}, 0, 0, "the same session file without the messages beside it"),
    Row("cline-parent.json", "cline", "s", False, (600, 102, 3_000, 0), "gpt-5", ["@main please work"],
        {"apply_patch": 1, "spawn_agent": 1}, 0, 1, "3 messages of its own: 3,600 in of which 3,000 cached, 102 out"),
    Row("cline-subagent.messages.json", "cline", "s/a", True, (400, 68, 2_000, 0), "gpt-5", [],
        {"editor": 1}, 0, 0, "2 messages of 1,200 in, 1,000 of them cached, and 34 out"),
    Row("continue.json", "continue", "s", False, (1_200, 204, 6_000, 0), "mock-model", ["please work"],
        {"Read": 1, "Edit": 1, "Write": 1, "MultiEdit": 1, "Bash": 1}, 1, 0,
        "6 answers of 1,200 in, 1,000 of them cached, and 34 out; the sum below says 0 cached and is not used"),
    Row("amp.json", "amp", "s", False, (1, 170, 14_849, 427), "claude-opus-4-6", ["please work"],
        {"edit_file": 1}, 0, 0, "one answer; totalInputTokens 15,277 is the three kinds of input together"),
    Row("opencode.db", "opencode", "ses_e0414f266ffeAUS9A1imLHy53X", False, (9_600, 286, 2_400, 0), "mock-model",
        [f'"{SCRIPTED}"', f'"{AGAIN}"'], {"write": 2, "read": 3, "edit": 4, "bash": 1, "task": 1}, 1, 1,
        "12 answers x (800 in, 200 cached), out (20+...+29) + (20+21) = 286; the session's row says the same"),
    Row("opencode.db", "opencode", "ses_e0414e3bbffeDRqGyCblWqJCI2", True, (1_600, 41, 400, 0), "mock-model", [],
        {"write": 1}, 0, 0, "2 answers x (800 in, 200 cached), 20+21 out"),
]  # fmt: skip
IDS = [f"{row.file} {row.session[:8]}" for row in TABLE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All transcripts, OpenCode's rows in a database as OpenCode makes it."""
    made = tmp_path_factory.mktemp("transcripts")
    for file in DATA.iterdir():
        shutil.copy(file, made)
    database(made / "opencode.db")
    return made


def database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / "opencode.sql").read_text())
        for line in (DATA / "opencode.rows.jsonl").read_text().splitlines():
            row = json.loads(line)
            table = row.pop("table")
            names, marks = ",".join(row), ",".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
        connection.commit()


def told(row: Row, path: Path) -> Tally | None:
    found = read(row.agent, path, is_subagent=row.is_subagent, session=row.session)
    return None if found is None else found.tally


def session(row: Row, tally: Tally | None) -> Facts:
    growing = Growing(row.session)
    growing.add(Event(v=1, id="e", at=1, event="session_start", agent=row.agent, session_id=row.session))
    return facts(growing, tally)


@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_counts(row: Row, folder: Path) -> None:
    tally = told(row, folder / row.file)
    assert tally is not None
    one = session(row, tally)
    tokens = (one.input_tokens, one.output_tokens, one.cache_read_tokens, one.cache_creation_tokens)
    assert tokens == row.tokens, row.hand
    assert (one.model, [turn.prompt for turn in one.turns]) == (row.model, row.prompts)
    assert one.tool_usage == row.tools
    assert (one.tool_calls, one.tool_failures, one.subagent_count) == (
        sum(row.tools.values()), row.failures, row.subagents)  # fmt: skip
    assert (one.is_estimated, one.sources["input_tokens"]) == (False, "transcript")


@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_a_cut_gives_a_session(row: Row, folder: Path, tmp_path: Path) -> None:
    """Every byte of small ones, and of the others bytes all over."""
    data = (folder / row.file).read_bytes()
    whole = session(row, told(row, folder / row.file))
    for beside in folder.glob(f"{Path(row.file).stem}.*.json"):
        shutil.copy(beside, tmp_path)
    path = tmp_path / row.file
    for cut in _cuts(data):
        path.write_bytes(data[:cut])
        one = session(row, told(row, path))
        assert one.session_id == row.session
        assert (one.input_tokens or 0) <= (whole.input_tokens or 0)
        assert one.tool_calls <= whole.tool_calls
        assert len(one.turns) <= max(len(whole.turns), 1)


def _cuts(data: bytes) -> Iterator[int]:
    yield from range(0, len(data), 1 if len(data) < 3_000 else len(data) // 400)


def test_the_sums_that_were_counted_stand_in_the_files(folder: Path) -> None:
    """The other places where agents tell of the same tokens agree with the table."""
    claude = [json.loads(line) for line in (folder / "claude.jsonl").read_text().splitlines()]
    (stated,) = [line["modelUsage"] for line in claude if line["type"] == "cost-state"][-1:]
    assert sum(model["outputTokens"] for model in stated.values()) >= 338  # its subagents' with it
    copilot = [json.loads(line) for line in (folder / "copilot.jsonl").read_text().splitlines()]
    (metrics,) = [line["data"]["agentMetrics"]["main"] for line in copilot if line["type"] == "session.shutdown"]
    assert metrics["modelMetrics"]["mock-model"]["usage"]["inputTokens"] == 1_400 + 7_000
    with closing(sqlite3.connect(folder / "opencode.db")) as connection:
        sums = connection.execute("SELECT tokens_input, tokens_output, tokens_cache_read FROM session ORDER BY 1")
        assert sums.fetchall() == [(1_600, 41, 400), (9_600, 286, 2_400)]


def test_a_database_is_read_on_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    database(path)
    row = TABLE[-2]
    before = path.read_bytes()
    reading = read("opencode", path, session=row.session)
    assert reading is not None
    assert [file.name for file in tmp_path.iterdir()] == ["opencode.db"]
    assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        data: dict[str, Any] = {"role": "assistant", "tokens": {"input": 5, "output": 2, "cache": {"read": 1}}}
        connection.execute(
            "INSERT INTO message VALUES ('msg_z', ?, 1795227900000, 1795227900000, ?)",
            (row.session, json.dumps(data)),
        )
        connection.commit()
        again = read("opencode", path, reading, session=row.session)  # while its writer has it open
        assert again is reading
        assert again.tally.total is not None
        assert again.tally.total.input == 9_605
    assert read("opencode", path, session="nobody") is None
    assert read("opencode", path) is None
