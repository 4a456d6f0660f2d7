"""What `byline blame` takes of git blame's own, and what it says where there is nothing to tell."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from . import story
from .conftest import Person

TEXT = "alpha\nbeta\ngamma\ndelta\nepsilon\n"


@pytest.fixture
def person(person: Person) -> Person:
    (person.repository / "f.txt").write_text(TEXT)
    story.commit(person, "one")
    return person


def test_ranges(person: Person) -> None:
    done = person.byline("blame", "-L", "2,1", "-L", "/ps/", "--json", "f.txt")
    assert [line["line"] for line in json.loads(done.stdout)["lines"]] == [1, 2, 5]
    done = person.byline("blame", "-L", "9", "f.txt", code=1)
    assert done.stderr == "byline: file f.txt has only 5 lines; -L 9 lies beyond\n"


def test_flags_that_change_the_commit_reach_git(person: Person) -> None:
    first = person.git("rev-parse", "HEAD").strip()
    (person.repository / "f.txt").write_text(TEXT.replace("beta", "  beta"))
    second = story.commit(person, "blanks")

    def commits(*flags: str) -> list[str]:
        answer = json.loads(person.byline("blame", "--json", *flags, "f.txt").stdout)
        return [line["origin_sha"] for line in answer["lines"]]

    assert commits()[1] == second
    assert commits("-w")[1] == first
    assert commits("--ignore-rev", second)[1] == first
    assert commits("-M", "-C", "-C", "--first-parent")[1] == second
    assert (
        person.byline("blame", "-l", "-s", "-f", "-n", "-L", "1,1", "f.txt").stdout == f"{first} f.txt 1 - 1) alpha\n"
    )


def test_commits_to_look_behind(person: Person) -> None:
    said = person.byline("blame", "--ignore-rev", "nope", "f.txt", code=1).stderr
    assert said == "byline: git knows no revision 'nope' here; `git log --oneline` lists them\n"
    said = person.byline("blame", "--ignore-revs-file", "nope", "f.txt", code=1).stderr
    assert said.startswith("byline: cannot read 'nope'; ")
    folder = person.repository / "deep"
    folder.mkdir()
    (folder / "revs").write_text(person.git("rev-parse", "HEAD"))
    person.byline("blame", "--ignore-revs-file", "revs", "../f.txt", cwd=folder)


def test_flags_that_make_no_sense_here_are_refused_by_name(person: Person) -> None:
    for flag in ("-e", "--porcelain", "--date"):
        done = person.byline("blame", flag, "f.txt", code=2)
        assert done.stderr.startswith(f"byline blame: git blame's {flag} is not taken: ")


def test_files_without_lines_say_why(person: Person) -> None:
    (person.repository / "b.bin").write_bytes(b"\0\1")
    (person.repository / "empty").write_bytes(b"")
    done = person.byline("blame", "b.bin", "--json")
    assert json.loads(done.stdout)["lines"] == []
    assert done.stderr == "byline: b.bin is a binary file: it has no lines to tell of\n"
    empty = person.byline("blame", "empty")
    assert (empty.stdout, empty.stderr) == ("", "")
    (person.repository / "large.txt").write_bytes((b"x" * 999 + b"\n") * 6000)
    assert "known only once the file is committed" in person.byline("blame", "-L", "1,1", "large.txt").stderr
    (person.repository / ".env").write_text("KEY=1\n")
    assert "secret by its name" in person.byline("blame", ".env").stderr


def test_a_large_file_has_owners_once_it_is_committed(person: Person) -> None:
    """No copies of it are kept; from then on git keeps one, and nothing has to be said."""
    story.write(person, "large.txt", ("x" * 999 + "\n") * 6000)
    assert "over 5 MiB: no copies" in person.byline("blame", "-L", "1,1", "large.txt").stderr
    story.commit(person)
    done = person.byline("blame", "-L", "1,1", "large.txt")
    assert " m s1 " in done.stdout and done.stderr == ""


def test_what_is_no_file_is_one_line_that_says_so(person: Person) -> None:
    (person.repository / "folder").mkdir()
    (person.repository / "dangling").symlink_to("nowhere")
    os.mkfifo(person.repository / "pipe")
    os.mknod(person.repository / "socket", stat.S_IFSOCK | 0o600)
    for name, said in (
        (".", "'.' is a folder; name a file in it"),
        ("folder", "'folder' is a folder; name a file in it"),
        ("dangling", "'dangling' is a link to nothing"),
        ("/dev/null", "'/dev/null' is no regular file"),
        ("pipe", "'pipe' is no regular file: a device, a pipe or a socket has no lines to tell of"),
        ("socket", "'socket' is no regular file"),
        ("none", "there is no file 'none'; for one in history: byline blame --rev REV none"),
        ("new\nline\x1b[2J", "there is no file 'new\\nline\\x1b[2J'"),
    ):
        done = person.byline("blame", name, code=1)
        assert done.stderr.startswith(f"byline: {said}"), done.stderr
        assert done.stderr.count("\n") == 1
        assert "\x1b" not in done.stderr


def test_links_old_files_and_odd_names(person: Person, tmp_path: Path) -> None:
    (person.repository / "deep").mkdir()
    (person.repository / "deep" / "old.txt").write_text("old\n")
    odd = person.repository / "new\nline\x1b[31m.txt"
    odd.write_text("odd\n")
    story.commit(person, "two")
    (person.repository / "deep" / "old.txt").unlink()
    (person.repository / "deep").rmdir()
    (person.repository / "link.txt").symlink_to("f.txt")
    (tmp_path / "outside.txt").write_text("out\n")
    (person.repository / "away.txt").symlink_to(tmp_path / "outside.txt")
    assert person.byline("blame", "--rev", "HEAD", "deep/old.txt").stdout.endswith(" 1) old\n")
    assert person.byline("blame", "link.txt").stdout.count("\n") == 5
    assert person.byline("blame", "away.txt").stdout.endswith(" 1) out\n")
    assert json.loads(person.byline("blame", "--json", odd.name).stdout)["file"] == odd.name
    shown = person.byline("blame", "-f", odd.name).stdout
    assert ("\x1b" in shown, shown.count("\n")) == (False, 1)
    assert "there is no file" in person.byline("blame", "--rev", "HEAD~1", "deep/old.txt", code=1).stderr


def test_submodules_and_bare_repositories(person: Person, tmp_path: Path) -> None:
    person.git("clone", "-q", ".", str(tmp_path / "lib"))
    person.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "lib"), "sub")
    assert person.byline("blame", "sub", code=1).stderr == "byline: 'sub' is a submodule; name a file in it\n"
    assert person.byline("blame", "sub/f.txt").stdout.count("\n") == 5
    person.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    for words in (("stats",), ("diff",), ("sessions",), ("search", "x"), ("report",), ("status",)):
        done = person.byline(*words, cwd=tmp_path / "bare.git", code=1)
        assert (
            done.stderr
            == "byline: this is in a bare repository: there are no files here; go to a worktree or a clone of it\n"
        )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line(person: Person) -> None:
    story.session(person, "s1")
    for words in (["--help"], ["blame", "f.txt"], ["sessions", "--json"], ["report", "HEAD"], []):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                person.command(words), cwd=person.repository, env=person.env, stdout=full,
                stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
        said = "byline: cannot write what there is to say: No space left on device\n"
        assert (done.returncode, done.stderr) == (1, said), words


def test_standard_output_that_is_closed_is_no_crash(person: Person) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" "$@" >&-', *person.command(["blame", "f.txt"])],
        cwd=person.repository, env=person.env, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
