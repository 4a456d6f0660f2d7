"""Deeds of git: commits, branches, rewriting, stashes, remotes."""

from collections.abc import Callable
from random import Random

from fuzz.conflicts import settle
from fuzz.edits import changed
from fuzz.teller import FILES, PEOPLE, SESSIONS, Teller, some_changes
from story.world import GitRefused


def commit_all(teller: Teller, rng: Random) -> None:
    teller.git("add", "-A")
    teller.git("commit", "-q", "-m", teller.next_message())


def _stage_some(teller: Teller, base: str, rng: Random) -> None:
    """Put some of the changes of each file since `base` into the index."""
    for path in teller.files():
        old = teller.committed(base, path)
        if old is not None and teller.committed("HEAD", path) is not None:
            teller.do("stage", path, some_changes(old, teller.lines(path), rng))


def stage_some(teller: Teller, rng: Random) -> None:
    """Some hunks go into the index; work goes on."""
    _stage_some(teller, "HEAD", rng)


def commit_some(teller: Teller, rng: Random) -> None:
    """Commit some hunks, leave the rest in the working tree."""
    if rng.random() < 0.8:
        _stage_some(teller, "HEAD", rng)
    teller.git("commit", "-q", "-m", teller.next_message())


def commit_one_path(teller: Teller, rng: Random) -> None:
    files = teller.files()
    if files:
        teller.git("commit", "-q", "-m", teller.next_message(), "--", rng.choice(files))


def amend(teller: Teller, rng: Random) -> None:
    """Amend: the message, everything, or a text with some changes of the last commit taken out."""
    history = teller.history(2)
    if len(history) < 2 or teller.is_merge("HEAD"):
        return
    kind = rng.choice(("message", "all", "some"))
    if kind == "all":
        teller.git("add", "-A")
    if kind == "some":
        _stage_some(teller, "HEAD~1", rng)
    only = ["--only"] if kind == "message" else []
    teller.git("commit", "-q", "--amend", *only, "-m", teller.next_message())


def branch(teller: Teller, rng: Random) -> None:
    """A new branch here, or from an older commit."""
    name = f"b{len(teller.branches())}"
    history = teller.history(4)
    start = rng.choice(history) if history and rng.random() < 0.6 else "HEAD"
    teller.git("checkout", "-q", "-b", name, start)


def _other_branch(teller: Teller, rng: Random) -> str | None:
    current = teller.ask_git("rev-parse", "--abbrev-ref", "HEAD")
    others = [name for name in teller.branches() if name != current]
    return rng.choice(others) if others else None


def switch(teller: Teller, rng: Random) -> None:
    if other := _other_branch(teller, rng):
        teller.git("checkout", "-q", other)


def _tidy(teller: Teller, rng: Random) -> None:
    """Most of what rewrites wants a clean tree."""
    if teller.is_dirty() and rng.random() < 0.85:
        commit_all(teller, rng)


def merge(teller: Teller, rng: Random) -> None:
    if other := _other_branch(teller, rng):
        _tidy(teller, rng)
        teller.git("merge", "-q", *rng.choice(([], ["--no-ff"])), "-m", teller.next_message(), other)
        settle(teller, rng, "merge")


def squash_merge(teller: Teller, rng: Random) -> None:
    if other := _other_branch(teller, rng):
        _tidy(teller, rng)
        if teller.is_dirty():
            return
        teller.git("merge", "-q", "--squash", other)
        settle(teller, rng, "squash")
        if rng.random() < 0.5:
            teller.git("commit", "-q", "--no-edit")
        else:
            teller.git("commit", "-q", "-m", teller.next_message())


def rebase(teller: Teller, rng: Random) -> None:
    if other := _other_branch(teller, rng):
        _tidy(teller, rng)
        teller.git("rebase", "-q", *rng.choice(([], [], ["--autostash"], ["--no-ff"])), other)
        settle(teller, rng, "rebase")


