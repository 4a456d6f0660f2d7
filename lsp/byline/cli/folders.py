"""The folders a command works in: home, user data, and the repository the person stands in."""

from collections.abc import Mapping
from pathlib import Path

from byline.errors import BylineError
from byline_hooks import place


def home_folder(env: Mapping[str, str]) -> Path:
    """The home folder `env` names; the account's own where it names none."""
    named = env.get("HOME") or env.get("USERPROFILE")
    return Path(named) if named else Path.home()


def data_folder(env: Mapping[str, str]) -> Path:
    """Where byline keeps what belongs to a person rather than to a repository (`docs/event-format.md`)."""
    try:
        return Path(place.data_dir(env))
    except OSError as problem:
        raise BylineError(
            "this account has no home folder; BYLINE_DATA_DIR names a place to keep things"
        ) from problem


def repository() -> place.Place | None:
    """The repository around the working directory, found without starting git."""
    return place.find_repository(str(Path.cwd()))
