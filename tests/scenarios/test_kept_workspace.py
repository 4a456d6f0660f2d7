"""A workspace that stays open takes in new events of several files: in which order they are named decides nothing."""

from pathlib import Path

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