def rebase_interactively(teller: Teller, rng: Random) -> None:
    """The last commits, reordered, joined, dropped."""
    _tidy(teller, rng)
    history = teller.history(5)[:-1]
    if teller.is_dirty() or not history:
        return
    count = rng.randrange(1, len(history) + 1)
    if any(teller.is_merge(commit) for commit in history[:count]):
        return
    subjects = [teller.ask_git("show", "-s", "--format=%s", commit) for commit in reversed(history[:count])]
    if len(set(subjects)) < len(subjects):
        return
    if rng.random() < 0.4:
        rng.shuffle(subjects)
    todo: list[str] = []
    for subject in subjects:
        verb = rng.choice(("pick", "pick", "pick", "fixup", "squash", "drop", "reword")) if todo else "pick"
        todo.append(f"{verb} {subject}")
    try:
        teller.do("rebase-i", f"HEAD~{count}", todo)
    except GitRefused:  # nothing would be left to pick, or a file is in the way
        return
    settle(teller, rng, "rebase")


def cherry_pick(teller: Teller, rng: Random) -> None:
    """One or two commits of another branch."""
    other = _other_branch(teller, rng)
    if not other:
        return
    _tidy(teller, rng)
    commits = teller.ask_git("rev-list", "--no-merges", "--max-count=4", f"HEAD..{other}").split()
    if commits:
        chosen = commits[: rng.choice((1, 1, 2))][::-1]
        teller.git("cherry-pick", *rng.choice(([], ["-x"], ["-n"])), *chosen)
        settle(teller, rng, "cherry-pick")


def revert(teller: Teller, rng: Random) -> None:
    _tidy(teller, rng)
    commits = [commit for commit in teller.history(5)[:-1] if not teller.is_merge(commit)]
    if commits:
        teller.git("revert", *rng.choice((["--no-edit"], ["--no-edit"], ["-n"])), rng.choice(commits))
        settle(teller, rng, "revert")


def reset(teller: Teller, rng: Random) -> None:
    """Go back some commits and keep index and files, files, or nothing; or come back from that."""
    history = teller.history(5)
    if len(history) < 2:
        return
    if rng.random() < 0.2 and teller.ask_git("rev-parse", "-q", "--verify", "ORIG_HEAD"):
        teller.git("reset", "-q", "--hard", "ORIG_HEAD")
        return
    how = rng.choice(("--soft", "--soft", "--mixed", "--mixed", "--hard"))
    teller.git("reset", "-q", how, f"HEAD~{rng.randrange(1, min(4, len(history)))}")


def stash(teller: Teller, rng: Random) -> None:
    teller.git("stash", "push", "-q", *rng.choice(([], [], ["-u"], ["--keep-index"])))


def unstash(teller: Teller, rng: Random) -> None:
    if teller.ask_git("stash", "list"):
        teller.git("stash", rng.choice(("pop", "pop", "apply")), "-q", *rng.choice(([], ["--index"])))
        settle(teller, rng, "stash")


def checkout_path(teller: Teller, rng: Random) -> None:
    """One file as it is on another branch or was some commits ago."""
    files = [path for path in teller.files() if teller.committed("HEAD", path) is not None]
    source = _other_branch(teller, rng) if rng.random() < 0.5 else rng.choice(teller.history(4))
    if files and source:
        path = rng.choice(files)
        if teller.committed(source, path) is not None:
            teller.git("checkout", "-q", source, "--", path)


def restore(teller: Teller, rng: Random) -> None:
    """Throw away what a file has that HEAD has not."""
    files = [path for path in teller.files() if teller.committed("HEAD", path) is not None]
    if files:
        teller.git("checkout", "-q", "HEAD", "--", rng.choice(files))


