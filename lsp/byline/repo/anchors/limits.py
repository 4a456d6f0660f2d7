"""How much there may be for one commit: what is written keeps to it, what breaks it is not read."""

from collections.abc import Collection

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of one file."""

LARGEST_FOLDER = 32 * 1024 * 1024
"""Bytes of all files of one commit."""

MOST_FILES = 2048
"""Files of one commit."""


def fits(sizes: Collection[int]) -> bool:
    """Whether files of these many bytes may lie together in the folder of a commit."""
    return len(sizes) <= MOST_FILES and sum(sizes) <= LARGEST_FOLDER and all(one <= LARGEST_FILE for one in sizes)
