"""The hook's copy where there are no links, as on Windows."""

import os
from pathlib import Path

import pytest

from byline.cli.install import hookcopy


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user data folder on a system that makes no links."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(1314, "a privilege is missing")

    monkeypatch.setattr(Path, "symlink_to", refused)
    monkeypatch.setattr(hookcopy, "os", type("Windows", (), {"name": "nt", "path": os.path, "getpid": os.getpid}))
    return tmp_path / "data"


def test_what_an_upgrade_removes_goes(data: Path) -> None:
    assert hookcopy.refresh(data)
    package = data / "hooks" / "byline_hooks"
    for gone in ("old.py", "dialects/old.py", "__pycache__/old.bundle"):
        (package / gone).write_text("pass\n")
    assert not hookcopy.is_current(data)
    assert hookcopy.refresh(data)
    assert not list(package.rglob("old*"))
    assert hookcopy.is_current(data)
    assert not hookcopy.refresh(data)
    assert len(list((data / "hooks" / "versions").iterdir())) == 1
