"""OpenCode: a plugin, one JavaScript file that OpenCode loads into its own process, for the user or for a repository.

It has one export and no more: anything beside it and OpenCode drops the file without a word.
"""

from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.ownfiles import OwnFile

PROGRAMS = ("opencode",)
NOTE = "nothing to trust; loaded at the next start"
USER_SETTINGS = "${XDG_CONFIG_HOME:-$HOME/.config}/opencode/plugins/byline.js"


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [_folder(env)]


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The plugin."""
    return [Part(settings_file(env, project), _FILE, is_own=True)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`byline.js` among the plugins of the user or of the repository."""
    return (project / ".opencode" if project else _folder(env)) / "plugins" / "byline.js"


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("XDG_CONFIG_HOME")
    return (Path(named) if named else home_folder(env) / ".config") / "opencode"


def _is_ours(command: str) -> bool:
    return is_ours(command, "opencode")


_FILE = OwnFile(Path(__file__).with_name("opencode.js").read_text("utf-8"), '"@COMMAND@"', _is_ours)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
