"""What anchors say, ours and those that were fetched. Whatever was fetched may be wrong or hostile.

An anchor that is too large, of the wrong types or about another commit than its place says is passed over and
counted. Where two branches describe the same commit, evidence beats none, and for a line on which they disagree there
is no answer.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from byline.repo.anchors import gitai, names
from byline.repo.anchors.checks import disordered
from byline.repo.anchors.claims import only_session
from byline.repo.anchors.format import Anchor, SessionLink, Subagent, Timeline, TurnLink
from byline.repo.anchors.limits import LARGEST_FILE, LARGEST_FOLDER
from byline.repo.anchors.listing import Listing, Tip, at_tip, tips
from byline.repo.anchors.paths import possible, possible_link
from byline.repo.anchors.record import NotReadable, OfAnother, Record, load
from byline.repo.anchors.stored import MOST_LINKS, Stored, key_of, places_of
from byline.repo.anchors.union import Span, agree
from byline.repo.objects import Objects, check, read_all
from byline.repo.run import Git

R = TypeVar("R", bound=Record)
UNREADABLE_SESSION = "a session of an anchor is not readable"
DISORDERED = "a file of an anchor has ranges that overlap or end before they start"
BATCH_BYTES = 64 * 1024 * 1024


class Anchors:
    """All anchors of one repository, read when asked for. Not safe to use from several threads at once."""

    def __init__(self, git: Git, objects: Objects) -> None:
        self._git = git
        self._objects = objects
        self._listings: list[tuple[Tip, Listing]] | None = None
        self._by_tip: dict[str, Listing] = {}
        self._read: dict[str, tuple[Stored, ...]] = {}
        self._guesses: dict[tuple[str, ...], bool] = {}
        self.skipped: Counter[str] = Counter()
        """Anchors passed over, by reason."""

    def refresh(self) -> bool:
        """Look where the branches are; whether one of them has moved. Starts git once or twice."""
        now = tips(self._git)
        if self._listings is not None and [tip for tip, _ in self._listings] == now:
            return False
        states = {tip.commit: tip for tip in now}
        self._by_tip = {commit: self._by_tip.get(commit) or at_tip(self._git, tip) for commit, tip in states.items()}
        self._listings = [(tip, self._by_tip[tip.commit]) for tip in now]
        self._read.clear()
        self._guesses.clear()
        self.skipped.clear()
        over = (tip.ref for tip, listing in self._listings if listing.is_over)
        self.skipped.update(f"{ref} names more files than anchors have" for ref in over)
        return True

    def commits(self) -> frozenset[str]:
        """The commits that some branch has an anchor of."""
        return frozenset().union(*(listing.commits() for _, listing in self._current()))

    def of(self, commit: str) -> tuple[Stored, ...]:
        """The anchors of a commit, our own first; none when nobody has described it."""
        if commit not in self._read:
            self._read[commit] = tuple(self._stored(commit))
        return self._read[commit]

    def load(self, commits: Iterable[str], *, owners: bool = False) -> None:
        """Read the anchors of many commits at once, in two git processes; in two more what `ranges` needs besides."""
        wanted = [
            (commit, tip, listing.files[commit])
            for commit in commits
            if commit not in self._read
            for tip, listing in self._current()
            if "metadata.json" in listing.files.get(commit, {})
        ]
        found: dict[str, list[Stored]] = {commit: [] for commit, _, _ in wanted}
        blobs = list(dict.fromkeys(files["metadata.json"] for _, _, files in wanted))
        contents = dict(self._contents(blobs))
        for commit, tip, files in wanted:
            stored = self._decode(commit, tip, files, contents.get(files["metadata.json"]))
            if stored is not None:
                found[commit].append(stored)
        self._read |= {commit: tuple(anchors) for commit, anchors in found.items()}
        if owners:
            self._expect_guesses(one for anchors in found.values() for one in anchors)

    def ranges(self, commit: str, path: str) -> list[Span] | None:
        """Who wrote which lines of `path` in `commit`, 0-based and half open, in order, disjoint.

        None when no anchor describes the commit; an empty list when one does and nobody's lines are known. What
        another tool says counts only for commits that no anchor of ours describes: it may be a guess.
        The end of a range may lie beyond the end of the file: whoever wrote the anchor may have lied.
        """
        stored = self.of(commit)
        if not stored:
            return None
        ours = [one for one in stored if one.source.startswith("anchor")]
        return agree([list(self._spans(one, path)) for one in ours or stored])

    def session(self, commit: str, session_id: str) -> SessionLink | None:
        """What is known about a session of a commit."""
        for stored in self.of(commit):
            for link in self.links(stored):
                if link.session_id == session_id:
                    return link
        return None

    def prompts(self, commit: str, session_id: str) -> tuple[TurnLink, ...]:
        """The turns of a session that anchors of a commit know by a line of their prompt, where those are shared."""
        return tuple(turn for turn in self.turns(commit, session_id) if turn.prompt)

    def turns(self, commit: str, session_id: str) -> tuple[TurnLink, ...]:
        """The turns of a session that anchors of a commit name, in order; one with a prompt rather than without."""
        told = [turn for stored in reversed(self.of(commit)) for turn in stored.anchor.turns or ()]
        own = [turn for turn in told if turn.session_id == session_id]
        known = {turn.id: turn for turn in sorted(own, key=lambda turn: bool(turn.prompt))}
        return tuple(sorted(known.values(), key=lambda turn: (turn.turn_index, turn.id)))

    def links(self, stored: Stored) -> list[SessionLink]:
        """The sessions of an anchor, in its order."""
        numbers = sorted(n for name in stored.files if (n := names.link_number(name)) is not None)[:MOST_LINKS]
        found = list(stored.told[:MOST_LINKS])
        for blob in self._bounded(stored.files[f"{number}/metadata.json"] for number in numbers):
            link = self._part(SessionLink, blob, UNREADABLE_SESSION)
            found += [possible_link(link)] if link is not None else []
        return found

    def subagents(self, stored: Stored) -> list[Subagent]:
        """What the subagents of an anchor were for, of those that say it, beside or below its sessions."""
        numbers = {number: name for name in stored.files if (number := names.subagent_number(name)) is not None}
        found = []
        wanted = sorted(numbers)[:MOST_LINKS]
        for blob in self._bounded(stored.files[numbers[number]] for number in wanted):
            one = self._part(Subagent, blob, "a subagent of an anchor is not readable")
            found += [one] if one is not None and one not in found else []
        return found

    def session_in(self, stored: Stored, folder: str) -> SessionLink | Subagent | None:
        """The session whose files lie in a folder of an anchor (`2`, `subagents/1`); None: that is not readable."""
        blob = stored.files.get(f"{folder}/metadata.json")
        if blob is None:
            return None
        kind: type[SessionLink | Subagent] = Subagent if "subagents/" in folder else SessionLink
        return self._part(kind, blob, UNREADABLE_SESSION)

    def timeline(self, stored: Stored) -> Timeline | None:
        """The reads and writes of files that several sessions had to do with."""
        blob = stored.files.get("timeline.json")
        return self._part(Timeline, blob, "a timeline is not readable") if blob else None

    def _spans(self, stored: Stored, path: str) -> Iterator[Span]:
        """What an anchor says of one file. A guess owns nothing; an agent's lines may be of no known session."""
        known: tuple[dict[str, str | None], set[str]] | None = None
        for change in stored.anchor.file_changes:
            if change.path != path:
                continue
            for lines in change.line_attributions:
                if lines.link_type == "inferred":
                    continue
                session, agent = lines.session_id, lines.agent
                if lines.author == "ai" and not (session and agent):
                    known = known or self._agents(stored)
                    session = session or only_session(agent, *known)
                    agent = agent or (known[0].get(session) if session else None)
                if lines.author == "ai" and session and self._is_guess(stored, session):
                    continue
                if session or lines.author == "human":
                    agent = agent or change.agent
                writer = (session, agent, lines.author, stored.source, lines.turn_id)
                for part in lines.ranges:
                    yield Span(part.start - 1, part.end, *writer)
            for part in change.contested:
                yield Span(part.start - 1, part.end, None, None, "contested", stored.source)

    def _is_guess(self, stored: Stored, session_id: str) -> bool:
        """Whether the link of a session is inferred, whatever a line says. Asked for each line: mostly one small file
        is read for it, once, as explicit links stand in the order of the sessions.
        """
        asked = key_of(stored, session_id)
        if asked not in self._guesses:
            blob = places_of(stored).get(session_id)
            link = self._part(SessionLink, blob, UNREADABLE_SESSION) if blob is not None else None
            links = [link] if link is not None and link.session_id == session_id else self.links(stored)
            self._guesses[asked] = any(one.session_id == session_id and one.link_type == "inferred" for one in links)
        return self._guesses[asked]

    def _expect_guesses(self, anchors: Iterable[Stored]) -> None:
        """What `_is_guess` will be asked of these anchors."""
        asked: dict[str, list[tuple[str, ...]]] = {}
        for stored in anchors:
            for session_id, blob in places_of(stored).items():
                asked.setdefault(blob, []).append(key_of(stored, session_id))
        for blob, data in self._contents(list(asked)):
            with contextlib.suppress(NotReadable):  # counted where a line names it
                link = load(SessionLink, data)
                known = dict.fromkeys(asked[blob], link.link_type == "inferred")
                self._guesses |= {key: guess for key, guess in known.items() if key[-1] == link.session_id}

    def _agents(self, stored: Stored) -> tuple[dict[str, str | None], set[str]]:
        """The agent of each session of an anchor, None where it does not say; and the sessions that are guesses."""
        links = self.links(stored)
        agents: dict[str, str | None] = dict.fromkeys(stored.anchor.session_ids)
        agents.update((link.session_id, link.agent) for link in links)
        return agents, {link.session_id for link in links if link.link_type == "inferred"}

    def _part(self, kind: type[R], blob: str, trouble: str) -> R | None:
        data = self._small(blob)
        try:
            return load(kind, data if data is not None else b"")
        except NotReadable:
            self.skipped[trouble] += 1
            return None

    def _bounded(self, blobs: Iterable[str]) -> Iterator[str]:
        """Those of an anchor's files, in order, that together are not larger than all of a commit's may be."""
        left = LARGEST_FOLDER
        for blob in blobs:
            left -= self._objects.size(blob) or 0
            if left < 0:
                self.skipped["an anchor has more than 32 MiB of sessions"] += 1
                return
            yield blob

    def _current(self) -> list[tuple[Tip, Listing]]:
        if self._listings is None:
            self.refresh()
        return self._listings or []

    def _stored(self, commit: str) -> Iterator[Stored]:
        for tip, listing in self._current():
            files = listing.files.get(commit, {})
            if "metadata.json" in files:
                stored = self._decode(commit, tip, files, self._small(files["metadata.json"]))
                if stored is not None:
                    yield stored

    def _small(self, blob: str) -> bytes | None:
        size = self._objects.size(blob)
        return self._objects.blob(blob) if size is not None and size <= LARGEST_FILE else None

    def _contents(self, blobs: list[str]) -> Iterator[tuple[str, bytes]]:
        """Those blobs that are there and not too large with their bytes, a bounded number of bytes at a time."""
        batch: list[str] = []
        weight = 0
        for header in [*check(self._git, blobs), None]:
            if header is not None and header[2] <= LARGEST_FILE:
                batch.append(header[0])
                weight += header[2]
            if batch and (weight > BATCH_BYTES or header is None):
                answers = read_all(self._git, batch)
                yield from ((answer[0], answer[2]) for answer in answers if answer is not None)
                batch, weight = [], 0

    def _decode(self, commit: str, tip: Tip, files: dict[str, str], data: bytes | None) -> Stored | None:
        if data is None:
            self.skipped["an anchor is missing or over 4 MiB"] += 1
            return None
        try:
            if names.is_gitai(tip.ref):
                note, sessions = gitai.parse(commit, data)
                return Stored(names.source("git-ai", tip.ref), note, {}, sessions)
            anchor = possible(load(Anchor, data))
            if anchor.commit_hash != commit:
                raise OfAnother("an anchor speaks of another commit than its place")
        except OfAnother as problem:
            self.skipped[str(problem)] += 1
            return None
        except NotReadable:
            self.skipped["an anchor is not readable"] += 1
            return None
        self.skipped.update({DISORDERED: count} if (count := disordered(anchor)) else {})
        tool = "oobo" if names.is_oobo(tip.ref) else anchor.imported_from or "anchor"
        return Stored(names.source(tool, tip.ref), anchor, files)
