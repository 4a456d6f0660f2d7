"""A soak: `python tests/soak/run.py --minutes 30`. Exit 1 where an event was lost, a line has a wrong owner, or a
server holds more memory than one that is begun at the end.

Eight agents write through the installed hook, two editors with a server each load, type and save, somebody commits,
rebases, amends, stashes and cherry-picks, `byline sync` and `byline gc --keep-days 0` run beside all that.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / part) for part in ("tests", "lsp", "hooks")]

from soak.agents import Agent  # noqa: E402
from soak.editors import OPEN, Editor, wrong  # noqa: E402
from soak.world import World  # noqa: E402

SAMPLE = 5.0
MORE = 1.1
"""What a server may hold that has worked all the time, by what one does that begins on the same repository."""


def committing(world: World, chance: random.Random) -> None:
    """Commits beside the writers; everything else that git does to the worktree while nobody writes."""
    with world.turns.shared():
        world.git("commit", "-qam", f"change {world.done['commits']}", check=False)
    world.count("commits")
    if chance.random() < 0.5:
        with world.turns.alone():
            chance.choice((rebase, amend, stash, pick, squash))(world)
        world.count("rewrites")


def rebase(world: World) -> None:
    """Onto a branch with a commit of its own."""
    world.git("commit", "-qam", "before a rebase", check=False)
    back = min(6, int(world.git("rev-list", "--count", "--first-parent", "HEAD")) - 1)
    world.git("checkout", "-q", "-B", "topic", f"HEAD~{back}")
    name = f"topic{world.done['rewrites']}.txt"
    (world.root / name).write_text(world.line("nobody"))
    world.git("add", name)
    world.git("commit", "-qm", name)
    world.git("checkout", "-q", "main")
    world.git("rebase", "-q", "topic")


def amend(world: World) -> None:
    """Of the last commit."""
    world.git("commit", "-qa", "--amend", "-m", "amended")


def stash(world: World) -> None:
    """Away and back."""
    if world.git("stash", "-q") is not None and world.git("stash", "list"):
        world.git("stash", "pop", "-q")


def pick(world: World) -> None:
    """The last commit once more, on its parent."""
    world.git("commit", "-qam", "before a pick", check=False)
    tip = world.git("rev-parse", "HEAD").strip()
    world.git("reset", "-q", "--hard", "HEAD~1")
    world.git("cherry-pick", tip)


def squash(world: World) -> None:
    """Two commits into one."""
    world.git("commit", "-qam", "before a squash", check=False)
    if int(world.git("rev-list", "--count", "HEAD")) > 3:
        world.git("reset", "-q", "--soft", "HEAD~2")
        world.git("commit", "-qm", "squashed")


def tidying(world: World, chance: random.Random) -> None:
    """`byline sync`, and `gc` that keeps no snapshot for its youth."""
    world.byline("sync", "--quiet")
    world.count("syncs")
    if chance.random() < 0.3:
        world.byline("gc", "--keep-days", "0")
        world.count("gcs")


def blaming(world: World, chance: random.Random) -> None:
    """What a person sees in the terminal, of the working file or of a commit."""
    path = chance.choice(world.paths)
    if chance.random() < 0.5:
        with world.turns.shared(), world.locks[path]:
            judge(world, path)
    else:
        commits = world.git("rev-list", "--max-count=20", "HEAD").split()
        judge(world, path, chance.choice(commits))


def judge(world: World, path: str, rev: str | None = None) -> None:
    """Each line's owner against its text."""
    told = world.byline("blame", path, "--json", *(("--rev", rev) if rev else ()))
    if not told:
        return
    answer = json.loads(told)["lines"]
    lines = [line["content"] for line in answer]
    owners = [line["session_id"] if line["owner"] == "session" else line["owner"] for line in answer]
    for problem in wrong(lines, owners):
        world.trouble(f"blame {path} {rev or ''}: {problem}")
    world.count("blamed lines", len(lines))
    world.count("blamed lines with a name", sum(owner != "unknown" for owner in owners))
    ours = sum(not line.startswith("nobody") for line in lines)
    world.count("blamed lines that somebody wrote", ours)


