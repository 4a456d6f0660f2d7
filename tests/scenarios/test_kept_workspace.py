"""A workspace that stays open takes in new events of several files: in which order they are named decides nothing."""

from pathlib import Path

import pytest

from byline.workspace import engine
from byline.workspace.workspace import Workspace
from story import ForkedHook, story

NAMES = [f"{number}.txt" for number in range(12)]


def test_files_that_are_written_and_moved_between_two_questions(tmp_path: Path) -> None:
    tale = story(tmp_path, hook=ForkedHook()).init({f"old/{name}": "x" for name in NAMES})
    tale.edit("A", {f"old/{name}": f"{name} b c d e f g" for name in NAMES})
    with Workspace.for_path(tale.world.root, tale.world.environment()) as workspace:

        def writers(folder: str) -> set[str | None]:
            files = [workspace.attribute(tale.world.root / folder / name) for name in NAMES]
            found = {line.session_id for file in files for line in file.lines}
            return {one and tale.stage.agent.owner_of(one) for one in found}

        for name in NAMES:
            tale.edit("B", {f"new/{name}": "z"})
        assert (writers("old"), writers("new")) == ({"A"}, {"B"})
        for name in NAMES:
            (tale.world.root / "new" / name).unlink()
            tale.observed(f"new/{name}")
        workspace.refresh()
        writers("old")
        tale.edit("A", {f"old/{name}": f"{name} 1 2 3 4 5 6 7" for name in NAMES})

        def move() -> None:
            for name in NAMES:
                (tale.world.root / "old" / name).rename(tale.world.root / "new" / name)

        tale.stage.shell("C", "mv old/*.txt new/", move)
        assert writers("new") == {"A"}


def test_what_is_let_go_of_is_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_MOST_STATES", 4)
    monkeypatch.setattr(engine, "_FEWEST", 2)
    tale = story(tmp_path, hook=ForkedHook()).init(dict.fromkeys(NAMES, "x"))
    with Workspace.for_path(tale.world.root, tale.world.environment()) as workspace:

        def told() -> list[list[str | None]]:
            files = [workspace.attribute(tale.world.root / name) for name in NAMES]
            found = [[line.session_id for line in file.lines] for file in files]
            return [[one and tale.stage.agent.owner_of(one) for one in lines] for lines in found]

        for session in ("A", "B", "C"):
            tale.edit(
                session, {name: f"x {name}A" if session == "A" else f"x {name}A {name}{session}" for name in NAMES}
            )
            assert told() == told() == [[None, "A", *([session] if session != "A" else [])]] * len(NAMES)
            assert workspace._engine is not None
            assert list(workspace._engine._folds) == NAMES[-2:]
