"""What an agent does in a person's repository, told to the real hook."""

from pathlib import Path
from typing import Any

from hookrun import generic

from .conftest import Person


def tell(person: Person, event: str, cwd: Path | None = None, **fields: object) -> None:
    """One event of an agent `m`, session `s1` where `fields` say no other."""
    generic(cwd or person.repository, event, person.env, **fields)


def write(person: Person, path: str, text: str, cwd: Path | None = None, **fields: object) -> None:
    """The agent writes a file: the change on disk and both events around it."""
    folder = cwd or person.repository
    file = folder / path
    before = file.read_text() if file.exists() else None
    call: dict[str, Any] = {"call_id": f"c{abs(hash((path, text)))}", "tool": "Edit", **fields}
    tell(person, "pre_write", folder, path=path, **call)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    tell(person, "write", folder, path=path, before=before, **call)


def session(person: Person, session_id: str = "s1", prompt: str = "add a greeting", **fields: object) -> None:
    """A session from its start to the end of its only turn, writing `hello.py`."""
    common: dict[str, Any] = {"session_id": session_id, "model": "m-1", "turn_id": f"{session_id}-t1", **fields}
    tell(person, "session_start", **common)
    tell(person, "prompt", prompt=prompt, **common)
    write(person, f"{session_id}.py", "def hello():\n    return 'hello'\n", **common)
    tell(person, "turn_end", **common)


def commit(person: Person, message: str = "work") -> str:
    """Commit all there is; the commit's id."""
    person.git("add", "-A")
    person.git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", message)
    return person.git("rev-parse", "HEAD").strip()
