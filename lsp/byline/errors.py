"""The errors that reach a person, named by who must act. Pure code raises none of them."""

import re

NOT_STARTED = -1000
"""The exit code of a program that could not be started; those of killed ones are their signals, negative."""


LACKING_HELPS = "`git fetch --refetch --no-filter` brings it"
_LACKING = re.compile("lazy fetching disabled|from promisor remote|promisor remote .* (?:unavailable|disappeared)")


class BylineError(Exception):
    """A problem told in one line that says what to do next; the command line exits with 1."""


class WrongUsage(BylineError):
    """Words that make no sense, whatever is on disk; the command line exits with 2."""


class NotARepository(BylineError):
    """The path lies in no git repository, or in none of the kind that is needed."""

    def __init__(self, problem: str) -> None:
        hint = "" if ";" in problem else "; `cd` into one, or make one with `git init`"
        super().__init__(f"{problem}{hint}")


class GitFailed(BylineError):
    """A git command ended non-zero, timed out or could not be started."""

    def __init__(self, command: list[str], code: int | None, stderr: str) -> None:
        self.command = command
        self.code = code
        self.stderr = stderr
        said = stderr.strip()[:300]
        self.is_lacking = bool(_LACKING.search(stderr))
        """A partial clone has not what git was asked for, and was not to fetch it."""
        if self.is_lacking:
            message = f"this partial clone lacks a part of the history; {LACKING_HELPS}"
        elif code == NOT_STARTED:
            message = f"git cannot be started: {said}; see that it is installed and on PATH"
        else:
            how = "timed out" if code is None else f"ended with {code}" if code > 0 else f"was killed ({-code})"
            message = f"git {' '.join(command[:3])} {how}" + (f": {said}" if said else "")
        super().__init__(message)

    @property
    def is_unfinished(self) -> bool:
        """Git was not there, was killed or took too long: another time it may answer."""
        return self.code is None or self.code < 0


class UnknownRevision(BylineError):
    """A revision that git does not know."""


class TooMuch(BylineError):
    """What somebody else made names more than can be read: some bytes of trees can name more paths than any memory
    holds.
    """

    def __init__(self) -> None:
        super().__init__("names more files than anchors have")
