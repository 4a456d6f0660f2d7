"""Whether an editor's own agent, which writes through the buffer as a person does, may be at work."""

import time
from collections.abc import Mapping
from pathlib import Path

from byline.workspace.following import stores

MINUTES = 10
"""An agent whose record was written to so lately may be what changed a buffer."""


def is_at_work(editor: str | None, env: Mapping[str, str]) -> bool:
    """Whether a save in `editor`, as it names itself, proves nobody's hand: its agent's record changed lately."""
    return any(_is_fresh(path) for path in _records(editor or "", env))


def _records(editor: str, env: Mapping[str, str]) -> list[Path]:
    if editor.startswith("Zed"):
        database = stores.zed_database(env)
        return [database, database.with_name(f"{database.name}-wal")]
    if editor.startswith("Trae"):
        agent = [root.parent.parent / "ModularData" / "ai-agent" for root in stores.trae_folders(env)]
        return [folder / name for folder in agent for name in ("database.db", "database.db-wal")]
    return []


def _is_fresh(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < MINUTES * 60
    except OSError:
        return False
