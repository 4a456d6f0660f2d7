"""Accounts of sessions on disk: one small file each, replaced whole."""

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from byline.privacy import make_folders
from byline.sessions.measured import Measured
from byline.sessions.telemetry import Account
from byline_hooks.place import data_dir

_LONGEST_ID = 512
_LARGEST = 8 * 1024 * 1024


class Kept:
    """The accounts in the user data folder. OSError where there is none."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.folder = Path(data_dir(env)) / "otel"
        self._open: dict[Path, Account] = {}

    def find(self, agent: str, session_id: str) -> Account | None:
        """An account to be changed; None for an id that is none."""
        if not session_id or len(session_id) > _LONGEST_ID:
            return None
        path = self._path(agent, session_id)
        if path not in self._open:
            self._open[path] = self._read(path) or Account(agent, session_id)
        return self._open[path]

    def save(self) -> None:
        """Write all that were found since; OSError where that is not possible."""
        make_folders(self.folder)
        for path, account in self._open.items():
            if account.events:
                made = path.with_suffix(f".{os.getpid()}.new")
                with open(made, "wb", opener=_private) as file:
                    file.write(msgspec.json.encode(account))
                made.replace(path)
        self._open.clear()

    def measured(self, sessions: Iterable[tuple[str, str]]) -> dict[str, Measured]:
        """What telemetry says of these sessions (agent, id), of those it knows."""
        try:
            names = {path.name for path in self.folder.iterdir()}
        except OSError:
            return {}
        found = {}
        for agent, session_id in sessions:
            # A thread that Codex started tells of itself under its own id alone.
            known_as = session_id.rpartition("/")[2] if agent == "codex" else session_id
            path = self._path(agent, known_as)
            account = self._read(path) if path.name in names else None
            if account is not None and account.events:
                found[session_id] = account.measured()
        return found

    def _path(self, agent: str, session_id: str) -> Path:
        digest = hashlib.sha256(f"{agent}\0{session_id}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return self.folder / f"{digest}.json"

    def _read(self, path: Path) -> Account | None:
        with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError), path.open("rb") as file:
            account = msgspec.json.decode(file.read(_LARGEST), type=Account)
            return account if account.version == 1 else None
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
