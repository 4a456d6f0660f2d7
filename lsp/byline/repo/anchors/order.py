"""Anchors in the order people expect: the newest commit first, and none before one that comes from it."""

from collections.abc import Iterable

from byline.repo.anchors.stored import Stored
from byline.repo.objects import Objects


def newest_first(found: Iterable[Stored], objects: Objects) -> list[Stored]:
    """By the time of the commit; those of one second by their descent, children first."""
    by_time: dict[int, dict[str, list[Stored]]] = {}
    for one in sorted(found, key=lambda one: one.anchor.commit_hash):
        by_time.setdefault(one.anchor.committed_at, {}).setdefault(one.anchor.commit_hash, []).append(one)
    ordered: list[Stored] = []
    for at in sorted(by_time, reverse=True):
        group = by_time[at]
        for commit in _by_descent(list(group), at, objects) if len(group) > 1 else group:
            ordered += group[commit]
    return ordered


def _by_descent(commits: list[str], at: int, objects: Objects) -> list[str]:
    """Commits of one second, none before one that comes from it; also over others of that second in between."""
    reached: dict[str, bool] = {}
    parents_first: list[str] = []
    for start in commits:
        stack = [start]
        while stack:
            name = stack[-1]
            commit = objects.commit(name) if name not in reached else None
            above = commit.parents if commit is not None and commit.committer.time == at else ()
            waiting = [parent for parent in above if parent not in reached]
            reached.setdefault(name, False)
            if waiting:
                stack += waiting
                continue
            stack.pop()
            if not reached[name]:
                reached[name] = True
                parents_first.append(name)
    wanted = set(commits)
    return [name for name in reversed(parents_first) if name in wanted]
