"""What `byline install claude` and `byline uninstall` do to settings files, byte for byte."""

import json
import stat
import subprocess
from typing import Any

import pytest

from .conftest import Person

FOREIGN = '{"matcher": "Write", "hooks": [{"type": "command", "command": "my-linter --fix"}]}'
FILES = {
    "empty file": b"",
    "only a newline": b"\n",
    "empty object": b"{}",
    "empty object, newline": b"{}\n",
    "empty object with a blank": b"{ }",
    "empty object on two lines": b"{\n}\n",
    "empty hooks": b'{\n  "hooks": {}\n}\n',
    "empty event": b'{\n  "hooks": {\n    "PostToolUse": []\n  }\n}\n',
    "no hooks key": b'{\n  "model": "opus",\n  "permissions": {\n    "allow": ["Bash(ls)"]\n  }\n}\n',
    "foreign hook in the same event": b'{\n  "hooks": {\n    "PostToolUse": [\n      %s\n    ]\n  }\n}\n'
    % FOREIGN.encode(),
    "foreign hook in another event": b'{\n  "hooks": {\n    "PostCompact": [\n      %s\n    ]\n  }\n}\n'
    % FOREIGN.encode(),
    "hooks before other keys": b'{\n  "hooks": {\n    "Stop": []\n  },\n  "zeta": 1,\n  "alpha": 2\n}\n',
    "tabs": b'{\n\t"env": {\n\t\t"A": "1"\n\t},\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{"hooks": []}\n\t\t]\n\t}\n}\n',
    "four blanks": b'{\n    "model": "opus",\n    "hooks": {}\n}\n',
    "CRLF": b'{\r\n  "model": "opus"\r\n}\r\n',
    "no trailing newline": b'{\n  "model": "opus"\n}',
    "byte order mark": b'\xef\xbb\xbf{\n  "model": "opus"\n}\n',
    "unicode": '{\n  "name": "Zoë 🦊 日本",\n  "escaped": "\\u00e9\\ud83d\\ude00"\n}\n'.encode(),
    "deep": b'{"a": ' + b'{"b": [' * 40 + b"1" + b"]}" * 40 + b"}\n",
    "minified": b'{"model":"opus","hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]},"z":[1,2]}',
    "one line with blanks": b'{"model": "opus", "hooks": {"Stop": []}, "z": [1, 2]}\n',
    "comments": b'{\n  // mine\n  "model": "opus", // best\n  "hooks": {\n    /* none */\n  }\n}\n',
    "comment at the end": b'{\n  "model": "opus" // best\n  // "hooks": {}\n}\n',
    "brackets in strings": b'{\n  "a": "}]//,{[",\n  "b\\"}": ["/*", "*/"]\n}\n',
    "numbers as written": b'{\n  "n": 1.50e+3,\n  "m": -0,\n  "big": 12345678901234567890123\n}\n',
    "uneven blanks": b'{\n "a" :1 ,\n\n   "b":  [ ]\n , "c" : { }\n}\n\n\n',
    "key twice": b'{\n  "hooks": {},\n  "hooks": {\n    "Stop": []\n  }\n}\n',
}
table = pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())


def as_claude_reads(content: bytes) -> Any:
    """JSON.parse of the text without mark and, where the case has them, comments."""
    text = content.decode("utf-8-sig")
    lines = [line for line in text.splitlines() if not line.strip().startswith(("//", "/*"))]
    return json.loads("\n".join(line.partition(" // ")[0] for line in lines) or "{}")


def our_commands(settings: Any) -> list[str]:
    groups = [group for groups in settings.get("hooks", {}).values() for group in groups]
    commands = [handler["command"] for group in groups for handler in group["hooks"]]
    return [command for command in commands if "byline" in command]


@table
def test_install_then_uninstall_is_the_old_file(person: Person, content: bytes) -> None:
    person.write_settings(content)
    person.byline("install", "claude")
    installed = person.settings.read_bytes()
    assert len(our_commands(as_claude_reads(installed))) == 11
    person.byline("uninstall", "claude")
    assert person.settings.read_bytes() == content


@table
def test_the_second_install_changes_nothing(person: Person, content: bytes) -> None:
    person.write_settings(content)
    person.byline("install", "claude")
    installed, known = person.settings.read_bytes(), person.settings.stat()
    person.byline("install", "claude")
    assert person.settings.read_bytes() == installed
    assert person.settings.stat().st_mtime_ns == known.st_mtime_ns