def lost(world: World, agents: list[Agent]) -> list[str]:
    """Events that were sent and are not in the spool, are there twice or are torn."""
    found: Counter[tuple[str, str, str]] = Counter()
    problems = []
    for file in sorted((world.root / ".git" / "byline" / "spool").iterdir()):
        for raw in file.read_bytes().split(b"\n"):
            if not raw.strip():
                continue
            try:
                told = json.loads(raw)
            except ValueError:
                problems.append(f"torn: {raw[:60]!r}")
                continue
            found[told.get("session_id") or "", told.get("call_id") or "", told["event"]] += 1
    for agent in agents:
        problems += [f"{key} is there {found[key]} times" for key in sorted(agent.expected) if found[key] != 1]
    return problems


def again(world: World, work: Callable[[World, random.Random], None], seed: int, pause: float) -> Callable[[], None]:
    """Does something over and over."""
    chance = random.Random(seed)

    def run() -> None:
        while not world.over.wait(chance.uniform(0.5, 1.5) * pause):
            try:
                work(world, chance)
            except Exception as problem:
                world.trouble(f"{work.__name__}: {problem!r}")

    return run


def main() -> int:
    """Soak, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--agents", type=int, default=8)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two calls of an agent")
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-soak-") as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        return soak(World(folder.resolve(), 16), given.minutes * 60, given.agents, given.pause)


def soak(world: World, seconds: float, count: int, pause: float) -> int:
    """1 where something went wrong."""
    agents = [Agent(world, number, pause) for number in range(count)]
    editors = [Editor(world, number) for number in range(2)]
    jobs: list[Callable[[], None]] = [*(agent.run for agent in agents), *(editor.run for editor in editors)]
    jobs += [again(world, committing, 1, 8), again(world, tidying, 2, 20), again(world, blaming, 3, 8)]
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    samples: list[tuple[int, list[float]]] = []
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    while time.monotonic() - begun < seconds and any(thread.is_alive() for thread in threads):
        time.sleep(SAMPLE)
        samples.append((world.done["events"], [editor.memory() for editor in editors]))
        if len(samples) % 12 == 0:
            print(f"{time.monotonic() - begun:5.0f} s {dict(world.done)} {samples[-1]}", flush=True)
    world.over.set()
    for thread in threads:
        thread.join(120)
    for path in world.paths:
        judge(world, path)
        judge(world, path, "HEAD")
    held = [editor.memory() for editor in editors]
    anew = begun_now(world, len(editors))
    for editor in editors:
        editor.end()
    if max(held) > MORE * anew:
        world.trouble(f"a server holds {max(held):.1f} MiB, one that begins now {anew:.1f}")
    gone = lost(world, agents)
    tell(world, editors, samples, gone, time.monotonic() - begun)
    print(f"memory at the end: {', '.join(f'{one:.1f}' for one in held)} MiB; of a server begun then {anew:.1f}")
    return 1 if gone or world.troubles else 0


def begun_now(world: World, number: int) -> float:
    """MiB of a server that begins on what all others left; it looks at each file twice, with commits between."""
    editor = Editor(world, number)
    for place, path in enumerate([*world.paths, *world.paths], 1):
        editor.look_at(path)
        if place % OPEN == 0:  # all that was worked out is let go of then, as in the soak
            world.git("commit", "-q", "--allow-empty", "-m", "nothing")
    found = editor.memory()
    editor.end()
    return found


def tell(
    world: World, editors: list[Editor], samples: list[tuple[int, list[float]]], gone: list[str], took: float
) -> None:
    """The report."""
    print(f"{took / 60:.1f} minutes: " + ", ".join(f"{number:,} {what}" for what, number in world.done.items()))
    named = sum(editor.named for editor in editors)
    print(f"editors: {sum(editor.checked for editor in editors):,} lines checked, {named:,} of them with a name")
    third = max(1, len(samples) // 3)
    for number in range(len(editors)):
        values = [each[number] for _, each in samples]
        parts = (values[:third], values[third : 2 * third], values[2 * third :])
        told = ", ".join(f"{statistics.median(part):.1f}" for part in parts if part)
        print(f"memory of server {number + 1}, MiB, medians of thirds: {told}; most {max(values):.1f}")
    size = subprocess.run(
        ["du", "-sk", str(world.root / ".git" / "byline")], stdout=subprocess.PIPE, text=True, check=True
    )
    print(f"store: {int(size.stdout.split()[0]) / 1024:.1f} MiB")
    print(f"{len(gone)} events lost, {len(world.troubles)} other troubles")
    for problem in [*gone, *world.troubles][:20]:
        print(f"  {problem}")


if __name__ == "__main__":
    sys.exit(main())
