"""Times of the line diff: `python tests/bench/diff.py` prints the table of docs/performance.md, section Diff."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "lsp")]

import corpora  # noqa: E402
import gitdiff  # noqa: E402
from byline.attribution import diff  # noqa: E402

Pair = tuple[list[bytes], list[bytes]]


def cases() -> dict[str, Callable[[], tuple[Pair, corpora.Origins | None]]]:
    """Name → the pair and, where edits were seeded, the true origins."""

    def seeded(text: list[bytes], share: float = 0.01) -> tuple[Pair, corpora.Origins]:
        new, truth = corpora.edited(text, 7, share)
        return (text, new), truth

    return {
        "code, 1,000 lines, 1 % edited": lambda: seeded(corpora.code(1_000)),
        "code, 10,000 lines, 1 % edited": lambda: seeded(corpora.code(10_000)),
        "code, 100,000 lines, 1 % edited": lambda: seeded(corpora.code(100_000)),
        "periodic JSON, 10,000 lines, 1 % edited": lambda: seeded(corpora.periodic(10_000)),
        "periodic JSON, 10,000 lines, 10 % edited": lambda: seeded(corpora.periodic(10_000), 0.1),
        "four distinct lines, 10,000 drawn, 1 % edited": lambda: seeded(corpora.repeating(10_000)),
        "four distinct lines, 10,000 drawn, 10 % edited": lambda: seeded(corpora.repeating(10_000), 0.1),
        "four distinct lines, 10,000 drawn twice": lambda: (
            (corpora.repeating(10_000, seed=2), corpora.repeating(10_000, seed=3)),
            None,
        ),
        "10,000 unrelated lines": lambda: ((corpora.unrelated(10_000, "a"), corpora.unrelated(10_000, "b")), None),
        "one block of 8 lines in 10,000": lambda: (
            (corpora.code(10_000), [*corpora.code(10_000)[:5_000], *[b"new\n"] * 8, *corpora.code(10_000)[5_000:]]),
            None,
        ),
    }


def main() -> None:
    print("| texts | ms | wrong lines | git patience: wrong lines |\n| --- | --- | --- | --- |")
    for name, make in cases().items():
        (old, new), truth = make()
        times = []
        for _ in range(7):
            start = time.perf_counter()
            found = diff.mapping(old, new)
            times.append(time.perf_counter() - start)
        ours = gits = "-"
        if truth is not None:
            with tempfile.TemporaryDirectory() as folder:
                (hunks,) = gitdiff.judge([(old, new)], Path(folder), "--patience")
            ours = str(corpora.wrong(found, truth))
            gits = str(corpora.wrong(gitdiff.origins(hunks, len(new)), truth))
        print(f"| {name} | {min(times) * 1000:.1f} | {ours} | {gits} |")


if __name__ == "__main__":
    main()
