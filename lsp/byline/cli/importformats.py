"""`byline import` of other tools' data: what this repository holds, and bringing it onto byline's own branch."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from byline.cli.terminal import Output
from byline.errors import NotARepository
from byline.repo.anchors import names
from byline.repo.anchors.listing import list_files, list_notes, tips
from byline.repo.run import Git
from byline.workspace.place import place_of


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Say what other tools' data there is."""
    place = place_of(Path.cwd())
    if place is None:
        raise NotARepository("byline import works inside a git repository")
    git = Git(Path(place.worktree), env=env)
    found = []
    for tip in tips(git):
        if tip.ref == names.GITAI_NOTES:
            found.append(
                {"format": "git-ai", "where": tip.ref, "commits": len(list_notes(git, tip.commit).commits())}
            )
        elif names.is_oobo(tip.ref):
            found.append({"format": "oobo", "where": tip.ref, "commits": len(list_files(git, tip.commit).commits())})
    output = Output(env)
    if args.json:
        output.stream.write(json.dumps({"found": found}) + "\n")
    else:
        output.table(("format", "where", "commits"), [tuple(str(value) for value in one.values()) for one in found])
    return 0
