"""Where what is known about a commit lies on the branch. Pure."""

import re
from sys import intern

BRANCH = "refs/heads/byline/anchors/v1"
OOBO_BRANCH = "refs/heads/oobo/anchors/v1"
"""The same layout, written by another tool; read, never written."""

GITAI_NOTES = "refs/notes/ai"
"""Another tool's notes; read where nothing of ours describes a commit."""

_FETCHED_NOTES = "refs/notes/remotes/"
_GITAI_FETCHED = "refs/notes/ai-remote/"
"""Where that tool itself keeps what it fetched."""

REMOTE_PATTERNS = (
    "refs/remotes/**/byline/anchors/v1",
    "refs/remotes/**/oobo/anchors/v1",
    "refs/notes/remotes/**/ai",
    "refs/notes/ai-remote/**",
)

_NUMBER = "[1-9][0-9]{0,3}"
"""As the format writes them: digits of other scripts and zeros in front would be a second name for one place."""

_STORED = re.compile(
    r"(?P<two>[0-9a-f]{2})/(?P<rest>[0-9a-f]{38}(?:[0-9a-f]{24})?)/"
    r"(?P<name>metadata\.json|timeline\.json"
    rf"|(?:(?:{_NUMBER}/)?subagents/)?{_NUMBER}/(?:metadata|transcript)\.json)"
)
_LINK = re.compile(rf"({_NUMBER})/metadata\.json")
_SUBAGENT = re.compile(rf"(?:({_NUMBER})/)?subagents/({_NUMBER})/metadata\.json")
_ABOVE = re.compile(r"[0-9a-f]{2}(?:/[0-9a-f]{38}(?:[0-9a-f]{24})?)?")
_FOLDER = re.compile(r"(?P<two>[0-9a-f]{2})/(?P<rest>[0-9a-f]{38}(?:[0-9a-f]{24})?)/")


def folder(commit: str) -> str:
    """The folder of a commit on the branch, with a slash at its end."""
    return f"{commit[:2]}/{commit[2:]}/"


def stored(path: str) -> tuple[str, str] | None:
    """The commit a path of the branch belongs to and the file's name in its folder; None for anything else."""
    found = _STORED.fullmatch(path)
    return (intern(found["two"] + found["rest"]), intern(found["name"])) if found else None


def commit_of(path: str) -> str | None:
    """The commit in whose folder a path of the branch lies, whatever the file; None for anything else."""
    found = _FOLDER.match(path)
    return found["two"] + found["rest"] if found else None


def is_in_the_way(path: str) -> bool:
    """Whether a file of that name stands where the folders of commits do."""
    return _ABOVE.fullmatch(path) is not None


def link_number(name: str) -> int | None:
    """N of `N/metadata.json`; None for any other name."""
    found = _LINK.fullmatch(name)
    return int(found[1]) if found else None


def subagent_number(name: str) -> tuple[int, int] | None:
    """N and M of `N/subagents/M/metadata.json`, which another tool writes; 0 and M of `subagents/M/metadata.json`."""
    found = _SUBAGENT.fullmatch(name)
    return (int(found[1] or 0), int(found[2])) if found else None


def is_sane(path: str) -> bool:
    """Whether a path of a branch may be written: none of its parts is another place, and no folder of a commit has a
    folder in it that is named as files are.
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() in (".git", "git~1") or "\0" in part for part in parts):
        return False
    return commit_of(path) is None or not any("." in part for part in parts[2:-1])


def remote_of(ref: str) -> str | None:
    """The remote that a ref was fetched from; None for local ones."""
    if ref.startswith(_FETCHED_NOTES):
        return ref.removeprefix(_FETCHED_NOTES).rsplit("/", 1)[0]
    if ref.startswith(_GITAI_FETCHED):
        return ref.removeprefix(_GITAI_FETCHED)
    if not ref.startswith("refs/remotes/"):
        return None
    return ref.removeprefix("refs/remotes/").rsplit("/", 3)[0]


def source(tool: str, ref: str) -> str:
    """What a tool wrote on a ref, as a person is told of it: `anchor`, `anchor:REMOTE`."""
    remote = remote_of(ref)
    return f"{tool}:{remote}" if remote else tool


def fetched_notes(remote: str) -> str:
    """Where the notes of git-ai go that a remote has: beside those of this clone, which nothing touches."""
    return f"{_FETCHED_NOTES}{remote}/ai"


def is_gitai(ref: str) -> bool:
    """Whether the ref holds git-ai's notes, its own here or fetched ones."""
    is_fetched = ref.startswith(_FETCHED_NOTES) and ref.endswith("/ai")
    return ref == GITAI_NOTES or is_fetched or ref.startswith(_GITAI_FETCHED)


def is_oobo(ref: str) -> bool:
    """Whether the ref is oobo's branch."""
    return ref.endswith("/oobo/anchors/v1")


def is_foreign(ref: str) -> bool:
    """Whether another tool writes there."""
    return is_oobo(ref) or is_gitai(ref)


README = b"""# Who wrote which line

This branch is written by byline. For each commit it has one folder, named by the commit's id with a slash after two
characters, and in it `metadata.json`: which lines of the commit each AI agent session wrote, which ones a person
wrote in an editor, and how many are of unknown origin. `1/metadata.json`, `2/metadata.json`, ... describe the
sessions.

Nothing here belongs to your project's files. The branch shares no history with them, and removing it loses no code,
only the knowledge of who wrote it. Do not merge it.
"""
