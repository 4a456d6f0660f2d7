"""Files whose bytes are nobody's business: ignored by git, or secret by their name."""

from collections.abc import Mapping
from pathlib import Path

from byline.errors import GitFailed
from byline.repo.run import Git, path_bytes
from byline_hooks import snapshots


def is_private(worktree: Path | None, path: Path, env: Mapping[str, str] | None = None) -> bool:
    """Whether what a person does in this file is not to be recorded. Starts git once, inside a repository.

    A file that git tracks is not ignored, whatever the rules say. Where git cannot tell, it is private.
    """
    if snapshots.is_secret(path.as_posix()):
        return True
    if worktree is None:
        return False
    full = path.parent.resolve() / path.name
    try:
        name = path_bytes((full.resolve() if full.is_symlink() else full).relative_to(worktree).as_posix())
        found = Git(worktree, env=env).run(
            "check-ignore", "-z", "--stdin", input=b"./" + name + b"\0", check=False, timeout=10
        )
    except (GitFailed, ValueError, OSError):
        return True
    return bool(found)