@table
def test_install_only_adds_bytes(person: Person, content: bytes) -> None:
    person.write_settings(content)
    person.byline("install", "claude")
    installed = iter(person.settings.read_bytes())
    assert all(byte in installed for byte in content), "the old bytes are no subsequence of the new ones"


@table
def test_what_others_wrote_means_the_same(person: Person, content: bytes) -> None:
    person.write_settings(content)
    before = as_claude_reads(content)
    person.byline("install", "claude")
    after = as_claude_reads(person.settings.read_bytes())
    assert {**after, "hooks": None} == {**before, "hooks": None}
    assert list(after)[: len(before)] == list(before)
    for event, groups in before.get("hooks", {}).items():
        assert after["hooks"][event][: len(groups)] == groups


@table
def test_without_its_record_byline_still_finds_its_own(person: Person, content: bytes) -> None:
    person.write_settings(content)
    before = as_claude_reads(content)
    person.byline("install", "claude")
    for record in (person.data / "installs").glob("*.json"):
        record.unlink()
    person.byline("uninstall", "claude")
    after = as_claude_reads(person.settings.read_bytes())
    assert not our_commands(after)
    filled = {event: groups for event, groups in before.get("hooks", {}).items() if groups}
    assert {event: groups for event, groups in after.get("hooks", {}).items() if groups} == filled
    assert {**after, "hooks": None} == {**before, "hooks": None}


@table
def test_a_change_in_between_is_kept(person: Person, content: bytes) -> None:
    person.write_settings(content)
    person.byline("install", "claude")
    changed = person.settings.read_bytes().rstrip()
    assert changed.endswith(b"}")
    person.settings.write_bytes(changed[:-1] + b', "added": [1, 2]}\n')
    person.byline("uninstall", "claude")
    after = as_claude_reads(person.settings.read_bytes())
    assert after.pop("added") == [1, 2]
    before = as_claude_reads(content)
    after.setdefault("hooks", {})
    assert after == {"hooks": {}, **before}


def test_claude_writing_the_file_anew_in_between(person: Person) -> None:
    person.write_settings(b'{"model": "opus"}')
    person.byline("install", "claude")
    settings = json.loads(person.settings.read_bytes())
    settings["theme"] = "dark"
    settings["hooks"]["Stop"][0]["hooks"].append({"type": "command", "command": "say done"})
    person.settings.write_text(json.dumps(settings, indent=4))
    person.byline("uninstall", "claude")
    left = {
        "model": "opus",
        "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]},
        "theme": "dark",
    }
    assert person.settings.read_text() == json.dumps(left, indent=4)


def test_what_is_written_for_claude(person: Person) -> None:
    person.byline("install", "claude")
    hooks = json.loads(person.settings.read_bytes())["hooks"]
    writes = "Write|Edit|NotebookEdit|Bash"
    assert {event: group[0].get("matcher") for event, group in hooks.items()} == {
        "SessionStart": None,
        "SessionEnd": None,
        "UserPromptSubmit": None,
        "Stop": None,
        "SubagentStart": None,
        "SubagentStop": None,
        "PreCompact": None,
        "Notification": None,
        "PreToolUse": writes,
        "PostToolUse": f"{writes}|Read|Grep",
        "PostToolUseFailure": writes,
    }
    handlers = [group["hooks"] for groups in hooks.values() for group in groups]
    assert all(len(found) == 1 and found[0].keys() == {"type", "command", "timeout"} for found in handlers)
    assert {found[0]["timeout"] for found in handlers} == {10}


def test_no_file_and_no_folder_where_there_was_none(person: Person) -> None:
    person.byline("install", "claude")
    assert person.settings.exists()
    person.byline("uninstall", "claude")
    assert not person.settings.parent.exists()


def test_a_file_byline_made_stays_when_somebody_else_wrote_into_it(person: Person) -> None:
    person.byline("install", "claude")
    settings = json.loads(person.settings.read_bytes())
    person.settings.write_text(json.dumps({"theme": "dark", **settings}, indent=2))
    person.byline("uninstall", "claude")
    assert json.loads(person.settings.read_bytes()) == {"theme": "dark"}


