"""Names on file systems that take `Src/App.py` and `src/app.py` for one file, as those of Windows and macOS do.

Git and the events have one spelling, that of the folder; a person and an editor may have another.
"""

import os
import unicodedata
from pathlib import Path

from byline.workspace.place import place_of
from byline_hooks import gitconfig

_YES = ("true", "yes", "on", "1")


def spelled(path: Path) -> Path:
    """`path` as the folders on the way spell it, where git was told that case does not count (`core.ignorecase`).

    As it is elsewhere, and from the first part on that is not there.
    """
    try:
        place = place_of(path)
        if place is None or "ignorecase" not in place.config.lower():
            return path
        told = gitconfig.lookup(place.config, f"{place.common_dir}/config", "core.ignorecase")
        if (told or "").lower() not in _YES:
            return path
        whole = path.parent.resolve() / path.name if ".." in path.parts else path.absolute()
        found = Path(whole.anchor)
        for part in whole.parts[1:]:
            found /= _listed(found, part)
    except (OSError, ValueError):
        return path
    return found


def _listed(folder: Path, name: str) -> str:
    """The one entry of a folder that `name` means; `name` itself where there is none, or several."""
    wanted, found = _folded(name), set[str]()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name == name:
                    return name
                if _folded(entry.name) == wanted:
                    found.add(entry.name)
    except OSError:
        return name  # nobody may list it
    return found.pop() if len(found) == 1 else name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
