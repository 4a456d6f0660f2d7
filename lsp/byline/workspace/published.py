"""What anchors tell of a session: in which commits, on which branches, and which of its words are in them.

An anchor's `intent`, `reasoning` and `summary` are of all its sessions together: each of them counts as having a word
there.
"""

import msgspec

from byline.errors import GitFailed
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.stored import Stored
from byline.repo.objects import Objects
from byline.repo.run import Git

TOLD = ("intent", "reasoning", "summary")


class Words(msgspec.Struct, frozen=True):
    """Words of a session in one anchor."""

    commit: str
    where: str
    fields: tuple[str, ...]
    """Fields of its `metadata.json`, and files beside it."""


class Published(msgspec.Struct, frozen=True):
    """What anchors of one repository tell of a session."""

    commits: tuple[str, ...]
    where: tuple[str, ...]
    words: tuple[Words, ...]
    pushed: frozenset[str]
    """Those of `commits` whose anchors a remote has, as far as this clone knows."""


def published(git: Git, session_id: str) -> Published | None:
    """The anchors that name a session or one of its subagents; None where there are none, or git does not tell."""
    commits, where, words, pushed = set(), set(), [], set()
    try:
        with Objects(git) as objects:
            anchors = Anchors(git, objects)
            anchors.load(known := anchors.commits())
            for commit in sorted(known):
                for one in anchors.of(commit):
                    if not any(is_of(name, session_id) for name in one.anchor.session_ids):
                        continue
                    commits.add(commit)
                    where.add(one.source)
                    if ":" in one.source:
                        pushed.add(commit)
                    if found := _words(anchors, one, session_id):
                        words.append(Words(commit, one.source, tuple(found)))
    except GitFailed:
        return None
    told = tuple(sorted(commits)), tuple(sorted(where)), tuple(words)
    return Published(*told, frozenset(pushed)) if commits else None


def is_of(name: str, session_id: str) -> bool:
    """Whether a session is that one, or a subagent of it."""
    return name == session_id or name.startswith(f"{session_id}/")


def _words(anchors: Anchors, stored: Stored, session_id: str) -> list[str]:
    anchor = stored.anchor
    found = [field for field in TOLD if getattr(anchor, field)]
    if any(turn.prompt and is_of(turn.session_id, session_id) for turn in anchor.turns or ()):
        found.append("turns[].prompt")
    for name in sorted(stored.files):
        folder, _, file = name.rpartition("/")
        if file not in ("metadata.json", "transcript.json") or not folder:
            continue
        owner = anchors.session_in(stored, folder)
        if file == "transcript.json" and (owner is None or is_of(owner.session_id, session_id)):
            found.append(name)  # whose it is may not be readable: then it is taken for this session's
        if file == "metadata.json" and owner is not None and is_of(owner.session_id, session_id):
            found += [f"{name}: bash_commands"] if getattr(owner, "bash_commands", None) else []
    return found
