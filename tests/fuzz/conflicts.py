"""What happens when git stops: the conflict is settled by somebody, or the whole thing is called off."""

from random import Random

from fuzz.teller import Teller

_OURS, _BASE, _SEPARATOR, _THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


def settle(teller: Teller, rng: Random, what: str) -> None:
    """Settle conflicts until git is through with `what`, or call it off."""
    for _ in range(12):
        state = teller.in_progress()
        if not state:
            return
        if rng.random() < 0.12 and state != "index" and what != "squash":
            teller.git(state, "--abort")
            return
        if not _resolve(teller, rng):
            break
        if not _go_on(teller, state, what):
            return
    _give_up(teller)


def _resolve(teller: Teller, rng: Random) -> bool:
    """Write every file in conflict without marks. False where that is not about lines."""
    who = teller.runner or rng.choice(("U", "U", "H", "A"))
    for row in sorted(set(teller.ask_git("diff", "--name-only", "--diff-filter=U").split("\n")) - {""}):
        if not (teller.here / row).is_file():
            return False
        lines = teller.lines(row)
        if not any(line.startswith(_OURS) for line in lines):
            return False
        settled = _without_marks(teller, who, lines, rng)
        if teller.runner:
            teller.do("disk-write", row, settled)
        else:
            teller.write(who, row, settled)
    teller.git("add", "-A")
    return True


def _without_marks(teller: Teller, who: str, lines: list[str], rng: Random) -> list[str]:
    result: list[str] = []
    side = ""
    sides: dict[str, list[str]] = {}
    for line in lines:
        mark = line[:7]
        if mark == _OURS:
            side, sides = _OURS, {_OURS: [], _BASE: [], _THEIRS: []}
        elif mark in (_BASE, _SEPARATOR) and side:
            side = _BASE if mark == _BASE else _THEIRS
        elif mark == _THEIRS and side:
            side = ""
            result += _taken(sides, rng)
            if rng.random() < 0.3:
                result += teller.ledger.new_lines(who, 1, rng)
        elif mark in (_OURS, _BASE, _SEPARATOR, _THEIRS):
            continue  # of a conflict within one: git marks both sides, and they share what they ended with
        else:
            (sides[side] if side else result).append(line)
    return result


def _taken(sides: dict[str, list[str]], rng: Random) -> list[str]:
    """What somebody keeps of a conflict: one side, or both in any order."""
    take = rng.choice(((_OURS,), (_THEIRS,), (_OURS, _THEIRS), (_THEIRS, _OURS)))
    lines = [line for side in take for line in sides[side]]
    if rng.random() < 0.1:
        rng.shuffle(lines)
    return lines


def _go_on(teller: Teller, state: str, what: str) -> bool:
    """Continue; True while git may stop again."""
    if state == "index" or what in ("squash", "stash"):
        return False
    if state == "merge":
        return not teller.git("commit", "-q", "--no-edit")
    if not teller.git(state, "--continue"):
        if not teller.ask_git("ls-files", "-u") and not teller.is_dirty():
            teller.git(state, "--skip")
        return True
    return bool(teller.in_progress())


def _give_up(teller: Teller) -> None:
    state = teller.in_progress()
    if state not in ("", "index"):
        teller.git(state, "--abort")
    if teller.in_progress():
        teller.git("reset", "-q", "--hard")
