"""One anchor, and where it was read."""

import msgspec

from byline.repo.anchors.format import Anchor, SessionLink

MOST_LINKS = 256
"""Sessions of a commit that are looked at."""


class Stored(msgspec.Struct, frozen=True):
    """One anchor and where it was read."""

    source: str
    """`anchor` for our own branch, `anchor:REMOTE` for a fetched one; `oobo` and `git-ai` likewise, also where our
    branch has only taken over what they said.
    """
    anchor: Anchor
    files: dict[str, str]
    """Names and blob ids of everything stored for the commit."""
    told: tuple[SessionLink, ...] = ()
    """Its sessions, where they stand in the same file."""


def key_of(stored: Stored, session_id: str) -> tuple[str, ...]:
    """What tells a session of an anchor from all others."""
    return stored.source, stored.anchor.commit_hash, stored.files.get("metadata.json", ""), session_id


def places_of(stored: Stored) -> dict[str, str]:
    """Where the links of an anchor's sessions are if they stand in the order of the sessions: blobs by session."""
    ids = enumerate(stored.anchor.session_ids[:MOST_LINKS], 1)
    return {one: blob for number, one in ids if (blob := stored.files.get(f"{number}/metadata.json"))}
