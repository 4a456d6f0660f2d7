"""Deeds in a linked worktree."""

from pathlib import Path
from random import Random

from fuzz.edits import changed
from fuzz.gitdeeds import commit_all
from fuzz.teller import PEOPLE, SESSIONS, Teller


def worktree(teller: Teller, rng: Random) -> None:
    """People and sessions work in a linked worktree, on its branch; shell calls may come from the main one."""
    name = f"wt{len(teller.branches())}"
    if not teller.git("worktree", "add", "-q", f"../{name}", "-b", f"on-{name}"):
        return
    main = teller.stage.here
    teller.stage.here = (main.parent / name).resolve()
    try:
        for _ in range(rng.choice((1, 2, 3))):
            files = teller.files()
            if files and rng.random() < 0.5:
                who, path = rng.choice(PEOPLE), rng.choice(files)
                teller.write(who, path, changed(teller, who, teller.lines(path), rng))
            elif files:
                _from_afar(teller, rng, main)
            if rng.random() < 0.7:
                commit_all(teller, rng)
        commit_all(teller, rng)
    finally:
        teller.stage.here = main
    teller.git("worktree", "remove", "--force", f"../{name}")


def _from_afar(teller: Teller, rng: Random, main: Path) -> None:
    """A shell call from the worktree `main` that changes files in the one at hand, and may commit them there."""
    there, who, does_commit = teller.stage.here, rng.choice(SESSIONS), rng.random() < 0.5

    def deed() -> None:
        teller.stage.here = there
        try:
            for path in teller.files():
                if rng.random() < 0.6:
                    teller.do("disk-write", path, changed(teller, who, teller.lines(path), rng))
            if does_commit:
                commit_all(teller, rng)
        finally:
            teller.stage.here = main

    teller.stage.here = main
    try:
        ends = " && git add -A && git commit -qm x" if does_commit else ""
        teller.shell(who, f"cd ../{there.name} && {rng.choice(('make', './gen.sh'))}{ends}", deed)
    finally:
        teller.stage.here = there


WORKTREES = {worktree: 2}
