"""What `byline install` and `byline uninstall` do to the files of other agents than Claude Code, byte for byte."""

import json
import stat
from pathlib import Path

import pytest

from .conftest import Person

JSON = {
    "copilot": ".copilot/hooks/byline.json",
    "cursor": ".cursor/hooks.json",
    "droid": ".factory/hooks.json",
    "windsurf": ".codeium/windsurf/hooks.json",
}
PROJECT = {
    "copilot": ".github/hooks/byline.json",
    "cursor": ".cursor/hooks.json",
    "droid": ".factory/hooks.json",
    "windsurf": ".windsurf/hooks.json",
    "kiro": ".kiro/hooks/byline.json",
    "cline": ".clinerules/hooks/PostToolUse",
    "amp": ".amp/plugins/byline.ts",
}
EVENT = {"copilot": "PreToolUse", "cursor": "preToolUse", "droid": "PreToolUse", "windsurf": "pre_write_code"}
ENTRY = {
    "copilot": '{"type": "command", "bash": "my-linter"}',
    "cursor": '{"command": "my-linter", "matcher": "Write"}',
    "droid": '{"matcher": "Edit", "hooks": [{"type": "command", "command": "my-linter"}]}',
    "windsurf": '{"command": "my-linter", "show_output": true}',
}


def contents(agent: str) -> dict[str, bytes]:
    """Files as people may have them."""
    event, entry = EVENT[agent], ENTRY[agent]
    if agent == "droid":
        wrapped = [
            f'"{event}": [{entry}]',
            f'"{event}":[{entry}],"Notification":[]',
            f'"{event}": [\n    {entry}\n  ]',
        ]
        texts = [f"{{{wrapped[0]}}}", f"{{{wrapped[1]}}}", f'{{\n  {wrapped[2]}, // mine\n  "Stop": []\n}}\n']
    else:
        texts = [
            f'{{"version": 1, "hooks": {{"{event}": [{entry}]}}}}',
            f'{{"version":1,"hooks":{{"{event}":[{entry}],"other":[]}}}}',
            f'{{\n\t"hooks": {{\n\t\t"{event}": [\n\t\t\t{entry}\n\t\t]\n\t}},\n\t"version": 1\n}}\n',
        ]
    return {
        "nothing in it": b"{}\n",
        "one line": texts[0].encode(),
        "minified": texts[1].encode(),
        "tabs, or a comment": texts[2].encode(),
        "CRLF and a mark": b"\xef\xbb\xbf" + texts[2].replace("\n", "\r\n").encode(),
    }


CASES = [pytest.param(agent, text, id=f"{agent}, {name}") for agent in JSON for name, text in contents(agent).items()]


@pytest.mark.parametrize(("agent", "content"), CASES)
def test_foreign_hooks_are_kept_and_the_old_bytes_come_back(person: Person, agent: str, content: bytes) -> None:
    path = person.home / JSON[agent]
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    person.byline("install", agent)
    installed = path.read_bytes()
    remaining = iter(installed)
    assert all(byte in remaining for byte in content), "the old bytes are no subsequence of the new ones"
    person.byline("install", agent)
    assert path.read_bytes() == installed
    person.byline("uninstall", agent)
    assert path.read_bytes() == content


@pytest.mark.parametrize(("agent", "content"), [case for case in CASES if "nothing" not in str(case.id)])
def test_without_its_record_byline_still_finds_its_own(person: Person, agent: str, content: bytes) -> None:
    path = person.home / JSON[agent]
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    person.byline("install", agent)
    for record in (person.data / "installs").glob("*.json"):
        record.unlink()
    person.byline("uninstall", agent)
    assert b"byline" not in path.read_bytes()
    assert b"my-linter" in path.read_bytes()


@pytest.mark.parametrize("agent", PROJECT)
def test_no_file_and_no_folder_where_there_was_none(person: Person, agent: str) -> None:
    person.byline("install", agent, cwd=person.home)
    made = [path for path in person.home.rglob("*") if path.is_file() and person.data not in path.parents]
    assert made
    text = {path.name: path.read_text() for path in made}
    assert all(f"byline_hooks/shim.py {agent}" in found for found in text.values()), text
    person.byline("install", agent)
    assert {path.name: path.read_text() for path in made} == text
    person.byline("uninstall", agent)
    assert [path for path in person.home.iterdir() if path != person.data] == []


@pytest.mark.parametrize("agent", PROJECT)
def test_a_repository_s_file_names_no_path_of_this_machine(person: Person, agent: str) -> None:
    person.byline("install", agent, "--project")
    content = (person.repository / PROJECT[agent]).read_text()
    assert f"byline-hook {agent}" in content
    assert str(person.home) not in content
    assert not [path for path in person.home.iterdir() if path != person.data]
    person.byline("uninstall", agent, "--project")
    assert [path.name for path in person.repository.iterdir()] == [".git"]


@pytest.mark.parametrize("agent", PROJECT)
def test_doctor_knows_where_it_is(person: Person, agent: str) -> None:
    person.byline("install", agent)
    (problem,) = json.loads(person.byline("doctor", "--json").stdout)["problems"]
    assert (problem["check"], problem["level"]) == ("called", "note")


