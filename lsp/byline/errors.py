"""The errors that reach a person, named by who must act. Pure code raises none of them."""


class BylineError(Exception):
    """A problem told in one line that says what to do next; the command line exits with 1."""


class NotARepository(BylineError):
    """The path lies in no git repository."""


class GitFailed(BylineError):
    """A git command ended non-zero, timed out or could not be started."""

    def __init__(self, command: list[str], code: int | None, stderr: str) -> None:
        self.command = command
        self.code = code
        self.stderr = stderr
        how = "timed out" if code is None else f"ended with {code}"
        super().__init__(f"git {' '.join(command[:3])} {how}: {stderr.strip()[:300]}")


class UnknownRevision(BylineError):
    """A revision that git does not know."""
