"""Aider and Continue, which have no hooks, driven by a scripted model and followed through what they leave.

`tests/agents/install.sh` installs them; a test whose agent is not there is skipped with that advice.
"""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from .chatmodel import ChatModel, Step
from .stage import HELLO, Ran, Stage, program

pytestmark = pytest.mark.agents

ANSWER = """\
hello.py
```python
<<<<<<< SEARCH
    return 'hello'
=======
    return 'hello, world'
>>>>>>> REPLACE
```

new.txt
```
<<<<<<< SEARCH
=======
one
two
>>>>>>> REPLACE
```
"""
WHOLE = "hello.py\n```python\n" + HELLO.replace("'bye'", "'ciao'") + "```\n"
UNIFIED = "```diff\n--- hello.py\n+++ hello.py\n@@ ... @@\n-    return 'bye'\n+    return 'ciao'\n```\n"


class PlainModel(ChatModel):
    """Answers in words alone: the plan's text, or a commit's message."""

    def step(self, turns: int, said: str, has_tools: bool) -> Step:
        return {"text": "greet the world"} if "commit message" in said.lower() else self.plan[0]


def aider(stage: Stage, answer: str, *more: str, form: str = "diff") -> Ran:
    run = program("aider", "venv", "bin", "aider")
    words: list[str | Path] = [
        *(run, "--model", "openai/mock-model", "--edit-format", form, "--yes-always", "--no-check-update"),
        *("--no-show-model-warnings", "--no-show-release-notes", "--analytics-disable", "--no-gitignore"),
        *("--no-browser", "--map-tokens", "0", "--no-stream", "--no-fancy-input", "--no-pretty", "--no-detect-urls"),
        *(*more, "--message", "please work", "hello.py"),
    ]
    with PlainModel([{"text": answer}]) as model:
        return stage.run(
            words,
            OPENAI_API_KEY="sk-none",
            OPENAI_API_BASE=model.url,
            GIT_AUTHOR_NAME="Dev",
            GIT_AUTHOR_EMAIL="dev@example.org",
            GIT_COMMITTER_NAME="Dev",
            GIT_COMMITTER_EMAIL="dev@example.org",
            LITELLM_LOCAL_MODEL_COST_MAP="True",
        )


def blamed(stage: Stage, name: str) -> list[tuple[str, str | None]]:
    """Owner and agent of each line, as `byline blame` says."""
    lines: list[dict[str, Any]] = json.loads(stage.byline("blame", "--json", name))["lines"]
    return [(line["owner"], line["agent"]) for line in lines]


NOBODY, AIDER, CONTINUE = ("unknown", None), ("session", "aider"), ("session", "continue")


@pytest.mark.parametrize(
    ("form", "answer", "changed"),
    [("diff", ANSWER, {1}), ("whole", WHOLE, {5}), ("udiff", UNIFIED, {5})],
)
def test_aiders_commits_are_its_own(tmp_path: Path, form: str, answer: str, changed: set[int]) -> None:
    stage = Stage(tmp_path)
    assert "followed" in stage.byline("install", "aider")
    assert aider(stage, answer, form=form).code == 0
    assert "aider" in stage.check("git", "log", "-1", "--format=%B")
    assert blamed(stage, "hello.py") == [AIDER if k in changed else NOBODY for k in range(6)]
    if form == "diff":
        assert blamed(stage, "new.txt") == [AIDER, AIDER]
    told = [event["event"] for event in stage.events()]
    assert told[:3] == ["session_start", "prompt", "turn_end"]
    stage.byline("blame", "hello.py")
    stage.byline("sync", "--quiet")
    assert [event["event"] for event in stage.events()] == told
    assert stage.errors() == ""


def test_what_a_person_left_in_the_file_is_not_aiders(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.write("hello.py", HELLO + "mine = 1\n")
    assert aider(stage, ANSWER).code == 0
    assert blamed(stage, "hello.py") == [NOBODY, AIDER, *[NOBODY] * 5]


def test_aider_without_commits(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.write("hello.py", "# mine\n" + HELLO)
    assert aider(stage, ANSWER, "--no-auto-commits").code == 0
    history = stage.project / ".aider.chat.history.md"
    os.utime(history, (time.time() - 60,) * 2)
    assert blamed(stage, "hello.py") == [NOBODY, NOBODY, AIDER, *[NOBODY] * 4]
    assert blamed(stage, "new.txt") == [AIDER, AIDER]


def test_continue(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    run = program("continue", "node_modules", ".bin", "cn")
    path, new = str(stage.project / "hello.py"), str(stage.project / "new.txt")
    edit = {"file_path": path, "old_string": "return 'hello'", "new_string": "return 'hello, world'"}
    steps: Sequence[Step] = [
        {"calls": [("Read", {"filepath": path})]},
        {"calls": [("Edit", edit)]},
        {"calls": [("Write", {"filepath": new, "content": "one\ntwo\n"})]},
        {"text": "All done."},
    ]
    with ChatModel(steps) as model:
        config = (
            "name: local\nversion: 0.0.1\nschema: v1\nmodels:\n  - name: mock\n    provider: openai\n"
            f"    model: mock-model\n    apiKey: sk-none\n    apiBase: {model.url}\n"
            "    capabilities: [tool_use]\n    roles: [chat]\n"
        )
        config_file = stage.write(".continue/config.yaml", config, at_home=True)
        words: list[str | Path] = [run, "--config", config_file, "--auto", "-p", "@main please work"]
        assert stage.run(words, CONTINUE_METRICS_ENABLED="0", CONTINUE_TELEMETRY_ENABLED="0").code == 0
    assert blamed(stage, "hello.py") == [NOBODY, CONTINUE, *[NOBODY] * 4]
    assert blamed(stage, "new.txt") == [CONTINUE, CONTINUE]
