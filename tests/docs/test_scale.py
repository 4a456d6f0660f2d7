"""The queries of docs/scale.md, run by DuckDB over what `byline export` prints."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from byline.cli.main import dispatch
from gitrepo import Repo
from hookrun import generic

SCALE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"


@pytest.fixture
def exported(
    repo: Callable[..., Repo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """A folder with the anchors of a repository: two commits of two sessions' and one of nobody's."""
    made = repo("server")
    made.commit("start", {"src/a.py": "one\n", "b.py": "b\n"})
    for number, (session, path, text) in enumerate(
        (
            ("s1", "src/a.py", "one\ntwo\nthree\n"),
            ("s2", "b.py", "b\nc\n"),
            ("s2", "src/a.py", "one\ntwo\nthree\nx\n"),
        )
    ):
        file = made.path / path
        before = file.read_text()
        generic(made.path, "prompt", session_id=session, turn_id=f"t{number}", prompt="go on")
        file.write_text(text)
        generic(
            made.path,
            "write",
            session_id=session,
            turn_id=f"t{number}",
            path=path,
            before=before,
            call_id=f"c{number}",
        )
        if number:
            made.commit(f"change {number}")
    made.commit("by hand", {"c.py": "nobody\nsaw\n"})
    monkeypatch.chdir(made.path)
    assert dispatch(["sync", "--quiet"], os.environ) == 0
    capsys.readouterr()
    assert dispatch(["export"], os.environ) == 0
    folder = tmp_path / "anchors"
    folder.mkdir()
    (folder / "server.ndjson").write_text(capsys.readouterr().out, "utf-8")
    return folder


def test_the_documented_queries_say_what_was_written(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exported.parent)
    blocks = re.findall(r"^```sql\n(.*?)^```", SCALE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    views, share, agents, costs = blocks
    database = duckdb.connect()
    database.execute(views)
    rows = database.execute(share).fetchall()
    assert [row[:1] + row[2:] for row in rows] == [("server", 3, 6, 4, 2, 66.7)]
    assert database.execute(agents).fetchall() == [("m", "src", 3, 2), ("m", "b.py", 1, 1)]
    assert [row[2] for row in database.execute(costs).fetchall()] == [2]
    assert database.execute("SELECT sum(lines) FROM lines WHERE session_id = 's2'").fetchall() == [(2,)]
