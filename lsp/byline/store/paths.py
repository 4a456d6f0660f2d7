"""Where events and snapshots lie, by the rules of the writing side."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from byline_hooks import place as rules


class Folders(msgspec.Struct, frozen=True):
    """The byline folders of one repository, or of all files outside any."""

    common_dir: Path | None
    """The repository's; None outside one."""
    store: Path
    """`<common dir>/byline`, or `DATA/files` outside a repository."""
    fallback: Path | None = None
    """Where the repository's events go while `store` cannot be written; None outside one or without a home."""

    @property
    def all(self) -> tuple[Path, ...]:
        """Every folder there is something to read in, the first one first."""
        return (self.store,) if self.fallback is None else (self.store, self.fallback)


def folders_for(place: rules.Place | None, env: Mapping[str, str]) -> Folders:
    """The folders of a repository, or with None of the files outside any. OSError outside one without a home."""
    if place is None:
        return Folders(None, Path(rules.files_dir(env)))
    try:
        fallback = Path(rules.fallback_dir(place.common_dir, env))
    except OSError:
        fallback = None
    return Folders(Path(place.common_dir), Path(rules.store_dir(place.common_dir)), fallback)
