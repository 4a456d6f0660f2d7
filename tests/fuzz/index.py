"""Deeds of the index: what is staged, changed again, brought back, committed."""

from random import Random

from fuzz.edits import changed
from fuzz.gitdeeds import stage_some
from fuzz.teller import PEOPLE, SESSIONS, Teller

_HIDDEN = ("make", "./work.sh")


def stage_and_work_on(teller: Teller, rng: Random) -> None:
    """A file goes into the index, seen or unseen before, and is changed again, or taken back, or deleted."""
    files = teller.files()
    if not files:
        return
    path, who = rng.choice(files), rng.choice(PEOPLE)
    teller.write(who, path, changed(teller, who, teller.lines(path), rng))
    teller.git("add", path)
    after = rng.random()
    old = teller.committed("HEAD", path)
    if after < 0.4 and old is not None:
        teller.do("disk-write", path, old)
    elif after < 0.5:
        teller.do("disk-write", path, None)
    else:
        who = rng.choice(PEOPLE)
        teller.write(who, path, changed(teller, who, teller.lines(path), rng))


def _staged(teller: Teller) -> list[str]:
    return teller.ask_git("diff-files", "--name-only", "--diff-filter=MD").split()


def _taken(teller: Teller, rng: Random) -> str | None:
    """One file as the index has it; its path."""
    staged = _staged(teller)
    if not staged:
        return None
    path = rng.choice(staged)
    teller.git(*rng.choice((["checkout", "-q", "--"], ["restore"], ["checkout-index", "-f"])), path)
    return path


def take_from_index(teller: Teller, rng: Random) -> None:
    """Somebody does that, and nobody sees it."""
    _taken(teller, rng)


def _spelled(rng: Random) -> str:
    return rng.choice(("git checkout -q -- .; make", "git restore . && ./gen.sh", "git stash -q -k; make", *_HIDDEN))


def work_from_index(teller: Teller, rng: Random) -> None:
    """A session's command takes files from the index and goes on with them, or commits what is staged first."""
    who = rng.choice(SESSIONS)

    def deed() -> None:
        if rng.random() < 0.3:
            teller.git("commit", "-q", "-m", teller.next_message())
        for _ in range(rng.choice((1, 2))):
            path = _taken(teller, rng)
            if path is not None and rng.random() < 0.8:
                teller.do("disk-write", path, changed(teller, who, teller.lines(path), rng))
        if rng.random() < 0.3:
            teller.git("commit", "-q", "-a", "-m", teller.next_message())

    teller.shell(who, _spelled(rng), deed)


def unstage(teller: Teller, rng: Random) -> None:
    teller.git("reset", "-q")


INDEX = {stage_and_work_on: 14, take_from_index: 5, work_from_index: 14, stage_some: 8, unstage: 2}
