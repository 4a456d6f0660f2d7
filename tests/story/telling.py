"""Stories that read as sentences: `story(tmp_path).init(f="a b").edit("A", f="a s b").commit()`.

A text is a list of lines, or one string of words: each word is a line then (`"a b"` is `a\\n` `b\\n`).
Files are keyword arguments; `f` is `f.txt`. Other names are given with a mapping as the last positional argument.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from story.blame import Blame
from story.hook import HookRunner
from story.patch import Hunk
from story.stage import Stage
from story.world import World

Text = str | bytes | Sequence[str]


class Story:
    """A chain of deeds on one repository; every deed returns the story. See `Stage` for what each tells byline."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.world = stage.world
        self._commits = 0

    def init(self, files: Mapping[str, Text] | None = None, **named: Text) -> Self:
        """Write and commit with nothing watching."""
        if not self.world.root.exists():
            self.world.create()
        self.stage.put(dict(_files(files, named)))
        return self.commit("init")

    def edit(
        self,
        who: str,
        files: Mapping[str, Text] | None = None,
        *,
        hunks: Sequence[Hunk] = (),
        tool: str | None = None,
        **named: Text,
    ) -> Self:
        """`who` makes these files these texts; one event each. `hunks` are the positions that the event carries."""
        for path, text in _files(files, named):
            self.stage.edit(who, path, text, hunks=hunks, tool=tool)
        return self

    def shell(
        self,
        who: str,
        command: str = "make",
        does: Callable[["Story"], object] | None = None,
        **named: Text,
    ) -> Self:
        """A session runs a command: files change to these texts, and whatever `does` tells happens inside."""

        def deed() -> None:
            self.stage.put(dict(_files(None, named)))
            if does:
                does(self)

        self.stage.shell(who, command, deed)
        return self

    def on_disk(self, files: Mapping[str, Text] | None = None, **named: Text) -> Self:
        """Files change and no event says so; events around it are told apart."""
        self.stage.put(dict(_files(files, named)))
        return self

    def about_to_write(self, who: str, path: str = "f.txt") -> Self:
        """A session announces a write."""
        self.stage.pre_write(who, path)
        return self

    def has_written(self, who: str, path: str = "f.txt") -> Self:
        """A session reports the write it announced."""
        self.stage.post_write(who, path)
        return self

    def has_not_written(self, who: str, path: str = "f.txt") -> Self:
        """A session reports that the announced write failed."""
        self.stage.write_failed(who, path)
        return self

    def saved(self, path: str = "f.txt") -> Self:
        """The editor reports a save."""
        self.stage.editor_saved(path)
        return self

    def observed(self, path: str = "f.txt") -> Self:
        """The editor has seen what is on disk."""
        self.stage.observe(path)
        return self

    def stage_text(self, files: Mapping[str, Text] | None = None, **named: Text) -> Self:
        """Put exactly these texts into the index."""
        for path, text in _files(files, named):
            self.world.stage(path, text, cwd=self.stage.here)
        return self

    def commit(self, message: str | None = None, *, staged: bool = False) -> Self:
        """Commit everything, or only what is staged."""
        self._commits += 1
        self.stage.commit(message or f"c{self._commits}", everything=not staged)
        return self

    def git(self, *arguments: str) -> Self:
        """Run git; it must succeed."""
        self.stage.git(*arguments)
        return self

    def git_stops(self, *arguments: str) -> Self:
        """Run git; it must stop with a conflict."""
        code, out, err = self.world.try_git(*arguments, cwd=self.stage.here)
        assert code, f"git {arguments} went through: {out + err!r}"
        return self

    def rebase(self, upstream: str, *todo: str) -> Self:
        """`git rebase -i` with this todo list; commits are named by subject."""
        self.world.rebase_interactively(upstream, todo, cwd=self.stage.here)
        return self

    def expect(self, files: Mapping[str, Text] | None = None, *, rev: str | None = "HEAD", **named: Text) -> Self:
        """The owners must be these: `OWNER|text` for each line. `rev=None` asks about the working file."""
        for path, text in _files(files, named):
            wanted = text.decode().removesuffix("\n").split("\n") if text else []
            got = [f"{line.owner}|{line.text}" for line in self.stage.ask(path, rev)]
            assert got == wanted, f"{path} at {rev}:\n  got    {got}\n  wanted {wanted}"
        return self

    def expect_working(self, files: Mapping[str, Text] | None = None, **named: Text) -> Self:
        """As `expect`, for the files on disk."""
        return self.expect(files, rev=None, **named)


def story(
    folder: Path, *, dialect: str = "generic", hook: HookRunner | None = None, blame: Blame | None = None
) -> Story:
    """A story on a new repository below `folder`."""
    return Story(Stage(World(folder), dialect=dialect, hook=hook, blame=blame))


def _files(files: Mapping[str, Text] | None, named: Mapping[str, Text]) -> list[tuple[str, bytes]]:
    by_path = dict(files or {}) | {f"{name}.txt": text for name, text in named.items()}
    return [(path, _bytes(text)) for path, text in by_path.items()]


def _bytes(text: Text) -> bytes:
    if isinstance(text, bytes):
        return text
    lines = text.split() if isinstance(text, str) else text
    return "".join(f"{line}\n" for line in lines).encode()
