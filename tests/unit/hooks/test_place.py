"""Finding repositories, HEAD and switches without git; git itself is the judge."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import head, place, system
from gitrepo import Repo

Maker = Callable[..., Repo]


def found(path: Path) -> place.Place:
    here = place.find_repository(str(path))
    assert here is not None
    return here


def agrees_with_git(repo: Repo) -> place.Place:
    """The place of a repository's folder, after checking it against what git says."""
    here = found(repo.path)
    assert here.worktree == repo.run("rev-parse", "--show-toplevel")
    assert here.git_dir == repo.run("rev-parse", "--absolute-git-dir")
    assert here.common_dir == str(Path(repo.path, repo.run("rev-parse", "--git-common-dir")).resolve())
    assert here.object_format == repo.run("rev-parse", "--show-object-format")
    assert head.head(here) == repo.run("rev-parse", "HEAD")
    return here


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_repository(repo: Maker, algorithm: str) -> None:
    made = repo("r", f"--object-format={algorithm}")
    assert head.head(found(made.path)) is None
    made.commit("c", {"deep/er/f": "x\n"})
    agrees_with_git(made)
    assert found(made.path / "deep" / "er").worktree == str(made.path)
    assert found(made.path / "gone" / "too").worktree == str(made.path)


def test_packed_references_and_a_detached_head(repo: Maker) -> None:
    made = repo()
    first = made.commit("c", {"f": "x\n"})
    made.run("branch", "other/ma")
    made.commit("d", {"f": "y\n"})
    made.run("pack-refs", "--all")
    agrees_with_git(made)
    made.run("checkout", "-q", first)
    agrees_with_git(made)


