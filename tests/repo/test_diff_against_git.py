"""git's own diff as the judge: of the placement exactly, of origins by the truth of seeded edits."""

import random
from pathlib import Path

import pytest

import corpora
import gitdiff
from byline.attribution import diff, slide

Pairs = list[tuple[list[bytes], list[bytes]]]


def seeded(share: float, texts: list[list[bytes]], seeds: int) -> tuple[Pairs, list[corpora.Origins]]:
    pairs, truths = [], []
    for number, text in enumerate(texts):
        for seed in range(seeds):
            new, truth = corpora.edited(text, 1000 * seed + number, share)
            pairs.append((text, new))
            truths.append(truth)
    return pairs, truths


def git_origins(pairs: Pairs, folder: Path, *options: str) -> list[corpora.Origins]:
    hunks = gitdiff.judge(pairs, folder, *options)
    return [gitdiff.origins(found, len(new)) for found, (_, new) in zip(hunks, pairs, strict=True)]


def wrong(found: list[corpora.Origins], truths: list[corpora.Origins]) -> int:
    return sum(corpora.wrong(one, truth) for one, truth in zip(found, truths, strict=True))


@pytest.mark.parametrize("algorithm", ["myers", "patience"])
def test_slides_to_where_git_slides(tmp_path: Path, algorithm: str) -> None:
    """Given git's own hunks from before its indentation rule, the placement is git's.

    But for whole repetitions, of which the later one counts as new here. Texts whose runs git has already joined
    without the rule, and would not have with it, tell nothing: what they were joined from is not to be had.
    """
    texts = list(corpora.standard_library(200))[:100]
    pairs = [(text, corpora.moved_pieces(text, seed)) for seed, text in enumerate(texts)]
    pairs += [(new, old) for old, new in pairs]
    before = gitdiff.judge(pairs, tmp_path, f"--diff-algorithm={algorithm}", "--no-indent-heuristic")
    after = gitdiff.judge(pairs, tmp_path, f"--diff-algorithm={algorithm}", "--indent-heuristic")
    by_git = compared = repeated = 0
    for (old, new), start, end in zip(pairs, before, after, strict=True):
        if any(runs(start, side) != runs(end, side) for side in (0, 2)):
            continue
        ours = diff.hunks(slide.settle(old, new, start), len(old), len(new))
        compared += len(end)
        by_git += len(set(end) - set(start))
        for one, other in zip(ours, end, strict=True):
            if one != other:
                repeated += 1
                assert is_later_repetition(old, new, one, other), (one, other)
    assert compared > 1500
    assert by_git > compared / 5
    assert 0 < repeated < compared / 10  # half of the pieces put in stand right beside themselves


def runs(hunks: list[gitdiff.Hunk], side: int) -> list[int]:
    """The lengths of the changed runs of one side: 0 the old one, 2 the new."""
    return [hunk[side + 1] - hunk[side] for hunk in hunks if hunk[side + 1] > hunk[side]]


def is_later_repetition(old: list[bytes], new: list[bytes], ours: gitdiff.Hunk, gits: gitdiff.Hunk) -> bool:
    """Ours is git's hunk moved down by the hunk's own length over the same lines again."""
    by_old, by_new = ours[0] - gits[0], ours[2] - gits[2]
    old_size, new_size = ours[1] - ours[0], ours[3] - ours[2]
    text, (start, stop), size = (new, ours[2:], new_size) if new_size else (old, ours[:2], old_size)
    return (
        by_old == by_new == size > 0 == min(old_size, new_size)
        and text[start:stop] == text[start - size : stop - size]
    )


@pytest.mark.parametrize(
    ("share", "ambiguous"),
    [pytest.param(0.01, 0, id="1%"), pytest.param(0.1, 0.0002, id="10%"), pytest.param(0.4, 0.0002, id="40%")],
)
def test_wrong_origins_in_code_are_at_most_gits(tmp_path: Path, share: float, ambiguous: float) -> None:
    """`ambiguous` is the share of lines that may be taken for another equal line where git happens to guess right."""
    pairs, truths = seeded(share, list(corpora.standard_library(300))[:40], 2)
    ours = wrong([diff.mapping(old, new) for old, new in pairs], truths)
    gits = min(
        wrong(git_origins(pairs, tmp_path, option), truths) for option in ("--patience", "--diff-algorithm=myers")
    )
    assert ours <= gits + ambiguous * sum(len(new) for _, new in pairs)


@pytest.mark.parametrize("share", [0.01, 0.1])
@pytest.mark.parametrize("text", ["periodic", "repeating"])
def test_texts_without_unique_lines_come_out_as_gits(tmp_path: Path, text: str, share: float) -> None:
    """Beyond git's own count one wrong line in a thousand is allowed: that is how many equal scripts differ by."""
    pairs, truths = seeded(share, [getattr(corpora, text)(10_000)], 2)
    ours = wrong([diff.mapping(old, new) for old, new in pairs], truths)
    assert ours <= wrong(git_origins(pairs, tmp_path, "--patience"), truths) + 20


def test_one_insertion_or_deletion_sits_where_git_puts_it(tmp_path: Path) -> None:
    """Small texts of few lines, spaces and tabs before them, blank ones between and at both ends."""
    chance = random.Random(5)
    alphabet = [
        b"\n",
        b" \n",
        b"a\n",
        b"}\n",
        b"    a\n",
        b"\tb\n",
        b"        b\n",
        b"    }\n",
        b"  \tc\n",
        b"            c\n",
    ]
    pairs = []
    for _ in range(1500):
        text = chance.choices(alphabet, k=chance.randint(1, 12))
        start = chance.randrange(len(text))
        piece = text[start : start + chance.randint(1, 6)] + chance.choices(alphabet, k=chance.randint(0, 2))
        at = chance.choice((start, start + len(piece), chance.randint(0, len(text)), len(text)))
        pairs.append((text, text[:at] + piece + text[at:]))
    pairs += [(new, old) for old, new in pairs]
    repeated = 0
    for (old, new), hunks in zip(pairs, gitdiff.judge(pairs, tmp_path, "--minimal"), strict=True):
        ours = diff.hunks(diff.blocks(old, new), len(old), len(new))
        if len(hunks) == 1 and ours != hunks:
            repeated += 1
            assert is_later_repetition(old, new, ours[0], hunks[0]), (old, new, ours, hunks)
    assert repeated < len(pairs) / 10
