"""The folders a command works in: home, user data, and the repository the person stands in."""

from collections.abc import Mapping
from pathlib import Path

from byline.errors import BylineError, NotARepository
from byline_hooks import place


def home_folder(env: Mapping[str, str]) -> Path:
    """The home folder `env` names; the account's own where it names none. Raises BylineError without any."""
    named = env.get("HOME") or env.get("USERPROFILE")
    try:
        return Path(named) if named else Path.home()
    except RuntimeError:
        raise BylineError("this account has no home folder; HOME names one") from None


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


def needed_repository(what: str) -> place.Place:
    """The same for a command that cannot do without one; `what` names it. Raises NotARepository."""
    found = place_here()
    if found is None:
        raise NotARepository(f"{what} works inside a git repository, and {Path.cwd()} is in none")
    return found


def place_here() -> place.Place | None:
    """The same for a command that outside any repository tells of the files there. NotARepository in a bare one."""
    found = repository()
    if found is None:
        _not_bare()
    return found


def _not_bare() -> None:
    """Raise NotARepository where the person stands in a repository without files."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
            kind = "inside a .git folder" if folder.name == ".git" else "in a bare repository"
            raise NotARepository(f"this is {kind}: there are no files here; go to a worktree or a clone of it")
        if (folder / ".git").exists():
            return