def test_a_linked_worktree(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("c", {"f": "x\n"})
    made.run("worktree", "add", "-q", "../linked")
    linked = Repo(tmp_path / "linked")
    linked.commit("d", {"f": "y\n"})
    here = agrees_with_git(linked)
    assert here.common_dir == str(made.path / ".git")
    assert here.git_dir != here.common_dir


def test_a_submodule(repo: Maker) -> None:
    inner = repo("inner")
    inner.commit("c", {"f": "x\n"})
    outer = repo("outer")
    outer.run("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    here = agrees_with_git(Repo(outer.path / "sub"))
    assert here.common_dir == str(outer.path / ".git" / "modules" / "sub")


def test_symbolic_links_are_resolved(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("c", {"deep/f": "x\n"})
    (tmp_path / "link").symlink_to(made.path / "deep")
    assert found(tmp_path / "link").worktree == str(made.path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert place.find_repository(str(tmp_path / "loop" / "x")) is None


@pytest.mark.parametrize(
    "path",
    ["a/../b", "./a//b/", "link/../x", "link/deeper", "gone/../a", "../../../../../../../../../etc", "link2/y"],
)
def test_realpath_is_the_systems(tmp_path: Path, path: str) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to("a/b")
    (tmp_path / "link2").symlink_to(tmp_path / "link")
    assert system.realpath(f"{tmp_path}/{path}") == os.path.realpath(f"{tmp_path}/{path}")


def test_outside_and_inside_of_the_git_folder(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    assert place.find_repository(str(tmp_path)) is None
    assert place.find_repository(str(made.path / ".git" / "hooks")) is None
    (tmp_path / "not" / ".git").mkdir(parents=True)
    assert place.find_repository(str(tmp_path / "not")) is None
    (tmp_path / "nor").mkdir()
    (tmp_path / "nor" / ".git").write_text("gitdir: /nowhere\n")
    assert place.find_repository(str(tmp_path / "nor")) is None


def diverged(made: Repo) -> str:
    """On `main`; the tip of `side`, which changed the same line."""
    made.commit("base", {"f": "x\n"})
    made.run("checkout", "-qb", "side")
    side = made.commit("side", {"f": "side\n"})
    made.run("checkout", "-q", "main")
    made.commit("main", {"f": "main\n"})
    return side


def test_what_git_is_in_the_middle_of(repo: Maker) -> None:
    made = repo()
    side = diverged(made)
    assert head.merging(found(made.path)) == {}
    made.run("-c", "merge.conflictStyle=merge", "merge", "--no-edit", "side", "-s", "ours", "--no-commit")
    assert head.merging(found(made.path)) == {"MERGE_HEAD": side}


@pytest.mark.parametrize("backend", ["merge", "apply"])
def test_a_rebase_that_is_over_leaves_nothing_to_settle(repo: Maker, backend: str) -> None:
    """Git itself leaves REBASE_HEAD behind where the last commit had a conflict."""
    made = repo()
    side = diverged(made)
    made.run("checkout", "-q", "side")
    with pytest.raises(subprocess.CalledProcessError):
        made.run("rebase", "-q", f"--{backend}", "main")
    assert head.merging(found(made.path)) == {"REBASE_HEAD": side}
    (made.path / "f").write_text("both\n")
    made.run("add", "-A")
    made.run("-c", "core.editor=true", "rebase", "--continue")
    assert head.merging(found(made.path)) == {}
    (made.path / ".git" / "REBASE_HEAD").write_text(f"{side}\n")
    assert head.merging(found(made.path)) == {}


@pytest.mark.parametrize(
    ("where", "text", "expected"),
    [
        ("none", "", True),
        ("repository", "[byline]\n\tenabled = false\n", False),
        ("repository", '[Byline] enabled = "no" ; not here\n', False),
        ("repository", "[byline]\nenabled\n", True),
        ("repository", "[byline]\nenabled =\n", False),
        ("repository", "[byline]\nenabled = fal\\\nse\n", False),
        ("repository", '[byline "x"]\nenabled = false\n', True),
        ("repository", "[byline]\n# enabled = false\n", True),
        ("repository", "[core]\nenabled = false\n", True),
        ("home", "[byline]\nenabled = 0\n", False),
        ("xdg", "[byline]\nenabled = off\n", False),
        ("included", "[byline]\nenabled = false\n", False),
    ],
)
def test_the_switch_in_gits_settings(
    repo: Maker, home: Path, monkeypatch: pytest.MonkeyPatch, where: str, text: str, expected: bool
) -> None:
    made = repo()
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    if where == "repository":
        with (made.path / ".git" / "config").open("a") as config:
            config.write(text)
    elif where == "home":
        (home / ".gitconfig").write_text(text)
    elif where == "xdg":
        (home / ".config" / "git").mkdir(parents=True)
        (home / ".config" / "git" / "config").write_text(text)
    elif where == "included":
        (home / ".gitconfig").write_text("[include]\n\tpath = ~/more\n")
        (home / "more").write_text(text)
    assert place.recording(found(made.path), os.environ) is expected
    said = made.run("config", "--type=bool", "--default=true", "--get", "byline.enabled")
    assert (said == "true") is expected


def test_the_nearest_setting_wins(repo: Maker, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo()
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    (home / ".gitconfig").write_text("[byline]\nenabled = false\n")
    made.run("config", "byline.enabled", "true")
    assert place.recording(found(made.path), os.environ)
    assert not place.recording(None, os.environ)
    made.commit("c", {"f": "x\n"})
    made.run("config", "extensions.worktreeConfig", "true")
    made.run("config", "--worktree", "byline.enabled", "false")
    assert not place.recording(found(made.path), os.environ)


@pytest.mark.parametrize(("value", "expected"), [("1", False), ("yes", False), ("0", True), ("", True)])
def test_the_switch_in_the_environment(value: str, expected: bool) -> None:
    assert place.recording(None, {"BYLINE_DISABLE": value}) is expected


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"BYLINE_DATA_DIR": "/d", "HOME": "/h"}, "/d"),
        ({"BYLINE_DATA_DIR": "/d/", "HOME": "/h"}, "/d"),
        ({"BYLINE_DATA_DIR": "relative", "HOME": "/h"}, "/h/.local/share/byline"),
        ({"BYLINE_DATA_DIR": "~/d", "XDG_DATA_HOME": "/x"}, "/x/byline"),
        ({"BYLINE_DATA_DIR": "", "HOME": "/h"}, "/h/.local/share/byline"),
        ({"XDG_DATA_HOME": "/x", "HOME": "/h"}, "/x/byline"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/h"}, "/h/.local/share/byline"),
        ({"HOME": "/h/"}, "/h/.local/share/byline"),
    ],
    ids=str,
)
@pytest.mark.skipif("sys.platform != 'linux'", reason="the folders of Linux")
def test_the_user_data_folder(env: dict[str, str], expected: str) -> None:
    assert place.data_dir(env) == expected
