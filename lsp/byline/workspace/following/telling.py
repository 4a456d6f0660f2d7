"""What one record tells, recorded: each of its steps once, through the hooks' writer."""

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

from byline.errors import BylineError
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.sessions.followed import chain
from byline.sessions.followed.steps import Step, Told
from byline.workspace.following.commits import written
from byline.workspace.following.follow import SETTLED_SECONDS
from byline.workspace.following.stores import Source
from byline.workspace.following.told import Memory
from byline_hooks import record, trouble
from byline_hooks.observation import ABSENT, Observation
from byline_hooks.place import Place, find_repository

_START = "start"


def tell(found: list[Source], place: Place, env: Mapping[str, str], folder: Path) -> bool:
    """Record what is new in these; whether one is still being written, or another process is at it.

    folder: the store that remembers what was told.
    """
    from filelock import FileLock, Timeout  # here: most who answer have nothing to tell

    try:
        with FileLock(folder / "followed.lock", timeout=0, mode=0o600):
            memory = Memory(folder)
            waits = [_source(source, place, env, memory) for source in found]
            return any(waits)
    except Timeout:
        return True


def _source(source: Source, place: Place, env: Mapping[str, str], memory: Memory) -> bool:
    if memory.is_known(source.path, source.mark):
        return False
    is_settled = time.time_ns() - source.mark[0] > SETTLED_SECONDS * 1_000_000_000
    try:
        for told in source.read(is_settled):
            _Teller(told, place, env, source.path).tell(memory)
    except Exception as problem:
        kind = str(problem) if isinstance(problem, BylineError) else type(problem).__name__
        trouble.note(source.agent, f"can't follow {source.path}: {kind}", place.worktree, env)
        is_settled = True  # again when it has changed
    if is_settled:
        memory.know(source.path, source.mark)
    memory.keep()
    return not is_settled


class _Teller:
    """Records the new steps of one session."""

    def __init__(self, told: Told, place: Place, env: Mapping[str, str], transcript: Path) -> None:
        self._told = told
        self._place = place
        self._env = env
        self._transcript = str(transcript)
        self._linked: set[str] = set()
        self._common = {"agent": told.agent, "session_id": told.session, "source": "transcript"}

    def tell(self, memory: Memory) -> None:
        """Those that `memory` does not know yet."""
        if not self._is_here():
            return
        known = memory.told(self._told.session)
        new = [step for step in self._told.steps if step.key not in known]
        if _START not in known:
            cwd = self._told.folder
            more = {"agent_version": self._told.version, "cwd": cwd, "transcript_path": self._transcript}
            self._record("session_start", more)
        if new:
            self._steps(new)
        memory.tell(self._told.session, [*([] if _START in known else [_START]), *(step.key for step in new)])

    def _is_here(self) -> bool:
        """Whether the session worked in this worktree, or below it."""
        folder = os.path.realpath(self._told.folder)
        own = find_repository(folder)
        return own is not None and own.worktree == self._place.worktree

    def _steps(self, new: list[Step]) -> None:
        around = chain.texts(self._told.steps, self._had)
        git = Git(Path(self._place.worktree), env=self._env)
        with Objects(git) as objects:
            for step, texts in zip(self._told.steps, around, strict=True):
                if not any(step is one for one in new):
                    continue
                common = {"turn_id": step.turn, "model": step.model}
                if step.event == "prompt":
                    self._record("prompt", {**common, "prompt": step.prompt})
                elif step.event == "turn_end":
                    self._record("turn_end", {**common, "tokens": step.tokens})
                elif step.event == "write":
                    self._write(step, texts, {**common, "call_id": step.key, "tool": step.tool}, objects)
        for step in new:  # what is on disk is no state between two writes
            if step.event == "read" and self._own(step.path):
                span = {"start_line": step.span[0], "end_line": step.span[1]} if step.span else {}
                fields = {**self._common, **span, "turn_id": step.turn, "model": step.model, "tool": step.tool}
                self._observe(Observation("read", fields, cwd=self._told.folder, path=step.path))

    def _write(self, step: Step, texts: chain.Texts, fields: dict[str, object], objects: Objects) -> None:
        path = self._own(step.path)
        if not path:
            return
        seen = Observation("write", {**self._common, **fields}, cwd=self._told.folder, path=step.path)
        if step.commit:
            proved = written(objects, step.commit, path, step.reply)
            if proved is None:
                self._link(step.commit, objects)
                return
            with contextlib.suppress(UnicodeDecodeError):
                seen.before = ABSENT if proved.before is None else proved.before.decode()
                seen.after = proved.after.decode()
                seen.fields |= {"edits": proved.edits, "commit": proved.commit}
                self._observe(seen)
            return
        if texts.after is None:
            return  # where it stands in the file can't be told
        seen.after = texts.after
        seen.before = ABSENT if step.is_new else texts.before
        self._observe(seen)

    def _link(self, rev: str, objects: Objects) -> None:
        """The record names a commit that does not prove it: the session is joined to it, and owns nothing by that."""
        commit = objects.resolve(rev)
        if commit is not None and commit not in self._linked:
            self._linked.add(commit)
            self._record("link", {"commit": commit, "reason": f"named in {Path(self._transcript).name}"})

    def _had(self, path: str) -> list[str]:
        """The texts a file is known to have: on disk, and in HEAD."""
        own = self._own(path)
        found = []
        if own:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                found.append(Path(self._place.worktree, own).read_bytes().decode().replace("\r\n", "\n"))
            with contextlib.suppress(UnicodeDecodeError, BylineError):
                git = Git(Path(self._place.worktree), env=self._env)
                with Objects(git) as objects:
                    blob = objects.blob(f"HEAD:{own}")
                if blob is not None:
                    found.append(blob.decode())
        return found

    def _own(self, path: str) -> str:
        """A path relative to the worktree; "" where the file lies elsewhere, or in a repository of its own."""
        full = Path(os.path.realpath(Path(self._told.folder, path)))
        place = find_repository(str(full.parent))
        if place is None or place.worktree != self._place.worktree:
            return ""
        return full.relative_to(self._place.worktree).as_posix()

    def _record(self, event: str, fields: Mapping[str, object]) -> None:
        self._observe(Observation(event, {**self._common, **fields}, cwd=self._told.folder))

    def _observe(self, seen: Observation) -> None:
        record.observe(seen, self._env)
