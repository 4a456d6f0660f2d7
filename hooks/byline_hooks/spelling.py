"""How git spells a path where the file system takes several spellings for one (`core.ignorecase`).

Events are joined by worktree and path, letter for letter, and git names files as they lie on disk. An agent may not.
"""

from byline_hooks import gitconfig, system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.place import Place


def whole(path: str) -> str:
    """An absolute path as it lies on disk, each part of it."""
    return path if system.WINDOWS else f"/{_as_listed('', path.lstrip('/'))}"  # there `realpath` does it


def of(place: "Place", relative: str) -> str:
    """The path of a file below the worktree as it lies on disk, and as git spells what lies there.

    Parts that are not there keep the spelling they came with.
    """
    source = f"{place.common_dir}/config"
    if _is_true(gitconfig.lookup(place.config, source, "core.ignorecase")):
        relative = _as_listed(place.worktree.rstrip("/"), relative)
    if not relative.isascii() and _is_true(gitconfig.lookup(place.config, source, "core.precomposeunicode")):
        from unicodedata import normalize

        relative = normalize("NFC", relative)
    return relative


def _is_true(setting: str | None) -> bool:
    return setting is not None and not gitconfig.is_false(setting)


def _as_listed(folder: str, relative: str) -> str:
    parts = relative.split("/")
    for index, part in enumerate(parts):
        try:
            listed = os.listdir(system.native(folder or "/"))
        except OSError:
            break
        names = [system.text(name) if isinstance(name, bytes) else name for name in listed]
        if part not in names:
            alike = [name for name in names if name.casefold() == part.casefold()]
            if len(alike) != 1 or len(alike[0]) != len(part):
                break
            parts[index] = alike[0]
        folder = f"{folder}/{parts[index]}"
    return "/".join(parts)
