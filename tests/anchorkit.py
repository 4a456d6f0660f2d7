"""Anchors made up for tests: of commits that need not exist."""

from collections.abc import Sequence
from typing import Any

from byline.repo.anchors import names
from byline.repo.anchors.branch import write
from byline.repo.anchors.format import (
    Anchor,
    CommitRecord,
    Contributor,
    FileChange,
    LineAttribution,
    LineRange,
    SessionLink,
    ai_percentage,
)
from byline.repo.anchors.gate import Gate
from byline.repo.anchors.listing import anchored, list_files, resolve
from byline.repo.anchors.remote import Exchange, Outcome
from byline.repo.anchors.remotes import choose
from gitrepo import Repo

TEN = tuple(f"f{number}" for number in range(10))
MODES = {"blob": "100644", "tree": "040000"}


def change(owners: str, path: str = "f", deleted: int = 0) -> FileChange:
    """A file of which every line is new; a letter is a session, `h` a person, `.` nobody."""
    found: dict[str, list[LineRange]] = {}
    for number, who in enumerate(owners, 1):
        if who != ".":
            own = found.setdefault(who, [])
            if own and own[-1].end == number - 1:
                own[-1] = LineRange(start=own[-1].start, end=number)
            else:
                own.append(LineRange(start=number, end=number))
    attributions = tuple(
        LineAttribution(
            author="human" if who == "h" else "ai",
            ranges=tuple(ranges),
            agent=None if who == "h" else "robot",
            session_id=None if who == "h" else who,
        )
        for who, ranges in found.items()
    )
    ai = sum(who not in ".h" for who in owners)
    label: Any = "human" if not ai else "ai" if ai == len(owners) + deleted else "mixed"
    return FileChange(
        path=path,
        added=len(owners),
        deleted=deleted,
        attribution=label,
        agent="robot" if ai else None,
        line_attributions=attributions,
    )


ADA = Contributor(name="Ada <ada@example.org>", role="human")
ROBOT = Contributor(name="robot", role="agent")


def anchor(*owners: str, **more: Any) -> Anchor:
    changes = tuple(change(text, f"f{number}") for number, text in enumerate(owners))
    whole = "".join(owners)
    ai = sum(who not in ".h" for who in whole)
    values: dict[str, Any] = {
        "commit_hash": "a" * 40,
        "branch": "main",
        "author": "Ada <ada@example.org>",
        "author_type": "assisted" if ai else "human",
        "author_type_source": "derived",
        "contributors": (ADA, *([ROBOT] if ai else ())),
        "committed_at": 1,
        "message": "m",
        "files_changed": tuple(one.path for one in changes),
        "added": len(whole),
        "deleted": 0,
        "file_changes": changes,
        "ai_added": ai,
        "ai_deleted": 0,
        "human_added": len(whole) - ai,
        "human_deleted": 0,
        "unknown_added": whole.count("."),
        "unknown_deleted": 0,
        "ai_percentage": ai_percentage(ai, len(whole)),
        "session_ids": tuple(sorted(set(whole) - {".", "h"})),
        "transparency_mode": "off",
    }
    return Anchor(**{**values, **more})


def shown(found: Anchor) -> list[str]:
    """The reverse of `change`."""
    texts = []
    for one in found.file_changes:
        owners = ["."] * one.added
        for lines in one.line_attributions:
            for part in lines.ranges:
                for line in range(part.start - 1, part.end):
                    assert owners[line] == "."
                    owners[line] = lines.session_id or "h"
        texts.append("".join(owners))
    return texts


def links(*sessions: str) -> tuple[SessionLink, ...]:
    return tuple(SessionLink(session_id=one, agent="robot", link_type="explicit") for one in sessions)


def put(repo: Repo, *numbers: int, owners: str = "a", date: int = 1_800_000_000) -> None:
    """Anchor commits that need not exist."""
    gate = Gate([], None)
    made = []
    for number in numbers:
        given = anchor(owners, commit_hash=f"{number:040x}", committed_at=date + number)
        made.append(gate.seal(CommitRecord(anchor=given, links=links(*given.session_ids))))
    write(repo.git, made, lambda tip: anchored(repo.git, tip))


def bomb(repo: Repo, ref: str, *, leaf: str = "blob", levels: int = 10, parts: Sequence[str] = TEN) -> str:
    """Let `ref` name 10 ** `levels` paths by trees of some hundred bytes each; a last folder is empty with `leaf` a
    tree. What is there already stays, and is what it stands on.
    """
    made, kind = repo.run("hash-object", "-w", "-t", leaf, "--stdin", input=b""), leaf
    for _ in range(levels):
        rows = [f"{MODES[kind]} {kind} {made}\t{part}\0" for part in parts]
        made, kind = repo.run("mktree", "-z", input="".join(rows).encode()), "tree"
    tip = resolve(repo.git, ref)
    rows = repo.run("ls-tree", "-z", tip).split("\0")[:-1] if tip else []
    tree = repo.run("mktree", "-z", input="".join(f"{row}\0" for row in [*rows, f"040000 tree {made}\tzz"]).encode())
    tip = repo.run("commit-tree", tree, "-m", "x", *(("-p", tip) if tip else ()))
    repo.run("update-ref", ref, tip)
    return tip


def push(repo: Repo, *named: str, **more: Any) -> Outcome:
    return Exchange(repo.git, choose(repo.git, *named), **more).push()


def fetch(repo: Repo, *named: str) -> Outcome:
    return Exchange(repo.git, choose(repo.git, *named)).fetch()


def numbers(repo: Repo, ref: str = names.BRANCH) -> set[int]:
    tip = resolve(repo.git, ref)
    return {int(commit, 16) for commit in list_files(repo.git, tip).commits()} if tip else set()
