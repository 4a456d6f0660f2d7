"""Install and uninstall over settings of any content, for every agent: the old bytes come back.

In the process itself, so that many contents can be tried; `tests/e2e/cli/test_install_bytes.py` does it as a person
does, for one agent, with each kind of file by hand.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.cli.install import agents, change, plan
from byline.cli.install.records import Records

OWN = ("opencode", "amp", "cline", "kiro")
"""Their files are byline's alone; Kiro has others besides."""
SHARED = [name for name in agents.ROWS if name not in OWN]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FOREIGN = {"type": "command", "command": "my-linter --fix 'a b'", "timeout": 5}
EVENTS = st.sampled_from(["PostToolUse", "postToolUse", "Stop", "stop", "AfterTool", "post_write_code", "Custom"])


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A settings file as somebody may have it: foreign hooks among other things, laid out somehow."""
    content: dict[str, Any] = draw(st.dictionaries(TEXTS.filter(lambda key: key != "hooks"), VALUES, max_size=4))
    if draw(st.booleans()):
        entries = st.lists(st.sampled_from([{"hooks": [FOREIGN]}, FOREIGN]), max_size=2)
        hooks = draw(st.dictionaries(EVENTS, entries, max_size=3))
        items = list(content.items())
        items.insert(draw(st.integers(0, len(items))), ("hooks", hooks))
        content = dict(items)
    indent = draw(st.sampled_from([None, 1, 2, 4, "\t"]))
    text = json.dumps(content, indent=indent, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()) and indent is not None:
        text = text.replace("{\n", '{ // mine: "hooks": {\n/* and */\n', 1)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return (mark + text + draw(st.sampled_from(["", "\n", "\r\n", "\n\n", "  "]))).encode("utf-8", "surrogatepass")


@st.composite
def tomls(draw: st.DrawFn) -> bytes:
    """A `config.toml` of Codex's."""
    keys = st.text("abcdefghij-_", min_size=1, max_size=8)
    values = st.integers() | st.booleans() | st.text("abc \"'#[]=", max_size=8)
    endings = st.sampled_from(["", "  # why", " "])
    plain = draw(st.dictionaries(keys, values, max_size=4))
    lines = [f"{key} = {json.dumps(value)}{draw(endings)}" for key, value in plain.items()]
    further = st.sampled_from(["", "# a comment", '[profiles."a b"]', "x = 1"])
    lines += draw(st.lists(further, max_size=3, unique=True))
    if draw(st.booleans()):
        lines += ["[[hooks.PostToolUse]]", 'matcher = "x"']
        lines += ["[[hooks.PostToolUse.hooks]]", 'type = "command"', 'command = "l"']
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    return (ending.join(lines) + draw(st.sampled_from(["", ending]))).encode()


def around(folder: Path) -> Mapping[str, str]:
    return {"HOME": str(folder), "PATH": os.environ["PATH"], "BYLINE_DATA_DIR": str(folder / "data")}


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file with its bytes, every folder, but byline's own data."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if "data" not in path.relative_to(folder).parts
    }


def put_in(name: str, env: Mapping[str, str], records: Records) -> None:
    command = plan.command_line(name, env, None)
    with records.locked():
        parts = agents.parts(name, env, None)
        known = [change.is_registered(part) for part in parts]
        for part, was_there in zip(parts, known, strict=True):
            change.install(name, part, "user", command, records, is_upgrade=was_there)


def take_out(name: str, env: Mapping[str, str], records: Records) -> None:
    with records.locked():
        for part in reversed(agents.parts(name, env, None)):
            change.uninstall(part, records)


def there_and_back(name: str, content: bytes | None, folder: Path) -> None:
    """Install twice, uninstall: the same tree, and in between every event of ours, once."""
    env = around(folder)
    path = agents.load(name).settings_file(env, None)
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    before = tree(folder)
    records = Records(folder / "data")
    put_in(name, env, records)
    installed = tree(folder)
    assert installed != before
    put_in(name, env, records)
    assert tree(folder) == installed
    take_out(name, env, records)
    assert tree(folder) == before


@pytest.mark.parametrize("name", agents.ROWS)
def test_where_there_was_no_file_there_is_none_again(name: str, tmp_path: Path) -> None:
    there_and_back(name, None, tmp_path)


@pytest.mark.parametrize("name", SHARED)
@given(content=documents())
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_any_settings_come_back_byte_for_byte(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there_and_back(name, content or None, Path(folder))


@given(content=tomls())
@settings(max_examples=20, deadline=None)
def test_codex_s_own_settings_come_back_byte_for_byte(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".codex").mkdir()
        (folder / ".codex" / "config.toml").write_bytes(content)
        try:
            import tomllib

            tomllib.loads(content.decode())
        except tomllib.TOMLDecodeError:
            return
        there_and_back("codex", None, folder)


@given(content=documents())
@settings(max_examples=10, deadline=None)
def test_kiro_s_agent_files_come_back_byte_for_byte(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".kiro" / "agents").mkdir(parents=True)
        (folder / ".kiro" / "agents" / "mine.json").write_bytes(content)
        there_and_back("kiro", None, folder)


@pytest.mark.parametrize("name", SHARED)
def test_a_linked_dotfile_stays_a_link(name: str, tmp_path: Path) -> None:
    env = around(tmp_path)
    path = agents.load(name).settings_file(env, None)
    dotfiles = tmp_path / "dotfiles" / path.name
    dotfiles.parent.mkdir()
    dotfiles.write_bytes(b'{\n  "mine": 1\n}\n')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(dotfiles)
    records = Records(tmp_path / "data")
    put_in(name, env, records)
    assert path.is_symlink()
    assert b"byline" in dotfiles.read_bytes()
    take_out(name, env, records)
    assert path.is_symlink()
    assert dotfiles.read_bytes() == b'{\n  "mine": 1\n}\n'
