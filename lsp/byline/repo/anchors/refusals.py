"""What git says of an exchange that failed, in one sentence. Pure."""

import re

from byline.errors import GitFailed
from byline.repo.anchors import names

_REJECTED = re.compile(r"^ ! \[(?:remote )?rejected\].*\((?P<why>.*)\)\s*$", re.MULTILINE)
_OVERTAKEN = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to (?:update|lock)|incorrect old value"
    r"|reference already exists|needs force|unable to (?:resolve|lock)"
)
_IN_THE_WAY = re.compile(r"refs/heads/byline(?:/anchors)?' exists|directory[ /]file conflict")


def is_overtaken(failure: GitFailed) -> bool:
    """Whether a push failed because somebody else was faster."""
    found = _REJECTED.search(failure.stderr)
    return bool(found and _OVERTAKEN.search(found["why"]) and not _IN_THE_WAY.search(failure.stderr))


def sentence(name: str, failure: GitFailed, seconds: float) -> str:
    """What went wrong with the remote `name`, which had `seconds`."""
    if failure.code is None:
        return silence(name, seconds)
    found = _REJECTED.search(failure.stderr)
    if found:
        if _IN_THE_WAY.search(failure.stderr):
            return f"a branch named 'byline' on {name} is in byline's way; rename it there"
        told = [line.removeprefix("remote:").strip() for line in failure.stderr.splitlines()]
        why = next((line for line in told if line and failure.stderr.startswith("remote:")), found["why"])
        return f"{name} refuses the branch {names.BRANCH.removeprefix('refs/heads/')}: {why or found['why']}"
    lines = [line.strip() for line in failure.stderr.splitlines() if line.strip()]
    why = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "no reason")
    return f"{name} cannot be reached: {re.sub(r'^(?:fatal|error): ', '', why)}"


def silence(name: str, seconds: float) -> str:
    """That the other side said nothing."""
    return f"{name} did not answer in {seconds:g} s; the anchors stay here until the next push"
