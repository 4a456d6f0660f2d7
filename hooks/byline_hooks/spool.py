"""A store folder: made at first use, appended to without a lock."""

import time

from byline_hooks import system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_README = """\
This folder belongs to byline. It records which AI agent session wrote which line of the files around it.

  spool/      what agents, editors and you did, one JSON object a line
  blobs/      the bytes of files at those moments, compressed, named by their git blob id
  rejected/   messages from agents that could not be read, kept for 7 days
  index.db    a cache; deleting it costs time, never an answer

Deleting spool/ or blobs/ loses the owners of lines written since the last commit, and of older lines that were not
published as anchors. Nothing here is ever committed or pushed. `git config byline.enabled false` stops the recording.
"""


def prepare(folder: str) -> bool:
    """Make a store folder, mode 0700. True when it was not there before; OSError where it cannot be made."""
    readme = f"{folder}/README"
    try:
        os.stat(system.native(readme))
    except FileNotFoundError:
        for name in ("spool", "blobs"):
            system.make_folders(f"{folder}/{name}")
        system.write_whole(readme, _README.encode())
        return True
    return False


def append(folder: str, machine: str, at: int, line: bytes) -> bool:
    """Append one record, given without its newlines, to the day's file. True when it is the first there.

    One write to a descriptor opened for appending: records of different processes never mix; on Windows under a lock,
    because appending is no single step there. A short write (a full
    disk) leaves a torn line behind and is tried once more; OSError when that fails too.
    """
    path = file(folder, machine, at)
    whole = b"\n" + line + b"\n"
    flags = system.WRITE_ONLY | os.O_APPEND
    try:
        descriptor = os.open(system.native(path), flags, 0o600)
    except FileNotFoundError:
        system.make_folders(f"{folder}/spool")
        descriptor = os.open(system.native(path), flags, 0o600)
    try:
        if system.WINDOWS:
            from byline_hooks import windows

            windows.lock(descriptor)
        if os.write(descriptor, whole) != len(whole) and os.write(descriptor, whole) != len(whole):
            raise OSError("the record was written short")
        end = os.lseek(descriptor, 0, 1)
        if system.WINDOWS:
            windows.unlock(descriptor)
        return end == len(whole)
    finally:
        os.close(descriptor)


def file(folder: str, machine: str, at: int) -> str:
    """The file that takes the records of a moment, in nanoseconds since 1970."""
    year, month, day = time.gmtime(at // 1_000_000_000)[:3]
    return f"{folder}/spool/{year:04}-{month:02}-{day:02}.{machine}.jsonl"


def machine_id(data_dir: str) -> str:
    """12 hex digits that name this machine; made at the first event."""
    path = f"{data_dir}/machine_id"
    try:
        found = system.read(path, 64).decode("ascii", "replace").strip()
        if len(found) == 12 and found.isalnum():
            return found
    except OSError:
        pass
    made = int.from_bytes(os.urandom(6), "big")
    try:
        system.make_folders(data_dir)
        system.write_whole(path, b"%012x\n" % made)
        return system.read(path, 64).decode("ascii", "replace").strip()
    except OSError:
        return _machine_by_name()


def _machine_by_name() -> str:
    """Where nothing can be remembered: the same digits for the same host name."""
    from byline_hooks import snapshots

    name = system.environ().get("COMPUTERNAME", "") if system.WINDOWS else os.uname().nodename
    return str(snapshots.hasher("sha1", name.encode("utf-8", "replace")).hexdigest())[:12]


def register(data_dir: str, key: str, common_dir: str, worktree: str, at: int) -> None:
    """Remember the repository in the user data folder, once. Fails silently: it is only a convenience."""
    from byline_hooks import fastjson

    path = f"{data_dir}/projects/{key}.json"
    entry = fastjson.dumps({"common_dir": common_dir, "worktree": worktree, "at": at}).encode()
    try:
        try:
            os.stat(system.native(path))
        except FileNotFoundError:
            system.make_folders(f"{data_dir}/projects")
            system.write_whole(path, entry + b"\n")
    except OSError:
        pass


def folders(common_dir: "str | None", env: "Mapping[str, str]") -> "Iterator[str]":
    """The store folders to try, best first; `common_dir` is None outside a repository."""
    from byline_hooks import place

    if common_dir is None:
        yield place.files_dir(env)
        return
    yield place.store_dir(common_dir)
    try:
        second = place.fallback_dir(common_dir, env)
    except OSError:
        return
    yield second
