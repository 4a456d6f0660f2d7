"""Making a failing story small: deeds are left out as long as it still fails in the same way."""

from collections.abc import Callable

from fuzz.fuzzer import Plan


def shrink(plan: Plan, still_fails: Callable[[Plan], bool], budget: int = 200) -> Plan:
    """Delta debugging: leave out halves, then ever smaller pieces. At most `budget` tries."""
    size = max(1, len(plan) // 2)
    while True:
        at = 0
        shorter = False
        while at < len(plan):
            candidate = plan[:at] + plan[at + size :]
            if budget <= 0:
                return plan
            budget -= 1
            if candidate and still_fails(candidate):
                plan, shorter = candidate, True
            else:
                at += size
        if size > 1:
            size //= 2
        elif not shorter:
            return plan
