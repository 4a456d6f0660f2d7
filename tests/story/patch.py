"""Patches as agents' payloads carry them: hunks with three lines of context, and the region an edit replaced."""

import difflib
from collections.abc import Sequence
from typing import Any

Hunk = tuple[int, int, int, int]
"""old start, old lines, new start, new lines; 1-based, without context."""

CONTEXT = 3


def changed_region(old: str, new: str) -> tuple[str, str]:
    """The text an edit tool was asked to replace, and by what: whole lines, with a line of context if it has none."""
    old_lines, new_lines = old.split("\n"), new.split("\n")
    head = 0
    while head < min(len(old_lines), len(new_lines)) and old_lines[head] == new_lines[head]:
        head += 1
    tail = 0
    while tail < min(len(old_lines), len(new_lines)) - head and old_lines[-1 - tail] == new_lines[-1 - tail]:
        tail += 1
    if head + tail == len(old_lines) and head:  # nothing was removed: the tool needs a line to hold on to
        head -= 1
    return "\n".join(old_lines[head : len(old_lines) - tail]), "\n".join(new_lines[head : len(new_lines) - tail])


def line_hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """What a line diff says has changed. Only for payloads: which of two equal lines is new stays its guess.

    As few lines as can be, as agents' diffs have it: one that takes a longest run of equal lines first may say that
    a line went and came again.
    """
    if len(old) * len(new) > _MOST_COMPARED:
        codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        return [(a + 1, b - a, c + 1, d - c) for tag, a, b, c, d in codes if tag != "equal"]
    hunks: list[Hunk] = []
    at = (0, 0)
    for a, b in [*_common(old, new), (len(old), len(new))]:
        if (a, b) != at:
            hunks.append((at[0] + 1, a - at[0], at[1] + 1, b - at[1]))
        at = (a + 1, b + 1)
    return hunks


_MOST_COMPARED = 250_000


def _common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places, in both, of a longest common subsequence."""
    rows = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        row, below = rows[a], rows[a + 1]
        for b in range(len(new) - 1, -1, -1):
            row[b] = below[b + 1] + 1 if old[a] == new[b] else max(below[b], row[b + 1])
    found, a, b = list[tuple[int, int]](), 0, 0
    while a < len(old) and b < len(new):
        if old[a] == new[b]:
            found.append((a, b))
            a, b = a + 1, b + 1
        elif rows[a + 1][b] >= rows[a][b + 1]:
            a += 1
        else:
            b += 1
    return found


def patch_hunks(old: str, new: str, hunks: Sequence[Hunk]) -> list[dict[str, Any]]:
    """`structuredPatch` as Claude Code makes it; without `hunks` a diff finds the changes."""
    old_lines, new_lines = _lines(old), _lines(new)
    groups: list[list[Hunk]] = []
    for hunk in hunks or line_hunks(old_lines, new_lines):
        if groups and hunk[0] - (groups[-1][-1][0] + groups[-1][-1][1]) <= 2 * CONTEXT:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return [_one_patch(old_lines, new_lines, group) for group in groups]


def _one_patch(old: list[str], new: list[str], group: list[Hunk]) -> dict[str, Any]:
    start = max(0, group[0][0] - 1 - CONTEXT)
    shift = group[0][2] - group[0][0]
    end = min(len(old), group[-1][0] - 1 + group[-1][1] + CONTEXT)
    lines: list[str] = []
    at = start
    for old_start, old_count, new_start, new_count in group:
        lines += [" " + line for line in old[at : old_start - 1]]
        lines += ["-" + line for line in old[old_start - 1 : old_start - 1 + old_count]]
        lines += ["+" + line for line in new[new_start - 1 : new_start - 1 + new_count]]
        at = old_start - 1 + old_count
    lines += [" " + line for line in old[at:end]]
    return {
        "oldStart": start + 1,
        "oldLines": sum(line[0] != "+" for line in lines),
        "newStart": start + shift + 1,
        "newLines": sum(line[0] != "-" for line in lines),
        "lines": lines,
    }


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines
