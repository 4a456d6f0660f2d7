"""The command lines that stand in agents' settings, and how an installer knows its own.

For a user: absolute paths, nothing printed, status 0 whatever happens, also when the interpreter is gone. For a
repository, whose settings travel to colleagues: no path of one machine, and nothing where byline is not installed.
"""

import re
import shlex
from pathlib import Path

_WORD = r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+"
_USER = re.compile(rf"\[ -x ({_WORD}) \] && \1 -I -S ({_WORD}) ([a-z-]+) 2>/dev/null; exit 0")
_PROJECT = re.compile(
    r"command -v byline-hook >/dev/null 2>&1 && (?:! grep -qsF byline_hooks/shim\.py (?:\"[^\"]*\" )+&& )?"
    r"byline-hook ([a-z-]+) 2>/dev/null; exit 0"
)


def for_user(agent: str, interpreter: Path, shim: Path) -> str:
    """The line for a settings file of one person on one machine."""
    python = shlex.quote(interpreter.as_posix())
    return f"[ -x {python} ] && {python} -I -S {shlex.quote(shim.as_posix())} {agent} 2>/dev/null; exit 0"


def for_project(agent: str, user_settings: str) -> str:
    """The line for a settings file that is committed.

    Agents run the hooks of both levels, so it steps back where the person's own settings start the hook: else
    everything would be recorded twice. `user_settings` names them as a shell expands it, without a machine's path.
    """
    guard = f'command -v byline-hook >/dev/null 2>&1 && ! grep -qsF byline_hooks/shim.py "{user_settings}"'
    return f"{guard} && byline-hook {agent} 2>/dev/null; exit 0"


def is_ours(command: str, agent: str) -> bool:
    """Whether a byline installer, of this or an earlier version, wrote `command` for `agent`."""
    found = _USER.fullmatch(command)
    if found:
        words = shlex.split(found.group(2))
        return found.group(3) == agent and len(words) == 1 and words[0].endswith("/byline_hooks/shim.py")
    project = _PROJECT.fullmatch(command)
    return project is not None and project.group(1) == agent


def paths(command: str) -> tuple[Path, Path] | None:
    """Interpreter and shim that a user's line names; None for a repository's line."""
    found = _USER.fullmatch(command)
    return (Path(shlex.split(found.group(1))[0]), Path(shlex.split(found.group(2))[0])) if found else None
