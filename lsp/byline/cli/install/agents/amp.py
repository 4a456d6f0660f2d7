"""Amp: a plugin, one TypeScript file that Amp's own runtime loads, for the user or for a repository."""

from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.ownfiles import OwnFile

PROGRAMS = ("amp",)
NOTE = "load it with `plugins: reload` in the palette, or start Amp anew"
USER_SETTINGS = "${XDG_CONFIG_HOME:-$HOME/.config}/amp/plugins/byline.ts"


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [_folder(env)]


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The plugin."""
    return [Part(settings_file(env, project), _FILE, is_own=True)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`byline.ts` among the plugins of the user or of the repository."""
    return (project / ".amp" if project else _folder(env)) / "plugins" / "byline.ts"


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("XDG_CONFIG_HOME")
    return (Path(named) if named else home_folder(env) / ".config") / "amp"


def _is_ours(command: str) -> bool:
    return is_ours(command, "amp")


_FILE = OwnFile(Path(__file__).with_name("amp.ts").read_text("utf-8"), '"@COMMAND@"', _is_ours)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
