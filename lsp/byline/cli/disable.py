"""`byline disable`: take byline out of the git hooks of this repository, and stop recording here."""

import argparse
from collections.abc import Mapping

from byline.cli.enable import here, hooks_folder, is_set_elsewhere, report
from byline.cli.folders import data_folder
from byline.cli.hookfolder import HookFolder, folders_of
from byline.cli.parser import Parser


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("--hooks-only", action="store_true", help="go on recording")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Give the hooks back as they were; `git config byline.enabled false` unless told otherwise."""
    git, common = here(env, "disable")
    folder = hooks_folder(git, env)
    with folder.locked():
        others = folder.take_out(common)
        for former in folders_of(data_folder(env), common):  # git looked there once
            HookFolder(former, data_folder(env)).take_out(common)
    notes = [f"{other} uses the same hooks; they stay" for other in others]
    if not args.hooks_only:
        git.run("config", "--local", "byline.enabled", "false")
        notes.append("nothing is recorded here any more; `byline enable` switches it on again")
    done = "byline is out of the git hooks"
    if others:
        done = "byline does nothing here any more, and is still in the git hooks for others"
    report(args, env, folder, notes, done, is_shared=bool(others) or is_set_elsewhere(git))
    return 0
