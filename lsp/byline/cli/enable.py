"""`byline enable`: put byline into the git hooks of this repository, after the person's own."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import data_folder
from byline.cli.githooks import push_line, record_line
from byline.cli.hookfolder import HookFolder
from byline.cli.install import hookcopy
from byline.cli.parser import Parser
from byline.cli.terminal import Output, counted
from byline.errors import NotARepository
from byline.repo.run import Git, path_text
from byline.workspace.place import place_of

MANAGERS = ((b"husky", "husky"), (b"lefthook", "lefthook"), (b"pre-commit.com", "pre-commit"))
LARGEST_SCRIPT = 65536


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Bring the hooks in, and switch recording on where it was off here."""
    git, common = here(env, "enable")
    folder = hooks_folder(git, env)
    data = data_folder(env)
    hookcopy.refresh(data)
    with folder.locked():
        push = push_line(Path(sys.executable))
        folder.put_in(common, record_line(hookcopy.interpreter(), hookcopy.shim(data)), push)
    if git.run("config", "--local", "--type=bool", "--get", "byline.enabled", check=False).strip() == b"false":
        git.run("config", "--local", "--unset-all", "byline.enabled", check=False)
    others = folder.others(common)
    notes = _notes(git, folder.folder, others)
    is_shared = bool(others) or is_set_elsewhere(git)
    report(args, env, folder, notes, "byline is in the git hooks", is_shared=is_shared)
    return 0


def here(env: Mapping[str, str], command: str) -> tuple[Git, Path]:
    """Git in the repository around the working directory, and its common folder."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository(f"byline {command} works inside a git repository")
    return Git(Path(place.worktree), env=env), Path(place.common_dir)


def hooks_folder(git: Git, env: Mapping[str, str]) -> HookFolder:
    """Where git looks for hooks: `core.hooksPath`, else below the git folder."""
    named = path_text(git.run("rev-parse", "--git-path", "hooks").removesuffix(b"\n"))
    return HookFolder((git.cwd / named).resolve(), data_folder(env))


def is_set_elsewhere(git: Git) -> bool:
    """Whether `core.hooksPath` is set outside the repository's own configuration, and so holds for others, too."""
    asked = ("--includes", "--get", "core.hooksPath")
    if not git.run("config", *asked, check=False):
        return False
    return not any(git.run("config", scope, *asked, check=False) for scope in ("--local", "--worktree"))


def report(
    args: argparse.Namespace,
    env: Mapping[str, str],
    folder: HookFolder,
    notes: list[str],
    done: str,
    *,
    is_shared: bool,
) -> None:
    """Say what is in the hooks now."""
    hooks = folder.hooks()
    output = Output(env)
    if args.json:
        rows = [
            {
                "hook": hook,
                "path": str(folder.folder / hook),
                "enabled": how is not None,
                "chained": how in ("below", "beside"),
            }
            for hook, how in hooks.items()
        ]
        output.stream.write(
            json.dumps({"folder": str(folder.folder), "shared": is_shared, "hooks": rows, "notes": notes}) + "\n"
        )
        return
    output.line(f"{done}: {folder.folder}")
    for note in notes:
        output.line(note)


def _notes(git: Git, folder: Path, others: list[str]) -> list[str]:
    """What a person should know about these hooks. `others`: git folders of repositories that want byline there."""
    notes = []
    if is_set_elsewhere(git):
        notes.append(
            "core.hooksPath is set for all your repositories, and git runs these hooks in each: byline acts only in "
            "those where `byline enable` was run"
        )
    if others:
        how_many = counted(len(others), "other repository", "other repositories")
        notes.append(f"{how_many} with byline in these hooks: {', '.join(others)}")
    tracked = git.run("ls-files", "-z", "--", str(folder), check=False) if folder.is_relative_to(git.cwd) else b""
    if tracked:
        notes.append("these hooks are files of the project: `git status` shows the change")
    name = manager(folder)
    if name:
        notes.append(f"{name} manages these hooks: when it installs them again, run `byline enable` again")
    return notes


def manager(folder: Path) -> str | None:
    """The hook manager whose hooks these are, if any."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix != ".sample" and path.is_file()]
    texts = b"".join(path.read_bytes() for path in files if path.stat().st_size < LARGEST_SCRIPT).lower()
    return next((name for mark, name in MANAGERS if mark in texts or name in folder.as_posix()), None)