def test_cline_s_files_can_be_executed_and_leave_somebody_s_own_alone(person: Person) -> None:
    folder = person.home / ".cline" / "hooks"
    folder.mkdir(parents=True)
    own = folder / "PreToolUse"
    own.write_text("#!/bin/sh\nexit 0\n")
    person.byline("install", "cline")
    assert own.read_text() == "#!/bin/sh\nexit 0\n"
    assert stat.S_IMODE((folder / "PreToolUse.sh").stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "PostToolUse").stat().st_mode) == 0o755
    person.byline("uninstall", "cline")
    assert list(folder.iterdir()) == [own]


def test_cline_s_extension_has_a_folder_that_both_programs_read(person: Person) -> None:
    (person.home / ".vscode" / "extensions" / "saoudrizwan.claude-dev-3.36.0").mkdir(parents=True)
    person.byline("install", "cline")
    assert (person.home / "Documents" / "Cline" / "Hooks" / "PostToolUse").exists()
    assert not (person.home / ".cline").exists()


def test_droid_s_hooks_stay_where_they_are(person: Person) -> None:
    """An event in `hooks.json` would switch off the same event in `settings.json`."""
    settings = person.home / ".factory" / "settings.json"
    settings.parent.mkdir()
    content = f'{{\n  "model": "m",\n  "hooks": {{"PreToolUse": [{ENTRY["droid"]}]}}\n}}\n'
    settings.write_text(content)
    person.byline("install", "droid")
    assert "byline_hooks" in settings.read_text()
    assert not (settings.parent / "hooks.json").exists()
    person.byline("uninstall", "droid")
    assert settings.read_text() == content


def test_droid_s_settings_without_hooks_are_left_alone(person: Person) -> None:
    settings = person.home / ".factory" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"model": "m"}')
    person.byline("install", "droid")
    assert settings.read_text() == '{"model": "m"}'
    events = json.loads((settings.parent / "hooks.json").read_text())
    assert "hooks" not in events
    assert "PostToolUse" in events


def test_kiro_s_agents_each_get_hooks(person: Person) -> None:
    agents = person.home / ".kiro" / "agents"
    agents.mkdir(parents=True)
    content = '{\n  "name": "mine",\n  "hooks": {"stop": [{"command": "my-bell"}]}\n}\n'
    (agents / "mine.json").write_text(content)
    person.byline("install", "kiro")
    assert len(json.loads((agents / "mine.json").read_text())["hooks"]["stop"]) == 2
    assert json.loads((person.home / ".kiro" / "hooks" / "byline.json").read_text())["version"] == "v1"
    person.byline("uninstall", "kiro")
    assert (agents / "mine.json").read_text() == content


@pytest.mark.parametrize("agent", ["amp", "kiro", "cline"])
def test_somebody_else_s_file_under_our_name_is_refused(person: Person, agent: str) -> None:
    names = {"amp": ".config/amp/plugins/byline.ts", "kiro": ".kiro/hooks/byline.json"}
    paths = (
        [Path(names[agent])]
        if agent in names
        else [Path(".cline/hooks/PreToolUse"), Path(".cline/hooks/PreToolUse.sh")]
    )
    for path in paths:
        (person.home / path).parent.mkdir(parents=True, exist_ok=True)
        (person.home / path).write_text("mine\n")
    assert "somebody else's" in person.byline("install", agent, code=1).stderr
    assert all((person.home / path).read_text() == "mine\n" for path in paths)


def test_one_agent_s_unusable_settings_do_not_stop_the_others(person: Person) -> None:
    cursor = person.home / JSON["cursor"]
    cursor.parent.mkdir()
    cursor.write_text("{")
    done = person.byline("install", "cursor", "windsurf", code=1)
    assert "not valid JSON" in done.stderr
    assert (person.home / JSON["windsurf"]).exists()
    person.byline("uninstall")
    assert not (person.home / JSON["windsurf"]).exists()
    assert cursor.read_text() == "{"
    assert "not valid JSON" in person.byline("uninstall", "cursor", code=1).stderr


def test_droid_s_hooks_in_two_files_are_all_run_still(person: Person) -> None:
    """Each event is registered where Droid takes it from."""
    folder = person.home / ".factory"
    folder.mkdir()
    bare, settings = folder / "hooks.json", folder / "settings.json"
    bare.write_text(f'{{"Stop": [{ENTRY["droid"]}]}}\n')
    settings.write_text(f'{{"hooks": {{"PostToolUse": [{ENTRY["droid"]}], "Stop": [{ENTRY["droid"]}]}}}}\n')
    before = bare.read_bytes(), settings.read_bytes()
    person.byline("install", "droid")
    in_bare, in_settings = json.loads(bare.read_text()), json.loads(settings.read_text())["hooks"]
    assert "PostToolUse" not in in_bare
    assert len(in_settings["PostToolUse"]) == len(in_bare["Stop"]) == 2
    assert len(in_settings["Stop"]) == 1
    assert set(in_bare) | set(in_settings) == {
        *("SessionStart", "SessionEnd", "UserPromptSubmit", "Stop", "PreCompact", "PreToolUse", "PostToolUse"),
    }
    person.byline("uninstall", "droid")
    assert (bare.read_bytes(), settings.read_bytes()) == before
