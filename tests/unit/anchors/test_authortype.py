"""Who made a commit, from what git's hooks told."""

from typing import Any

import pytest

from byline.model import Event
from byline.repo.commits import CommitObject, Person
from byline.workspace.authortype import of, told

ADA = Person("Ada", "ada@example.org", 1000, "+0000")
COMMIT = "c" * 40


def commit(parents: int = 1) -> CommitObject:
    return CommitObject(
        id=COMMIT, tree="t" * 40, parents=("p" * 40,) * parents, author=ADA, committer=ADA, message="m"
    )


def event(kind: str = "commit", at: int = 1000, **more: Any) -> Event:
    return Event(v=1, id="e", at=at * 10**9, event=kind, source="git", head=COMMIT, **more)


@pytest.mark.parametrize(
    ("more", "in_shell", "with_sessions", "without"),
    [
        ({"tty": True}, False, "assisted", "human"),
        ({"tty": False}, False, "agent", "automated"),
        ({"tty": False, "client": "vscode"}, False, "assisted", "human"),
        ({"tty": True, "agent": "claude"}, False, "agent", "agent"),
        ({"tty": True}, True, "agent", "agent"),
        ({"tty": True, "agent": "claude", "ci": True}, True, "automated", "automated"),
    ],
)
def test_what_was_observed(more: dict[str, Any], in_shell: bool, with_sessions: str, without: str) -> None:
    assert of(commit(), event(**more), in_shell, has_sessions=True) == (with_sessions, "observed")
    assert of(commit(), event(**more), in_shell, has_sessions=False) == (without, "observed")


def test_nothing_was_observed() -> None:
    assert of(commit(), None, False, has_sessions=True) == ("assisted", "derived")
    assert of(commit(), None, False, has_sessions=False) == ("human", "derived")
    assert of(commit(), None, True, has_sessions=False) == ("agent", "observed")


def test_a_merge_that_was_only_fetched_was_not_observed() -> None:
    assert of(commit(2), event("merge", 1001, tty=True), False, has_sessions=False) == ("human", "observed")
    assert of(commit(1), event("merge", 1001, tty=False), False, has_sessions=False) == ("human", "derived")
    assert of(commit(2), event("merge", 5000, tty=False), False, has_sessions=False) == ("human", "derived")


def test_the_commit_itself_says_more_than_a_merge_after_it() -> None:
    merge, made = event("merge", tty=False), event("commit", tty=True)
    assert told([merge, made]) == told([made, merge]) == {COMMIT: made}
    assert told([event("commit"), Event(v=1, id="x", at=1, event="write", head="d" * 40)]).keys() == {COMMIT}
