"""Whether git left something unanswered, so that what was worked out since is to be worked out again."""

import time

from byline.errors import GitFailed
from byline.repo.run import Git

WAIT = 30.0
"""Seconds from one time to the next: a git that does not end in a large repository is not asked without a pause."""


class Doubt:
    """What became of one git's runs. Without git there is none."""

    def __init__(self, git: Git | None) -> None:
        self._git = git
        self._known: GitFailed | None = None
        self._since = -WAIT

    def is_due(self) -> bool:
        """Whether a run was not finished since the last time, and that was long ago; then this counts as the time."""
        trouble = self._git.trouble if self._git is not None else None
        if trouble is None or trouble is self._known or time.monotonic() - self._since < WAIT:
            return False
        self._known, self._since = trouble, time.monotonic()
        return True
