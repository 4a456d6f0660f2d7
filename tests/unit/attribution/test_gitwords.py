"""Which git commands take away what a file has that is in no commit."""

import pytest

from byline.attribution.gitwords import takes


@pytest.mark.parametrize(
    "command",
    [
        "git reset --hard",
        "git reset -q --hard HEAD~1 && printf x",
        "git stash",
        "cd src && git -C .. -c a.b=c stash -u",
        "git checkout f.py; echo x >> src/f.py",
        "git checkout HEAD -- src",
        "git checkout src/",
        "git checkout -- '*.py'",
        "git restore .",
        "git restore --staged --worktree src/f.py",
        "git switch -f main",
        "git revert --no-edit HEAD",
        "x=$(date); git restore f.py",
    ],
)
def test_taken(command: str) -> None:
    assert takes(command, "src/f.py")


@pytest.mark.parametrize(
    "command",
    [
        "git reset --soft HEAD~1",
        "git commit -am 'git stash'",
        'git commit -am "then git reset --hard"',
        "git restore --staged f.py",
        "git checkout -b topic",
        "git checkout src",
        "git checkout other.py",
        "git diff f.py",
        "cat f.py",
    ],
)
def test_left(command: str) -> None:
    assert not takes(command, "src/f.py")


@pytest.mark.parametrize("words", ["[" * 200_000, " ".join(f"{'*a' * 140}{k}" for k in range(900)), "a " * 100_000])
@pytest.mark.parametrize("start", ["git checkout ", "git reset ", "git -c "])
def test_it_comes_to_an_end(start: str, words: str) -> None:
    assert not takes(start + words, "src/" + "a" * 200)
