"""A soak: `python tests/soak/run.py --minutes 30`. Exit 1 where an event was lost, a line has a wrong owner, or the
memory of a server grows otherwise than with the record.

Eight agents write through the installed hook, two editors with a server each load, type and save, somebody commits,
rebases, amends, stashes and cherry-picks, `byline sync` and `byline gc --keep-days 0` run beside all that. Then, for
`--standstill` minutes, nothing is recorded any more, and the editors go on.
"""

import argparse
import json
import random
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
from soak.memory import Memory  # noqa: E402
from soak.world import World  # noqa: E402

SAMPLE = 5.0


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
    parser.add_argument("--standstill", type=float, default=5, metavar="MINUTES", help="without any event (5)")
    parser.add_argument("--agents", type=int, default=8)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two calls of an agent")
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-soak-") as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        world = World(folder.resolve(), 16)
        return soak(world, 60 * given.minutes, 60 * given.standstill, given.agents, given.pause)


def soak(world: World, seconds: float, standstill: float, count: int, pause: float) -> int:
    """1 where something went wrong."""
    agents = [Agent(world, number, pause) for number in range(count)]
    editors = [Editor(world, number) for number in range(2)]
    memory = Memory(world, editors)
    jobs: list[Callable[[], None]] = [*(agent.run for agent in agents), *(editor.run for editor in editors)]
    jobs += [again(world, committing, 1, 8), again(world, tidying, 2, 20), again(world, blaming, 3, 8)]
    begun = time.monotonic()
    beside(world, jobs, seconds, memory.sample)
    took = time.monotonic() - begun
    for path in world.paths:
        judge(world, path)
        judge(world, path, "HEAD")
    anew = begun_now(world, len(editors))
    memory.compare(anew)
    anew.end()
    for editor in editors:
        editor.saves = False
    beside(world, [*(editor.run for editor in editors), again(world, blaming, 4, 8)], standstill, memory.sample_still)
    for editor in editors:
        editor.end()
    gone = lost(world, agents)
    tell(world, editors, gone, took)
    for problem in memory.tell():
        world.trouble(problem)
    print(f"{len(gone)} events lost, {len(world.troubles)} other troubles")
    for problem in [*gone, *world.troubles][:20]:
        print(f"  {problem}")
    return 1 if gone or world.troubles else 0


def beside(world: World, jobs: list[Callable[[], None]], seconds: float, sample: Callable[[], None]) -> None:
    """Does jobs beside one another for a while, and looks at memory every few seconds."""
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    begun, number = time.monotonic(), 0
    world.over.clear()
    for thread in threads:
        thread.start()
    while time.monotonic() - begun < seconds and any(thread.is_alive() for thread in threads):
        time.sleep(min(SAMPLE, seconds))
        sample()
        number += 1
        if number % 12 == 0:
            print(f"{time.monotonic() - begun:5.0f} s {dict(world.done)}", flush=True)
    world.over.set()
    for thread in threads:
        thread.join(120)


def begun_now(world: World, number: int) -> Editor:
    """An editor that begins on what all others left, and looks at each file twice, with commits between."""
    editor = Editor(world, number)
    for place, path in enumerate([*world.paths, *world.paths], 1):
        editor.look_at(path)
        if place % OPEN == 0:  # all that was worked out is let go of then, as in the soak
            world.git("commit", "-q", "--allow-empty", "-m", "nothing")
    return editor


def tell(world: World, editors: list[Editor], gone: list[str], took: float) -> None:
    """The report, but for memory."""
    print(f"{took / 60:.1f} minutes: " + ", ".join(f"{number:,} {what}" for what, number in world.done.items()))
    named = sum(editor.named for editor in editors)
    print(f"editors: {sum(editor.checked for editor in editors):,} lines checked, {named:,} of them with a name")
    size = subprocess.run(
        ["du", "-sk", str(world.root / ".git" / "byline")], stdout=subprocess.PIPE, text=True, check=True
    )
    print(f"store: {int(size.stdout.split()[0]) / 1024:.1f} MiB")


if __name__ == "__main__":
    sys.exit(main())