def test_a_link_is_written_through_and_the_mode_kept(person: Person) -> None:
    real = person.home / "dotfiles" / "claude.json"
    real.parent.mkdir()
    real.write_bytes(b'{"env": {"KEY": "secret"}}\n')
    real.chmod(0o600)
    person.settings.parent.mkdir()
    person.settings.symlink_to(real)
    person.byline("install", "claude")
    assert person.settings.is_symlink()
    assert b"byline" in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    records = list((person.data / "installs").glob("*.json"))
    assert [stat.S_IMODE(record.stat().st_mode) for record in records] == [0o600]
    person.byline("uninstall", "claude")
    assert person.settings.is_symlink()
    assert real.read_bytes() == b'{"env": {"KEY": "secret"}}\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"a": 1,}', "not valid JSON"),
        (b'{"a": ', "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b'{"hooks": []}', '"hooks" is not an object'),
        (b'{"hooks": {"Stop": {}}}', '"hooks.Stop" is not a list'),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[" * 200_000, "not valid JSON"),
    ],
)
def test_strange_settings_are_refused_and_left_alone(person: Person, content: bytes, said: str) -> None:
    person.write_settings(content)
    for command in ("install", "uninstall"):
        done = person.byline(command, "claude", code=1)
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert str(person.settings) in done.stderr
        assert person.settings.read_bytes() == content


def test_claude_config_dir_is_respected(person: Person) -> None:
    person.env["CLAUDE_CONFIG_DIR"] = str(person.home / "elsewhere")
    person.byline("install", "claude")
    assert (person.home / "elsewhere" / "settings.json").exists()
    assert not person.settings.exists()


def test_project_settings_name_no_path_of_this_machine(person: Person) -> None:
    (person.repository / "src").mkdir()
    person.byline("install", "claude", "--project", cwd=person.repository / "src")
    content = (person.repository / ".claude" / "settings.json").read_text()
    (command,) = set(our_commands(json.loads(content)))
    assert command.startswith("command -v byline-hook >/dev/null 2>&1 && ")
    assert command.endswith(" && byline-hook claude 2>/dev/null; exit 0")
    assert str(person.home) not in content
    assert not person.settings.exists()
    person.byline("uninstall", "claude", "--project")
    assert not (person.repository / ".claude").exists()


def test_project_settings_need_a_repository(person: Person) -> None:
    done = person.byline("install", "claude", "--project", code=1, cwd=person.home)
    assert "git init" in done.stderr


def test_an_upgrade_replaces_only_our_entries(person: Person) -> None:
    content = f'{{\n\t"hooks": {{\n\t\t"Stop": [\n\t\t\t{FOREIGN}\n\t\t]\n\t}}\n}}\n'.encode()
    person.write_settings(content)
    person.byline("install", "claude")
    wanted = person.settings.read_bytes()
    person.settings.write_bytes(wanted.replace(str(person.data).encode(), b"/old/data"))
    person.byline("install", "claude")
    assert person.settings.read_bytes() == wanted
    person.byline("uninstall", "claude")
    assert person.settings.read_bytes() == content


def test_an_event_that_is_no_longer_wanted_goes(person: Person) -> None:
    person.write_settings(b'{\n  "model": "opus"\n}\n')
    person.byline("install", "claude")
    wanted = person.settings.read_bytes()
    person.settings.write_bytes(wanted.replace(b'"SessionEnd": [', b'"PostCompact": ['))
    person.byline("install", "claude")
    hooks = json.loads(person.settings.read_bytes())["hooks"]
    assert "PostCompact" not in hooks
    assert len(hooks["SessionEnd"]) == 1


def test_somebodys_own_use_of_byline_hook_is_not_ours(person: Person) -> None:
    content = b'{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "byline-hook claude | tee /tmp/x"}]}]}}'
    person.write_settings(content)
    person.byline("install", "claude")
    person.settings.write_bytes(person.settings.read_bytes() + b"\n")
    person.byline("uninstall", "claude")
    assert person.settings.read_bytes() == content + b"\n"


def test_two_installs_at_once(person: Person) -> None:
    person.write_settings(b'{\n  "model": "opus"\n}\n')
    running = [
        subprocess.Popen(
            person.command(["install", "claude"]), cwd=person.repository, env=person.env, stdout=subprocess.DEVNULL
        )
        for _ in range(4)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert len(our_commands(json.loads(person.settings.read_bytes()))) == 11
    person.byline("uninstall", "claude")
    assert person.settings.read_bytes() == b'{\n  "model": "opus"\n}\n'


def test_no_litter(person: Person) -> None:
    person.write_settings(b"{}")
    person.byline("install", "claude")
    person.byline("uninstall", "claude")
    assert list(person.settings.parent.iterdir()) == [person.settings]
    assert not (person.data / "hooks").exists()
