"""Run the real hook as agents do, and read back what it wrote."""

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SHIM = Path(__file__).resolve().parents[1] / "hooks" / "byline_hooks" / "shim.py"
PYTHON = str(Path(sys.executable).resolve())
COMMAND = [PYTHON, "-I", "-S", str(SHIM)]


def hook(
    agent: str, payload: object, cwd: Path, env: Mapping[str, str] | None = None, prefix: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[bytes]:
    """One run of the hook, `payload` being bytes or a value to send as JSON; it must be silent and end with 0."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    done = subprocess.run(
        [*prefix, *COMMAND, agent],
        input=data,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return done


def generic(cwd: Path, event: str, env: Mapping[str, str] | None = None, **fields: object) -> None:
    """A message of byline's own protocol from agent `m`, session `s1`."""
    hook("generic", {"v": 1, "agent": "m", "session_id": "s1", "event": event, "cwd": str(cwd), **fields}, cwd, env)


def events(store: Path) -> list[dict[str, Any]]:
    """The records in a store folder; every line must be whole."""
    lines = b"".join(path.read_bytes() for path in sorted((store / "spool").glob("*.jsonl"))).split(b"\n")
    return [json.loads(line) for line in lines if line]


def snapshot(store: Path, blob: str) -> bytes:
    """The bytes kept under an id."""
    return zlib.decompress((store / "blobs" / blob[:2] / blob[2:]).read_bytes())


def reasons(store: Path) -> list[str]:
    """What `errors.log` says, without the times."""
    log = store / "errors.log"
    return [line.partition(" ")[2] for line in log.read_text().splitlines()] if log.exists() else []
