"""The deeds a story is made of: somebody changes a file and whoever watches tells byline, as it happens for real."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from story.blame import Blame, LineOwner
from story.dialects import Change, Claude, Dialect, Generic, Send, editor
from story.hook import HookRunner, ProcessHook
from story.patch import Hunk
from story.world import World, put, read

Ask = Callable[[str, str | None, Mapping[str, str], Path], list[LineOwner]]
"""path, revision or None, environment, folder: what byline says."""

DIALECTS: dict[str, Callable[[Send], Dialect]] = {"generic": Generic, "claude": Claude}


class Stage:
    """A world, the hook and byline's answer. `who` is `H`, `F`, `U` or a session (`A`, `B`, `A/1`)."""

    def __init__(
        self, world: World, *, dialect: str = "generic", hook: HookRunner | None = None, blame: Ask | None = None
    ) -> None:
        self.world = world
        self.here = world.root
        self._hook = hook or ProcessHook()
        self._blame = blame or Blame()
        self.agent = DIALECTS[dialect](self._send)

    def _send(self, agent: str, payload: dict[str, Any]) -> None:
        self._hook(agent, payload, self.world.environment(), self.here)

    def edit(
        self,
        who: str,
        path: str,
        text: bytes,
        *,
        hunks: Sequence[Hunk] = (),
        tool: str | None = None,
        named: str | None = None,
    ) -> None:
        """The file becomes `text`. A session's write event may name another path of the same file."""
        before = read(self.here / path)
        if who in "HFU":
            self._person_edits(who, path, before, text)
            return
        at = str(self.here / (named or path))
        if before is not None and not _is_text(before):  # no JSON can carry it: the hook itself reads it before
            self.agent.pre_write(who, self.here, at, before)
            put(self.here / path, text)
            self.agent.post_write(who, self.here, at, text)
            return
        put(self.here / path, text)
        self.agent.write(who, self.here, Change(at, before, text, hunks, tool))

    def _person_edits(self, who: str, path: str, before: bytes | None, text: bytes) -> None:
        at = str(self.here / path)
        known: dict[str, Any] = {}
        if who != "U":
            if before is None or _is_text(before):
                known = {"before": None if before is None else before.decode()}
            else:
                editor(self._send, "observe", self.here, at)
        put(self.here / path, text)
        if who != "U":
            editor(self._send, "save" if who == "H" else "format", self.here, at, **known)

    def editor_saved(self, path: str) -> None:
        """The editor reports a save and does not say what was there before."""
        editor(self._send, "save", self.here, str(self.here / path))

    def observe(self, path: str) -> None:
        """The editor opened the file, or saw it change from outside."""
        editor(self._send, "observe", self.here, str(self.here / path))

    def formatted(self, path: str) -> None:
        """The editor reports a formatter run and does not say what was there before."""
        editor(self._send, "format", self.here, str(self.here / path))

    def pre_write(self, who: str, path: str) -> None:
        """A session announces a write."""
        self.agent.pre_write(who, self.here, str(self.here / path), read(self.here / path))

    def post_write(self, who: str, path: str) -> None:
        """The announced write has happened."""
        self.agent.post_write(who, self.here, str(self.here / path), read(self.here / path))

    def write_failed(self, who: str, path: str, reason: str = "old_string not found") -> None:
        """The announced write has not happened."""
        self.agent.write_failed(who, self.here, str(self.here / path), reason)

    def shell(self, who: str, command: str, does: Callable[[], object]) -> None:
        """A session runs a command that does this; a failing command is still reported."""
        self.agent.pre_shell(who, self.here, command)
        try:
            does()
        finally:
            self.agent.shell(who, self.here, command)

    def put(self, files: Mapping[str, bytes | None]) -> None:
        """Files change and no event says so."""
        for path, text in files.items():
            put(self.here / path, text)

    def git(self, *arguments: str, **more: Any) -> bytes:
        """Run git where the story is."""
        return self.world.git(*arguments, cwd=more.pop("cwd", self.here), **more)

    def commit(self, message: str, *, everything: bool = False) -> None:
        """Commit the index, or everything."""
        if everything:
            self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def ask(self, path: str, rev: str | None = "HEAD") -> list[LineOwner]:
        """Who owns the lines at `rev`, or (None) of the working file. Session ids as the story spells them."""
        lines = self._blame(path, rev, self.world.environment(), self.here)
        return [LineOwner(line.text, self._named(line.owner), line.reason, line.state) for line in lines]

    def _named(self, owner: str) -> str:
        return owner if owner in "HU" else self.agent.owner_of(owner)


def _is_text(raw: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        raw.decode()
        return True
    return False
