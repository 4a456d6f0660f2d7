"""The commits of a range, and what anchors say of them: those that are stored, and else those that would be."""

from collections.abc import Iterator
from typing import NamedTuple

from byline.cli import revisions
from byline.errors import GitFailed
from byline.repo.anchors.format import Anchor, SessionLink
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.stored import Stored
from byline.repo.history import rev_list
from byline.workspace.anchoring import AnchorWrong, Maker
from byline.workspace.workspace import Workspace


class Described(NamedTuple):
    """One commit, as its anchor has it."""

    anchor: Anchor
    links: list[SessionLink]
    is_stored: bool
    """It lies on a branch: it has passed what keeps private words out. Else it was worked out now, with them."""


def commits_of(workspace: Workspace, given: str | None) -> list[str]:
    """The commits of the range, newest first; without one those since the first event.

    Where there is no event, as in a clone that has only fetched, those that have anchors.
    """
    git, objects = workspace.git, workspace.objects
    assert git is not None
    assert objects is not None
    head = objects.resolve("HEAD")
    if head is None:
        return []
    if given:
        span = revisions.parse(given, git, objects)
        include, exclude = [span.new or head], [span.old] if span.old else []
    else:
        first = next((event for event in workspace.events() if event.worktree is not None), None)
        if first is None:
            anchored = Anchors(git, objects).commits()
            return [commit for commit, _ in rev_list(git, [head]) if commit in anchored] if anchored else []
        include, exclude = [head], [first.head] if first.head and objects.commit(first.head) else []
    return [commit for commit, _ in rev_list(git, include, exclude)]


def _has_counts(stored: Stored) -> bool:
    """Whether it says what the commit changed, and not only who wrote some lines, as notes do."""
    return stored.source.startswith(("anchor", "oobo"))


def anchors_of(workspace: Workspace, commits: list[str]) -> Iterator[Described]:
    """What is stored of each commit, or else worked out now; nothing is written."""
    git, objects = workspace.git, workspace.objects
    assert git is not None
    assert objects is not None
    stored = Anchors(git, objects)
    known = stored.commits() & set(commits)
    stored.load(known)
    counted = {commit: one for commit in known if (one := next(filter(_has_counts, stored.of(commit)), None))}
    missing = [commit for commit in commits if commit not in counted]
    maker = Maker(workspace, git, objects, lambda name: workspace.snapshots.get(name) or objects.blob(name))
    if missing:
        maker.expect(missing)
    for commit in commits:
        if commit in counted:
            yield Described(counted[commit].anchor, stored.links(counted[commit]), True)
            continue
        try:
            record = maker.build(commit)
        except AnchorWrong:
            continue
        except GitFailed as failure:
            if failure.is_unfinished:
                raise
            continue
        if record is not None:
            yield Described(record.anchor, list(record.links), False)
