"""byline's plugin in Amp's own plugin runtime."""

import time
from pathlib import Path

import pytest

from .amphost import THREAD, AmpHost
from .stage import Stage, program

pytestmark = pytest.mark.agents


def test_the_plugin_tells_and_allows_everything(tmp_path: Path) -> None:
    amp = program("amp", "node_modules", "@ampcode", "cli-linux-x64", "amp")
    stage = Stage(tmp_path)
    stage.byline("install", "amp")
    hello, new = stage.project / "hello.py", stage.project / "new.txt"
    edit = {"path": str(hello), "old_str": "return 'hello'", "new_str": "return 'hello, world'"}

    def exchange(old: str, text: str) -> None:
        hello.write_text(hello.read_text().replace(old, text))

    with AmpHost(stage, amp, stage.home / ".config" / "amp" / "plugins" / "byline.ts") as host:
        host.ask("event", event="session.start", data={"thread": THREAD})
        host.ask("agent.start", thread=THREAD, message="please work", id="M-1")
        answers = [
            host.call(1, "Read", {"path": str(hello)}, lambda: None),
            host.call(2, "edit_file", edit, lambda: exchange(edit["old_str"], edit["new_str"])),
            host.call(3, "create_file", {"path": str(new), "content": "one\n"}, lambda: new.write_text("one\n")),
            host.call(4, "shell_command", {"command": "sed"}, lambda: exchange("bye", "ciao")),
        ]
        host.ask("agent.end", thread=THREAD, message="please work", id="M-1", status="done", messages=[])
        end = time.monotonic() + 10
        while time.monotonic() < end and stage.events()[-1]["event"] != "turn_end":
            time.sleep(0.05)
    assert [answer.get("action") for answer in answers] == ["allow"] * 4
    assert [event["event"] for event in stage.events()] == [
        *("session_start", "prompt", "read", "pre_write", "write", "pre_write", "write"),
        *("pre_shell", "shell", "turn_end"),
    ]
    mine, nobody = ("amp", THREAD["id"]), (None, None)
    assert stage.owners("hello.py") == [nobody, mine, nobody, nobody, mine, mine]
    assert stage.owners("new.txt") == [mine]
    assert stage.errors() == ""
