"""What the server writes comes back through the readers, hooks' writer in between."""

from collections.abc import Callable
from pathlib import Path

from byline.store.blobs import Snapshots
from byline.store.journal import ABSENT, Journal
from byline.store.paths import folders_for
from byline.store.spool import Spool
from byline_hooks.place import find_repository
from gitrepo import Repo


def test_event_and_snapshots_are_read_back(repo: Callable[..., Repo], home: Path) -> None:
    made = repo()
    head = made.commit("one", {"dir/a": "1\n"})
    env = {"HOME": str(home), "BYLINE_DATA_DIR": str(home / "data")}
    file = made.write("dir/a", "2\n")
    written = Journal(env).append("save", file, before=b"1\n", data=b"2\n", editor="neovim")
    folders = folders_for(find_repository(str(made.path)), env)
    (event,) = Spool(folders).read_new()
    assert event.id == written
    assert (event.event, event.agent, event.source, event.session_id) == ("save", "neovim", "editor", None)
    assert (event.path, event.worktree, event.head) == ("dir/a", str(made.path), head)
    snapshots = Snapshots(folders)
    assert event.before_id is not None and snapshots.get(event.before_id) == b"1\n"
    assert event.after_id is not None and snapshots.get(event.after_id) == b"2\n"


def test_new_file_and_disk_bytes(repo: Callable[..., Repo], home: Path) -> None:
    made = repo()
    env = {"BYLINE_DATA_DIR": str(home / "data")}
    Journal(env).append("observe", made.write("new", "disk\n"), before=ABSENT)
    (event,) = Spool(folders_for(find_repository(str(made.path)), env)).read_new()
    assert event.before_id == "none"
    assert event.after_id == made.run("hash-object", "new")


def test_word_of_a_person(repo: Callable[..., Repo], home: Path) -> None:
    made = repo()
    env = {"BYLINE_DATA_DIR": str(home / "data")}
    file = made.write("a", "1\n2\n")
    Journal(env).append("correct", file, source="manual", fields={"lines": [[1, 2]], "owner": "human"})
    (event,) = Spool(folders_for(find_repository(str(made.path)), env)).read_new()
    assert (event.event, event.lines, event.owner, event.source) == ("correct", ((1, 2),), "human", "manual")


def test_outside_a_repository(tmp_path: Path, home: Path) -> None:
    env = {"BYLINE_DATA_DIR": str(home / "data")}
    file = tmp_path / "loose.txt"
    file.write_text("x\n")
    assert Journal(env).append("save", file)
    (event,) = Spool(folders_for(None, env)).read_new()
    assert (event.path, event.worktree) == (str(file), None)


def test_switched_off_or_impossible_writes_nothing(repo: Callable[..., Repo], home: Path, tmp_path: Path) -> None:
    made = repo()
    file = made.write("a", "1\n")
    env = {"BYLINE_DATA_DIR": str(home / "data")}
    assert Journal({**env, "BYLINE_DISABLE": "1"}).append("save", file) is None
    assert Journal(env).append("save", made.path / "\udcff") is None
    made.run("config", "byline.enabled", "false")
    assert Journal(env).append("save", file) is None
    assert not (made.path / ".git" / "byline").exists()
