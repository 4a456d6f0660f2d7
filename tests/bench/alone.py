"""Programs on their own: an environment that leads to nobody's files, and the hook as it is installed."""

import os
import sys
from pathlib import Path

from bench.hooks import install

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path, name: str = "Ada") -> dict[str, str]:
    """Home, data and cache below `folder`, this checkout's byline, and a committer of that name."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "BYLINE_DATA_DIR": str(folder / "data"),
        "BYLINE_CACHE_DIR": str(folder / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("tests", "lsp", "hooks")),
    }
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": f"{name.lower()}@example.org"}
    return env


def installed_hook(folder: Path) -> list[str]:
    """The command that runs the hook installed in `folder`; it is installed if it is not there."""
    python = str(Path(sys.executable).resolve())
    shim = folder / "byline_hooks" / "shim.py"
    if not shim.exists():
        install(folder, python)
    return [python, "-I", "-S", str(shim)]
