"""Somebody put a hook of their own into byline's own group or entry: theirs stays, ours is known and goes alone."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Person

GROUPED = {
    "claude": ".claude/settings.json",
    "codex": ".codex/hooks.json",
    "gemini": ".gemini/settings.json",
    "qwen": ".qwen/settings.json",
    "droid": ".factory/hooks.json",
}
LISTED = {
    "copilot": ".copilot/hooks/byline.json",
    "cursor": ".cursor/hooks.json",
    "windsurf": ".codeium/windsurf/hooks.json",
    "kiro": ".kiro/agents/mine.json",
    "junie": ".junie/config.json",
}
MINE = {"type": "command", "command": "mine"}


def hooks_of(path: Path) -> dict[str, list[Any]]:
    found = json.loads(path.read_text())
    return found.get("hooks", found)  # type: ignore[no-any-return]


def edit(path: Path, change: Callable[[dict[str, list[Any]]], object]) -> str:
    """As somebody does who writes the file anew."""
    whole = json.loads(path.read_text())
    change(whole.get("hooks", whole))
    path.write_text(json.dumps(whole, indent=1))
    return path.read_text()


def ours(person: Person, path: Path) -> int:
    return path.read_text().count("byline_hooks/shim.py")


def without_records(person: Person) -> None:
    for record in (person.data / "installs").glob("*.json"):
        record.unlink()


@pytest.mark.parametrize("agent", GROUPED)
@pytest.mark.parametrize("at", [0, 1], ids=["before ours", "after ours"])
@pytest.mark.parametrize("has_record", [True, False])
def test_a_handler_in_our_group(person: Person, agent: str, at: int, has_record: bool) -> None:
    path = person.home / GROUPED[agent]
    person.byline("install", agent)
    count = ours(person, path)

    def change(hooks: dict[str, list[Any]]) -> None:
        for groups in hooks.values():
            groups[0]["hooks"].insert(at, MINE)

    events = set(hooks_of(path))
    text = edit(path, change)
    assert "already registered" in person.byline("install", agent).stdout or agent == "codex"
    assert path.read_text() == text
    if not has_record:
        without_records(person)
    assert "taken out of" in person.byline("uninstall", agent).stdout
    left = hooks_of(path)
    assert ours(person, path) == 0
    assert count == len(events)
    assert {event: [group["hooks"] for group in groups] for event, groups in left.items()} == {
        event: [[MINE]] for event in events
    }


@pytest.mark.parametrize("agent", GROUPED)
def test_a_group_of_ours_that_is_for_other_tools_now(person: Person, agent: str) -> None:
    """Whose matcher somebody changed for their own: ours goes to a group of its own, once."""
    path = person.home / GROUPED[agent]
    person.byline("install", agent)
    count = ours(person, path)
    event = next(name for name, groups in hooks_of(path).items() if "matcher" in groups[0])

    def change(hooks: dict[str, list[Any]]) -> None:
        hooks[event][0].update(matcher="Theirs", hooks=[MINE, *hooks[event][0]["hooks"]])

    edit(path, change)
    person.byline("install", agent)
    assert ours(person, path) == count
    first, second = hooks_of(path)[event]
    assert first == {"matcher": "Theirs", "hooks": [MINE]}
    assert "shim.py" in second["hooks"][0]["command"]
    person.byline("uninstall", agent)
    assert hooks_of(path) == {event: [first]}


@pytest.mark.parametrize("agent", GROUPED)
def test_an_older_line_of_ours_in_a_shared_group_is_renewed_in_its_place(person: Person, agent: str) -> None:
    path = person.home / GROUPED[agent]
    person.byline("install", agent)
    before = path.read_text()
    edit(path, lambda hooks: [groups[0]["hooks"].append(MINE) for groups in hooks.values()])
    text = path.read_text()
    path.write_text(text.replace(str(person.data), "/old"))
    person.byline("install", agent)
    assert json.loads(path.read_text()) == json.loads(text) != json.loads(before)


@pytest.mark.parametrize("agent", LISTED)
def test_an_entry_beside_ours_and_a_line_for_another_shell_in_ours(person: Person, agent: str) -> None:
    path = person.home / LISTED[agent]
    if agent == "kiro":
        path.parent.mkdir(parents=True)
        path.write_text('{"name": "mine"}')
    person.byline("install", agent)
    count = ours(person, path)
    event = next(iter(hooks_of(path)))

    def change(hooks: dict[str, list[Any]]) -> None:
        hooks[event].insert(0, {"command": "mine"})
        hooks[event][1]["powershell"] = "mine too"

    text = edit(path, change)
    person.byline("install", agent)
    assert path.read_text() == text
    assert ours(person, path) == count
    person.byline("uninstall", agent)
    assert ours(person, path) == 0
    first, second = hooks_of(path)[event]
    assert first == {"command": "mine"}
    assert second["powershell"] == "mine too"
    assert "command" not in second


def test_a_hook_in_kiro_s_file_of_ours(person: Person) -> None:
    path = person.home / ".kiro/hooks/byline.json"
    person.byline("install", "kiro")
    count = ours(person, path)
    theirs = {"name": "mine", "trigger": "Stop", "action": {"type": "command", "command": "mine"}}
    whole = json.loads(path.read_text())
    whole["hooks"].insert(1, theirs)
    path.write_text(json.dumps(whole, indent=1))
    text = path.read_text()
    assert "already registered" in person.byline("install", "kiro").stdout
    assert path.read_text() == text
    path.write_text(text.replace(str(person.data), "/old"))
    person.byline("install", "kiro")
    assert ours(person, path) == count
    assert "/old" not in path.read_text()
    person.byline("uninstall", "kiro")
    assert json.loads(path.read_text())["hooks"] == [theirs]


CONFIG = '[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = "command"\ncommand = "bell"\n'


def test_a_handler_in_our_group_of_codex_s_toml(person: Person) -> None:
    config = person.home / ".codex" / "config.toml"
    config.parent.mkdir()
    config.write_text(CONFIG)
    person.byline("install", "codex")
    handler = '[[hooks.PreCompact.hooks]]\ntype = "command"\ncommand = "mine"\n'
    text = config.read_text()
    first = text.index("[[hooks.PreCompact]]")
    config.write_text(text[:first] + text[first:].replace("\n\n", f"\n{handler}\n", 1))
    text = config.read_text()
    assert [len(group["hooks"]) for group in tomllib.loads(text)["hooks"]["PreCompact"]] == [2]
    person.byline("install", "codex")
    assert config.read_text() == text
    person.byline("uninstall", "codex")
    assert config.read_text() == f"{CONFIG}\n[[hooks.PreCompact]]\n{handler}"


def test_codex_s_trust_in_a_handler_that_stood_behind_ours(person: Person) -> None:
    person.byline("install", "codex")
    path, config = person.home / GROUPED["codex"], person.home / ".codex" / "config.toml"
    edit(path, lambda hooks: hooks["Stop"][0]["hooks"].append(MINE))
    with config.open("a") as file:
        file.write(f'\n[hooks.state."{path}:stop:0:1"]\ntrusted_hash = "sha256:1"\n')
    person.byline("uninstall", "codex")
    assert tomllib.loads(config.read_text())["hooks"]["state"] == {f"{path}:stop:0:0": {"trusted_hash": "sha256:1"}}


def test_what_is_written_behind_our_part_of_codex_s_settings_stays_as_it_is(person: Person) -> None:
    config = person.home / ".codex" / "config.toml"
    config.parent.mkdir()
    before, behind = "[a]\nb = 1\n", '\n# mine\n[projects."/q"]\ntrust_level = "trusted"\n'
    config.write_text(before)
    person.byline("install", "codex")
    with config.open("a") as file:
        file.write(behind)
    person.byline("uninstall", "codex")
    assert config.read_text() == before + behind


def test_what_is_written_into_codex_s_settings_that_byline_made(person: Person) -> None:
    config = person.home / ".codex" / "config.toml"
    person.byline("install", "codex")
    with config.open("a") as file:
        file.write("\n\n[x]\ny = 1\n")
    person.byline("uninstall", "codex")
    assert config.read_text() == "\n\n[x]\ny = 1\n"


@pytest.mark.parametrize("is_changed", [False, True])
def test_what_codex_s_settings_said_of_a_hook_at_our_place_is_said_again(person: Person, is_changed: bool) -> None:
    config = person.home / ".codex" / "config.toml"
    config.parent.mkdir()
    left = (
        f'[hooks.state."{person.home}/.codex/hooks.json:pre_tool_use:0:0"]\nenabled = false  # mine\n\n[z]\ny = 1\n'
    )
    config.write_text(left)
    person.byline("install", "codex")
    assert config.read_text() != left
    if is_changed:
        with config.open("a") as file:
            file.write("\n[x]\ny = 1\n")
    person.byline("uninstall", "codex")
    assert config.read_text() == left + ("\n[x]\ny = 1\n" if is_changed else "")


@pytest.mark.parametrize("name", ["/o:x:0:0", ""])
def test_inline_tables_of_codex_are_refused_before_anything_is_written(person: Person, name: str) -> None:
    config = person.home / ".codex" / "config.toml"
    config.parent.mkdir()
    hooks = GROUPED["codex"]
    key = name or f"{person.home}/{hooks}:stop:0:0"
    text = f'hooks = {{ state = {{ "{key}" = {{ trusted_hash = "sha256:aa" }} }} }}\n'
    config.write_text(text)
    said = person.byline("install", "codex", code=1).stderr
    assert "inline table" in said or "trust the hooks in Codex itself" in said
    assert "not valid TOML" not in said
    assert config.read_text() == text
    assert not (person.home / hooks).exists()
