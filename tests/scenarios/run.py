"""Play the ownership scenarios and print a table: `python tests/scenarios/run.py [ID…] [--dialect claude]`."""

import argparse
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parents[1]))

from scenarios.load import Scenario, load, read
from scenarios.player import Player, Verdict
from story.blame import Blame
from story.hook import ForkedHook, HookRunner, ProcessHook
from story.stage import Ask, Stage
from story.world import World


@dataclass
class Result:
    """How one scenario went."""

    scenario: Scenario
    verdicts: list[Verdict] = field(default_factory=list)
    broken: str = ""

    def wrong(self, *, loose: bool = False) -> list[Verdict]:
        """The lines that are not as expected."""
        return [one for one in self.verdicts if not (one.right_loosely if loose else one.right)]

    def passed(self, *, loose: bool = False) -> bool:
        """Everything played and every line right."""
        return not self.broken and bool(self.verdicts) and not self.wrong(loose=loose)


class Nobody:
    """In the place of the hook and of byline when only the scenarios themselves are tried."""

    def __call__(self, agent: str, payload: dict[str, Any], env: Mapping[str, str], cwd: Path) -> None: ...


def play(
    scenario: Scenario, folder: Path, *, dialect: str = "generic", forked: bool = False, dry: bool = False
) -> Result:
    """Play one scenario below `folder`. Dry: only git, to see that the scenario itself is sound."""
    hook: HookRunner = Nobody() if dry else ForkedHook() if forked else ProcessHook()
    blame: Ask = (lambda *_: []) if dry else Blame(forked=forked)
    stage = Stage(World(folder), dialect=dialect, hook=hook, blame=blame)
    player = Player(stage)
    result = Result(scenario, player.verdicts)
    try:
        player.play(scenario.steps)
    except Exception as failure:
        result.broken = "".join(traceback.format_exception_only(failure)).strip()
    return result


def _line(result: Result, loose: bool) -> str:
    wrong = result.wrong(loose=loose)
    claims = sum(one.false_claim for one in wrong)
    word = "broken" if result.broken else "ok" if result.passed(loose=loose) else "FALSE" if claims else "miss"
    one = result.scenario
    right = len(result.verdicts) - len(wrong)
    return f"{one.id:<6} {one.level:<9} {word:<7} {right:>3}/{len(result.verdicts):<3} {one.title}"


def _totals(results: list[Result], loose: bool) -> list[str]:
    rows = [f"\n{'level':<10} {'scenarios':>12} {'lines':>12} {'missing':>8} {'false claims':>13}"]
    for level in ("core", "extended", "stretch", "all"):
        these = [one for one in results if level in (one.scenario.level, "all")]
        if not these:
            continue
        counts: Counter[str] = Counter()
        for result in these:
            wrong = result.wrong(loose=loose)
            counts["passed"] += result.passed(loose=loose)
            counts["lines"] += len(result.verdicts)
            counts["right"] += len(result.verdicts) - len(wrong)
            counts["false"] += sum(one.false_claim for one in wrong)
        missing = counts["lines"] - counts["right"] - counts["false"]
        rows.append(
            f"{level:<10} {counts['passed']:>6}/{len(these):<5} {counts['right']:>6}/{counts['lines']:<5} "
            f"{missing:>8} {counts['false']:>13}"
        )
    return rows


def main() -> int:
    """Exit 0 when everything passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="a scenario, or the beginning of its id; default all")
    parser.add_argument("--dialect", choices=("generic", "claude"), default="generic")
    parser.add_argument("--loose", action="store_true", help="count unknown and human as the same")
    parser.add_argument("--forked", action="store_true", help="hook and blame in forked children: faster")
    parser.add_argument("--dry", action="store_true", help="only git: are the scenarios themselves sound?")
    parser.add_argument("--keep", action="store_true", help="keep the repositories and say where they are")
    parser.add_argument("--level", choices=("core", "extended", "stretch"))
    parser.add_argument("--file", type=Path, help="scenarios of this file instead")
    parser.add_argument("--quiet", action="store_true", help="only what is not right")
    options = parser.parse_args()

    results = []
    for scenario in read(options.file) if options.file else load():
        if options.ids and not any(scenario.id.startswith(one) for one in options.ids):
            continue
        if options.level and scenario.level != options.level:
            continue
        folder = Path(tempfile.mkdtemp(prefix=f"byline-{scenario.id}-"))
        result = play(scenario, folder, dialect=options.dialect, forked=options.forked, dry=options.dry)
        results.append(result)
        good = result.passed(loose=options.loose)
        if not (good and options.quiet):
            print(_line(result, options.loose), f" {folder}" if options.keep else "")
        if result.broken:
            print(f"         {result.broken}")
        for verdict in result.wrong(loose=options.loose):
            print(f"         {verdict}")
        if not options.keep:
            _remove(folder)
    print("\n".join(_totals(results, options.loose)))
    return 0 if results and all(one.passed(loose=options.loose) for one in results) else 1


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
