"""Anchors as records of Agent Trace 0.1.0, one for each commit. Pure."""

import time
import uuid
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from byline.repo.anchors.format import Anchor, SessionLink

VERSION = "0.1.0"
VENDOR = "dev.byline"
LONGEST_MODEL = 250
_NAMESPACE = uuid.UUID("5b7f0f2e-3f0b-5c39-9a52-6d1f2f6f3a10")


def record(anchor: Anchor, links: Iterable[SessionLink]) -> dict[str, Any]:
    """The record of one commit: lines as the commit has them, one conversation for each session of a file.

    Its id follows from the commit. Which session a conversation is, stands in the vendor's metadata, in the same
    order: the format has no place for a session that is no address.
    """
    models = {link.session_id: link.model for link in links}
    files, sessions = [], []
    for change in anchor.file_changes:
        if not change.line_attributions:
            continue
        conversations: list[dict[str, Any]] = []
        named: list[dict[str, Any]] = []
        for part in change.line_attributions:
            contributor: dict[str, Any] = {"type": part.author}
            model = models.get(part.session_id or "")
            if model and len(model) <= LONGEST_MODEL:
                contributor["model_id"] = model
            ranges = [{"start_line": lines.start, "end_line": lines.end} for lines in part.ranges]
            conversations.append({"contributor": contributor, "ranges": ranges})
            told = {"session_id": part.session_id, "agent": part.agent, "turn_id": part.turn_id}
            named.append({name: value for name, value in told.items() if value is not None})
        files.append({"path": change.path, "conversations": conversations})
        sessions.append({"path": change.path, "conversations": named})
    return {
        "version": VERSION,
        "id": str(uuid.uuid5(_NAMESPACE, anchor.commit_hash)),
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(0, anchor.committed_at))),
        "vcs": {"type": "git", "revision": anchor.commit_hash},
        "tool": {"name": "byline", "version": anchor.byline_version or version("byline")},
        "files": files,
        "metadata": {VENDOR: {"files": sessions}},
    }
