"""`byline stats` counts what commits brought, whether they have anchors or not."""

import json
import shutil
from typing import Any

from . import story
from .conftest import Person


def stats(person: Person, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("stats", "--json", *words).stdout)
    return found


def prepare(person: Person) -> None:
    (person.repository / "old.txt").write_text("before\n")
    story.commit(person)
    story.tell(person, "session_start", model="m-1")
    story.write(person, "src/a.py", "one\ntwo\nthree\n", model="m-1")
    story.commit(person)
    story.write(person, "src/a.py", "one\nTWO\nthree\n", session_id="s2", model="m-2")
    (person.repository / "notes.txt").write_text("nobody saw\nthis\n")
    story.commit(person)


def test_counts(person: Person) -> None:
    prepare(person)
    told = stats(person)
    assert (told["commits"], told["sessions"], told["deleted"]) == (2, 2, 1)
    assert told["total"] == {"commits": 2, "added": 6, "ai_added": 4, "human_added": 0, "unknown_added": 2}
    assert told["ai_pct"] == 66.7
    assert {name: one["added"] for name, one in told["by_agent"].items()} == {"m": 4}
    assert {name: one["added"] for name, one in told["by_model"].items()} == {"m-1": 3, "m-2": 1}
    assert {name: one["added"] for name, one in told["by_folder"].items()} == {"src": 4, ".": 2}
    assert {name: one["added"] for name, one in told["by_author"].items()} == {"Ada <ada@example.org>": 6}
    assert told["by_session"]["s1"] == {"agent": "m", "added": 3, "surviving": 2}
    assert (told["surviving"], told["survival_pct"]) == (3, 75.0)


def test_anchors_change_no_count(person: Person) -> None:
    prepare(person)
    before = stats(person)
    person.byline("sync")
    assert stats(person) == before


def test_files_that_lead_out_of_the_repository_are_passed_over(person: Person) -> None:
    """As a hostile anchor names them, and as a link leads there that took the place of a folder."""
    prepare(person)
    person.byline("sync")
    head = person.git("rev-parse", "HEAD").strip()
    place = f"{head[:2]}/{head[2:]}/metadata.json"
    told = json.loads(person.git("show", f"byline/anchors/v1:{place}"))
    told["file_changes"].append({**told["file_changes"][0], "path": "../../x"})
    data = json.dumps(told)
    ref = "refs/heads/byline/anchors/v1"
    stream = f"commit {ref}\ncommitter x <x@x> 1 +0000\ndata 0\nfrom {ref}^0\n"
    (person.home / "stream").write_text(f"{stream}M 100644 inline {place}\ndata {len(data)}\n{data}\n")
    before = stats(person)
    person.git("-c", "alias.import=!git fast-import --quiet <../home/stream", "import")
    assert stats(person) == before
    shutil.move(person.repository / "src", person.home / "src")
    (person.repository / "src").symlink_to(person.home / "src")
    assert stats(person)["surviving"] == 0


def test_ranges(person: Person) -> None:
    prepare(person)
    assert stats(person, "HEAD~1..HEAD")["total"]["added"] == 3
    assert stats(person, "HEAD~1")["commits"] == 1
    assert stats(person, "HEAD..HEAD")["ai_pct"] is None
    assert stats(person, "--no-survival")["surviving"] is None
    assert "no revision" in person.byline("stats", "nonsense", code=1).stderr
    said = person.byline("stats").stdout
    assert "2 commits, 6 lines added, 1 deleted" in said
    assert "still in HEAD: 3 of the agents' lines (75 %)" in said


def test_lines_of_a_renamed_file_are_still_there(person: Person) -> None:
    (person.repository / "old.txt").write_text("before\n")
    story.commit(person)
    story.write(person, "a.txt", "one\ntwo\nthree\n")
    story.commit(person)
    for old, new in (("a.txt", "b.txt"), ("b.txt", "src/c.txt")):
        (person.repository / new).parent.mkdir(exist_ok=True)
        person.git("mv", old, new)
        story.commit(person)
    told = stats(person, "HEAD~3..HEAD~2")
    assert (told["total"]["ai_added"], told["surviving"], told["survival_pct"]) == (3, 3, 100.0)
    person.git("rm", "-q", "src/c.txt")
    story.commit(person)
    assert stats(person, "HEAD~4..HEAD~3")["surviving"] == 0


def test_a_clone_that_has_only_fetched(person: Person) -> None:
    prepare(person)
    person.byline("sync")
    person.git("clone", "-q", "--single-branch", f"file://{person.repository}", "../clone")
    clone = person.repository.parent / "clone"
    said = person.byline("stats", cwd=clone).stdout
    assert "0 commits" in said
    assert "`byline fetch`" in said
    person.byline("fetch", cwd=clone)
    told = json.loads(person.byline("stats", "--json", cwd=clone).stdout)
    assert (told["commits"], told["total"]["ai_added"], told["by_agent"]["m"]["added"]) == (2, 4, 4)


def test_nothing_yet(person: Person) -> None:
    assert stats(person)["commits"] == 0
    assert "`byline stats A..B`" in person.byline("stats").stdout
    assert "works inside a git repository" in person.byline("stats", cwd=person.home, code=1).stderr
