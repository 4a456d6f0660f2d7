"""What `byline install` and `byline uninstall` do to the files of Codex, Gemini CLI, OpenCode and Qwen Code."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from .conftest import Person

FILE = {
    "codex": ".codex/hooks.json",
    "gemini": ".gemini/settings.json",
    "opencode": ".config/opencode/plugins/byline.js",
    "qwen": ".qwen/settings.json",
}
PROJECT = {**FILE, "opencode": ".opencode/plugins/byline.js"}
GROUP = '{"matcher": "x", "hooks": [{"type": "command", "command": "my-linter"}]}'
CONTENTS = {
    "nothing in it": b"{}\n",
    "one line": f'{{"model": "m", "hooks": {{"SessionStart": [{GROUP}]}}}}'.encode(),
    "CRLF and a mark": f'\ufeff{{\r\n\t"hooks": {{ // mine\r\n\t\t"Stop": [{GROUP}]\r\n\t}}\r\n}}\r\n'.encode(),
}
CONFIG = """\
model = "gpt-5.5"  # mine

[[hooks.Stop]]
[[hooks.Stop.hooks]]
type = "command"
command = '''
my "bell"
[[hooks.Stop]]
'''

[projects."/x"]
trust_level = "trusted"
"""


def config(person: Person) -> Path:
    return person.home / ".codex" / "config.toml"


def state(person: Person) -> dict[str, Any]:
    """What Codex's settings say of each hook, by the end of its key."""
    found = tomllib.loads(config(person).read_text())["hooks"]["state"]
    return {key.partition(".codex/")[2]: told for key, told in found.items()}


def problems(person: Person) -> list[str]:
    found = json.loads(person.byline("doctor", "--json", code=None).stdout)["problems"]
    return [problem["problem"] for problem in found if problem["check"] != "called"]


@pytest.mark.parametrize("agent", ["codex", "gemini", "qwen"])
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("has_record", [True, False])
def test_foreign_hooks_are_kept(person: Person, agent: str, content: bytes, has_record: bool) -> None:
    path = person.home / FILE[agent]
    path.parent.mkdir()
    path.write_bytes(content)
    person.byline("install", agent)
    installed = path.read_bytes()
    remaining = iter(installed)
    assert all(byte in remaining for byte in content), "the old bytes are no subsequence of the new ones"
    assert "already registered" in person.byline("install", agent).stdout
    assert path.read_bytes() == installed
    for record in (person.data / "installs").glob("*.json") if not has_record else ():
        record.unlink()
    person.byline("uninstall", agent)
    assert path.read_bytes() == content


@pytest.mark.parametrize("agent", FILE)
def test_no_file_and_no_folder_where_there_was_none(person: Person, agent: str) -> None:
    person.byline("install", agent, cwd=person.home)
    assert f"byline_hooks/shim.py {agent}" in (person.home / FILE[agent]).read_text()
    assert problems(person) == []
    person.byline("uninstall", agent)
    assert [path for path in person.home.iterdir() if path != person.data] == []


@pytest.mark.parametrize("agent", FILE)
def test_a_repository_s_file_names_no_path_of_this_machine(person: Person, agent: str) -> None:
    person.byline("install", agent, "--project")
    content = (person.repository / PROJECT[agent]).read_text()
    assert f"byline-hook {agent}" in content
    assert str(person.home) not in content
    person.byline("uninstall", agent, "--project")
    assert [path.name for path in person.repository.iterdir()] == [".git"]
    assert not (person.home / ".codex").exists()


def test_limits_are_in_each_agent_s_own_unit(person: Person) -> None:
    person.byline("install", "codex", "gemini", "qwen")

    def limits(agent: str) -> dict[str, int]:
        hooks = json.loads((person.home / FILE[agent]).read_text())["hooks"]
        return {event: group["hooks"][0]["timeout"] for event, (group,) in hooks.items()}

    assert limits("codex") == {event: 3 if event in ("SessionEnd", "Interrupt") else 10 for event in limits("codex")}
    assert set(limits("gemini").values()) == {10_000}
    assert set(limits("qwen").values()) == {10}


def test_gemini_has_no_hook_before_an_edit(person: Person) -> None:
    """One that could not start would refuse the tool."""
    person.byline("install", "gemini")
    (group,) = json.loads((person.home / FILE["gemini"]).read_text())["hooks"]["BeforeTool"]
    assert group["matcher"] == "^run_shell_command$"
    assert group["hooks"][0]["command"].endswith(" 2>/dev/null; exit 0")


def test_codex_s_hooks_stay_in_its_toml(person: Person) -> None:
    config(person).parent.mkdir()
    config(person).write_text(CONFIG)
    person.byline("install", "codex")
    assert config(person).read_text().startswith(CONFIG)
    assert not (config(person).parent / "hooks.json").exists()
    assert problems(person) == []
    hooks = tomllib.loads(config(person).read_text())["hooks"]
    assert len(hooks["Stop"]) == 2
    assert "config.toml:stop:1:0" in state(person)
    assert "already registered" in person.byline("install", "codex").stdout
    for record in (person.data / "installs").glob("*.json"):
        record.unlink()
    person.byline("uninstall", "codex")
    assert config(person).read_text() == CONFIG


