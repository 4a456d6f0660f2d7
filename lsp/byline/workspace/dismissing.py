"""A person puts a session aside: nobody waits for it any more. And which GitHub repository this one is."""

import re
from collections.abc import Mapping
from pathlib import Path

from byline.errors import BylineError
from byline.repo.run import Git
from byline.workspace.place import Place
from byline_hooks import record
from byline_hooks.observation import Observation

_GITHUB = re.compile(
    r"(?:https?://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|[\w.-]*@)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def dismiss(session_id: str, place: Place | None, env: Mapping[str, str], *, undo: bool) -> None:
    """Record it, with the person's name by git's configuration. Raises BylineError where nothing can be recorded."""
    folder = place.worktree if place is not None else str(Path.cwd())
    name = _configured(place, "user.name", env) or env.get("USER") or env.get("USERNAME") or "unknown"
    told: dict[str, object] = {"session_id": session_id, "source": "manual", "owner": name}
    if record.observe(Observation("undismiss" if undo else "dismiss", told, cwd=folder), env) is None:
        raise BylineError("nothing was recorded: recording is off here, or its folder cannot be written")


def github_of(place: Place) -> str | None:
    """The repository on GitHub that `origin` is, as `owner/name`; None where it is none."""
    found = _GITHUB.fullmatch(_configured(place, "remote.origin.url", {}))
    return found[1] if found else None


def _configured(place: Place | None, key: str, env: Mapping[str, str]) -> str:
    folder = Path(place.worktree) if place is not None else Path.cwd()
    return Git(folder, env=env or None).run("config", "--get", key, check=False).decode("utf-8", "replace").strip()
