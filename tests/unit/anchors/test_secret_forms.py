"""Where secrets and names of people once passed they do not any more; what looks like them does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from byline.repo.anchors.gate import Gate
from secretforms import HARMLESS, HARMLESS_JSON, PATHS, SECRETS, filled

GATE = Gate(["/work/x/repo"], "/home/ada", "on")
PRIVACY = Path(__file__).parents[3] / "docs" / "privacy.md"
LEFT = {"KEY{A}", "{H}:{H}", "TOKEN {H}"}
"""Hashes look like these, and parts of words."""
LEFT_PATHS = {"{P}@laptop:~$ ls", "-rw-r--r-- 1 {P} {P} 5 x"}
"""A name without a path."""


def left(forms: tuple[str, ...], seed: int) -> set[str]:
    found = set()
    for form, value, secret in filled(forms, seed):
        told = {"command": value} if isinstance(value, str) else value
        if secret in json.dumps(GATE.values(told)):
            found.add(form)
    return found


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_secrets_are_found_in_every_form(seed: int) -> None:
    assert left(SECRETS, seed) <= LEFT


@pytest.mark.parametrize("seed", [5, 6])
def test_names_of_people_are_found_in_every_form(seed: int) -> None:
    assert left(PATHS, seed) <= LEFT_PATHS


@pytest.mark.parametrize("text", HARMLESS)
def test_what_looks_like_them_passes(text: str) -> None:
    assert GATE.text(text) == text


@pytest.mark.parametrize("value", HARMLESS_JSON, ids=str)
def test_json_that_looks_like_them_passes(value: Any) -> None:
    assert GATE.values(value) == value


@pytest.mark.parametrize(
    "value",
    [
        {"password": {"value": "hunter2xK9"}},
        {"headers": {"Cookie": "a=1; sid=hunter2xK9"}},
        {"Authorization": "hunter2xK9"},
        {"selector": "input[type=password]", "text": "hunter2xK9"},
        {"element": "Password textbox", "ref": "e3", "text": "hunter2xK9"},
        {"k": "password", "v": "hunter2xK9"},
        {"env": [{"value": "hunter2xK9", "name": "DB_PASSWORD"}]},
        {"args": ["-e", "DB_PASSWORD=hunter2xK9"]},
        {"command": ["bash", "-c", "curl -u bob:hunter2xK9 x"]},
        {"arguments": json.dumps({"body": json.dumps({"password": "hunter2xK9"})})},
    ],
    ids=str,
)
def test_json_tells_by_its_structure(value: Any) -> None:
    assert "hunter2xK9" not in json.dumps(GATE.values(value))


def test_letters_that_are_two_in_lower_case_move_nothing() -> None:
    text = "İstanbul İ\npassword=hunter2xK9 in /home/bob/x"
    assert GATE.text(text) == "İstanbul İ\npassword=[REDACTED] in ~/x"


def test_figures_in_the_document_are_those_of_today() -> None:
    text = re.sub(r"\s+", " ", PRIVACY.read_text("utf-8"))
    secrets, paths = len(SECRETS) - len(left(SECRETS, 5)), len(PATHS) - len(left(PATHS, 5))
    assert f"{secrets} of {len(SECRETS)} places and spellings" in text
    assert f"{paths} of {len(PATHS)} of paths" in text
    assert f"{len(HARMLESS) + len(HARMLESS_JSON)} look-alikes of these" in text
    print(secrets, len(SECRETS), paths, len(PATHS), len(HARMLESS) + len(HARMLESS_JSON))
