"""What colleagues make of a story: its commits squashed, picked, built upon. To fetch that changes no answer."""

import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from story.blame import LineOwner
from story.stage import Ask
from story.world import World

_FETCHED = "+refs/heads/copy/*:refs/remotes/colleague/*"


def changed_by_fetching(world: World, ask: Ask, rng: Random) -> list[str]:
    """The lines that have another owner after the copies were fetched, in words; `ask` answers afresh each time."""
    before = _answers(world, ask)
    copies = _make(world, world.root.parent / "colleague", rng)
    assert copies, "there is nothing to fetch"
    time.sleep(1.1)  # git counts in seconds
    env = {name: value for name, value in world.environment().items() if not name.endswith("_DATE")}
    subprocess.run(["git", "fetch", "-q", "../colleague", _FETCHED], cwd=world.root, env=env, check=True)
    after = _answers(world, ask)
    return [
        f"{path}@{rev or 'disk'}:{number}: {one.text!r}: {one.owner}, then {other.owner} ({other.reason})"
        for (path, rev), lines in before.items()
        for number, (one, other) in enumerate(zip(lines, after[path, rev], strict=True), 1)
        if one.owner != other.owner
    ]


def _answers(world: World, ask: Ask) -> dict[tuple[str, str | None], list[LineOwner]]:
    paths = world.try_git("ls-files", "-z")[1].decode().split("\0")
    there = [path for path in paths if path.endswith(".py")]
    found: dict[tuple[str, str | None], list[LineOwner]] = {}
    for path in there:
        revs = ["HEAD"] if not world.try_git("cat-file", "-e", f"HEAD:{path}")[0] else []
        for rev in [*revs, *([None] if (world.root / path).is_file() else [])]:
            found[path, rev] = ask(path, rev, world.environment(), world.root)
    return found


def _make(world: World, there: Path, rng: Random) -> int:
    """Branches of copies in a clone; how many."""
    later = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{int(time.time()) + 5000} +0000")
    name, mail = "Carl", "carl@example.org"
    carl = {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": mail,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": mail,
    }
    base = world.environment() | later

    def git(*words: str, env: Mapping[str, str] = base) -> bool:
        done = subprocess.run(["git", *words], cwd=there, env=dict(env), capture_output=True, check=False)
        return done.returncode == 0

    subprocess.run(["git", "clone", "-q", str(world.root), str(there)], env=base, check=True)
    heads = world.try_git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads")[1].decode().split()
    tips = [f"origin/{head}" for head in heads if not head.startswith("byline")]
    count = 0
    for tip in tips:
        for onto in (rng.choice(tips), f"{tip}~3", f"{tip}~6"):
            if not (git("checkout", "-q", "-f", "-B", f"copy/{count}", onto) and git("clean", "-q", "-f", "-d")):
                continue
            count += 1
            copy, author = rng.choice(_WAYS), rng.choice([base, base | carl])
            copy(lambda *words, by=author: git(*words, env=by), tip, onto)
            if rng.random() < 0.7:
                _touch(there, rng, count)
                git("commit", "-q", "-a", "-m", f"theirs {count}", env=base | carl)
    return count


def _squash(git: Callable[..., bool], tip: str, _: str) -> None:
    git("merge", "-q", "--squash", "-X", "theirs", tip)
    git("commit", "-q", "-a", "-m", f"squash of {tip}")


def _pick(git: Callable[..., bool], tip: str, onto: str) -> None:
    git("cherry-pick", "--allow-empty", "-X", "theirs", f"{onto}..{tip}")
    git("cherry-pick", "--abort")


def _pick_one(git: Callable[..., bool], tip: str, _: str) -> None:
    git("cherry-pick", "-n", "-X", "theirs", tip)
    git("add", "-A")
    git("commit", "-q", "-m", f"like {tip}")


def _build_upon(git: Callable[..., bool], tip: str, _: str) -> None:
    git("reset", "-q", "--hard", tip)


_WAYS = (_squash, _pick, _pick_one, _build_upon)


def _touch(there: Path, rng: Random, number: int) -> None:
    """A line of the colleague's in some files."""
    for path in sorted(there.rglob("*.py")):
        if path.is_file() and rng.random() < 0.7:
            lines = path.read_bytes().split(b"\n")
            lines.insert(rng.randrange(len(lines)), f"colleague {number}".encode())
            path.write_bytes(b"\n".join(lines))
