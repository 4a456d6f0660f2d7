"""What a shell command plainly does: run git, bring texts with it, write what stands in the command."""

import re

_MOVERS = (
    "stash",
    "cherry-pick",
    "revert",
    "merge",
    "checkout",
    "switch",
    "restore",
    "rebase",
    "reset",
    "pull",
    "am",
    "apply",
)
_TYPING = frozenset(("awk", "cat", "cd", "echo", "perl", "printf", "rm", "sed", "tee", "touch", "true"))
_WORDS = re.compile(r"[\s;&|()`'\"]+")
_PARTS = re.compile(r"&&|\|\||[;|\n]")


def uses_git(command: str | None) -> bool:
    """Whether a command line may run git, directly or through a tool that wraps it."""
    if not command:
        return False
    padded = f" {command.replace(chr(10), ' ')} "
    return any(
        sign in padded
        for sign in (" git ", "\tgit ", "/git ", "(git ", ";git ", "&git ", " gh ", " hub ", " gt ", " jj ")
    )


def types(command: str | None) -> bool:
    """Whether a command plainly writes what stands in it: then no script can have had git bring a known text."""
    parts = [part.split() for part in _PARTS.split(command or "")]
    return bool(command) and all(part and part[0] in _TYPING for part in parts)


def moves_texts(command: str | None) -> bool:
    """Whether a command runs git commands that bring texts from elsewhere."""
    words = _WORDS.split(command or "")
    return any(word in words for word in _MOVERS)
