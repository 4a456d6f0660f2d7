"""The example in docs/anchor-format.md is what the program writes."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from byline.cli.main import dispatch
from byline.repo.anchors import names
from byline.repo.anchors.format import json_schema
from byline_hooks import entry
from gitrepo import Repo
from schemacheck import mismatches

PAGE = Path(__file__).parents[2] / "docs" / "anchor-format.md"


def examples() -> list[dict[str, Any]]:
    section = PAGE.read_text().split("## An example\n", 1)[1].split("\n## ", 1)[0]
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]


def story(repo: Repo) -> list[dict[str, Any]]:
    """An agent adds two lines to a file, a person nobody saw adds one to another; one commit."""

    def hook(event: str, **more: Any) -> None:
        said = {"v": 1, "agent": "claude", "session_id": "0b1c2d3e", "event": event, "cwd": str(repo.path)}
        said |= {"turn_id": "t-1", "model": "claude-sonnet-4-5"}
        assert entry.run("generic", json.dumps({**said, **more}).encode(), dict(os.environ))

    repo.commit("first", {"client.py": "def get():\n    return 1\n", "notes.md": "Notes\n"})
    hook("prompt", prompt="add a retry")
    text = "def get():\n    for _ in range(3):\n        return 1\n"
    repo.write("client.py", text)
    hook("write", path="client.py", before="def get():\n    return 1\n", tool="Edit", call_id="c-1")
    head = repo.commit("Retry", {"notes.md": "Notes\nTry three times.\n"})
    assert dispatch(["sync", "--quiet"], os.environ) == 0
    shown = (repo.run("show", f"{names.BRANCH}:{names.folder(head)}{n}metadata.json") for n in ("", "1/"))
    return [json.loads(data) for data in shown]


def test_the_example_is_what_the_program_writes(repo: Callable[..., Repo], monkeypatch: Any) -> None:
    made = repo()
    monkeypatch.chdir(made.path)
    written, shown = story(made), examples()
    for kind, one, other in zip(("Anchor", "SessionLink"), written, shown, strict=True):
        definitions = json_schema()["$defs"]
        assert mismatches(one, definitions[kind], definitions) == []
        other |= {name: one[name] for name in ("byline_version", "duration_secs") if name in other}
        assert json.dumps(one, indent=2) == json.dumps(other, indent=2), "docs/anchor-format.md: ## An example"


def test_every_field_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE.read_text()))
    fields = {name for kind in json_schema()["$defs"].values() for name in kind["properties"]}
    assert sorted(fields - told) == []
