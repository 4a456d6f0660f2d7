"""Commits that are nobody's work, where reflogs lead to them: `git log --reflog` takes no `--exclude`."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from byline.repo.run import Git, path_text

NO_WORK = (
    "refs/heads/byline/*",
    "refs/remotes/*/byline/*",
    "refs/byline/*",
    "refs/notes/*",
    "refs/heads/oobo/*",
    "refs/remotes/*/oobo/*",
)
"""Refs of anchors and notes: their trees may name more paths than git can tell."""

_FROM_ELSEWHERE = ("refs/remotes/", "refs/notes/")
SECONDS = 60.0


def strange(git: Git, refs: Iterable[str], tips: Iterable[str], parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The commits of `parents` that only reflogs of such refs lead to, of those that may have been fetched.

    refs: all there are; tips: commits whose history is somebody's work. Raises GitFailed.
    """
    named = [ref for ref in refs if ref.startswith(_FROM_ELSEWHERE) and _is_no_work(ref)]
    if not named:
        return set()
    logged = git.run("log", "-g", "--format=%H", "--end-of-options", *named, "--", timeout=SECONDS)
    found = _reached(logged.decode("ascii", "replace").split(), parents)
    return found - _reached(tips, parents) if found else found


def work(git: Git) -> bytes:
    """All other commits that references and reflogs lead to, newest first, one a line, as `git log --no-walk=unsorted
    --stdin` takes them. Raises GitFailed.
    """
    excluded = [f"--exclude={pattern}" for pattern in NO_WORK]
    walked = git.run("rev-list", "--parents", *excluded, "--all", "--reflog", timeout=2 * SECONDS).decode("ascii")
    parents = {commit: tuple(above) for commit, *above in map(str.split, walked.splitlines())}
    told = path_text(git.run("for-each-ref", "--format=%(objectname) %(refname)")).splitlines()
    refs = {name: commit for commit, _, name in (line.partition(" ") for line in told)}
    tips = [commit for name, commit in refs.items() if not _is_no_work(name)]
    tips += git.run("rev-parse", "--verify", "--quiet", "HEAD", check=False).decode("ascii").split()
    others = strange(git, refs, tips, parents)
    return "".join(f"{commit}\n" for commit in parents if commit not in others).encode()


def _is_no_work(ref: str) -> bool:
    return any(fnmatchcase(ref, pattern) for pattern in NO_WORK)


def _reached(tips: Iterable[str], parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(tips)
    while waiting:
        commit = waiting.pop()
        if commit in parents and commit not in found:
            found.add(commit)
            waiting += parents[commit]
    return found
