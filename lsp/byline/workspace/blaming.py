"""Git blame in a thread, as early as a question can be foreseen: it takes longer than all the rest of an answer.

What it said is kept; where that still holds no git blame is started at all.
"""

import contextlib
import threading

from byline.errors import GitFailed, UnknownRevision
from byline.repo.blame import Blame, blame
from byline.repo.run import Git
from byline.workspace.keptblames import KeptBlames, Known, Question


class Blaming(threading.Thread):
    """Git blame beside the engine: both take about as long."""

    def __init__(self, git: Git, name: str, commit: str | None, data: bytes | None) -> None:
        super().__init__(name="byline-blame", daemon=True)
        self._question = (git, name, commit, data)
        self._found: Blame | None = None
        self.start()

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


class Asked:
    """One question: answered from what is kept, or by a run that has begun."""

    def __init__(self, git: Git, kept: KeptBlames, name: str, commit: str | None, data: bytes | None) -> None:
        self._about = (name, commit, data)
        self._git = git
        self._kept = kept
        self._question: Question | None = kept.question(name, commit, data)
        self._known: Known | None = kept.find(self._question) if self._question is not None else None
        self._run = None if self._known is not None else Blaming(git, name, commit, data)

    def is_about(self, name: str, commit: str | None, data: bytes | None) -> bool:
        """Whether it asks about this text of this file."""
        return self._about == (name, commit, data)

    def result(self, stored: str | None) -> Blame | None:
        """What git says; None if it cannot.

        `stored`: the id of the text as git stores it, by which the answer is found again; None for a text whose
        answer is not to be kept, as it is nowhere but in an editor or a filter stands between it and git.
        """
        if self._known is not None:
            found = self._known.blame(stored) if stored is not None and not self._kept.settings_matter() else None
            if found is not None:
                return found
        run = self._run or Blaming(self._git, *self._about)
        found = run.result()
        if found is not None and self._question is not None and stored is not None:
            self._kept.put(self._question, stored, found)
        return found


class Blames:
    """Questions to git blame; at most one that was foreseen and has yet to be asked."""

    def __init__(self, git: Git | None, kept: KeptBlames) -> None:
        self._git = git
        self._kept = kept
        self._foreseen: Asked | None = None

    def foresee(self, name: str, data: bytes | None) -> None:
        """Begin for the working file's text; nothing outside a repository or for no file."""
        if self._git is not None and data is not None:
            self._foreseen = Asked(self._git, self._kept, name, None, data)

    def ask(self, name: str, commit: str | None, data: bytes | None) -> Asked | None:
        """Begin, unless it was foreseen; None outside a repository."""
        begun, self._foreseen = self._foreseen, None
        if begun is not None and begun.is_about(name, commit, data):
            return begun
        return Asked(self._git, self._kept, name, commit, data) if self._git is not None else None
