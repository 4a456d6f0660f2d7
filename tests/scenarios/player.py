"""Playing one scenario: its steps as real git and real hook events, its expectations as verdicts per line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from story.blame import BlameFailed
from story.patch import Hunk
from story.stage import Stage

Step = list[Any]


class ScenarioBroken(AssertionError):
    """The scenario itself does not play: git refused, or the committed text is not the one it expects."""


@dataclass(frozen=True)
class Verdict:
    """One expected line and what byline said."""

    where: str
    text: str
    expected: str
    got: str
    reason: str = ""

    @property
    def right(self) -> bool:
        return self.got == self.expected

    @property
    def right_loosely(self) -> bool:
        """Right for a tool that knows two classes only."""
        return _loose(self.got) == _loose(self.expected)

    @property
    def false_claim(self) -> bool:
        """A session is named on a line that is not its own: the worst answer."""
        return not self.right and self.got not in ("H", "U", "?")

    def __str__(self) -> str:
        kind = "FALSE CLAIM" if self.false_claim else "missing" if _is_session(self.expected) else "wrong class"
        return f"{kind}: {self.where}: {self.text!r}: expected {self.expected}, got {self.got} ({self.reason})"


def _loose(owner: str) -> str:
    return "H" if owner == "U" else owner


def _is_session(owner: str) -> bool:
    return owner not in ("H", "U")


@dataclass
class Player:
    """Plays steps on a stage. `verdicts` grows with every expectation."""

    stage: Stage
    verdicts: list[Verdict] = field(default_factory=list)
    _remotes: list[str] = field(default_factory=list)

    def play(self, steps: list[Step]) -> list[Verdict]:
        """Every step in order. Raises `ScenarioBroken` or `GitRefused` where the scenario cannot go on."""
        for step in steps:
            name, *arguments = step
            deed: Callable[..., None] | None = getattr(self, "_do_" + name.replace("-", "_"), None)
            if deed is None:
                raise ScenarioBroken(f"no such step: {step}")
            deed(*arguments)
        return self.verdicts

    # files

    def _do_empty_repo(self, object_format: str = "sha1") -> None:
        if not self.stage.world.root.exists():
            self.stage.world.create(object_format)

    def _do_init(self, files: dict[str, list[str]]) -> None:
        self._init({path: text_of(lines) for path, lines in files.items()})

    def _do_init_raw(self, files: dict[str, str], form: str = "") -> None:
        self._init({path: raw_of(text, form) for path, text in files.items()})

    def _init(self, files: dict[str, bytes | None]) -> None:
        self._do_empty_repo()
        self.stage.put(files)
        self.stage.commit("init", everything=True)

    def _do_edit(self, who: str, path: str, lines: list[str], hint: dict[str, Any] | None = None) -> None:
        self._edit(who, path, text_of(lines), hint or {})

    def _do_edit_raw(self, who: str, path: str, text: str, *more: Any) -> None:
        hint = next((one for one in more if isinstance(one, dict)), {})
        self._edit(who, path, raw_of(text, "bytes" if "bytes" in more else ""), hint)

    def _edit(self, who: str, path: str, text: bytes, hint: dict[str, Any]) -> None:
        self.stage.edit(who, path, text, hunks=hunks_of(hint), tool=hint.get("tool"))

    def _do_edit_many(self, who: str, files: dict[str, list[str]]) -> None:
        for path, lines in files.items():
            self._do_edit(who, path, lines)

    def _do_edit_via(self, who: str, named: str, path: str, lines: list[str]) -> None:
        self.stage.edit(who, path, text_of(lines), named=named)

    def _do_disk_write(self, path: str, lines: list[str] | None) -> None:
        self.stage.put({path: None if lines is None else text_of(lines)})

    def _do_shell(self, who: str, command: str, files: dict[str, list[str] | None]) -> None:
        new = {path: None if lines is None else text_of(lines) for path, lines in files.items()}
        self.stage.shell(who, command, lambda: self.stage.put(new))

    def _do_shell_steps(self, who: str, command: str, steps: list[Step]) -> None:
        self.stage.shell(who, command, lambda: self.play(steps))

    def _do_event(self, who: str, what: str, *about: str) -> None:
        path = about[0] if about else ""
        word = what.split(" ")[0]
        deeds: dict[str, Callable[[], None]] = {
            "pre-edit": lambda: self.stage.pre_write(who, path),
            "post-edit": lambda: self.stage.post_write(who, path),
            "edit-failed": lambda: self.stage.write_failed(who, path),
            "rejected": lambda: self.stage.write_failed(who, path, "rejected by the user"),
            "edit-rejected": lambda: self.stage.write_failed(who, path, "rejected by the user"),
            "editor-saved": lambda: self.stage.editor_saved(path),
            "editor-opened": lambda: self.stage.observe(path),
            "formatted": lambda: self.stage.formatted(path),
            "pre-shell": lambda: self.stage.agent.pre_shell(who, self.stage.here, path or "make"),
            "post-shell": lambda: self.stage.agent.shell(who, self.stage.here, path or "make"),
            "session-start": lambda: self.stage.agent.session_event(who, self.stage.here, "session_start"),
            "session-end": lambda: self.stage.agent.session_event(who, self.stage.here, "session_end"),
            "subagent-start": lambda: self.stage.agent.session_event(path, self.stage.here, "subagent_start"),
            "subagent-stop": lambda: self.stage.agent.session_event(path, self.stage.here, "subagent_end"),
        }
        if word not in deeds:
            raise ScenarioBroken(f"no such event: {what!r}")
        deeds[word]()

    def _do_symlink(self, link: str, target: str) -> None:
        (self.stage.here / link).symlink_to(target)

    # git

    def _do_config(self, key: str, value: str) -> None:
        self._do_empty_repo()
        self.stage.git("config", key, value)

    def _do_hook(self, name: str, files: dict[str, list[str]]) -> None:
        self.stage.world.hook_once(name, {path: text_of(lines) for path, lines in files.items()})

    def _do_stage(self, path: str, lines: list[str]) -> None:
        self.stage.world.stage(path, text_of(lines), cwd=self.stage.here)

    def _do_commit(self, message: str) -> None:
        self.stage.commit(message)

    def _do_commit_all(self, message: str) -> None:
        self.stage.commit(message, everything=True)

    def _named(self, argument: str) -> str:
        return argument.replace("{name}", self.stage.world.name)

    def _do_git(self, *arguments: str) -> None:
        self.stage.git(*map(self._named, arguments))

    def _do_git_in(self, folder: str, *arguments: str) -> None:
        self.stage.git(*map(self._named, arguments), cwd=self.stage.here / self._named(folder))

    def _do_git_fails(self, *arguments: str) -> None:
        code, out, err = self.stage.world.try_git(*map(self._named, arguments), cwd=self.stage.here)
        if not code:
            raise ScenarioBroken(f"git {arguments} was to stop: {(out + err).decode(errors='replace')}")

    def _do_git_may_stop(self, *arguments: str) -> None:
        self.stage.world.try_git(*map(self._named, arguments), cwd=self.stage.here)

    def _do_rebase_i(self, upstream: str, todo: list[str]) -> None:
        self.stage.world.rebase_interactively(upstream, todo, cwd=self.stage.here)

    def _do_rebase_continue(self) -> None:
        self.stage.world.continue_rebase(cwd=self.stage.here)

    def _do_bare_remote(self, name: str) -> None:
        self.stage.world.bare_remote(name)
        self._remotes.append(name)

    def _do_remote_commit(self, path: str, lines: list[str] | None, message: str) -> None:
        text = None if lines is None else text_of(lines)
        self.stage.world.colleague(self._remotes[-1], {path: text}, message)

    def _do_plumbing_restack(self, branch: str, onto: str) -> None:
        self.stage.world.restack_with_plumbing(branch, onto)

    def _do_in_worktree(self, folder: str, steps: list[Step]) -> None:
        before = self.stage.here
        self.stage.here = (before / self._named(folder)).resolve()
        try:
            self.play(steps)
        finally:
            self.stage.here = before

    # expectations

    def _do_expect(self, files: dict[str, list[str]]) -> None:
        self._do_expect_at("HEAD", files)

    def _do_expect_at(self, rev: str, files: dict[str, list[str]]) -> None:
        for path, lines in files.items():
            owners = [line.partition("|")[0] for line in lines]
            texts = [line.partition("|")[2] for line in lines]
            committed = self._committed(rev, path)
            if committed != texts:
                raise ScenarioBroken(f"{path} at {rev} holds {committed}, the scenario expects {texts}")
            self._judge(rev, path, owners)

    def _do_expect_lines(self, path: str, owners: list[str]) -> None:
        self._judge("HEAD", path, owners)

    def _do_expect_working(self, files: dict[str, list[str]]) -> None:
        for path, lines in files.items():
            self._judge(None, path, [line.partition("|")[0] for line in lines])

    def _do_expect_line(self, rev: str | None, path: str, text: str, owner: str) -> None:
        for number, line in enumerate(self.stage.ask(path, rev), 1):
            if line.text == text:
                self.verdicts.append(Verdict(f"{path}@{rev}:{number}", text, owner, line.owner, line.reason))

    def _committed(self, rev: str, path: str) -> list[str]:
        text = self.stage.git("cat-file", "blob", f"{rev}:./{path}").decode("utf-8", "backslashreplace")
        lines = text.split("\n")
        return [line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]

    def _judge(self, rev: str | None, path: str, owners: list[str]) -> None:
        where = f"{path}@{rev}" if rev else path
        try:
            answer = self.stage.ask(path, rev)
        except BlameFailed as failure:
            self.verdicts += [
                Verdict(f"{where}:{n}", "", owner, "?", str(failure)) for n, owner in enumerate(owners, 1)
            ]
            return
        if len(answer) != len(owners):
            self.verdicts.append(
                Verdict(where, "", f"{len(owners)} lines", "?", f"the answer has {len(answer)} lines")
            )
            return
        for number, (line, owner) in enumerate(zip(answer, owners, strict=True), 1):
            self.verdicts.append(Verdict(f"{where}:{number}", line.text, owner, line.owner, line.reason))


def text_of(lines: list[str]) -> bytes:
    """The bytes of a file of these lines, each ended by a newline."""
    return "".join(f"{line}\n" for line in lines).encode()


def raw_of(text: str, form: str) -> bytes:
    """Exact bytes: UTF-8, or with `bytes` backslash escapes, each one byte."""
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1") if form == "bytes" else text.encode()


def hunks_of(hint: dict[str, Any]) -> list[Hunk]:
    """The positions that the write event carried."""
    if "edits" in hint:
        return [tuple(edit) for edit in hint["edits"]]
    if "inserted_after" not in hint:
        return []
    after = hint["inserted_after"]
    return [(after + 1, 0, after + 1, hint.get("count", 1))]


def repository_of(folder: Path) -> Path:
    """Where the scenario's repository lies below its folder."""
    return folder / "repo"
