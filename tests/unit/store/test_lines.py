import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.model import Event
from byline.store.lines import decode
from byline_hooks import system

LEAST: dict[str, Any] = {"v": 1, "id": "1-2-3", "at": 5, "event": "write"}


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        pytest.param({}, "event", id="least"),
        pytest.param({"surprise": {"a": [1]}, "edits": [[1, 0, 1, 2]]}, "event", id="unknown field"),
        pytest.param({"event": "from the future"}, "event", id="unknown event"),
        pytest.param({"agent": None}, "event", id="null"),
        pytest.param({"worktree": "/r", "path": "a/..b/c..d"}, "event", id="dots in names"),
        pytest.param({"path": "/tmp/x"}, "event", id="outside a repository"),
        pytest.param({"tokens": {"input": 3}, "cost_usd": 1, "process_start": 7}, "event", id="numbers"),
        pytest.param({"v": 2}, "newer", id="newer"),
        pytest.param({"v": 2, "edits": "another shape", "id": None}, "newer", id="newer and different"),
        pytest.param({"v": 0}, "invalid", id="v 0"),
        pytest.param({"v": "1"}, "invalid", id="v no number"),
        pytest.param({"at": "5"}, "invalid", id="wrong type"),
        pytest.param({"at": 1.5}, "invalid", id="time with a fraction"),
        pytest.param({"edits": [[1, 2, 3]]}, "invalid", id="edits of three"),
        pytest.param({"paths": "a"}, "invalid", id="paths no list"),
        pytest.param({"id": None}, "invalid", id="no id"),
        pytest.param({"worktree": "/r", "path": "../x"}, "invalid", id="leaves the worktree"),
        pytest.param({"worktree": "/r", "path": "a/../../x"}, "invalid", id="leaves it later"),
        pytest.param({"worktree": "/r", "path": "/etc/passwd"}, "invalid", id="absolute"),
        pytest.param({"worktree": "/r", "paths": ["a", "../x"]}, "invalid", id="one of several"),
        *(
            pytest.param({"worktree": "/r", "path": path}, "invalid", id=path)
            for path in ("C:/x", "c:\\x", "//host/share/x", "\\\\host\\share\\x", "..\\x", "a\\..\\..\\x", "a\\../x")
        ),
        pytest.param({"worktree": "/r", "paths": ["a", "C:/x"]}, "invalid", id="a drive of several"),
        pytest.param({"path": "C:/x"}, "event", id="a drive outside a repository"),
        pytest.param({"path": "a\udcff"}, "event", id="name that is no text"),
        pytest.param({"at": 10**400}, "invalid", id="endless number"),
    ],
)
def test_one_record(changes: dict[str, Any], result: str) -> None:
    found = decode(json.dumps({**LEAST, **changes}).encode())
    assert (found if isinstance(found, str) else "event") == result


@pytest.mark.parametrize("path", ["a:b.txt", "a\\b", "\\x", "C:", "ab:/x", "a/C:/x", "a\\..b", "é:x", "..."])
def test_names_that_other_systems_have(path: str) -> None:
    """A colon and a backslash are letters there."""
    assert isinstance(decode(json.dumps({**LEAST, "worktree": "/r", "path": path}).encode()), Event)


@pytest.mark.parametrize(("path", "leaves"), [("a:b.txt", True), ("\\x", True), ("C:", True), ("a\\b", False)])
def test_what_leaves_on_windows(monkeypatch: pytest.MonkeyPatch, path: str, *, leaves: bool) -> None:
    monkeypatch.setattr(system, "WINDOWS", True)
    found = decode(json.dumps({**LEAST, "worktree": "C:/r", "path": path}).encode())
    assert (found == "invalid") == leaves


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"v":1,"id":"x","at":', "torn"),
        (b'"at":5}', "torn"),
        (b'{"v":1}{"v":1}', "torn"),
        (b"\xff\xfe", "torn"),
        (b"[" * 100_000, "torn"),
        (b"[]", "invalid"),
        (b"7", "invalid"),
        (b"null", "invalid"),
        (b"{}", "invalid"),
        (b'{"v":1,"id":"1","at":1,"event":"a\xff"}', "torn"),
    ],
)
def test_what_is_no_record(line: bytes, fault: str) -> None:
    assert decode(line) == fault


def test_all_fields_arrive() -> None:
    event = decode(
        json.dumps(
            {**LEAST, "edits": [[3, 1, 3, 2]], "merging": {"MERGE_HEAD": "a" * 40}, "lines": [[1, 2]]}
        ).encode()
    )
    assert isinstance(event, Event)
    assert (event.edits, event.merging, event.lines) == (((3, 1, 3, 2),), {"MERGE_HEAD": "a" * 40}, ((1, 2),))


@pytest.mark.parametrize("staged", [{"f": "--upload-pack"}, {"f": "none"}, {"../f": "a" * 40}])
def test_what_was_staged_names_contents_of_files_here(staged: dict[str, str]) -> None:
    record = {**LEAST, "worktree": "/w", "staged": staged}
    assert decode(json.dumps(record).encode()) == "invalid"
    event = decode(json.dumps({**record, "staged": {"f": "a" * 40}}).encode())
    assert isinstance(event, Event)
    assert event.staged == {"f": "a" * 40}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first text that is drawn loads Unicode's tables
@given(st.dictionaries(st.sampled_from([*Event.__struct_fields__, "other"]), ANY, max_size=6), st.integers(0, 400))
def test_never_raises(fields: dict[str, Any], cut: int) -> None:
    line = json.dumps({**LEAST, **fields}).encode()
    assert isinstance(decode(line), Event | str)
    assert isinstance(decode(line[:cut]), Event | str)


@given(st.binary(min_size=1, max_size=200))
def test_no_bytes_raise(line: bytes) -> None:
    assert isinstance(decode(line), Event | str)
