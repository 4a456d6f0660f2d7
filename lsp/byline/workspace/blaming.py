"""Git blame in a thread, as early as a question can be foreseen: it takes longer than all the rest of an answer."""

import contextlib
import threading

from byline.errors import GitFailed, UnknownRevision
from byline.repo.blame import Blame, blame
from byline.repo.run import Git


class Blaming(threading.Thread):
    """Git blame beside the engine: both take about as long."""

    def __init__(self, git: Git, name: str, commit: str | None, data: bytes | None) -> None:
        super().__init__(name="byline-blame", daemon=True)
        self._question = (git, name, commit, data)
        self._found: Blame | None = None
        self.start()

    def asks(self, name: str, data: bytes | None) -> bool:
        """Whether it was asked about this text of this file."""
        return self._question[1] == name and self._question[3] == data

    def run(self) -> None:
        """The thread."""
        git, name, commit, data = self._question
        # A slow or broken git costs the commits of lines, not their owners.
        with contextlib.suppress(GitFailed, UnknownRevision):
            self._found = blame(git, name, rev=commit, contents=data)

    def result(self) -> Blame | None:
        """What git said; None if it could not."""
        self.join()
        return self._found


class Foreseen:
    """At most one run of git blame for a question that has yet to be asked."""

    def __init__(self) -> None:
        self._begun: Blaming | None = None

    def begin(self, git: Git | None, name: str, data: bytes | None) -> None:
        """Start for the working file's text; nothing outside a repository or for no file."""
        if git is not None and data is not None:
            self._begun = Blaming(git, name, None, data)

    def take(self, name: str, data: bytes | None) -> Blaming | None:
        """The run that was begun for just this text, once."""
        begun, self._begun = self._begun, None
        return begun if begun is not None and begun.asks(name, data) else None
