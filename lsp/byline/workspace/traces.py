"""What anchors and turns ask about events: kept as positions while events come in, so that few are read again."""

import json
import re
from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from byline.model import Event
from byline.store.packed import Bytes, Parts, below
from byline.store.postings import Postings

_COMMITS = re.compile(r"\bgit\b(?:(?!\bgit\b).)*\b(?:commit|merge|rebase|cherry-pick|revert|am|pull)\b", re.DOTALL)
_POSTINGS = ("named", "links", "parents", "children", "begun", "loose")


class Traces:
    """Positions of events among all, by what they tell."""

    def __init__(
        self,
        event_at: Callable[[int], Event],
        of_session: Mapping[str, Sequence[int]],
        turns: Callable[[str], int],
        kept: Parts | None = None,
    ) -> None:
        """event_at: the event at a position; of_session: those of each session; turns: how many it has so far. Each
        with the event that is taken in. kept: what `parts` gave.
        """
        parts = kept or {}
        state: dict[str, Any] = json.loads(bytes(parts["state"])) if kept else {}
        self._postings = {name: Postings(below(parts, name) or None) for name in _POSTINGS}
        self.named = self._postings["named"]
        """By path: the first event that names it, and those that the journal does not have among the path's."""
        self.links = self._postings["links"]
        """By commit: the events that join a session to it."""
        self._parents = self._postings["parents"]
        """By session: the first event that names another which started it."""
        self.children = self._postings["children"]
        """By session: the first events of those it started."""
        self.begun = self._postings["begun"]
        """By session: the prompts that began a turn."""
        self.loose = self._postings["loose"]
        """By commit: the events that saw HEAD there and tell no worktree."""
        self._event_at = event_at
        self._of_session = of_session
        self._turns = turns
        self._calls: dict[tuple[str | None, str | None, str | None], int] = {
            (session_id, call_id, worktree): seq for session_id, call_id, worktree, seq in state.get("calls", ())
        }
        self.made_in_shell: set[str] = set(state.get("made", ()))
        """The commits that a session made itself: HEAD came to them inside one of its shell calls that ran git."""
        self.imported = array("I", bytes(parts.get("imported", b"")))
        """Events of `byline import`."""
        self.nobodys = array("I", bytes(parts.get("nobodys", b"")))
        """Shell events of no session."""

    def take(self, seq: int, event: Event, placed: Collection[str]) -> None:
        """The next event. placed: the paths that it is among the events of."""
        for path in event.paths or () if event.path is None else (event.path, *(event.paths or ())):
            if path not in placed or path not in self.named:
                self.named.add(path, seq)
        if event.is_imported:
            self.imported.append(seq)
        if event.worktree is None and event.head:
            self.loose.add(event.head, seq)
        if event.event in ("pre_shell", "shell"):
            self._shell(seq, event)
        session_id = event.session_id
        if not session_id:
            return
        if event.event == "link" and event.commit:
            self.links.add(event.commit, seq)
        parent = event.parent_session_id
        if parent and session_id not in self._parents:
            self._parents.add(session_id, seq)
            if parent != session_id:
                self.children.add(parent, self._of_session[session_id][0])
        if event.event == "prompt" and self._turns(session_id) > len(self.begun.get(session_id, ())):
            self.begun.add(session_id, seq)

    def parts(self) -> dict[str, Bytes]:
        """All of it, packed."""
        state = {
            "calls": [(*key, seq) for key, seq in self._calls.items()],
            "made": sorted(self.made_in_shell),
        }
        found: dict[str, Bytes] = {
            "state": json.dumps(state, separators=(",", ":")).encode(),
            "imported": self.imported.tobytes(),
            "nobodys": self.nobodys.tobytes(),
        }
        for name, postings in self._postings.items():
            found |= {f"{name}.{key}": part for key, part in postings.parts().items()}
        return found

    def _shell(self, seq: int, event: Event) -> None:
        if not event.session_id:
            self.nobodys.append(seq)
        key = (event.session_id, event.call_id, event.worktree)
        if event.event == "pre_shell":
            self._calls[key] = seq
        elif (number := self._calls.pop(key, None)) is not None and event.head and event.session_id:
            pre = self._event_at(number)
            command = pre.command or event.command
            if event.head != pre.head and command and _COMMITS.search(command):
                self.made_in_shell.add(event.head)
