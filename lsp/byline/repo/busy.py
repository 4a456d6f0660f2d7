"""What git is in the middle of, by the files it leaves in its folder."""

from pathlib import Path

SIGNS = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "sequencer": "a cherry-pick or revert",
    "BISECT_LOG": "a bisect",
    "SQUASH_MSG": "a squash merge",
}
"""Files and folders in a worktree's git folder, and what each tells."""


def in_the_middle_of(git_dir: Path) -> str | None:
    """What git has not finished in one worktree, in words; None when it is at rest."""
    return next((words for name, words in SIGNS.items() if (git_dir / name).exists()), None)
