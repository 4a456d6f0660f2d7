"""Reflogs: where a ref has been, as git wrote it down. Read from the files, without a process."""

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from byline.errors import GitFailed
from byline.repo.run import Git, path_text

_ID = rb"([0-9a-f]{40}(?:[0-9a-f]{24})?)"
_LINE = re.compile(_ID + b" " + _ID + rb" (.*?) ?<([^<>]*)> (\d{1,18}) ([+-]\d{4})(?:\t(.*))?$")


class Entry(msgspec.Struct, frozen=True):
    """One move of a ref."""

    old: str
    """All zeros: the ref was not there."""
    new: str
    """All zeros: the ref was deleted."""
    name: str
    mail: str
    time: int
    """Seconds since 1970, by the clock of whoever moved it."""
    tz: str
    message: str
    """`commit (amend): …`, `rebase (finish): …`, `checkout: moving from a to b`."""


def parse(data: bytes) -> list[Entry]:
    """The entries of a reflog file, oldest first. Lines that are none are skipped."""
    entries = []
    for line in data.split(b"\n"):
        if found := _LINE.match(line):
            old, new, name, mail, time, tz, message = found.groups()
            entries.append(
                Entry(
                    old.decode(),
                    new.decode(),
                    _text(name),
                    _text(mail),
                    int(time),
                    tz.decode(),
                    _text(message or b""),
                )
            )
    return entries


def read(path: Path) -> list[Entry]:
    """The entries of one reflog file, oldest first; none when it cannot be read."""
    try:
        return parse(path.read_bytes())
    except OSError:
        return []


def head_log(git_dir: Path) -> list[Entry]:
    """Where HEAD of one worktree has been, oldest first. `git_dir` is the worktree's own."""
    log = git_dir / "logs" / "HEAD"
    if not log.is_file() and uses_reftable(git_dir):
        return ask(Git(git_dir, git_dir), "HEAD")
    return read(log)


def all_logs(common_dir: Path, git_dirs: Iterable[Path] = ()) -> dict[str, list[Entry]]:
    """Every reflog by the name of its ref: `HEAD`, `worktrees/NAME/HEAD`, `refs/stash`, `refs/heads/main`, …

    `git_dirs` are the worktrees' own; the main one, which is `common_dir`, is always read.
    """
    logs = {"HEAD": head_log(common_dir)}
    for git_dir in git_dirs:
        if git_dir != common_dir:
            logs[f"worktrees/{git_dir.name}/HEAD"] = head_log(git_dir)
    if uses_reftable(common_dir):
        git = Git(common_dir, common_dir)
        try:
            names = path_text(git.run("for-each-ref", "--format=%(refname)")).splitlines()
        except GitFailed:
            names = []
        logs |= {name: entries for name in names if (entries := ask(git, name))}
    else:
        root = common_dir / "logs"
        for file in sorted((root / "refs").rglob("*")):
            if file.is_file():
                logs[file.relative_to(root).as_posix()] = read(file)
    return {name: entries for name, entries in logs.items() if entries}


def ask(git: Git, name: str) -> list[Entry]:
    """The reflog of `name` from git itself, oldest first, for repositories that keep it in no file.

    Git does not print an entry's old id: it is the new id of the entry before, zeros for the first.
    """
    try:
        form = "%H%x00%gn%x00%ge%x00%gd%x00%gs%x00"
        data = git.run("log", "-g", "-z", "--date=raw", f"--format=tformat:{form}", "--end-of-options", name, "--")
    except GitFailed:
        return []
    fields = data.split(b"\0")
    entries: list[Entry] = []
    newest_first = [fields[start : start + 5] for start in range(0, len(fields) - 5, 6)]
    for new, who, mail, where, message in reversed(newest_first):
        old = entries[-1].new if entries else "0" * len(new)
        time, _, tz = where.partition(b"@{")[2].rstrip(b"}").partition(b" ")
        if time.isdigit():
            entries.append(
                Entry(
                    old, new.decode("ascii"), _text(who), _text(mail), int(time), tz.decode("ascii"), _text(message)
                )
            )
    return entries


def uses_reftable(git_dir: Path) -> bool:
    """Whether refs and their logs lie in tables instead of files. True of a worktree's own folder as well."""
    return (git_dir / "reftable").is_dir()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
