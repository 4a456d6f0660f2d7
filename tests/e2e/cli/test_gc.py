"""`byline gc` costs no living line its owner."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from . import story
from .conftest import Person

OWNED = ("owner", "session_id", "agent", "state")


def gc(person: Person, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("gc", "--json", *words).stdout)
    return found


def owners(person: Person, file: str, *options: str) -> list[tuple[str, ...]]:
    told = json.loads(person.byline("blame", "--json", *options, file).stdout)["lines"]
    return [tuple(line[name] for name in OWNED) for line in told]


def snapshots(person: Person) -> set[str]:
    return {file.parent.name + file.name for file in (person.store / "blobs").glob("??/*")}


def test_nothing_young_goes(person: Person) -> None:
    story.session(person)
    before = snapshots(person)
    assert gc(person)["dropped"] == 0
    assert gc(person)["kept"]["young"] == len(before) > 0
    assert snapshots(person) == before


def test_what_is_not_committed_keeps_all_it_needs(person: Person) -> None:
    story.write(person, "a.py", "one\n")
    story.write(person, "a.py", "one\ntwo\n", session_id="s2")
    before = owners(person, "a.py")
    assert [line[1] for line in before] == ["s1", "s2"]
    gc(person, "--keep-days", "0")
    assert owners(person, "a.py") == before
    story.write(person, "a.py", "zero\none\ntwo\n", session_id="s3")
    assert [line[1] for line in owners(person, "a.py")] == ["s3", "s1", "s2"]


def test_what_is_gone_from_every_file_goes(person: Person) -> None:
    story.tell(person, "session_start")
    (person.repository / "readme").write_text("r\n")
    story.commit(person)
    story.write(person, "draft.py", "a\nb\n")
    story.write(person, "draft.py", "c\n")
    (person.repository / "draft.py").unlink()
    would = gc(person, "--keep-days", "0", "--dry-run")
    held = snapshots(person)
    assert (would["dropped"], would["dry_run"]) == (len(held), True)
    assert gc(person, "--keep-days", "0")["dropped"] == len(held) > 1
    assert snapshots(person) == set()
    told = json.loads(person.byline("doctor", "--json", code=None).stdout)["problems"]
    assert [one for one in told if one["check"] == "snapshots"] == []


def test_what_git_keeps_goes_and_owners_stay(person: Person) -> None:
    story.write(person, "a.py", "one\ntwo\n")
    story.write(person, "b.py", "three\n", session_id="s2")
    story.commit(person)
    person.byline("sync")
    story.write(person, "a.py", "one\nTWO\n", session_id="s3")
    before = {file: owners(person, file) for file in ("a.py", "b.py")}
    assert gc(person, "--keep-days", "0")["dropped"] > 0
    assert {file: owners(person, file) for file in ("a.py", "b.py")} == before
    for file in person.store.glob("index.db*"):
        file.unlink()
    assert {file: owners(person, file) for file in ("a.py", "b.py")} == before
    assert owners(person, "a.py", "--rev", "HEAD") == [("session", "s1", "m", "committed")] * 2


def test_another_branch_and_a_renamed_file(person: Person) -> None:
    story.write(person, "a.py", "one\ntwo\nthree\nfour\n")
    story.commit(person)
    person.git("switch", "-qc", "side")
    story.write(person, "a.py", "one\ntwo\nthree\nfour\nfive\n", session_id="s2")
    story.commit(person)
    person.git("mv", "a.py", "moved.py")
    story.commit(person)
    person.git("switch", "-q", "main")
    before = owners(person, "moved.py", "--rev", "side")
    assert [line[1] for line in before] == ["s1"] * 4 + ["s2"]
    gc(person, "--keep-days", "0")
    assert owners(person, "moved.py", "--rev", "side") == before
    assert [line[1] for line in owners(person, "a.py")] == ["s1"] * 4


def test_in_the_middle_of_a_merge_all_stays(person: Person) -> None:
    story.write(person, "a.py", "one\n")
    story.commit(person)
    before = snapshots(person)
    (person.repository / ".git" / "MERGE_HEAD").write_text(person.git("rev-parse", "HEAD"))
    told = gc(person, "--keep-days", "0")
    assert (told["dropped"], told["kept"]["busy"]) == (0, len(before))
    assert snapshots(person) == before


def test_days_come_from_the_settings(person: Person) -> None:
    story.write(person, "a.py", "one\n")
    person.git("config", "byline.keepDays", "0")
    assert gc(person)["keep_days"] == 0
    assert "is no number of days" in person.byline("gc", "--keep-days", "soon", code=2).stderr


@pytest.mark.parametrize(("days", "goes"), [(6, False), (8, True)])
def test_rejected_payloads_go_after_a_week(person: Person, days: int, goes: bool) -> None:
    story.session(person)
    folder = person.store / "rejected"
    folder.mkdir(exist_ok=True)
    payload = Path(folder / "p.json")
    payload.write_text("{")
    then = time.time() - days * 86_400
    os.utime(payload, (then, then))
    assert gc(person)["rejected"] == int(goes)
    assert payload.exists() is not goes


@pytest.mark.parametrize(("days", "goes"), [(6, False), (8, True)])
def test_patches_whose_turn_never_ended_go_after_a_week(person: Person, days: int, goes: bool) -> None:
    story.session(person)
    folder = person.store / "pending"
    note = person.data / "files" / "pending" / "s1.call"  # of a call that began outside its project's folder
    waiting = [folder / "s1.jsonl", folder / "s1.jsonl.1f3", note]
    then = time.time() - days * 86_400
    for file in waiting:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}\n")
        os.utime(file, (then, then))
    assert gc(person, "--dry-run")["pending"] == 3 * int(goes)
    assert all(file.exists() for file in waiting)
    assert gc(person)["pending"] == 3 * int(goes)
    assert [file.exists() for file in waiting] == [not goes] * 3
