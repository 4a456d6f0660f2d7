"""Whether somebody is away in a worktree, and whether a goto or back died there."""

import time
from collections.abc import Iterator
from pathlib import Path

from byline.cli.doctor.problem import Problem
from byline.cli.here import Here
from byline.cli.moments import age
from byline.repo.travel.indexlock import is_ours
from byline.repo.travel.stack import Stack, away

LONG = 24 * 60 * 60 * 1_000_000_000
"""Nanoseconds away after which a person may have forgotten it."""


def travel(here: Here) -> Iterator[Problem]:
    """Every goto has come back, and none died on the way."""
    if here.place is None:
        return
    git_dir = Path(here.place.git_dir)
    own = str(Stack(Path(here.place.common_dir), git_dir).folder)
    found = away(Path(here.place.common_dir))
    for folder, state in found:
        where = "in this worktree" if folder == own else f"in another worktree ({folder})"
        if state is None:
            yield Problem(
                "travel", f"what `byline goto` put away {where} cannot be read", f"your files are in {folder}"
            )
        elif state.phase != "away":
            yield Problem("travel", f"a goto or back was interrupted {where}", "byline back")
        elif time.time_ns() - state.at > LONG:
            yield Problem("travel", f"at {state.target} {where}, {age(state.at)}", "byline back", "note")
    at_rest = all(folder != own or (state is not None and state.phase == "away") for folder, state in found)
    if at_rest and is_ours(git_dir / "index.lock"):
        yield Problem("travel", "a goto or back that died has left the index locked", "byline back")
