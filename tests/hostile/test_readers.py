"""What is read from disk, from git and from the network: changed at will, it is passed over or refused."""

import contextlib
import http.client
import json
import socket
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import anchorkit
from byline.model import Event
from byline.repo import blame, commits, reflog
from byline.repo.anchors import agenttrace, format, gitai
from byline.repo.anchors.checks import problems
from byline.repo.anchors.record import NotReadable, Record, dump, load
from byline.repo.anchors.whole import is_whole, one_of
from byline.sessions import transcripts
from byline.sessions.deeds.read import deeds
from byline.sessions.followed import aider, continued, trae, zed
from byline.store.blobs import LARGEST, Snapshots, unpack
from byline.store.lines import decode
from byline.store.paths import Folders
from byline.store.spool import Spool
from byline.workspace.telemetry import receiver as receiving
from byline.workspace.telemetry.receiver import Receiver
from hostile.values import JSON, few, mutated, nested

DATA = Path(__file__).parents[1] / "data"
COMMIT = "a" * 40
AGENTS = ("amp", "claude", "cline", "codex", "continue", "copilot", "cursor", "droid", "gemini", "qwen", "opencode")
EVENT = {
    "v": 1,
    "id": "1-2-3",
    "at": 1_700_000_000_000_000_000,
    "event": "write",
    "agent": "claude",
    "session_id": "s",
    "worktree": "/r",
    "path": "a.py",
    "before_id": "none",
    "after_id": "b" * 40,
    "edits": [[1, 0, 1, 1]],
    "paths": ["a"],
    "after_ids": ["c" * 40],
    "merging": {"MERGE_HEAD": COMMIT},
    "tokens": {"input": 3},
}
TRACE: dict[str, Any] = {
    "version": "0.1.0",
    "id": "0b1c2d3e-aaaa-bbbb-cccc-1234567890ab",
    "timestamp": "2026-01-01T00:00:00Z",
    "vcs": {"type": "git", "revision": COMMIT},
    "tool": {"name": "cursor", "version": "1"},
    "files": [
        {
            "path": "a.py",
            "conversations": [
                {
                    "url": "https://x.example/1",
                    "contributor": {"type": "ai", "model_id": "anthropic/claude"},
                    "ranges": [{"start_line": 1, "end_line": 3}],
                }
            ],
        }
    ],
}
NOTE_HEAD = {
    "schema_version": "authorship/3.0.0",
    "base_commit_sha": COMMIT,
    "prompts": {
        "abcdef1234567890": {
            "agent_id": {"tool": "cursor", "id": "s1", "model": "m"},
            "messages": [],
            "total_additions": 3,
        }
    },
}
NOTE_BODY = 'src/a.py\n  abcdef1234567890 1-3,5\n"sp ace.py"\n  abcdef1234567890 1\n'
RECORDS: dict[str, type[Record]] = {
    "metadata.json": format.Anchor,
    "session_link.json": format.SessionLink,
    "session_link_short.json": format.SessionLink,
    "subagent.json": format.Subagent,
    "timeline.json": format.Timeline,
}


@few(150)
@given(st.data())
def test_lines_of_the_spool(data: st.DataObject) -> None:
    changed = data.draw(mutated(EVENT))
    line = json.dumps(changed).encode()
    cut = data.draw(st.integers(0, len(line)))
    for whole in (line, line[:cut], line[:cut] + data.draw(st.binary(max_size=8)) + line[cut:]):
        found = decode(whole)
        assert isinstance(found, Event) or found in ("torn", "invalid", "newer")
        if isinstance(found, Event) and found.worktree is not None:
            for path in (found.path or "", *(found.paths or ())):
                assert not path.startswith("/") and ".." not in path.split("/") and "\0" not in path


@pytest.mark.parametrize("depth", [900, 100_000])
def test_a_deep_line_of_the_spool(depth: int) -> None:
    assert decode(json.dumps(EVENT)[:-1].encode() + b',"x":' + nested(depth).encode() + b"}") != "newer"


@few(25)
@given(st.lists(st.binary(max_size=60) | st.just(json.dumps(EVENT).encode()), max_size=8))
def test_files_of_the_spool(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    store = tmp_path_factory.mktemp("store")
    (store / "spool").mkdir()
    (store / "spool" / "2026-01-01.aaaaaaaaaaaa.jsonl").write_bytes(b"\n".join(lines))
    found = Spool(Folders(None, store)).read_new()
    whole = [line for line in lines[:-1] if line == json.dumps(EVENT).encode()]
    assert bool(found) == bool(whole)  # what has no newline yet is still being written
    assert {event.id for event in found} <= {"1-2-3"}


@few(80)
@given(st.binary(max_size=200), st.integers(0, 200), st.binary(max_size=4))
def test_snapshots(data: bytes, cut: int, more: bytes) -> None:
    packed = zlib.compress(data, 1)
    assert unpack(packed) == data
    unpack(packed[:cut] + more + packed[cut:])
    unpack(data)


def test_a_snapshot_that_would_fill_the_memory(tmp_path: Path) -> None:
    stream = zlib.compressobj(9)
    packed = b"".join(stream.compress(bytes(1 << 20)) for _ in range(1 << 8)) + stream.flush()
    assert len(packed) < 1 << 19  # 256 MiB of zeros
    assert unpack(packed) is None
    assert len(zlib.decompress(zlib.compress(bytes(1000)))) < LARGEST
    (tmp_path / "blobs" / "aa").mkdir(parents=True)
    (tmp_path / "blobs" / "aa" / ("b" * 38)).write_bytes(packed)
    assert Snapshots(Folders(None, tmp_path)).get("aa" + "b" * 38) is None


@few(100)
@given(st.data())
def test_anchors(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(RECORDS)))
    changed = json.dumps(data.draw(mutated(json.loads((DATA / "anchors" / name).read_text())))).encode()
    cut = data.draw(st.integers(0, len(changed)))
    for whole in (changed, changed[:cut]):
        try:
            found = load(RECORDS[name], whole)
        except NotReadable:
            continue
        dump(found)
        if isinstance(found, format.Anchor):
            problems(found, (), None)


