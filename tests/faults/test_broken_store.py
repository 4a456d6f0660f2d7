"""Files of byline's own that are damaged: lines become unknown at worst, neighbours stay, no command falls over."""

import json
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.workspace import reading
from faults import deaths
from modes import obey_meanwhile
from story import Blame, ForkedHook, Story, story

JUNK = {
    "torn": b'\n{"v":1,"id":"x","at":12,"eve',
    "garbage": b"\n\x8f\x01\xfe{{{]]\n",
    "nul": b"\n" + b"\0" * 4096 + b"\n",
    "half a letter": '\n{"v":1,"id":"é'.encode()[:-1] + b"\n",
    "10 MB": b'\n{"v":1,"id":"' + b"x" * 10_000_000 + b"\n",
    "deep": b"\n" + b"[" * 200_000 + b"\n",
    "wrong types": b'\n{"v":1,"id":3,"at":"now","event":[],"path":{}}\n',
    "newer": b'\n{"v":99,"id":"n","at":1,"event":"write"}\n',
    "a number": b"\n1e999\n",
}


@pytest.fixture(autouse=True)
def _everything_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "KEEP_AFTER", 1)


@pytest.fixture
def tale(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a").edit("A", f="a s1")


def store(tale: Story) -> Path:
    return tale.world.root / ".git" / "byline"


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_a_line_of_the_spool(tale: Story, junk: bytes) -> None:
    """Events before it and after it are read."""
    (spool,) = (store(tale) / "spool").iterdir()
    with spool.open("ab") as file:
        file.write(junk)
    tale.edit("B", f="a s1 t1").expect_working(f="U|a A|s1 B|t1")


def _locked(path: Path) -> Callable[[], None]:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    return holder.close


def _read_only(path: Path) -> Callable[[], None]:
    path.chmod(0o400)
    release = obey_meanwhile()
    with pytest.raises(PermissionError):
        path.open("r+b")
    return release


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


INDEX: dict[str, Callable[[Path], object]] = {
    "garbage": lambda path: path.write_bytes(b"\xff\x00garbage" * 900),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "flipped": lambda path: path.write_bytes(
        bytes(byte ^ (k % 97 == 50) for k, byte in enumerate(path.read_bytes()))
    ),
    "locked": _locked,
    "read-only": _read_only,
    "a folder": _folder,
}


@pytest.mark.parametrize("harm", INDEX.values(), ids=INDEX)
def test_the_index(tale: Story, harm: Callable[[Path], object]) -> None:
    """It costs time, never an answer."""
    tale.expect_working(f="U|a A|s1")
    release = harm(store(tale) / "index.db")
    try:
        tale.edit("B", f="a s1 t1").expect_working(f="U|a A|s1 B|t1").expect_working(f="U|a A|s1 B|t1")
    finally:
        if callable(release):
            release()


def _flip(place: int) -> Callable[[bytes], bytes]:
    def flip(data: bytes) -> bytes:
        at = place % len(data)
        return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]

    return flip


SNAPSHOT: dict[str, Callable[[bytes], bytes]] = {
    **{f"flipped at {place}": _flip(place) for place in (0, 3, 9, -1)},
    "cut": lambda data: data[:-2],
    "empty": lambda data: b"",
    "of another content": lambda data: zlib.compress(b"a\ns1\nx\n"),
    "longer": lambda data: zlib.compress(zlib.decompress(data) + b"more\n"),
}


