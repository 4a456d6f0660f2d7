"""Whether what another repository sent may become part of this one's branch: git's own look at every new object.

`byline fetch` has git look when it brings them; a plain `git clone` or `git fetch` brings them unlooked at.
"""

import tempfile
from pathlib import Path

from byline.errors import BylineError, GitFailed
from byline.repo.run import Git

MALFORMED = "holds objects that git calls malformed"


class NotSound(BylineError):
    """What is wrong with the objects of a branch, as what the branch does: it `holds …`, it `names …`."""


def look_through(git: Git, tip: str, known: str | None, seconds: float) -> None:
    """Look at all objects that `tip` reaches and `known` does not. Raises NotSound, GitFailed.

    They are packed into a folder of their own for that, each once, however often trees name it.
    """
    asked = f"{tip}\n" + (f"^{known}\n" if known else "")
    with tempfile.TemporaryDirectory(prefix="byline-look-") as folder:
        words = ("pack-objects", "--quiet", "--revs", "--window=0", "--non-empty", str(Path(folder, "new")))
        try:
            named = git.run(*words, input=asked.encode(), timeout=seconds, network=True).decode("ascii").split()
        except GitFailed as failure:
            if failure.is_unfinished:
                raise
            raise NotSound("names objects that it does not have") from None
        for name in named:
            pack, index = (str(Path(folder, one)) for one in (f"new-{name}.pack", f"looked-{name}.idx"))
            try:
                git.run("index-pack", "--strict", "-o", index, pack, timeout=seconds)
            except GitFailed as failure:
                if failure.is_unfinished:
                    raise
                raise NotSound(MALFORMED) from None
