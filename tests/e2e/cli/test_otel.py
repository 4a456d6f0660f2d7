"""`byline otel`: real exports and a real exporter, each thing counted once; nothing but this machine's programs."""

import gzip
import http.client
import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import story
from .conftest import ROOT, Person

DATA = ROOT / "tests" / "data" / "otel"
CLAUDE = "d8fed4c9-b3e3-4ee1-9452-fd36cae33551"
CODEX = "01a1fd0f-ffe8-7d80-a0f6-83f05e37c607"
GEMINI = "6223b3d8-e251-417a-9312-59a118903c51"


class Otel:
    """A running `byline otel`."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._person.command(["otel", "--port", "0", "--json"]),
            env=self._person.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=10)
        self.endpoint: str = json.loads(line)["endpoint"]
        self.port = int(self.endpoint.rpartition(":")[2])

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        self.process.communicate(timeout=20)
        return self.process.returncode

    def post(self, path: str, body: object, *, host: str = "127.0.0.1", **headers: str) -> tuple[int, bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(host, self.port, timeout=20)
        told = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection.request("POST", path, data, told)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def play(self, agent: str) -> None:
        """What an agent really sent."""
        for line in (DATA / f"{agent}.jsonl").read_text().splitlines():
            request = json.loads(line)
            assert self.post(request["path"], request["body"]) == (200, b"{}")


@pytest.fixture
def otel(person: Person) -> Iterator[Otel]:
    running = Otel(person)
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


def tell(person: Person, agent: str, session: str, **fields: Any) -> None:
    story.tell(person, "session_start", agent=agent, session_id=session, **fields)


def row(person: Person, session: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("session", "show", session, "--json").stdout)
    return found


def tokens(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(told[f"{kind}_tokens"] for kind in ("input", "output", "cache_read", "cache_creation"))


def test_real_exports_count_once(person: Person, otel: Otel, tmp_path: Path) -> None:
    """By hand: Claude Code made 10 requests of 1,000 tokens, its subagent 2; Codex 9, Gemini CLI 13 of 800."""
    tell(person, "claude", CLAUDE)
    tell(person, "claude", f"{CLAUDE}/a59c96ac71a814e0f", parent_session_id=CLAUDE)
    tell(person, "codex", CODEX)
    tell(person, "gemini", GEMINI)
    for again in (False, True):  # what is sent again changes nothing, nor does another process that receives it
        if again:
            assert otel.end() == 0
            otel.start()
        for agent in ("claude", "codex", "gemini"):
            otel.play(agent)
        claude = row(person, CLAUDE)
        assert tokens(claude) == (10_000, 244, 2_000, 0)
        assert tokens(row(person, f"{CLAUDE}/a59")) == (2_000, 41, 400, 0)
        assert tokens(row(person, CODEX)) == (7_200, 216, 1_800, 0)
        assert tokens(row(person, GEMINI)) == (10_400, 316, 2_600, 0)
        assert (claude["model"], claude["agent_version"]) == ("claude-opus-5-5", "2.1.329")
        assert claude["cost_usd"] == pytest.approx(0.04528)
        assert claude["tool_usage"] == {"Write": 2, "Read": 1, "Edit": 3, "Bash": 1, "Agent": 1}
        assert (claude["api_request_count"], claude["sources"]["input_tokens"]) == (10, "otel")
        assert row(person, CODEX)["tool_failures"] == 1
    transcript = tmp_path / "t.jsonl"
    shutil.copy(ROOT / "tests" / "data" / "transcripts" / "claude.jsonl", transcript)
    tell(person, "claude", CLAUDE, transcript_path=str(transcript))
    later = row(person, CLAUDE)
    assert tokens(later) == (13_000, 338, 2_600, 0)  # the transcript's word alone, not one and the other
    assert later["sources"]["input_tokens"] == "transcript"
    assert later["n_otel_events"] == claude["n_otel_events"] > 0


@pytest.mark.parametrize("temporality", ["cumulative", "delta"])
def test_a_real_exporter(person: Person, otel: Otel, temporality: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own, which speaks the binary form."""
    exporting = pytest.importorskip("opentelemetry.exporter.otlp.proto.http.metric_exporter")
    from opentelemetry.sdk.metrics import Counter, MeterProvider
    from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader

    tell(person, "claude", "s1")
    wanted = {Counter: AggregationTemporality[temporality.upper()]}
    for number in (1, 2):  # two processes of one session: the second is a resume
        exporter = exporting.OTLPMetricExporter(f"{otel.endpoint}/v1/metrics", preferred_temporality=wanted)
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
        provider = MeterProvider([reader], shutdown_on_exit=False)
        counter = provider.get_meter("m").create_counter("claude_code.token.usage")
        for _ in range(3):
            counter.add(100, {"session.id": "s1", "type": "input", "model": "m"})
            counter.add(7, {"session.id": "s1", "type": "output", "model": "m"})
            assert provider.force_flush()
        provider.shutdown()
        assert tokens(row(person, "s1")) == (300 * number, 21 * number, 0, 0)
    monkeypatch.undo()