def rename(teller: Teller, rng: Random) -> None:
    """`git mv`, then a commit of everything, while git still sees the rename."""
    files = [path for path in teller.files() if teller.committed("HEAD", path) is not None]
    free = [path for path in (*FILES, "four.py", "lib/five.py") if path not in teller.files()]
    if not files or not free:
        return
    old, new = rng.choice(files), rng.choice(free)
    (teller.here / new).parent.mkdir(exist_ok=True)
    if not teller.git("mv", old, new):
        return
    if rng.random() < 0.4:
        who = rng.choice(PEOPLE)
        at = rng.randrange(len(teller.lines(new)) + 1)
        lines = teller.lines(new)
        teller.write(who, new, lines[:at] + teller.ledger.new_lines(who, 1, rng) + lines[at:])
    teller.git("add", "-A")
    seen = teller.ask_git("diff", "--cached", "-M", "--name-status", "HEAD", "--", old, new)
    if seen.startswith("R"):
        teller.git("commit", "-q", "-m", teller.next_message())
    else:
        teller.git("reset", "-q", "--hard")


def delete(teller: Teller, rng: Random) -> None:
    files = [path for path in teller.files() if teller.committed("HEAD", path) is not None]
    if len(files) > 1 and teller.git("rm", "-q", "-f", rng.choice(files)):
        teller.git("commit", "-q", "-m", teller.next_message())


def pull(teller: Teller, rng: Random) -> None:
    """A colleague pushes to the remote's main, then it is pulled into this branch."""
    origin = "origin"
    if not (teller.stage.world.folder / "origin.git").exists():
        if "main" not in teller.branches():
            return
        teller.do("bare-remote", origin)
    elif rng.random() < 0.3:
        teller.git("push", "-q", origin, "HEAD:main")
    teller.git("fetch", "-q", origin)
    paths = [path for path in FILES if teller.committed("origin/main", path) is not None]
    if paths:
        path = rng.choice(paths)
        lines = teller.committed("origin/main", path) or []
        new = changed(teller, "U", lines, rng)
        if new != lines:
            teller.do("remote-commit", path, new, teller.next_message())
    _tidy(teller, rng)
    how = rng.choice((["--rebase"], ["--rebase", "--autostash"], ["--no-rebase"]))
    teller.git("pull", "-q", *how, origin, "main")
    settle(teller, rng, "rebase" if "--rebase" in how else "merge")


SPELLED: dict[Callable[[Teller, Random], None], str] = {
    commit_all: "git add -A && git commit -qm x",
    commit_some: "git add one.py && git commit -qm x",
    switch: "git checkout -q other",
    merge: "git merge -q other",
    rebase: "git rebase -q other",
    cherry_pick: "git cherry-pick x",
    revert: "git revert --no-edit x",
    reset: "git reset -q --hard HEAD~1",
    stash: "git stash push -q",
    unstash: "git stash pop -q",
    pull: "git pull -q",
}
"""How a session asks for what it has git do; a script settles what stops."""
HIDDEN = ("git up", "./work.sh")
"""Commands that do not say what they have git do."""


def by_an_agent(deed: Callable[[Teller, Random], None]) -> Callable[[Teller, Random], None]:
    """The same deed as a session's shell command: whatever git brings along, the session has written nothing."""
    told = f"git add -A; git commit -qm tidy; {SPELLED[deed]} || python3 settle.py"

    def inside(teller: Teller, rng: Random) -> None:
        teller.shell(rng.choice(SESSIONS), rng.choice((told, told, *HIDDEN)), lambda: deed(teller, rng))

    inside.__name__ = f"{deed.__name__}_by_an_agent"
    return inside


GIT = {
    commit_all: 20,
    commit_some: 8,
    stage_some: 3,
    commit_one_path: 2,
    amend: 5,
    branch: 9,
    switch: 10,
    merge: 6,
    squash_merge: 4,
    rebase: 6,
    rebase_interactively: 6,
    cherry_pick: 5,
    revert: 4,
    reset: 4,
    stash: 4,
    unstash: 5,
    checkout_path: 3,
    restore: 2,
    rename: 3,
    delete: 1,
    pull: 4,
}

BY_AGENTS = {by_an_agent(deed): 1 for deed in SPELLED}