def test_codex_s_trust(person: Person) -> None:
    """Doctor says what Codex would not: a hook without its hash, or switched off, is skipped."""
    config(person).parent.mkdir()
    config(person).write_text(CONFIG.replace("hooks.Stop", "other.Stop"))
    person.byline("install", "codex")
    assert sorted(key.split(":")[1] for key in state(person)) == [
        *("interrupt", "post_tool_use", "pre_compact", "pre_tool_use", "session_end", "session_start", "stop"),
        *("subagent_start", "subagent_stop", "user_prompt_submit"),
    ]
    assert problems(person) == []
    text = config(person).read_text()
    config(person).write_text(text.replace(state(person)["hooks.json:stop:0:0"]["trusted_hash"], "sha256:0"))
    assert problems(person) == ["Codex skips byline's hooks for Stop: not trusted"]
    person.byline("install", "codex")
    assert config(person).read_text() == text
    config(person).write_text(text.replace(':stop:0:0"]\n', ':stop:0:0"]\nenabled = false\n'))
    assert problems(person) == ["Codex skips byline's hooks for Stop: not trusted"]


def test_codex_s_trust_in_others_hooks_outlives_ours(person: Person) -> None:
    """A group that somebody put after ours moves up when ours goes, and its hash with it."""
    person.byline("install", "codex")
    path = person.home / FILE["codex"]
    hooks = json.loads(path.read_text())
    hooks["hooks"]["Stop"].append({"hooks": [{"type": "command", "command": "my-bell"}]})
    path.write_text(json.dumps(hooks))
    with config(person).open("a") as file:
        file.write(f'\n[hooks.state."{path}:stop:1:0"]  # mine\ntrusted_hash = "sha256:1"\n')
    person.byline("uninstall", "codex")
    assert list(json.loads(path.read_text())["hooks"]) == ["Stop"]
    assert state(person) == {"hooks.json:stop:0:0": {"trusted_hash": "sha256:1"}}


def fake_codex(person: Person, body: str) -> None:
    program = person.bin / "codex"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


ANSWER = {"hooks": [{"eventName": "stop", "currentHash": "sha256:asked", "key": "k", "command": "c"}]}


def test_codex_is_asked_where_it_is_there(person: Person) -> None:
    listed = json.dumps({"id": 2, "result": {"data": [ANSWER]}})
    fake_codex(
        person, f"read -r a; echo '{{\"id\": 1, \"result\": {{}}}}'; read -r b; read -r c; echo '{listed}'; cat"
    )
    person.byline("install", "codex")
    assert state(person)["hooks.json:stop:0:0"] == {"trusted_hash": "sha256:asked"}
    assert state(person)["hooks.json:pre_compact:0:0"]["trusted_hash"].startswith("sha256:")
    assert problems(person) == []


@pytest.mark.parametrize("body", ["exit 3", "echo no JSON; cat", "cat >/dev/null", 'echo "{}"; echo "[]"'])
def test_a_codex_that_answers_nothing_sensible(person: Person, body: str) -> None:
    fake_codex(person, body)
    person.byline("install", "codex")
    assert len(state(person)) == 10
    person.byline("uninstall", "codex")
    assert not (person.home / ".codex").exists()


@pytest.mark.parametrize(
    "text", ["hooks = {\n", "[hooks]\nstate = 5\n", 'hooks.state."k".trusted_hash = "x"\nhooks = 1\n']
)
def test_settings_of_codex_that_can_t_be_changed(person: Person, text: str) -> None:
    config(person).parent.mkdir()
    config(person).write_text(text)
    assert "config.toml is" in person.byline("install", "codex", code=1).stderr
    assert config(person).read_text() == text


def test_switched_off(person: Person) -> None:
    person.byline("install", "codex", "gemini", "qwen")
    with config(person).open("a") as file:
        file.write("\n[features]\nhooks = false\n")
    for agent, key, value in (("gemini", "hooksConfig", {"enabled": False}), ("qwen", "disableAllHooks", True)):
        path = person.home / FILE[agent]
        path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    assert [problem.partition(" in ")[0] for problem in problems(person)] == [
        "Codex runs no hooks: features.hooks is false",
        "Gemini CLI runs no hooks: hooksConfig.enabled is false",
        "Qwen Code runs no hooks: disableAllHooks is true",
    ]


def test_the_plugin_of_somebody_else_is_left_alone(person: Person) -> None:
    path = person.home / FILE["opencode"]
    path.parent.mkdir(parents=True)
    path.write_text("export const Mine = async () => ({})\n")
    assert "somebody else's" in person.byline("install", "opencode", code=1).stderr
    assert path.read_text() == "export const Mine = async () => ({})\n"