def test_only_programs_of_this_machine(otel: Otel) -> None:
    request: dict[str, Any] = {"resourceMetrics": []}
    assert otel.post("/v1/metrics", request)[0] == 200
    assert otel.post("/v1/metrics", request, Host="localhost")[0] == 200
    for refused in (
        {"Host": "evil.example:4318"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://a.example"},
    ):
        status, said = otel.post("/v1/metrics", request, **refused)
        assert (status, b"only programs of this machine" in said) == (403, True)
    connection = http.client.HTTPConnection("127.0.0.1", otel.port, timeout=20)
    connection.request("GET", "/v1/metrics")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Access-Control-Allow-Origin")) == (405, None)
    own = next(
        (str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)), "127.0.0.1"
    )
    if not own.startswith("127."):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((own, otel.port), timeout=5)


def test_what_is_too_large_or_no_request(otel: Otel) -> None:
    bomb = gzip.compress(b'{"resourceLogs":[' + b" " * 40_000_000 + b"]}")
    for status, path, body, headers in (
        (404, "/v1/other", {}, {}),
        (415, "/v1/logs", b"x", {"Content_Type": "text/plain"}),
        (413, "/v1/logs", bomb, {"Content_Encoding": "gzip"}),
        (413, "/v1/logs", b"", {"Content_Length": "99999999999"}),
        (400, "/v1/logs", b"{", {}),
        (400, "/v1/logs", b"[" * 100_000, {}),
        (400, "/v1/logs", b"[]", {}),
        (400, "/v1/logs", b"\xff\xff\xff", {"Content_Type": "application/x-protobuf"}),
        (400, "/v1/logs", b"no", {"Content_Encoding": "gzip"}),
    ):
        assert otel.post(path, body, **headers)[0] == status, (path, headers)
    strange = {
        "resourceLogs": [
            7,
            {"scopeLogs": [{"logRecords": [{"attributes": [{"key": 5}, {"key": "a", "value": {}}]}]}]},
        ]
    }
    assert otel.post("/v1/logs", strange)[0] == 200
    assert otel.post("/v1/logs", gzip.compress(json.dumps(strange).encode()), Content_Encoding="gzip")[0] == 200


def test_a_body_in_chunks(person: Person, otel: Otel) -> None:
    """As Node's exporters send it."""
    tell(person, "gemini", GEMINI)
    for line in (DATA / "gemini.jsonl").read_text().splitlines():
        request = json.loads(line)
        data = json.dumps(request["body"]).encode()
        connection = http.client.HTTPConnection("localhost", otel.port, timeout=20)
        pieces = (data[start : start + 4096] for start in range(0, len(data), 4096))
        connection.request("POST", request["path"], pieces, {"Content-Type": "application/json"}, encode_chunked=True)
        assert connection.getresponse().status == 200
        connection.close()
    assert tokens(row(person, GEMINI)) == (10_400, 316, 2_600, 0)


def test_it_ends_cleanly_and_says_what_to_set(person: Person, otel: Otel) -> None:
    taken = person.byline("otel", "--port", str(otel.port), code=1).stderr
    assert len(taken.splitlines()) == 1
    assert "--port 0" in taken
    assert otel.end() == 0
    said = person.byline("otel", "--print-env", "--port", "5000").stdout
    assert "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:5000" in said
    assert "export CLAUDE_CODE_ENABLE_TELEMETRY=1" in said
    told = json.loads(person.byline("otel", "--print-env", "--json").stdout)
    assert set(told["settings"]) == {"claude", "codex", "gemini", "qwen", "copilot"}
    person.env["BYLINE_DISABLE"] = "1"
    assert "recording is off" in person.byline("otel", code=1).stderr
    folder = person.data / "otel"
    assert all(file.stat().st_mode & 0o077 == 0 for file in (folder, *folder.iterdir()))
