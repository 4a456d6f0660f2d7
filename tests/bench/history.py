"""Repositories with long histories, made by `git fast-import`: seconds where single commits take an hour."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

WHO = b"Ada <ada@example.org>"
START = 1_700_000_000


def empty(root: Path, env: Mapping[str, str]) -> None:
    """A repository without a commit."""
    root.mkdir(parents=True, exist_ok=True)
    command = ["git", "init", "-q", "--template=", "--initial-branch=main"]
    subprocess.run(command, cwd=root, env=dict(env), check=True)


def take(root: Path, env: Mapping[str, str], stream: Iterator[bytes]) -> None:
    """Feed a fast-import stream and check out what came."""
    full = {**env, "GIT_CONFIG_GLOBAL": os.devnull}
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=root, env=full, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for part in stream:
            process.stdin.write(part)
        process.stdin.close()
        if process.wait():
            raise SystemExit("git fast-import refused")
    subprocess.run(["git", "reset", "-q", "--hard", "main"], cwd=root, env=full, check=True)


def commit(number: int, message: str) -> bytes:
    """The head of a commit on main, a minute after the one before."""
    head = b"commit refs/heads/main\ncommitter %b %d +0000\n" % (WHO, START + 60 * number)
    return head + data(message.encode())


def data(content: bytes) -> bytes:
    """Bytes as fast-import wants them."""
    return b"data %d\n%b\n" % (len(content), content)


def put(path: str, content: bytes) -> bytes:
    """A file of a commit."""
    return b"M 100644 inline %b\n" % path.encode() + data(content)


def one_file(lines: int, commits: int, path: str = "file.txt") -> Iterator[bytes]:
    """A file of `lines` lines that each of `commits` commits changed in five places."""
    content = [b"line %d\n" % number for number in range(lines)]
    for number in range(commits):
        for part in range(5):
            content[(number * 97 + part) % lines] = b"changed in %d.%d\n" % (number, part)
        yield commit(number, f"commit {number}") + put(path, b"".join(content))


def many_files(files: int, commits: int, first: int = 0) -> Iterator[bytes]:
    """A first commit of `files` small files, and `commits` that change three each."""
    yield commit(first, "start")
    for number in range(files):
        yield put(name(number), small(number, 0))
    for number in range(1, commits):
        yield commit(first + number, f"commit {number}")
        for part in range(3):
            file = (number * 31 + part * 7_919) % files
            yield put(name(file), small(file, number))


def name(number: int) -> str:
    """The path of one of many files, a hundred in a folder."""
    return f"src/d{number // 2_000}/e{number // 100 % 20}/f{number}.py"


def small(number: int, version: int) -> bytes:
    """What such a file says: twenty lines, of which one changes with the version."""
    lines = [b"line %d of file %d\n" % (line, number) for line in range(20)]
    lines[version % 20] = b"changed by %d in file %d\n" % (version, number)
    return b"".join(lines)
