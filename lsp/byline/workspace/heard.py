"""What an editor saw on disk, and what a person says of lines, as a workspace records it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from byline.attribution.marks import Text, split
from byline.errors import BylineError
from byline.sessions.naming import pick
from byline.workspace import recorder
from byline.workspace.blaming import Blames
from byline.workspace.contents import Contents, is_binary, read_file
from byline.workspace.engine import Engine
from byline.workspace.place import Place, current_place
from byline.workspace.told import Told


class Heard(Told):
    """The part of a workspace that writes events. Thread-safe."""

    _env: Mapping[str, str]
    _place: Place | None
    _contents: Contents
    _engine: Engine | None
    _blames: Blames

    def name(self, path: Path) -> str:
        """The path as events name it."""
        raise NotImplementedError

    def record(
        self,
        event: str,
        path: Path,
        *,
        before: bytes | None = None,
        after: bytes | None = None,
        editor: str | None = None,
        is_new: bool = False,
        edits: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """Write a `save`, `observe` or `format` event for the file as it is on disk now, or `after` in its place.

        `before` is the text that the editor's started from; None: not known, or (`is_new`) there was no file.
        `edits`: where it was changed, as events have it. An `observe` of what is already the newest known state, and
        a `save` that changed nothing, are not written.
        """
        with self._lock:
            data = read_file(path) if after is None else after
            if event == "observe" and self._engine is None:
                self._blames.foresee(self.name(path), data)  # who opens a file asks about it next
            if event == "observe" and self._is_newest(path, data):
                return
            if event == "save" and (before == data or self._is_newest(path, data)):
                return
            if event == "observe" and read_file(path) != data:
                return  # it took a while to tell, and is so no more
            recorder.append(event, path, before, data, editor, self._env, is_new=is_new, edits=edits)

    def correct(self, path: Path, first: int, last: int, owner: str, seen: bytes | None = None) -> None:
        """Record a person's word on lines `first` to `last` (1-based, inclusive) of the working file.

        `owner`: `human`, `unknown`, a session id, or `undo` to take the last word back. `seen`: the bytes of the file
        that the numbers were found in. Raises BylineError when the lines are not there.
        """
        with self._lock:
            path = path.absolute()
            data = read_file(path)
            if seen is not None and data != seen:
                raise BylineError(f"{path.name} was written to just now; say it again")
            count = len(split(data)) if data else 0
            if not 1 <= first <= last <= count:
                raise BylineError(f"{path} has {count} lines; give a range within 1-{count}")
            owner = self._named_owner(owner)
            if recorder.correct(path, data or b"", first, last, owner, self._env) is None:
                raise BylineError("recording is off here or nothing can be written; `byline doctor` says why")
            self._refresh()

    def _named_owner(self, owner: str) -> str:
        """The owner's whole name: sessions may be given by the beginning of their id. Raises BylineError."""
        return owner if owner in ("human", "unknown", "undo") else pick(self.sessions(), owner)

    def has_been(self, path: Path, data: bytes, *, shown: bool) -> bool:
        """Whether HEAD's version has these bytes, or a recorded state of the file that no deletion came after.

        `shown`: the editor has shown them before; else HEAD's alone counts.
        """
        with self._lock:
            self._refresh()
            return bool(data) and self._is_state(path, data, Engine.has_been if shown else Engine.is_heads)

    def _is_newest(self, path: Path, data: bytes | None) -> bool:
        self._refresh()
        return data is None or is_binary(data) or self._is_state(path, data, Engine.is_newest)

    def _is_state(
        self, path: Path, data: bytes, ask: Callable[[Engine, str, Text, str | None, str | None], bool]
    ) -> bool:
        """What the engine says of these bytes where HEAD is now; False for what is no text."""
        assert self._engine is not None
        now, name = current_place(self._place), self.name(path)
        text = self._contents.read(data, name, now.head)
        return text is not None and ask(self._engine, name, text, now.head, now.worktree)
