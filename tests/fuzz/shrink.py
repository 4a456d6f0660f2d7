"""Making a failing story small: deeds are left out as long as it still fails in the same way."""

import re
from collections.abc import Callable
from typing import Any

from fuzz.fuzzer import Plan
from fuzz.ledger import number_of
from scenarios.player import Step


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


def shrink_steps(
    steps: list[Step], still_wrong: Callable[[list[Step]], bool], line: str, budget: int = 400
) -> list[Step]:
    """Make the steps of a story smaller while this line stays wrong.

    Whole steps go first, but never an event, nor a step that first names the line's number or first spells it so:
    its writer and the evidence stay. Then lines: one that is taken out of every text changes no other's owner.
    """
    number = number_of(line)
    assert number is not None
    tries = [budget]

    def try_it(candidate: list[Step]) -> bool:
        tries[0] -= 1
        return tries[0] >= 0 and still_wrong(candidate)

    shorter = True
    while shorter and tries[0] > 0:
        shorter = False
        for path in reversed(_places(steps)):
            candidate = _without(steps, path)
            if _writers(candidate, line) == _writers(steps, line) and try_it(candidate):
                steps, shorter = candidate, True
        for other in sorted(_numbers(steps) - {number}, reverse=True):
            candidate = _without_line(steps, other)
            if try_it(candidate):
                steps, shorter = candidate, True
    return steps


_NESTED = {"shell-steps": 3, "in-worktree": 2}
"""Where a step keeps the steps inside it."""


def _places(steps: list[Step], above: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """Where each step is, outer before inner; the expectation at the end is none that could go."""
    found = []
    for index, step in enumerate(steps):
        if step[0] == "event" or step[0].startswith("expect"):
            continue
        found.append((*above, index))
        if step[0] in _NESTED:
            found += _places(step[_NESTED[step[0]]], (*above, index))
    return found


def _without(steps: list[Step], place: tuple[int, ...]) -> list[Step]:
    index, *deeper = place
    if index >= len(steps):
        return steps
    if not deeper:
        return steps[:index] + steps[index + 1 :]
    step = list(steps[index])
    if step[0] not in _NESTED:
        return steps
    at = _NESTED[step[0]]
    step[at] = _without(step[at], tuple(deeper))
    return [*steps[:index], step, *steps[index + 1 :]]


def _writers(steps: list[Step], line: str) -> list[str]:
    """Who first writes the line's number, and who first writes it with just these blanks."""
    number = number_of(line)
    return [
        _first(steps, lambda step: number in _numbers([step])),
        _first(steps, lambda step: line in _texts([step])),
    ]


def _first(steps: list[Step], names_it: Callable[[Step], bool]) -> str:
    for step in steps:
        if step[0] in _NESTED:
            if inner := _first(step[_NESTED[step[0]]], names_it):
                return inner if step[0] == "in-worktree" else f"{step[1]}: {inner}"
        elif names_it(step):
            return f"{step[0]} {step[1] if isinstance(step[1], str) else ''}"
    return ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    below = list(value.values()) if isinstance(value, dict) else value
    return [text for one in below for text in _texts(one)] if isinstance(below, list) else []


def _numbers(value: object) -> set[int]:
    """Every line number in texts anywhere below."""
    if isinstance(value, str):
        number = number_of(value) if re.match(r"\s*(word )?[kbc]\d", value) else None
        return set() if number is None else {number}
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(_numbers, value)) if isinstance(value, list) else set()


def _without_line(steps: list[Step], number: int) -> list[Step]:
    """The steps with every line of this number taken out of every text."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(one) for key, one in value.items()}
        if isinstance(value, list):
            return [strip(one) for one in value if not (isinstance(one, str) and _numbers(one) == {number})]
        return value

    stripped = []
    for step in steps:
        new = strip(step)
        hint = step[-1]
        if step[0] == "edit" and isinstance(hint, dict) and "inserted_after" in hint:
            after, count = hint["inserted_after"], hint["count"]
            gone = [index for index, line in enumerate(step[3]) if _numbers(line) == {number}]
            after -= sum(index < hint["inserted_after"] for index in gone)
            count -= sum(hint["inserted_after"] <= index < hint["inserted_after"] + hint["count"] for index in gone)
            new[-1] = {"inserted_after": after, "count": count}
        stripped.append(new)
    return stripped
