"""One repository of a test: a folder, real git in it, and the environment in which nothing of the user's exists."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path


class GitRefused(Exception):
    """Git ended with an error where the story did not expect one."""


class World:
    """A repository at `folder / name`, not yet made. Remotes, linked worktrees and the user's home lie beside it."""

    def __init__(self, folder: Path, name: str = "repo", *, ticking: bool = False) -> None:
        self.folder = folder
        self.name = name
        self.root = folder / name
        self.home = folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self._clock = 1_700_000_000 if ticking else None

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """What every process of the story sees: no user configuration, a fixed identity, no editor that waits."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "BYLINE_DATA_DIR": str(self.home / "byline"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_EDITOR": "true",
            "GIT_SEQUENCE_EDITOR": "true",
            "GIT_MERGE_AUTOEDIT": "no",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        if self._clock is not None:
            self._clock += 60
            env["GIT_AUTHOR_DATE"] = env["GIT_COMMITTER_DATE"] = f"{self._clock} +0000"
        return env | dict(extra or {})

    # git

    def create(self, object_format: str = "sha1") -> None:
        """An empty repository on branch `main`."""
        self.root.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", "--template=", f"--object-format={object_format}")

    def git(
        self,
        *arguments: str,
        cwd: Path | None = None,
        stdin: bytes | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run git and return what it printed. Raises `GitRefused`."""
        code, out, err = self.try_git(*arguments, cwd=cwd, stdin=stdin, extra=extra)
        if code:
            raise GitRefused(f"git {' '.join(arguments)}: exit {code}: {(out + err).decode(errors='replace')}")
        return out

    def try_git(
        self,
        *arguments: str,
        cwd: Path | None = None,
        stdin: bytes | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes, bytes]:
        """Run git and return exit code, stdout and stderr."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.root,
            input=stdin if stdin is not None else b"",
            capture_output=True,
            env=self.environment(extra),
        )
        return done.returncode, done.stdout, done.stderr

    def stage(self, path: str, text: bytes, *, cwd: Path | None = None) -> None:
        """Put exactly this text into the index, as `git add -p` may, and leave the working file alone."""
        blob = self.git("hash-object", "-w", "--path", path, "--stdin", stdin=text, cwd=cwd).decode().strip()
        entry = self.git("ls-files", "-s", "--", path, cwd=cwd).split()
        mode = entry[0].decode() if entry else "100644"
        self.git("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}", cwd=cwd)

    def rebase_interactively(self, upstream: str, todo: Sequence[str], *, cwd: Path | None = None) -> None:
        """`git rebase -i` with this todo list; its lines name commits by subject. May stop, as rebase does."""
        path = self.folder / "todo"
        path.write_text("".join(f"{self._todo_line(line, cwd)}\n" for line in todo))
        code, out, err = self.try_git(
            "rebase", "-q", "-i", upstream, cwd=cwd, extra={"GIT_SEQUENCE_EDITOR": f"cp '{path}'"}
        )
        if code and not self.is_rebasing(cwd):
            raise GitRefused(f"git rebase -i {upstream}: {(out + err).decode(errors='replace')}")

    def _todo_line(self, line: str, cwd: Path | None) -> str:
        verb, _, rest = line.partition(" ")
        flags = ""
        while rest.startswith("-"):
            flag, _, rest = rest.partition(" ")
            flags += flag + " "
        if verb in ("exec", "x", "break", "b", "label", "reset", "merge", "noop"):
            return line
        return f"{verb} {flags}{self.commit_named(rest, cwd)}"

    def commit_named(self, subject: str, cwd: Path | None = None) -> str:
        """The newest commit reachable from HEAD with this subject, else from any branch."""
        for where in ("HEAD", "--all"):
            for row in self.git("log", "--format=%H %s", where, cwd=cwd).decode().splitlines():
                commit, _, its_subject = row.partition(" ")
                if its_subject == subject:
                    return commit
        raise GitRefused(f"no commit is called {subject!r}")

    def is_rebasing(self, cwd: Path | None = None) -> bool:
        """Whether a rebase has stopped and waits."""
        git_dir = Path(self.git("rev-parse", "--absolute-git-dir", cwd=cwd).decode().strip())
        return (git_dir / "rebase-merge").exists() or (git_dir / "rebase-apply").exists()

    def continue_rebase(self, *, cwd: Path | None = None) -> None:
        """Add what was in conflict and go on. May stop again."""
        if self.git("ls-files", "-u", cwd=cwd):
            self.git("add", "-A", cwd=cwd)
        code, out, err = self.try_git("rebase", "--continue", cwd=cwd)
        if code and not self.is_rebasing(cwd):
            raise GitRefused(f"git rebase --continue: {(out + err).decode(errors='replace')}")

    def hook_once(self, name: str, files: Mapping[str, bytes]) -> None:
        """A git hook of the project that rewrites these files during the next commit, then is gone."""
        common = self.git("rev-parse", "--git-common-dir").decode().strip()
        script = (self.root / common).resolve() / "hooks" / name
        script.parent.mkdir(exist_ok=True)
        lines = ["#!/bin/sh", "set -e"]
        for number, (path, text) in enumerate(files.items()):
            content = self.folder / f"hook-{name}-{number}"
            content.write_bytes(text)
            lines.append(f"cp '{content}' '{path}'")
            if name == "pre-commit":
                lines.append(f"git add '{path}'")
        lines.append('rm -f "$0"')
        script.write_text("\n".join(lines) + "\n")
        script.chmod(0o755)

    # remotes

    def bare_remote(self, name: str) -> Path:
        """A bare remote beside the repository that holds `main`."""
        where = self.folder / f"{name}.git"
        self.git("init", "-q", "--bare", "-b", "main", str(where), cwd=self.folder)
        self.git("remote", "add", name, str(where))
        self.git("push", "-q", "-u", name, "main")
        return where

    def colleague(self, remote: str, files: Mapping[str, bytes | None], message: str, branch: str = "main") -> None:
        """Somebody without any tool commits these files to the remote's branch."""
        where = self.folder / f"{remote}-colleague"
        person = {"GIT_AUTHOR_NAME": "Bob", "GIT_AUTHOR_EMAIL": "bob@example.org"}
        if not where.exists():
            self.git("clone", "-q", str(self.folder / f"{remote}.git"), str(where), cwd=self.folder)
        self.git("fetch", "-q", "origin", cwd=where)
        self.git("checkout", "-q", "-B", branch, f"origin/{branch}", cwd=where)
        for path, text in files.items():
            put(where / path, text)
        self.git("add", "-A", cwd=where)
        self.git("commit", "-q", "-m", message, cwd=where, extra=person)
        self.git("push", "-q", "origin", branch, cwd=where)

    def restack_with_plumbing(self, branch: str, onto: str) -> None:
        """Replay the commits of `branch` on `onto` as stacking tools do: no porcelain, only objects and a ref."""
        tip = self.git("rev-parse", onto).decode().strip()
        old = self.git("rev-parse", branch).decode().strip()
        for commit in self.git("rev-list", "--reverse", f"{onto}..{branch}").decode().split():
            tree = self._replayed_tree(commit, tip)
            show = self.git("show", "-s", "--format=%an%n%ae%n%ad%n%B", "--date=raw", commit).decode()
            author, mail, date, message = show.split("\n", 3)
            who = {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": date}
            tip = self.git("commit-tree", tree, "-p", tip, "-m", message.rstrip("\n"), extra=who).decode().strip()
        self.git("update-ref", f"refs/heads/{branch}", tip, old)
        if self.git("rev-parse", "--abbrev-ref", "HEAD").decode().strip() == branch:
            self.git("read-tree", "--reset", "-u", "HEAD")

    def _replayed_tree(self, commit: str, onto: str) -> str:
        """The tree of `commit` replayed on `onto`.

        merge-tree takes the base from ancestry, so it gets commits made up for the purpose, in an object folder that
        goes away again: a stacking tool leaves none behind.
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            real = self.git("rev-parse", "--git-path", "objects").decode().strip()
            apart = {
                "GIT_OBJECT_DIRECTORY": scratch,
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str((self.root / real).resolve()),
            }

            def ask(*arguments: str, stdin: bytes = b"") -> bytes:
                return self.git(*arguments, stdin=stdin, extra=apart)

            def made_up(tree: str, *parents: str) -> str:
                return ask("commit-tree", f"{tree}^{{tree}}", "-m", "-", *parents).decode().strip()

            base = made_up(f"{commit}^")
            sides = [made_up(tip, "-p", base) for tip in (onto, commit)]
            tree = ask("merge-tree", "--write-tree", *sides).decode().split("\n")[0].strip()
            objects = ask("rev-list", "--objects", "--no-object-names", tree)
            self.git("unpack-objects", "-q", stdin=ask("pack-objects", "-q", "--stdout", stdin=objects))
        return tree


def put(path: Path, text: bytes | None) -> None:
    """Make `path` hold these bytes; None removes it."""
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


def read(path: Path) -> bytes | None:
    """The bytes of `path`, None where there is no file."""
    return path.read_bytes() if path.is_file() else None
