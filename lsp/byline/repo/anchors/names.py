"""Where what is known about a commit lies on the branch. Pure."""

import re

BRANCH = "refs/heads/byline/anchors/v1"
OOBO_BRANCH = "refs/heads/oobo/anchors/v1"
"""The same layout, written by another tool; read, never written."""

GITAI_NOTES = "refs/notes/ai"
"""Another tool's notes; read where nothing of ours describes a commit."""

REMOTE_PATTERNS = ("refs/remotes/**/byline/anchors/v1", "refs/remotes/**/oobo/anchors/v1")

_STORED = re.compile(
    r"(?P<two>[0-9a-f]{2})/(?P<rest>[0-9a-f]{38}(?:[0-9a-f]{24})?)/"
    r"(?P<name>metadata\.json|timeline\.json|[1-9]\d{0,3}/metadata\.json"
    r"|(?:[1-9]\d{0,3}/)?subagents/[1-9]\d{0,3}/metadata\.json)"
)
_FOLDER = re.compile(r"(?P<two>[0-9a-f]{2})/(?P<rest>[0-9a-f]{38}(?:[0-9a-f]{24})?)/")


def folder(commit: str) -> str:
    """The folder of a commit on the branch, with a slash at its end."""
    return f"{commit[:2]}/{commit[2:]}/"


def stored(path: str) -> tuple[str, str] | None:
    """The commit a path of the branch belongs to and the file's name in its folder; None for anything else."""
    found = _STORED.fullmatch(path)
    return (found["two"] + found["rest"], found["name"]) if found else None


def commit_of(path: str) -> str | None:
    """The commit in whose folder a path of the branch lies, whatever the file; None for anything else."""
    found = _FOLDER.match(path)
    return found["two"] + found["rest"] if found else None


def link_number(name: str) -> int | None:
    """N of `N/metadata.json`."""
    number, _, rest = name.partition("/")
    return int(number) if rest == "metadata.json" and number.isdigit() else None


def remote_of(ref: str) -> str | None:
    """The remote that a ref was fetched from; None for local branches."""
    if not ref.startswith("refs/remotes/"):
        return None
    return ref.removeprefix("refs/remotes/").rsplit("/", 3)[0]


def is_oobo(ref: str) -> bool:
    """Whether the branch is another tool's."""
    return ref.endswith("/oobo/anchors/v1")


README = b"""# Who wrote which line

This branch is written by byline. For each commit it has one folder, named by the commit's id with a slash after two
characters, and in it `metadata.json`: which lines of the commit each AI agent session wrote, which ones a person
wrote in an editor, and how many are of unknown origin. `1/metadata.json`, `2/metadata.json`, ... describe the
sessions.

Nothing here belongs to your project's files. The branch shares no history with them, and removing it loses no code,
only the knowledge of who wrote it. Do not merge it.
"""