@few(100)
@given(st.data())
def test_anchors_that_are_joined(data: st.DataObject) -> None:
    """Whatever the other side has: what comes out is sound and of that commit, and ours where theirs is no anchor."""
    made = anchorkit.anchor("ab.", commit_hash=COMMIT)
    ours = {"metadata.json": dump(made)}
    ours |= {f"{number}/metadata.json": dump(link) for number, link in enumerate(anchorkit.links("a", "b"), 1)}
    samples = {
        "metadata.json": dump(anchorkit.anchor(".bc", commit_hash=COMMIT)),
        "1/metadata.json": dump(anchorkit.links("b")[0]),
        "2/metadata.json": dump(anchorkit.links("c")[0]),
        "1/transcript.json": b"[]",
        "timeline.json": (DATA / "anchors" / "timeline.json").read_bytes(),
        "subagents/1/metadata.json": (DATA / "anchors" / "subagent.json").read_bytes(),
    }
    theirs = {}
    for name in data.draw(st.lists(st.sampled_from(sorted(samples)), unique=True)):
        whole = json.dumps(data.draw(mutated(json.loads(samples[name])))).encode()
        theirs[name] = data.draw(st.sampled_from((samples[name], whole, whole[:-1])))
    found = one_of(COMMIT, ours, theirs)
    assert is_whole(found) and load(format.Anchor, found["metadata.json"]).commit_hash == COMMIT
    assert one_of(COMMIT, theirs, ours) == found
    assert "metadata.json" in theirs or found == ours


def test_the_samples_are_read_as_they_are() -> None:
    anchor, links = gitai.parse(COMMIT, f"{NOTE_BODY}---\n{json.dumps(NOTE_HEAD)}".encode())
    assert [change.path for change in anchor.file_changes] == ["sp ace.py", "src/a.py"] and len(links) == 1
    assert list(agenttrace.parse(json.dumps(TRACE).encode(), Counter())) == [COMMIT]
    assert isinstance(decode(json.dumps(EVENT).encode()), Event)


@few(80)
@given(st.data())
def test_notes_of_git_ai(data: st.DataObject) -> None:
    body = data.draw(mutated(NOTE_BODY) if data.draw(st.booleans()) else st.just(NOTE_BODY))
    head = json.dumps(data.draw(mutated(NOTE_HEAD)))
    for whole in (f"{body}---\n{head}", str(body), data.draw(st.text(max_size=80))):
        try:
            anchor, _ = gitai.parse(COMMIT, whole.encode("utf-8", "surrogatepass"))
        except NotReadable:
            continue
        paths = [change.path for change in anchor.file_changes]
        assert not [path for path in paths if path.startswith("/") or ".." in path.split("/")], paths


@pytest.mark.parametrize("path", ["../../x", "/etc/passwd", "a/../../x", "a\0b"])
def test_paths_of_other_tools_stay_inside(path: str) -> None:
    trace = {**TRACE, "files": [{**TRACE["files"][0], "path": path}]}
    found = agenttrace.parse(json.dumps(trace).encode(), Counter())
    assert [change for anchor, _ in found.values() for change in anchor.file_changes] == []
    note = f"{path}\n  abcdef1234567890 1-3\n---\n{json.dumps(NOTE_HEAD)}".encode()
    assert gitai.parse(COMMIT, note)[0].file_changes == ()


@few(80)
@given(st.data())
def test_records_of_agent_trace(data: st.DataObject) -> None:
    lines = [json.dumps(data.draw(mutated(TRACE))) for _ in range(2)]
    found = agenttrace.parse("\n".join(lines).encode(), Counter())
    for anchor, _ in found.values():
        paths = [change.path for change in anchor.file_changes]
        assert not [path for path in paths if path.startswith("/") or ".." in path.split("/")], paths


