"""The folders of a repository as agents name them: a link may lead to a worktree, and texts then name the link."""

import os
from collections.abc import Iterable
from pathlib import Path

from byline.repo.anchors.format import CommitRecord
from byline.repo.anchors.gate import Gate
from byline.workspace import publishing
from byline.workspace.evidence import Evidence


class Gates:
    """The gate for one commit after the other; it knows the folders that the sessions so far worked in."""

    def __init__(
        self, folders: Iterable[str], home: str | None, choice: publishing.Chosen, evidence: Evidence
    ) -> None:
        """folders: as they are, links resolved."""
        self._real = [*dict.fromkeys(folders)]
        self._folders = dict.fromkeys(self._real)
        self._home = home
        self._choice = choice
        self._evidence = evidence
        self._gate = publishing.gate(self._folders, home, choice)

    def of(self, record: CommitRecord) -> Gate:
        """The gate that knows the folders of a commit's sessions, too."""
        ids = (one for link in record.links for one in (link.session_id, link.parent_session_id) if one)
        found = spelled((one.cwd for id in ids if (one := self._evidence.session(id)) is not None), self._real)
        if not self._folders.keys() >= set(found):
            self._folders |= dict.fromkeys(found)
            self._gate = publishing.gate(self._folders, self._home, self._choice)
        return self._gate


def spelled(cwds: Iterable[str | None], folders: Iterable[str]) -> list[str]:
    """Those of `folders` that sessions worked in, as they named them, where that is another name. `cwds`: theirs."""
    real = [folder.rstrip("/") for folder in folders if folder.rstrip("/")]
    found: dict[str, None] = {}
    for cwd in dict.fromkeys(one for one in cwds if one):
        if "\0" in cwd or not Path(cwd).is_absolute() or any(_is_in(cwd, folder) for folder in real):
            continue
        full = os.path.realpath(cwd).replace(os.sep, "/")
        for folder in real:
            if _is_in(full, folder):
                below = full[len(folder) :]
                found[cwd[: len(cwd) - len(below)] if below and cwd.endswith(below) else cwd.rstrip("/")] = None
    return [*found]


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
