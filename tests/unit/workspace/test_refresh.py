"""What `refresh` tells: every change once, whoever read it first."""

import os
from collections.abc import Callable

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import generic


def test_a_change_that_another_question_read_is_told(repo: Callable[..., Repo]) -> None:
    """A server that asks for sessions or events between two looks would else show an open file's old owners."""
    root = repo().path
    env = dict(os.environ)
    file = root / "a.txt"
    file.write_text("one\n")
    with Workspace.for_path(file, env) as workspace:
        workspace.attribute(file)
        workspace.refresh()
        generic(root, "write", path="a.txt", call_id="c1", before="")
        assert len(workspace.events()) == 1
        assert workspace.refresh() == {"a.txt"}
        assert workspace.refresh() == frozenset()
