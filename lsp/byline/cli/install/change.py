"""One change to one settings file: worked out first, then shown or made, recorded so that it can be taken back."""

import difflib
from pathlib import Path
from typing import NamedTuple

from byline.cli.install import files, hookgroups
from byline.cli.install.agents import Part
from byline.cli.install.records import Record, Records, digest

TRIES = 3
"""How often a change is worked out anew because the agent itself wrote its settings in between."""


class Change(NamedTuple):
    """What a settings file is and what it is to be; None stands for no file."""

    path: Path
    before: bytes | None
    after: bytes | None

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do."""
        return self.before != self.after

    def diff(self) -> str:
        """The change in the manner of `diff -u`."""
        old, new = (text.decode("utf-8", "replace").splitlines() for text in (self.before or b"", self.after or b""))
        names = (
            str(self.path) if self.before is not None else "/dev/null",
            str(self.path) if self.after else "/dev/null",
        )
        return "\n".join(difflib.unified_diff(old, new, *names, lineterm=""))


def put_in(part: Part, command: str) -> Change:
    """The change that registers byline in one file. Raises BylineError where the settings can't be used."""
    path = part.path
    before = files.read(path)
    text, mark = files.decode(before or b"", path)
    try:
        after = part.editor.register(text, command)
    except hookgroups.StrangeSettings as problem:
        raise hookgroups.StrangeSettings(f"{path} is {problem}; mend it, then try again") from problem
    return Change(path, before, before if after == text else mark + after.encode())


def take_out(part: Part, record: Record | None) -> Change:
    """The change that takes byline out: the old bytes where nobody changed the file since, else only our lines."""
    path = part.path
    before = files.read(path)
    if before is None:
        return Change(path, None, None)
    if record is not None and digest(before) == record.written:
        return Change(path, before, record.original)
    text, mark = files.decode(before, path)
    original = None if record is None else files.decode(record.original or b"", path)[0]
    try:
        after = part.editor.unregister(text, original)
    except hookgroups.StrangeSettings as problem:
        raise hookgroups.StrangeSettings(f"{path} is {problem}; mend it, then try again") from problem
    if after == text:
        return Change(path, before, before)
    was_made_by_us = part.is_own or (record is not None and record.original is None)
    return Change(path, before, None if was_made_by_us and not after.strip("{} \t\r\n") else mark + after.encode())


def is_registered(part: Part) -> bool:
    """Whether byline is in one file of an agent. Raises BylineError where it can't be read."""
    return bool(part.editor.registered(files.decode(files.read(part.path) or b"", part.path)[0]))


def install(name: str, part: Part, scope: str, command: str, records: Records, *, is_upgrade: bool) -> Change:
    """Register byline in one file of an agent and record how it was before. Call inside `records.locked()`.

    is_upgrade: whether it was registered there before any file of the agent was changed.
    """
    for _ in range(TRIES):
        change = put_in(part, command)
        if not change.is_needed:
            return change
        if files.read(change.path) == change.before:
            break
    else:
        raise files.SettingsUnusable(f"{change.path} keeps changing; try again when the agent is at rest")
    assert change.after is not None
    known = records.find(change.path)
    if not is_upgrade:  # the record first: whoever dies in between leaves nothing that cannot be taken back whole
        made = files.missing_folders(change.path)
        records.keep(Record(name, scope, change.path, change.before, digest(change.after), made))
    try:
        files.write(change.path, change.after)
    except files.SettingsUnusable:
        records.forget(change.path) if known is None else records.keep(known)
        raise
    if part.mode is not None and change.before is None:
        change.path.chmod(part.mode)
    if is_upgrade and known is not None:
        # Our own former lines: the way back leads to before them, unless somebody changed the file in between.
        untouched = change.before is not None and digest(change.before) == known.written
        records.keep(known._replace(written=digest(change.after) if untouched else ""))
    return change


def uninstall(part: Part, records: Records) -> Change:
    """Take byline out of one file of an agent. Call inside `records.locked()`."""
    record = records.find(part.path)
    for _ in range(TRIES):
        change = take_out(part, record)
        if files.read(change.path) == change.before:
            break
    else:
        raise files.SettingsUnusable(f"{change.path} keeps changing; try again when the agent is at rest")
    if change.is_needed and change.after is None:
        files.delete(change.path, record.folders if record else [])
    elif change.is_needed:
        assert change.after is not None
        files.write(change.path, change.after)
    records.forget(change.path)
    return change
