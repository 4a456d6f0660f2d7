"""The one way onto the branch: what leaves this machine is made here, and only here.

A branch travels: `git push --all` takes it along. So every text is freed of secrets, of the person's home and of
absolute paths, and whatever a person or an agent said stays out. Names of the commit's own files stay what they are:
the commit publishes them anyway.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from byline.cuts import shortened
from byline.repo.anchors import names
from byline.repo.anchors.format import Anchor, CommitRecord
from byline.repo.anchors.homes import folder_pattern, homes_hidden
from byline.repo.anchors.keyed import key_of, keys_in, number_under, redact_under, words_freed
from byline.repo.anchors.likely import REDACTED
from byline.repo.anchors.limits import LARGEST_FOLDER, fits
from byline.repo.anchors.record import Record, encode, plain
from byline.repo.anchors.secrets import redact
from byline.repo.anchors.terminal import without_escapes

NEVER_SHARED = frozenset(
    {"summary", "intent", "reasoning", "bash_commands", "prompt", "prompts", "command", "transcript"}
)
"""Fields that tell what was said. None of them passes while transparency is off."""

AS_GIT_HAS_THEM = frozenset(
    {"author", "path", "old_path", "files_changed", "files_touched", "commit_hash", "capture_gap_files"}
)
"""Fields that repeat what the commit itself publishes: that stays as it is, all else in them is text like any."""

IDS = frozenset(
    {"session_id", "session_ids", "parent_session_id", "peer_session_ids", "turn_id", "call_id", "tool_use_id", "id"}
)
"""Fields that others refer to: what is redacted there has a name still, so that two do not become one."""
_ID = re.compile(r"[\w.:-]{16,400}")

LARGEST_TEXT = 64 * 1024
LARGEST_LINE = 200
"""Of a prompt that is shared: one line, this many characters."""

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
SHORT = 200
REMEMBERED = 10_000


class TooLarge(Exception):
    """One file of an anchor is over 4 MiB, or all together are more than `limits` allows."""


class Sealed(msgspec.Struct, frozen=True):
    """Files of the branch that may leave. Made by `Gate.seal` alone."""

    commit: str
    committed_at: int
    files: tuple[tuple[str, bytes], ...]
    """Path on the branch and contents."""


class Gate:
    """Knows what is private here: the folders of the worktrees and the person's home."""

    def __init__(
        self,
        folders: Iterable[str],
        home: str | None,
        transparency: Literal["on", "off"] = "off",
        *,
        share_prompts: bool = False,
    ) -> None:
        """`folders`: of the worktrees. `share_prompts`: one line of each turn's prompt may leave."""
        self._transparency = transparency
        self._share_prompts = share_prompts
        self._known: dict[str, str] = {}
        self._folders = folder_pattern(folders)
        self._home = folder_pattern([home] if home else [])

    def text(self, text: str) -> str:
        """A text that may leave: no secrets, no absolute path of this machine, no home, at most 64 Ki characters."""
        if len(text) > SHORT:
            return self._freed(text)
        if text not in self._known:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            self._known[text] = self._freed(text)
        return self._known[text]

    def data(self, text: str) -> bytes:
        """A file in another tool's format as it may be written, of any length."""
        return self._looked_through(text).encode("utf-8", "surrogateescape")

    def values(self, value: Any) -> Any:
        """JSON of another tool's format, its texts as they may leave."""
        return self._clean(value)

    def _freed(self, text: str) -> str:
        return shortened(text, LARGEST_TEXT, self._looked_through)

    def _looked_through(self, text: str) -> str:
        return without_escapes(text, self._without_private)

    def _without_private(self, text: str) -> str:
        if self._folders is not None and self._folders[0].search(text):
            text = self._folders[1].sub(lambda found: "" if found[0][-1] in "/\\" else ".", text)
        if self._home is not None and self._home[0].search(text):
            text = self._home[1].sub(lambda found: "~" + found[0][-1] if found[0][-1] in "/\\" else "~", text)
        return homes_hidden(redact(text))

    def seal(self, record: CommitRecord) -> Sealed:
        """The files of one commit as they may be written. Raises TooLarge."""
        anchor = record.anchor
        where = names.folder(anchor.commit_hash)
        parts: list[tuple[str, Record]] = [("metadata.json", anchor)]
        parts += [(f"{number}/metadata.json", link) for number, link in enumerate(record.links, 1)]
        if record.timeline is not None:
            parts.append(("timeline.json", record.timeline))
        parts += [(f"subagents/{number}/metadata.json", one) for number, one in enumerate(record.subagents, 1)]
        own = published(anchor)
        files = tuple((where + name, self.clean(part, own)) for name, part in parts)
        if self.is_open:
            files += self._transcripts(record, LARGEST_FOLDER - sum(len(data) for _, data in files))
        if not fits([len(data) for _, data in files]):
            raise TooLarge(anchor.commit_hash)
        return Sealed(anchor.commit_hash, anchor.committed_at, files)

    @property
    def is_open(self) -> bool:
        """Whether what was said may leave: transparency is on."""
        return self._transparency == "on"

    def _transcripts(self, record: CommitRecord, left: int) -> tuple[tuple[str, bytes], ...]:
        """What was said in the sessions of a commit; those that do not go into `left` bytes any more stay here."""
        found = []
        for number, link in enumerate(record.links, 1):
            if link.session_id in record.transcripts:
                data = encode(self._clean(list(record.transcripts[link.session_id])))
                left -= len(data)
                if left < 0:
                    break
                found.append((f"{names.folder(record.anchor.commit_hash)}{number}/transcript.json", data))
        return tuple(found)

    def clean(self, record: Record, own: frozenset[str] = frozenset()) -> bytes:
        """One file as it may be written. `own`: what the commit publishes anyway."""
        return encode(self._clean(plain(record), own=own))

    def _is_shared_line(self, name: str, part: Any) -> bool:
        return self._share_prompts and name == "prompt" and isinstance(part, str)

    def _clean(self, value: Any, key: str = "", own: frozenset[str] = frozenset()) -> Any:
        if isinstance(value, str):
            if key == "prompt" and self._transparency == "off":
                return one_line(self.text(value))
            if key in AS_GIT_HAS_THEM and value in own:
                return value
            freed = self.text(redact_under(key, value))
            return stand_in(value) if key in IDS and REDACTED in freed and _ID.fullmatch(value) else freed
        if isinstance(value, Mapping):
            return {
                self.text(name): self._clean(part, key_of(value, name, key), own)
                for name, part in value.items()
                if self._transparency == "on" or name not in NEVER_SHARED or self._is_shared_line(name, part)
            }
        if isinstance(value, list):
            return [
                self._clean(part, one, own) for one, part in zip(keys_in(value, key), words_freed(value), strict=True)
            ]
        if isinstance(value, int):
            return number_under(key, value)
        return value


def published(anchor: Anchor) -> frozenset[str]:
    """What a commit publishes itself, as its anchor has it: its files' names, its author and its id."""
    changes = anchor.file_changes
    found = (*anchor.files_changed, *(path for one in changes for path in (one.path, one.old_path) if path))
    return frozenset((*(path for path in found if not _ABSOLUTE.match(path)), anchor.author, anchor.commit_hash))


def stand_in(id: str) -> str:
    """The name of an id that looks like a token: always the same, and too short to tell of it."""
    return f"redacted-{hashlib.sha256(id.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def one_line(text: str) -> str:
    """The first line of a text that says something, shortened."""
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return line if len(line) <= LARGEST_LINE else f"{line[: LARGEST_LINE - 1]}…"
