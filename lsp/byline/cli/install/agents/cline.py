"""Cline: executable files named after events, in a folder that its command line and its VS Code extension share.

Every file in any of four folders runs, so byline is in one of them only. Where a hook of somebody else has the name,
ours gets the ending `.sh`, which the command line runs beside it (the extension runs none with an ending).
"""

from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install import files
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.ownfiles import OwnFile
from byline.errors import BylineError

PROGRAMS = ("cline",)
NOTE = "in VS Code, tick Enable Hooks in Cline's settings"
USER_SETTINGS = '$HOME/.cline/hooks/PostToolUse" "$HOME/Documents/Cline/Hooks/PostToolUse'

_EVENTS = (
    *("TaskStart", "TaskResume", "TaskCancel", "TaskComplete", "TaskError", "SessionShutdown", "UserPromptSubmit"),
    *("PreToolUse", "PostToolUse"),
)
_TEMPLATE = """\
#!/bin/sh
# Records which session wrote which line. Written by `byline install cline`, removed by `byline uninstall cline`.
@COMMAND@
"""


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folders and its VS Code extension."""
    home = home_folder(env)
    return [home / ".cline", home / "Documents" / "Cline", *_extensions(home)]


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """One file for each event."""
    folder = _folder(env, project)
    return [Part(_free(folder / event), _FILE, 0o755, is_own=True) for event in _EVENTS]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """The file for the event after a tool."""
    return _free(_folder(env, project) / "PostToolUse")


def _folder(env: Mapping[str, str], project: Path | None) -> Path:
    """The folder both programs read where the extension is, else the command line's own."""
    if project:
        return project / ".clinerules" / "hooks"
    home = home_folder(env)
    shared, own = home / "Documents" / "Cline" / "Hooks", home / ".cline" / "hooks"
    if _is_in(own):
        return own
    return shared if _has_extension(home) or _is_in(shared) else own


def _has_extension(home: Path) -> bool:
    return (home / "Documents" / "Cline").is_dir() or bool(_extensions(home))


def _extensions(home: Path) -> list[Path]:
    return list((home / ".vscode" / "extensions").glob("saoudrizwan.claude-dev*"))


def _is_in(folder: Path) -> bool:
    return any(_text(folder / name) for event in _EVENTS for name in (event, f"{event}.sh"))


def _free(path: Path) -> Path:
    """The file of this name, unless it is somebody else's."""
    return path if not path.exists() or _text(path) else path.with_suffix(".sh")


def _text(path: Path) -> str:
    """A file's text, if it is ours."""
    try:
        text = files.decode(files.read(path) or b"", path)[0]
    except BylineError:
        return ""
    return text if _FILE.registered(text) else ""


def _is_ours(command: str) -> bool:
    return is_ours(command, "cline")


_FILE = OwnFile(_TEMPLATE, "@COMMAND@", _is_ours, str)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
