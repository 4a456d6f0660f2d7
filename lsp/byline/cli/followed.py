"""Before a command answers: what agents without hooks have left since the last look."""

from collections.abc import Mapping
from pathlib import Path

from byline.workspace.following import follow
from byline.workspace.place import place_of


def catch_up(env: Mapping[str, str], path: Path | None = None) -> None:
    """Follow the agents of the repository around `path`, or around the working directory."""
    follow(place_of(path or Path.cwd()), env)
