"""Fuzz byline: `python tests/fuzz/run.py --seed 1 --ops 60 --repos 50`. Exit 1 where a line has a false owner."""

import argparse
import importlib
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.fuzzer import Outcome, Settings, make_plan, replay, tell
from fuzz.shrink import shrink, shrink_steps
from scenarios.player import Step
from story.blame import Blame, LineOwner
from story.stage import Ask


class WorkspaceAnswers:
    """byline's answers inside this process: a new workspace each time, or (`living`) one that follows the story."""

    def __init__(self, *, living: bool) -> None:
        self._living = living
        self._open: dict[Path, Any] = {}
        self._class: Any = importlib.import_module("byline.workspace.workspace").Workspace

    def __call__(self, path: str, rev: str | None, env: Mapping[str, str], cwd: Path) -> list[LineOwner]:
        workspace = self._open.get(cwd)
        if workspace is None:
            workspace = self._class.for_path(cwd / path, env)
            if self._living:
                self._open[cwd] = workspace
        else:
            workspace.refresh()
        try:
            answer = workspace.attribute(cwd / path, rev=rev)
        finally:
            if not self._living:
                workspace.close()
        pieces = answer.text.decode().split("\n")
        return [
            LineOwner(pieces[line.line].removesuffix("\r"), _word(line), line.reason, line.state)
            for line in answer.lines
        ]


def _word(line: Any) -> str:
    return {"human": "H", "unknown": "U"}.get(line.owner) or str(line.session_id)


def asker(name: str) -> Ask:
    """How byline is asked: `process`, `forked`, `workspace` or `living`."""
    if name in ("workspace", "living"):
        return WorkspaceAnswers(living=name == "living")
    return Blame(forked=name == "forked")


def main() -> int:
    """Exit 1 for a false owner or a crash; with --strict also for a gap."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first repository; the next has the next")
    parser.add_argument("--ops", type=int, default=60, help="deeds in each")
    parser.add_argument("--repos", type=int, default=20)
    parser.add_argument("--seconds", type=float, help="stop starting new ones after this time")
    parser.add_argument("--strict", action="store_true", help="gaps end a story, too")
    parser.add_argument("--dialect", choices=("generic", "claude"), default="generic")
    parser.add_argument("--ask", choices=("forked", "process", "workspace", "living"), default="forked")
    parser.add_argument("--then-fetch", action="store_true", help="copies of each story, which change no answer")
    parser.add_argument("--staging", action="store_true", help="stories with many deeds of the index")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--keep-going", action="store_true", help="do not stop at the first failing story")
    parser.add_argument("--out", type=Path, help="folder for failing stories, as scenarios")
    options = parser.parse_args()

    judged = ("wrong", "human", "missing") if options.strict else ("wrong", "human")
    settings = Settings(judged=judged, dialect=options.dialect)
    begun = time.monotonic()
    totals: Counter[str] = Counter()
    for seed in range(options.seed, options.seed + options.repos):
        if options.seconds and time.monotonic() - begun > options.seconds:
            break
        settings = Settings(
            judged=judged, dialect=options.dialect, ask=asker(options.ask), then_fetch=options.then_fetch
        )
        outcome = tell(seed, make_plan(seed, options.ops, staging=options.staging), settings)
        totals["stories"] += 1
        totals["deeds"] += outcome.done
        totals["lines"] += outcome.lines
        totals.update(one.kind for one in outcome.differences)
        totals["changed"] += len(outcome.changed)
        if outcome.changed:
            totals["failed"] += 1
            print(f"seed {seed}, after a fetch:", *outcome.changed[:12], sep="\n  ", flush=True)
            if not options.keep_going:
                break
        if not (outcome.crash or outcome.of_kind(*judged)):
            continue
        totals["failed"] += 1
        smaller = None
        if not options.no_shrink:
            outcome = shrunk(seed, outcome, settings)
            smaller = smallest_steps(seed, outcome, settings)
        print(describe(seed, outcome, smaller), flush=True)
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / f"FZ{seed}.json").write_text(json.dumps([as_scenario(seed, outcome, smaller)], indent=1))
        if not options.keep_going:
            break
    took = time.monotonic() - begun
    print(
        f"{totals['stories']} stories, {totals['deeds']} deeds, {totals['lines']} lines compared in {took:.0f} s: "
        f"{totals['wrong']} false claims, {totals['human']} false humans, {totals['missing']} missing, "
        f"{totals['changed']} changed by a fetch; {totals['failed']} stories failed"
    )
    return 1 if totals["failed"] else 0


def shrunk(seed: int, outcome: Outcome, settings: Settings) -> Outcome:
    """The smallest story found that fails in the same way."""
    ways = {one.kind for one in outcome.of_kind(*settings.judged)}

    def same(plan: list[tuple[str, int]]) -> bool:
        again = tell(seed, plan, settings)
        if outcome.crash:
            return again.crash.partition(":")[0] == outcome.crash.partition(":")[0]
        return not again.crash and bool(ways & {one.kind for one in again.of_kind(*settings.judged)})

    return tell(seed, shrink(outcome.plan[: outcome.done], same), settings)


def smallest_steps(seed: int, outcome: Outcome, settings: Settings) -> list[Step]:
    """The steps of a story that ends in a false owner, made smaller still; the last one is what byline should say."""
    steps: list[Step] = as_scenario(seed, outcome)["steps"]
    worst = outcome.of_kind("wrong") or outcome.of_kind(*settings.judged)
    if outcome.crash or not worst:
        return steps
    wanted = worst[0]
    steps = [*outcome.steps, ["expect-line", wanted.rev, wanted.path, wanted.text, wanted.expected]]

    def still_wrong(candidate: list[Step]) -> bool:
        try:
            verdicts = replay(seed, candidate, settings)
        except Exception:  # the smaller story does not play
            return False
        return bool(verdicts) and verdicts[-1].got == wanted.got

    return shrink_steps(steps, still_wrong, wanted.text) if still_wrong(steps) else steps


def as_scenario(seed: int, outcome: Outcome, smaller: list[Step] | None = None) -> dict[str, Any]:
    """The story as a scenario that `tests/scenarios/run.py --file` plays."""
    steps = list(smaller or outcome.steps)
    wrong = outcome.of_kind("wrong", "human") or outcome.differences
    if wrong and not smaller:
        first = wrong[0]
        steps.append(["expect-line", first.rev, first.path, first.text, first.expected])
    return {
        "id": f"FZ{seed}",
        "title": f"story of seed {seed}",
        "family": "fuzz",
        "level": "core",
        "note": "",
        "steps": steps,
    }


def describe(seed: int, outcome: Outcome, smaller: list[Step] | None = None) -> str:
    """A failing story for a person: what differs, the deeds, the steps."""
    rows = [f"seed {seed}, after {outcome.done} deeds: {outcome.crash or ''}"]
    rows += [f"  {one}" for one in outcome.differences[-12:]]
    rows += ["  deeds: " + repr(outcome.plan[: outcome.done]), "  steps:"]
    rows += [
        "   " + json.dumps(step, ensure_ascii=False) + "," for step in as_scenario(seed, outcome, smaller)["steps"]
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
