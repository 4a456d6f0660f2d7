"""What of a commit's sessions is published, by choice: `byline.transparency` and `byline.sharePrompts`.

Both are off unless somebody switched them on, in a repository or for all of them. What is put together here passes
the gate like everything else.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from byline.cuts import shortened
from byline.moment import nanoseconds
from byline.repo.anchors.format import CommitRecord, SessionLink, TurnLink
from byline.repo.anchors.gate import Gate
from byline.repo.anchors.secrets import redact
from byline.repo.run import Git
from byline.sessions.said import last_words, messages
from byline.sessions.transcripts import subagent_transcript
from byline.workspace.evidence import SHELL, Evidence

MOST_COMMANDS = 500
LONGEST = 4000


class Chosen(NamedTuple):
    """What may be published of what was said."""

    transparency: bool = False
    share_prompts: bool = False


def chosen(git: Git) -> Chosen:
    """What this repository's settings say, else this user's. What is no truth value is no."""
    answers = [
        git.run("config", "--type=bool", "--get", f"byline.{key}", check=False).strip() == b"true"
        for key in ("transparency", "sharePrompts")
    ]
    return Chosen(*answers)


def gate(folders: Iterable[str], home: str | None, choice: Chosen) -> Gate:
    """The gate as the settings want it."""
    mode = "on" if choice.transparency else "off"
    return Gate(dict.fromkeys(folders), home, mode, share_prompts=choice.share_prompts)  # type: ignore[arg-type]


class Publishing:
    """Adds what was said to the records of commits. Reads transcripts, and remembers none of them."""

    def __init__(self, choice: Chosen, evidence: Evidence) -> None:
        self._choice = choice
        self._evidence = evidence

    def told(self, record: CommitRecord) -> CommitRecord:
        """The record with prompts, words and commands of its sessions up to the commit, as far as they are shared."""
        if not any(self._choice):
            return record
        anchor = record.anchor
        turns = tuple(msgspec.structs.replace(turn, prompt=self._prompt(turn)) for turn in anchor.turns or ())
        anchor = msgspec.structs.replace(anchor, turns=turns or None)
        if not self._choice.transparency:
            return msgspec.structs.replace(record, anchor=anchor)
        first = self._evidence.first_at(anchor.commit_hash)
        until = nanoseconds(anchor.committed_at + 1) if first is None else self._evidence.events.at[first]
        said = {link.session_id: self._said(link, until) for link in record.links if link.link_type != "inferred"}
        words = [last_words(found) for found in said.values() if found]
        anchor = msgspec.structs.replace(
            anchor,
            transparency_mode="on",
            intent=_joined(turn.prompt for turn in turns),
            reasoning=_joined(words),
            summary=_first_line(words),
        )
        links = tuple(
            msgspec.structs.replace(link, bash_commands=self._commands(link.session_id, until) or None)
            for link in record.links
        )
        found: dict[str, Sequence[Any]] = {name: one for name, one in said.items() if one}
        return msgspec.structs.replace(record, anchor=anchor, links=links, transcripts=found)

    def _prompt(self, turn: TurnLink) -> str | None:
        session = self._evidence.session(turn.session_id)
        return next((one.prompt for one in session.turns if one.id == turn.id), None) if session else None

    def _said(self, link: SessionLink, until: int) -> list[dict[str, Any]] | None:
        session = self._evidence.session(link.session_id)
        parent = self._evidence.session(link.parent_session_id or "")
        path = session.transcript_path if session else None
        if link.parent_session_id:
            parents = parent.transcript_path if parent else None
            path = subagent_transcript(link.agent, link.session_id, path, parents)
        return messages(Path(path), until, _cut) if path else None

    def _commands(self, session_id: str, until: int) -> tuple[str, ...]:
        found: dict[str, str] = {}
        own = self._evidence.of_session.get(session_id, ())
        shells = [number for number in own if self._evidence.is_any(number, SHELL)]
        for event in self._evidence.events.some(shells):
            if event.at <= until and event.command:
                found.setdefault(event.call_id or event.id, event.command)
        return tuple(found.values())[-MOST_COMMANDS:]


def _cut(text: str, largest: int) -> str:
    """A text that is shortened before it comes to the gate, which would not know a half secret."""
    return shortened(text, largest, redact) if len(text) > largest else text


def _joined(texts: Iterable[str | None]) -> str | None:
    return "\n\n".join(dict.fromkeys(_cut(text.strip(), LONGEST) for text in texts if text)) or None


def _first_line(texts: Iterable[str | None]) -> str | None:
    """An agent ends a turn by saying what it did."""
    last = next((text for text in reversed(list(texts)) if text), "")
    return next((line.strip() for line in last.split("\n") if line.strip()), None)
