"""The command lines that stand in agents' settings, and how an installer knows its own.

For a user: absolute paths, nothing printed, status 0 whatever happens, also when the interpreter is gone. For a
repository, whose settings travel to colleagues: no path of one machine, and nothing where byline is not installed.

On Windows agents start hooks in three ways. Claude Code has Git's `sh`; Copilot, Windsurf and Gemini CLI (and Qwen
Code, which comes from it) use PowerShell; of the others it is not known, so theirs is a line for `cmd`, which
PowerShell hands on as it is unless a path needs quotes or has a `$` or a backtick.
"""

import re
import shlex
import sys
from pathlib import Path

_WORD = r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+"
_USER = re.compile(rf"\[ -x ({_WORD}) \] && \1 -I -S ({_WORD}) ([a-z-]+) 2>/dev/null; exit 0")
_PROJECT = re.compile(
    r"command -v byline-hook >/dev/null 2>&1 && (?:! grep -qsF byline_hooks/shim\.py (?:\"[^\"]*\" )+&& )?"
    r"byline-hook ([a-z-]+) 2>/dev/null; exit 0"
)
_CMD = re.compile(r'cmd /d /c "if exist (".+?"|\S+) \1 -I -S (".+?"|\S+) ([a-z-]+) 2>nul & exit 0"')
_POWERSHELL = re.compile(
    r"if \(Test-Path ('(?:[^']|'')+')\) \{ & \1 -I -S ('(?:[^']|'')+') ([a-z-]+) 2>\$null \}; exit 0"
)
_QUOTED_BY_CMD = frozenset(" ,;=")
"""What ends a word for `cmd`, and nothing but quotes keeps from it."""
_ESCAPED_BY_CMD = re.compile(r"[&()^%]")
_UNESCAPED_BY_CMD = re.compile(r"\^(.)")
_ON_WINDOWS = {"claude": "sh", **dict.fromkeys(("copilot", "windsurf", "gemini", "qwen"), "powershell")}


def for_user(agent: str, interpreter: Path, shim: Path, *, platform: str = sys.platform) -> str:
    """The line for a settings file of one person on one machine; `platform` as `sys.platform`."""
    shell = _ON_WINDOWS.get(agent, "cmd") if platform == "win32" else "sh"
    if shell == "powershell":
        python, script = (f"'{str(path).replace(chr(39), chr(39) * 2)}'" for path in (interpreter, shim))
        return f"if (Test-Path {python}) {{ & {python} -I -S {script} {agent} 2>$null }}; exit 0"
    if shell == "cmd":
        python, script = _for_cmd(interpreter), _for_cmd(shim)
        return f'cmd /d /c "if exist {python} {python} -I -S {script} {agent} 2>nul & exit 0"'
    python = shlex.quote(interpreter.as_posix())
    return f"[ -x {python} ] && {python} -I -S {shlex.quote(shim.as_posix())} {agent} 2>/dev/null; exit 0"


def _for_cmd(path: Path) -> str:
    """A path as `cmd` takes it within the quotes around its whole line.

    A quote in there ends those for whoever reads the line before that `cmd` does, another `cmd` or PowerShell; so it
    is carets wherever they do.
    """
    told = str(path)
    return f'"{told}"' if _QUOTED_BY_CMD.intersection(told) else _ESCAPED_BY_CMD.sub(r"^\g<0>", told)


def _from_cmd(word: str) -> str:
    return word[1:-1] if word.startswith('"') else _UNESCAPED_BY_CMD.sub(r"\1", word)


def for_project(agent: str, user_settings: str) -> str:
    """The line for a settings file that is committed.

    Agents run the hooks of both levels, so it steps back where the person's own settings start the hook: else
    everything would be recorded twice. `user_settings` names them as a shell expands it, without a machine's path.
    """
    guard = f'command -v byline-hook >/dev/null 2>&1 && ! grep -qsF byline_hooks/shim.py "{user_settings}"'
    return f"{guard} && byline-hook {agent} 2>/dev/null; exit 0"


def is_for_project(command: str) -> bool:
    """Whether it is a line for a repository."""
    return _PROJECT.fullmatch(command) is not None


def by_shell(command: str, agent: str) -> dict[str, str]:
    """The line under the names that an agent with a field for each shell has for it.

    A repository's settings get both: a colleague may have the other system.
    """
    if _POWERSHELL.fullmatch(command):
        return {"powershell": command}
    if not is_for_project(command):
        return {"command": command}
    guard = "if (Get-Command byline-hook -ErrorAction SilentlyContinue)"
    return {"command": command, "powershell": f"{guard} {{ byline-hook {agent} 2>$null }}; exit 0"}


def is_ours(command: str, agent: str) -> bool:
    """Whether a byline installer, of this or an earlier version, wrote `command` for `agent`."""
    found = _of_user(command)
    if found:
        return found[2] == agent and found[1].replace("\\", "/").endswith("/byline_hooks/shim.py")
    project = _PROJECT.fullmatch(command)
    return project is not None and project.group(1) == agent


def paths(command: str) -> tuple[Path, Path] | None:
    """Interpreter and shim that a user's line names; None for a repository's line."""
    found = _of_user(command)
    return (Path(found[0]), Path(found[1])) if found else None


def _of_user(command: str) -> tuple[str, str, str] | None:
    """Interpreter, shim and agent of a user's line."""
    found = _USER.fullmatch(command)
    if found:
        words = shlex.split(found.group(2))
        return (shlex.split(found.group(1))[0], words[0], found.group(3)) if len(words) == 1 else None
    found = _CMD.fullmatch(command)
    if found:
        return _from_cmd(found.group(1)), _from_cmd(found.group(2)), found.group(3)
    found = _POWERSHELL.fullmatch(command)
    if found:
        python, script = (word[1:-1].replace("''", "'") for word in found.group(1, 2))
        return python, script, found.group(3)
    return None
