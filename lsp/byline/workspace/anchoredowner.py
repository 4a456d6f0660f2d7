"""Owners of lines that this clone knows from a description of their commit alone."""

from byline.model import Owner
from byline.repo.anchors.union import Span

_RECORDS = {"git-ai": "git-ai note", "oobo": "oobo anchor", "agent-trace": "Agent Trace record"}
"""What other tools' descriptions of a commit are called."""


def anchored_owner(span: Span, commit: str) -> Owner:
    """The owner an anchor gives to lines of `commit`."""
    _, _, session_id, agent, author, source, turn_id = span
    tool = source.partition(":")[0]
    words = f"{_RECORDS.get(tool, 'anchor')} of {commit[:7]}" + ("" if source == tool else f", from {source}")
    if author == "human":
        return Owner("human", words, link_type="explicit", source=source, anchor=commit)
    if session_id is None:
        return Owner("unknown", f"{words}: {agent or 'an agent'} wrote it, in which session is not known")
    return Owner(
        "session", words, session_id, link_type="explicit", source=source, agent=agent, turn_id=turn_id, anchor=commit
    )
