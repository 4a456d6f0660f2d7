"""OpenCode: a plugin, one JavaScript file that OpenCode loads into its own process, for the user or for a repository.

It has one export and no more: anything beside it and OpenCode drops the file without a word.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.ownfiles import OwnFile

USER_SETTINGS = "${XDG_CONFIG_HOME:-$HOME/.config}/opencode/plugins/byline.js"


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder or its program is there."""
    return _folder(env).is_dir() or shutil.which("opencode", path=env.get("PATH", "")) is not None


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The plugin."""
    return [Part(settings_file(env, project), _FILE, is_own=True)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`byline.js` among the plugins of the user or of the repository."""
    return (project / ".opencode" if project else _folder(env)) / "plugins" / "byline.js"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """None: nothing in a file keeps a plugin from being loaded, only `--pure` does."""
    return []


def register(text: str, command: str) -> str:
    """The plugin's text."""
    return _FILE.register(text, command)


def unregister(text: str, original: str | None) -> str:
    """Nothing, where the text is ours."""
    return _FILE.unregister(text, original)


def registered(text: str) -> dict[str, set[str]]:
    """Our command line, for every event."""
    return _FILE.registered(text)


def events() -> frozenset[str]:
    """All that the plugin listens to."""
    return _FILE.events()


def switched_off(text: str) -> str | None:
    """Nothing in this file does."""
    return None


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("XDG_CONFIG_HOME")
    return (Path(named) if named else home_folder(env) / ".config") / "opencode"


def _is_ours(command: str) -> bool:
    return is_ours(command, "opencode")


_FILE = OwnFile(Path(__file__).with_name("opencode.js").read_text("utf-8"), '"@COMMAND@"', _is_ours)
