"""One search: brings the index up to date where something is new, and asks it."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from byline.cli.moments import iso
from byline.moment import nanoseconds
from byline.repo.run import Git
from byline.sessions.facts import Facts
from byline.store.paths import folders_for
from byline.store.search import Document, Hit, Search
from byline.workspace.place import Place, current_place
from byline.workspace.sessionfacts import SessionFacts

ALL = 1 << 31
"""More than there can be hits."""
_MOST_COMMITS = 20_000


class Question(NamedTuple):
    """What is looked for; times in nanoseconds since 1970, 0 for no limit."""

    words: Sequence[str]
    agent: str | None = None
    kind: str | None = None
    since: int = 0
    until: int = 0
    most: int = 20


def find(place: Place | None, env: Mapping[str, str], asked: Question) -> tuple[int, list[Hit]]:
    """How many documents have all the words, and the best of them."""
    folders = folders_for(place, env)
    known = SessionFacts(folders, env)
    search = Search(folders)
    try:
        head = current_place(place).head
        transcripts = known.told("transcripts")
        where = f"{head} {_anchors(place)}"
        if transcripts is None or search.state != f"{where} {known.fingerprint(transcripts)}":
            from byline.cli.everysession import Everything

            with Everything(place, env) as everything:
                transcripts = sorted({path for one in everything.growing.values() for path in one.transcripts})
                state = f"{where} {known.fingerprint(transcripts)}"
                facts = [one.facts for one in everything.all().values()]
                known.tell("names", everything.names())
            git = Git(Path(place.worktree), env=env) if place and head else None
            search.fill([*_sessions(facts), *(_commits(git) if git else ())], state)
            known.tell("transcripts", transcripts)
        return search.find(
            asked.words,
            agent=asked.agent,
            kind=asked.kind,
            since=asked.since,
            until=asked.until,
            most=max(asked.most, 0),
        )
    finally:
        known.close()
        search.close()


def names(place: Place | None, env: Mapping[str, str]) -> list[str]:
    """The ids of all sessions, as the last search found them."""
    known = SessionFacts(folders_for(place, env), env)
    try:
        found = known.told("names")
    finally:
        known.close()
    if found is None:
        from byline.cli import sessionnames

        return sessionnames.names(place, env)
    return found


def row(hit: Hit, place: Place | None) -> dict[str, Any]:
    """A hit as `--json` prints it (docs/json.md)."""
    document = hit.document
    return {
        "project": {"id": place.common_dir, "name": Path(place.worktree).name} if place else None,
        "kind": document.kind,
        "name": document.name or None,
        "anchor_sha": document.name if document.kind == "commit" else None,
        "session_id": document.session,
        "tool": document.agent,
        "timestamp": iso(document.at or None),
        "snippet": plain(hit.snippet),
        "score": round(hit.score, 4),
    }


def plain(snippet: str) -> str:
    """A snippet without the marks around the words that were found."""
    return snippet.replace("\x02", "").replace("\x03", "")


def _anchors(place: Place | None) -> str:
    """Something that changes when a branch of anchors moves; costs a few stats, and starts no git."""
    if place is None:
        return ""
    common = Path(place.common_dir)
    files = [common / "packed-refs", *common.glob("refs/heads/*/anchors/v1")]
    files += common.glob("refs/remotes/**/anchors/v1")
    marks = []
    for file in sorted(files):
        with contextlib.suppress(OSError):
            status = file.stat()
            marks.append(f"{file.name} {status.st_mtime_ns} {status.st_size}")
    return ",".join(marks)


def _sessions(found: Iterable[Facts]) -> Iterator[Document]:
    for one in found:
        for turn in one.turns:
            yield Document(turn.prompt, "prompt", turn.id or "", one.session_id, one.agent, turn.at)
        if one.summary:
            yield Document(one.summary, "summary", "", one.session_id, one.agent, one.last_activity or 0)
        for file in dict.fromkeys((*one.files_written, *one.files_read)):
            yield Document(file, "file", file, one.session_id, one.agent, one.last_activity or 0)


def _commits(git: Git) -> Iterator[Document]:
    data = git.run(
        "log", "-z", f"--max-count={_MOST_COMMITS}", "--format=tformat:%H %ct %B", "HEAD", check=False, timeout=60
    )
    for entry in data.decode("utf-8", "replace").split("\0"):
        commit, _, rest = entry.strip("\n").partition(" ")
        seconds, _, message = rest.partition(" ")
        if seconds.isdigit():
            yield Document(message.strip(), "commit", commit, None, None, nanoseconds(int(seconds[:18])))
