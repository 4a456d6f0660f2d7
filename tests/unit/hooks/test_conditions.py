"""What `[includeIf "gitdir:…"]` names is read where git reads it; git itself is the judge."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import conditions, place
from gitrepo import Repo
from hookrun import events, generic

Maker = Callable[..., Repo]
OFF = "[byline]\n\tenabled = false\n"
FITTING = """
~/work/
~/work/client A/
./work/
./
/
*
**
work/
shop/
shop/*
shop/**
client ?/
/**/shop/
**/work/**
work/**/.git
~/work/client A/shop/.git
~/work/*/shop/.git
~/**/.git
~/work/**/shop/**
~/work/client A/**/shop/
./*/client*/sh?p/
~/work/[a-c]lient A/
~/work/[!a-b]lient A/
~/work/c[^x]ient A/
[]w]ork/
[[w]ork/
wor[k-k]/
wo[\\r]k/
~/work/client\\ A/
~/w*k/
w**k/
c*t?A/
~/***"""
OTHERS = """~/works/
work
~/work
~/work/*/.git
~/*/.git
/work/
~/work/client A/shop/.git/
~/work/client A/shop/.git/**
~/work/client
~/work/cl?nt A/
~/work/[d-z]lient A/
~/w[or/
~/work/[]/
~/work[/]client A/
w[!o]rk/
./../
~/work/../work/
ork/
~
~nobody/work/
work/\\
?"""


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")


def work(home: Path, name: str = "work/client A/shop") -> Repo:
    """A repository some way below the home folder."""
    folder = home / name
    folder.mkdir(parents=True)
    made = Repo(folder)
    made.run("init", "-q", "--template=", "--initial-branch=main")
    return made


def judged(made: Repo) -> bool:
    """Whether something is recorded there, which must be as git reads the setting."""
    here = place.find_repository(str(made.path))
    said = made.run("config", "--type=bool", "--default=true", "--get", "byline.enabled") == "true"
    assert here is not None
    assert place.recording(here, os.environ) is said
    return said


def tell(home: Path, condition: str, text: str = OFF) -> None:
    (home / "off").write_text(text)
    quoted = condition.replace("\\", "\\\\").replace('"', '\\"')
    (home / ".gitconfig").write_text(f'[includeIf "{quoted}"]\n\tpath = off\n')


@pytest.mark.parametrize("pattern", FITTING.split("\n"))
@pytest.mark.parametrize("kind", ["gitdir", "gitdir/i"])
def test_patterns_that_fit(home: Path, kind: str, pattern: str) -> None:
    made = work(home)
    tell(home, f"{kind}:{pattern}")
    assert not judged(made)


@pytest.mark.parametrize("pattern", OTHERS.split("\n"))
@pytest.mark.parametrize("kind", ["gitdir", "gitdir/i"])
def test_patterns_that_do_not(home: Path, kind: str, pattern: str) -> None:
    made = work(home)
    tell(home, f"{kind}:{pattern}")
    assert judged(made)


@pytest.mark.parametrize("condition", ["gitdir/i:~/WORK/", "gitdir/i:CLIENT a/", "gitdir/i:~/[V-X]ORK/**"])
def test_letters_of_either_case(home: Path, condition: str) -> None:
    made = work(home)
    tell(home, condition)
    assert not judged(made)
    tell(home, condition.replace("/i", "", 1))
    assert judged(made)


def test_of_other_alphabets_case_is_kept(home: Path) -> None:
    made = work(home, "Ärger/r")
    tell(home, "gitdir/i:~/ärger/")
    assert judged(made)
    tell(home, "gitdir/i:~/ÄRGER/")
    assert not judged(made)


def test_other_conditions_are_not_read(home: Path) -> None:
    made = work(home)
    here = place.find_repository(str(made.path))
    for condition in ("onbranch:main", "hasconfig:remote.*.url:**", "gitdir", "GitDir:~/work/", ""):
        tell(home, condition)
        assert place.recording(here, os.environ)


def test_links_on_the_way(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = work(home)
    (home / "link").symlink_to(home / "work")
    tell(home, "gitdir:~/link/")
    assert judged(made)
    monkeypatch.setenv("PWD", str(home / "link" / "client A" / "shop"))
    assert not judged(Repo(home / "link" / "client A" / "shop"))
    tell(home, "gitdir:~/work/")
    assert not judged(Repo(home / "link" / "client A" / "shop"))
    (home / "other").mkdir()
    (home / "other" / ".git").symlink_to(made.path / ".git")
    monkeypatch.setenv("PWD", str(home))
    assert not judged(Repo(home / "other"))
    tell(home, "gitdir:~/other/")
    assert not judged(Repo(home / "other"))
    assert judged(made)


def test_a_home_behind_a_link(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = work(home)
    (tmp_path / "me").symlink_to(home)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    tell(home, "gitdir:~/work/")
    assert not judged(made)
    tell(home, "gitdir:./work/")
    assert not judged(made)


def test_a_linked_worktree_belongs_to_the_main_one(home: Path) -> None:
    made = work(home)
    made.commit("one", {"f": "x\n"})
    made.run("worktree", "add", "-q", str(home / "aside" / "tree"))
    linked = Repo(home / "aside" / "tree")
    tell(home, "gitdir:~/aside/")
    assert judged(linked)
    tell(home, "gitdir:~/work/")
    assert not judged(linked)


def test_the_place_of_the_section_counts(home: Path) -> None:
    made = work(home)
    (home / "off").write_text(OFF)
    section = '[includeIf "gitdir:~/work/"] path = ~/off ; a ]\n'
    for text, expected in (
        (f"[byline] enabled = true\n{section}", False),
        (f"{section}[byline] enabled = true\n", True),
        ('[includeif "gitdir:~/none/"] path = ~/off\n[INCLUDEIF "gitdir:~/w]rk/"]\n[x "a]b"]\npath=off\n', True),
        ("[include] path = more\n", False),
    ):
        (home / ".gitconfig").write_text(text)
        (home / "more").write_text('[includeIf "gitdir:./work/"]\npath = ./off\n')
        assert judged(made) is expected


def test_in_the_repositorys_own_settings(home: Path) -> None:
    made = work(home)
    (made.path / ".git" / "off").write_text(OFF)
    with (made.path / ".git" / "config").open("a") as config:
        config.write('[includeIf "gitdir:shop/"]\n\tpath = off\n')
    assert not judged(made)


def test_the_hook_records_nothing_there(home: Path, repo: Maker) -> None:
    made, other = work(home), repo()
    tell(home, "gitdir:~/work/")
    for one in (made, other):
        generic(one.path, "prompt", prompt="hello")
    assert not (made.path / ".git" / "byline").exists()
    assert [event["event"] for event in events(other.path / ".git" / "byline")] == ["prompt"]


def test_outside_a_repository_none_holds(home: Path) -> None:
    tell(home, "gitdir:**")
    assert place.recording(None, os.environ)
    assert not conditions.holds("gitdir:**", "/f", "/h", [])
