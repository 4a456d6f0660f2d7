"""What the server sees itself, written down by the hooks' own writer."""

from collections.abc import Mapping
from pathlib import Path

from byline_hooks import record
from byline_hooks.observation import ABSENT
from byline_hooks.observation import _Absent as Absent

__all__ = ["ABSENT", "Absent", "Journal"]


class Journal:
    """Appends events about files. `env` says where the person's folders are and whether recording is off."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def append(
        self,
        event: str,
        path: Path,
        before: bytes | Absent | None = None,
        data: bytes | Absent | None = None,
        editor: str | None = None,
        *,
        source: str = "editor",
        fields: Mapping[str, object] | None = None,
    ) -> str | None:
        """Write `event` (`save`, `observe`, `format`, `correct`) about the file at the absolute `path`.

        before: the bytes the step started from, ABSENT for no file, None for not known. data: the bytes of the file
        now, ABSENT for no file, None to read them from disk. fields: further ones, by their names in
        `docs/event-format.md`.

        Returns the event's id; None when nothing was written: recording is off, no folder can be written, or the path
        is one that no record can name.
        """
        told = {"event": event, "agent": editor, "source": source, **(fields or {})}
        try:
            return record.append(told, path.as_posix(), before, data, self._env)
        except (OSError, ValueError):
            return None