@pytest.mark.parametrize("harm", SNAPSHOT.values(), ids=SNAPSHOT)
def test_every_snapshot(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    """Each one by itself: nobody owns a line but its writer, or nobody at all."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a")
    tale.edit("A", f="a s1").edit("B", f="t1 a s1").edit("H", f="t1 h a s1").edit("A", f="t1 h a s1 s2")
    files = sorted(file for file in (store(tale) / "blobs").rglob("*") if file.is_file())
    assert len(files) >= 4
    for file in files:
        whole = file.read_bytes()
        file.write_bytes(harm(whole))
        (store(tale) / "index.db").unlink(missing_ok=True)
        owners = {line.text: line.owner for line in tale.stage.ask("f.txt", None)}
        assert all(owner in (true, "U") for (_, owner), true in zip(owners.items(), "BHUAA", strict=True)), owners
        file.write_bytes(whole)
    (store(tale) / "index.db").unlink(missing_ok=True)
    tale.expect_working(f="B|t1 H|h U|a A|s1 A|s2")


def test_a_pack_of_snapshots(tmp_path: Path) -> None:
    """Old snapshots lie together: wherever it is damaged, nobody owns a line but its writer, or nobody at all."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a")
    tale.edit("A", f="a s1").edit("B", f="t1 a s1").edit("H", f="t1 h a s1").edit("A", f="t1 h a s1 s2")
    assert deaths.ended(["gc", "--keep-days", "0"], tale.world.environment(), tale.world.root)[0] == 0
    assert not [file for file in (store(tale) / "blobs").rglob("*") if file.is_file()]
    (pack,) = (store(tale) / "packs").glob("*.pack")
    whole = pack.read_bytes()
    broken = [_flip(place)(whole) for place in range(0, len(whole), max(1, len(whole) // 8))]
    for data in (*broken, whole[:-1], whole[: len(whole) // 2], b"", b"x" * 100):
        pack.write_bytes(data)
        (store(tale) / "index.db").unlink(missing_ok=True)
        owners = [line.owner for line in tale.stage.ask("f.txt", None)]
        assert all(owner in (true, "U") for owner, true in zip(owners, "BHUAA", strict=True)), owners
    pack.write_bytes(whole)
    (store(tale) / "index.db").unlink(missing_ok=True)
    tale.expect_working(f="B|t1 H|h U|a A|s1 A|s2")


ANCHOR: dict[str, Callable[[bytes], bytes]] = {
    "garbage": lambda data: b"\xff{{",
    "cut": lambda data: data[: len(data) // 2],
    "wrong types": lambda data: json.dumps({key: [key] for key in json.loads(data)}).encode(),
    "another commit": lambda data: data.replace(json.loads(data)["commit_hash"].encode(), b"1" * 40),
    "ranges beyond": lambda data: data.replace(b'"start": 2', b'"start": -7').replace(
        b'"end": 2', b'"end": 99999999999'
    ),
    "null": lambda data: b"null",
    "deep": lambda data: b"[" * 100_000,
    "empty": lambda data: b"",
}


@pytest.mark.parametrize("harm", ANCHOR.values(), ids=ANCHOR)
def test_an_anchor_in_a_clone(tale: Story, harm: Callable[[bytes], bytes]) -> None:
    """A clone that has only the anchor."""
    from faults import deaths

    tale.commit()
    assert not deaths.byline(0, ["sync"], tale.world.environment(), tale.world.root)
    branch = "refs/heads/byline/anchors/v1"
    head = tale.world.git("rev-parse", "HEAD").decode().strip()
    path = f"{head[:2]}/{head[2:]}/metadata.json"
    data = tale.world.git("cat-file", "blob", f"{branch}:{path}")
    bad = harm(data)
    assert bad != data
    stream = b"commit %s\ncommitter x <x> 1800000000 +0000\ndata 0\nfrom %s^0\nM 100644 inline %s\ndata %d\n%s\n" % (
        branch.encode(),
        branch.encode(),
        path.encode(),
        len(bad),
        bad,
    )
    tale.world.git("fast-import", "--quiet", stdin=stream)
    clone = tale.world.folder / "clone"
    tale.world.git("clone", "-q", str(tale.world.root), str(clone), cwd=tale.world.folder)
    owners = [line.owner for line in Blame(forked=True)("f.txt", None, tale.world.environment(), clone)]
    assert owners in (["U", "U"], ["U", "A"])
    tale.expect(f="U|a A|s1")  # here the events know better


@pytest.mark.parametrize("note", [b"\xff\xfe", b"f.txt\n  s1 1-99999999999\n---\n{", b"---\n" * 9999, b"\0" * 99])
def test_a_note(tale: Story, note: bytes) -> None:
    tale.commit()
    blob = tale.world.git("hash-object", "-w", "--stdin", stdin=note).decode().strip()
    tale.world.git("notes", "--ref=ai", "add", "-f", "-C", blob, "HEAD")
    tale.expect(f="U|a A|s1").expect_working(f="U|a A|s1")