@few(150)
@given(data=st.data())
def test_transcripts(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    agent = data.draw(st.sampled_from(AGENTS))
    files = sorted((DATA / "transcripts").glob(f"{agent}*")) or sorted((DATA / "transcripts").glob("*.jsonl"))
    source = data.draw(st.sampled_from(files))
    path = tmp_path_factory.mktemp("transcript") / source.name
    lines = source.read_text().split("\n") if source.suffix == ".jsonl" else [source.read_text()]
    place = data.draw(st.integers(0, len(lines) - 1))
    try:
        changed = json.dumps(data.draw(mutated(json.loads(lines[place]))))
    except ValueError:
        changed = str(data.draw(mutated(lines[place])))
    path.write_bytes("\n".join([*lines[:place], changed, *lines[place + 1 :]]).encode("utf-8", "surrogatepass"))
    for inside in (False, True):
        transcripts.read(agent, path, session="s/x" if inside else "s", is_subagent=inside)
        deeds(agent, path, "s", is_subagent=inside)


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("text", [nested(100_000), "[" * 100_000, "\0" * 1000, '{"messages":' * 50_000])
def test_transcripts_that_are_none(agent: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f"{text}\n{text}")
    transcripts.read(agent, path, session="s")
    deeds(agent, path, "s", is_subagent=False)


@few(80)
@given(st.data())
def test_records_of_followed_agents(data: st.DataObject) -> None:
    followed = DATA / "followed"
    aider.sessions(str(data.draw(mutated((followed / "aider.chat.history.md").read_text()))), "/r", is_settled=True)
    zed.session(
        "t", json.dumps(data.draw(mutated(json.loads((followed / "zed-thread.json").read_text())))), ["/r"], "/r"
    )
    continued.session(json.dumps(data.draw(mutated(json.loads((followed / "continue-session.json").read_text())))))
    trae.sessions(json.dumps(data.draw(JSON)), "/r")


@few(60)
@given(st.data())
def test_what_git_prints(data: st.DataObject) -> None:
    log = f"{COMMIT} {'b' * 40} Ada <a@x> 1700000000 +0000\tcommit: one\n"
    reflog.parse(str(data.draw(mutated(log))).encode("utf-8", "surrogatepass"))
    told = f"{COMMIT} 1 1 2\nauthor Ada\nauthor-time 1700000000\nprevious {'b' * 40} a.py\nfilename a.py\n"
    blame.parse_incremental(str(data.draw(mutated(told))).encode("utf-8", "surrogatepass"))
    commit = f"tree {COMMIT}\nparent {COMMIT}\nauthor Ada <a@x> 1 +0000\ncommitter Ada <a@x> 1 +0000\n\nmessage\n"
    commits.parse(COMMIT, str(data.draw(mutated(commit))).encode("utf-8", "surrogatepass"))


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    made = Receiver(0, {"BYLINE_DATA_DIR": str(tmp_path_factory.mktemp("otel"))})
    yield made
    made.close()


def post(receiver: Receiver, path: str, body: bytes, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=15)
    try:
        told = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection.request("POST", path, body, told)
        return connection.getresponse().status
    finally:
        connection.close()


@few(60)
@given(data=st.data())
def test_otlp(data: st.DataObject, receiver: Receiver) -> None:
    path = data.draw(st.sampled_from(sorted((DATA / "otel").glob("*.jsonl"))))
    line = json.loads(data.draw(st.sampled_from(path.read_text().splitlines())))
    body = json.dumps(data.draw(mutated(line.get("body", line)))).encode()
    kind = data.draw(st.sampled_from(["metrics", "logs", "traces"]))
    assert post(receiver, f"/v1/{kind}", body) in (200, 400)
    packed = data.draw(st.binary(max_size=200))
    assert post(receiver, f"/v1/{kind}", packed, Content_Type="application/x-protobuf") in (200, 400)


def test_otlp_bombs_and_strangers(receiver: Receiver) -> None:
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(stream.compress(bytes(1 << 20)) for _ in range(256)) + stream.flush()
    assert post(receiver, "/v1/logs", bomb, Content_Encoding="gzip") == 413
    assert post(receiver, "/v1/logs", nested(100_000).encode()) == 400
    assert post(receiver, "/v1/logs", b"{}", Origin="https://evil.example") == 403
    assert post(receiver, "/v1/logs", b"{}", Host="evil.example:4318") == 403
    assert post(receiver, "/v1/../x", b"{}") == 404
    assert post(receiver, "/v1/logs", b"{}", Content_Length="99999999999") == 413
    assert post(receiver, "/v1/logs", b"{}") == 200


@pytest.mark.parametrize("slow", ["head", "body"])
def test_otlp_that_trickles_in_is_cut_off(slow: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SECONDS", 0.6)
    head = (
        b"POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", receiver.port), 15) as connection:
        connection.sendall(head + b"\r\n" if slow == "body" else b"")
        begun = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for position in range(90):
                connection.sendall(b" " if slow == "body" else head[position : position + 1])
                connection.settimeout(0.1)
                with contextlib.suppress(TimeoutError):
                    if not connection.recv(1):
                        break
        assert 0.4 < time.monotonic() - begun < 4
    assert post(receiver, "/v1/logs", b"{}") == 200


def test_one_connection_may_send_for_long(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SECONDS", 0.6)
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=15)
    for _ in range(4):
        connection.request("POST", "/v1/logs", b"{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        connected = connection.sock
        time.sleep(0.3)
        assert connection.sock is connected
    connection.close()
