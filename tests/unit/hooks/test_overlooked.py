"""The moment in which git is blind: written in the second of a commit, with as many bytes as before."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import overlooked, place, staged, status
from gitrepo import Repo
from hookrun import events, generic, snapshot

Maker = Callable[..., Repo]
OLD, NEW = "a\nwas\n", "a\nnew\n"


def put(repo: Repo, name: str, text: str, moment: float) -> None:
    """Write a file in the second of `moment`. Git is told not to look at ctime, which cannot be set."""
    repo.write(name, text)
    os.utime(repo.path / name, (moment, moment))


def blind(repo: Repo, ago: float = 2) -> float:
    """A file that was committed and then written within one second, `ago` seconds ago; told to byline."""
    moment = time.time() - ago
    repo.run("config", "core.trustctime", "false")
    put(repo, "f", OLD, moment)
    repo.commit("c")
    put(repo, "f", NEW, moment)
    generic(repo.path, "write", path="f", before=OLD)
    assert repo.run("status", "--porcelain") == ""
    return moment


def listing(repo: Repo) -> dict[str, str]:
    generic(repo.path, "pre_shell", command="make")
    last = events(repo.path / ".git" / "byline")[-1]
    return dict(zip(last["paths"], last["after_ids"], strict=True))


def test_what_git_overlooks_is_listed(repo: Maker) -> None:
    made = repo()
    blind(made)
    made.write("other", "x\n")
    found = listing(made)
    assert found == {"other": made.run("hash-object", "other"), "f": made.run("hash-object", "f")}
    assert snapshot(made.path / ".git" / "byline", found["f"]) == NEW.encode()


def test_what_is_committed_is_not(repo: Maker) -> None:
    """Written by an agent and committed at once, with a size it had before: git is right."""
    made = repo()
    moment = time.time() - 2
    put(made, "f", OLD, moment - 1)
    made.commit("c")
    put(made, "f", NEW, moment)
    generic(made.path, "write", path="f", before=OLD)
    made.commit("d")
    assert made.run("show", "HEAD:f") == NEW.strip()
    here = place.find_repository(str(made.path))
    assert here is not None
    (suspect,) = overlooked.suspects(here, os.environ, time.time_ns())
    assert suspect.path == "f"
    assert overlooked.proved(here, os.environ, [suspect]) == []
    assert listing(made) == {}


@pytest.mark.parametrize("why", ["long before the commit", "as new as the index", "another size", "gone", "a secret"])
def test_git_is_not_asked_without_need(repo: Maker, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo()
    moment = blind(made, ago=100 if why == "long before the commit" else 2)
    if why == "as new as the index":
        os.utime(made.path / ".git" / "index", (moment, moment))
    elif why == "long before the commit":
        os.utime(made.path / ".git" / "index", (moment + 50, moment + 50))
        os.utime(made.path / ".git" / "logs" / "HEAD", (moment + 50, moment + 50))
    elif why == "another size":
        put(made, "f", NEW + NEW, moment)
    elif why == "gone":
        (made.path / "f").unlink()
    elif why == "a secret":
        monkeypatch.setattr("byline_hooks.snapshots.is_secret", lambda path: True)
    here = place.find_repository(str(made.path))
    assert here is not None
    assert overlooked.suspects(here, os.environ, time.time_ns()) == []


def test_a_file_that_git_converts_is_no_proof(repo: Maker) -> None:
    """The index has another content than the disk ever had: nothing is known."""
    made = repo()
    made.write(".gitattributes", "f eol=crlf\n")
    crlf = [text.replace("\n", "\r\n") for text in (OLD, NEW)]
    moment = time.time() - 2
    made.run("config", "core.trustctime", "false")
    put(made, "f", crlf[0], moment)
    made.commit("c")
    put(made, "f", crlf[1], moment)
    generic(made.path, "write", path="f", before=crlf[0])
    assert listing(made) == {}


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b'{"path":', b'{"path":"f","worktree":3}', b"\0" * 99])
def test_what_stands_in_the_spool_is_not_trusted(repo: Maker, damage: bytes) -> None:
    made = repo()
    blind(made)
    (spool,) = (made.path / ".git" / "byline" / "spool").iterdir()
    whole = spool.read_bytes().strip()
    ids = b'"after_id":"../../../x","before_id":["a"],"paths":["f"],"after_ids":[1]'
    odd = b'\n{"path":"../../../etc/passwd","worktree":"%s",%s}\n' % (bytes(made.path), ids)
    spool.write_bytes(damage + odd)
    here = place.find_repository(str(made.path))
    assert here is not None
    assert overlooked.suspects(here, os.environ, time.time_ns()) == []
    spool.write_bytes(damage + odd + whole + b"\n")
    assert [one.path for one in overlooked.suspects(here, os.environ, time.time_ns())] == ["f"]


def test_the_look_at_the_spool_is_bounded(repo: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"\n".join(b"line %d" % n for n in range(1000)))
    assert overlooked._end(str(path), 20)[0] == b"line 998\nline 999"
    assert overlooked._end(str(path), 1 << 20)[0] == path.read_bytes()
    made = repo()
    blind(made)
    monkeypatch.setattr(overlooked, "LOOKED_AT", 10)
    here = place.find_repository(str(made.path))
    assert here is not None
    assert overlooked.suspects(here, os.environ, time.time_ns()) == []
    assert staged.parse(status.start(here, os.environ).result() or b"") == ([], {})
