"""Where agents keep a transcript that none of their events names. Pure: nothing is looked for here."""

from collections.abc import Mapping
from pathlib import Path

from byline_hooks import snapshots

_ENDS = (".jsonl", ".json", ".db")


def usual(agent: str, session_id: str, env: Mapping[str, str]) -> str | None:
    """The path of a session's transcript by the agent's own rules; None where it has none, or its events name it."""
    root, _, child = session_id.partition("/")
    if not root or any(part in (".", "..") or "/" in part or "\\" in part or "\0" in part for part in (root, child)):
        return None
    home = Path(env.get("HOME") or env.get("USERPROFILE") or "/nonexistent")
    if agent == "opencode":
        return str(data_home(env) / "opencode" / "opencode.db")
    if agent == "amp":
        return str(data_home(env) / "amp" / "threads" / f"{root}.json")
    if agent == "continue":
        return str(Path(env.get("CONTINUE_GLOBAL_DIR") or home / ".continue") / "sessions" / f"{root}.json")
    if agent == "cline":
        folder = Path(env.get("CLINE_DIR") or home / ".cline") / "data" / "sessions" / root
        return str(folder / (f"{child}.messages.json" if child else f"{root}.json"))
    if agent == "copilot" and not child:
        return str(Path(env.get("COPILOT_HOME") or home / ".copilot") / "session-state" / root / "events.jsonl")
    return None


def may_be_transcript(path: Path) -> bool:
    """Whether the file at `path` looks like a transcript from outside: an agent's payload may name any file.

    Agents keep them as JSON or in a database; what is secret by its name, also behind a link, is none.
    """
    try:
        real = path.resolve()
        return real.is_file() and real.suffix.lower() in _ENDS and not snapshots.is_secret(real.as_posix())
    except (OSError, ValueError, RuntimeError):  # no name of a file; links in a circle
        return False


def data_home(env: Mapping[str, str]) -> Path:
    """The folder below which programs keep a user's data."""
    home = Path(env.get("HOME") or env.get("USERPROFILE") or "/nonexistent")
    return Path(env.get("XDG_DATA_HOME") or home / ".local" / "share")
