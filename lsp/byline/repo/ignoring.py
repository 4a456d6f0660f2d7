"""Which paths git's rules leave out, many asked about in one process."""

from collections.abc import Sequence

from byline.errors import GitFailed
from byline.repo.run import Git, path_bytes

NONE = 1
"""What git says by its exit where no path is left out."""


def ignored(git: Git, paths: Sequence[str]) -> set[str]:
    """Those of the paths that git's rules leave out, tracked or not. Raises GitFailed where git came to no end."""
    asked = b"".join(b"./" + path_bytes(path) + b"\0" for path in paths)
    try:
        told = git.run(
            "check-ignore", "--no-index", "-z", "--stdin", input=asked, timeout=10 if len(paths) == 1 else 60
        )
    except GitFailed as failure:
        if failure.is_unfinished:
            raise
        if failure.code == NONE or len(paths) == 1:
            return set()
        # One of them, behind what is a link now, say, is not to be asked about: the others are.
        half = len(paths) // 2
        return ignored(git, paths[:half]) | ignored(git, paths[half:])
    names = set(told.split(b"\0"))
    return {path for path in paths if b"./" + path_bytes(path) in names}
