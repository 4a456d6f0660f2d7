"""Which files git ignored when a turn ended: by the `.gitignore` files of that moment, wherever they lie now."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from byline.errors import GitFailed
from byline.repo.ignoring import ignored
from byline.repo.objects import Objects
from byline.repo.run import Git, path_text
from byline.store.blobs import Snapshots

RULES = ".gitignore"


class IgnoredThen:
    """Answers for one repository; a person's own exclude files count as they are now."""

    def __init__(self, git: Git, objects: Objects, snapshots: Snapshots, common_dir: Path) -> None:
        self._git = git
        self._objects = objects
        self._snapshots = snapshots
        self._common_dir = common_dir
        self._of_head: dict[str | None, dict[str, str]] = {None: {}}
        self._known: dict[tuple[tuple[tuple[str, str], ...], str], bool] = {}

    def among(self, paths: Sequence[str], head: str | None, files: Mapping[str, str]) -> set[str]:
        """Those of the paths that were ignored where HEAD was `head` and `files` differed from it."""
        if not paths:
            return set()
        rules = {**self._rules(head), **{path: content for path, content in files.items() if _is_rules(path)}}
        key = tuple(sorted(rules.items()))
        asked = [path for path in paths if (key, path) not in self._known]
        if asked:
            found = self._ask(asked, rules)
            self._known |= {(key, path): path in found for path in asked}
        return {path for path in paths if self._known[key, path]}

    def _rules(self, head: str | None) -> dict[str, str]:
        if head not in self._of_head:
            found = {}
            for line in self._git.run("ls-tree", "-r", "-z", "--full-tree", str(head), timeout=60).split(b"\0"):
                told, _, name = line.partition(b"\t")
                if _is_rules(path_text(name)):
                    found[path_text(name)] = told.split(b" ")[-1].decode("ascii")
            self._of_head[head] = found
        return self._of_head[head]

    def _ask(self, paths: Sequence[str], rules: Mapping[str, str]) -> set[str]:
        with tempfile.TemporaryDirectory(prefix="byline-rules-") as folder:
            for path, content in rules.items():
                data = self._snapshots.get(content) or self._objects.blob(content)
                if data is not None:
                    (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                    (Path(folder) / path).write_bytes(data)
            try:
                return ignored(self._git.elsewhere(Path(folder), self._common_dir), paths)
            except GitFailed:
                return set(paths)


def _is_rules(path: str) -> bool:
    return path.rpartition("/")[2] == RULES
