"""Configurations in which every language is named."""

import tomllib
from pathlib import Path

import pytest

from byline.cli import editorconfig
from byline.cli.main import main

ROOT = Path(__file__).resolve().parents[3]


def test_zed_adds_the_languages_of_installed_extensions(tmp_path: Path) -> None:
    config = tmp_path / "odd" / "languages" / "odd" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('name = "My \\"Odd\\" One"\n')
    server = tomllib.loads(editorconfig.zed([tmp_path]))["language_servers"]["byline"]
    assert server["name"] == "byline"
    assert {'My "Odd" One', "Plain Text", "Python"} <= set(server["languages"])
    assert len(server["languages"]) == len(set(server["languages"])) > 100


def test_zeds_extension_names_the_known_languages(tmp_path: Path) -> None:
    extension = tomllib.loads((ROOT / "editors" / "zed" / "extension.toml").read_text("utf-8"))
    assert extension["language_servers"] == tomllib.loads(editorconfig.zed([tmp_path]))["language_servers"]
    cargo = tomllib.loads((ROOT / "editors" / "zed" / "Cargo.toml").read_text("utf-8"))
    assert extension["version"] == cargo["package"]["version"]


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/zed/extensions/installed"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/x/zed/extensions/installed"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/Zed/extensions/installed"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/Zed/extensions/installed"),
    ],
)
def test_where_zed_keeps_extensions(platform: str, env: dict[str, str], expected: str) -> None:
    assert editorconfig.zed_folder(env, platform) == Path(expected)


def test_helix_keeps_the_servers_a_language_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs, mine = tmp_path / "languages.toml", tmp_path / "mine.toml"
    theirs.write_text(
        '[[language]]\nname = "python"\nlanguage-servers = ["ty", "ruff"]\n[[language]]\nname = "text"\n'
        '[[language]]\nname = "go"\nlanguage-servers = ["gopls"]\n'
    )
    mine.write_text(
        '[[language]]\nname = "go"\nlanguage-servers = ["byline", { name = "gopls", except-features = ["hover"] }]\n'
    )
    assert main(["editor-config", "helix", str(theirs), str(mine)]) == 0
    told = tomllib.loads(capsys.readouterr().out)
    assert told["language-server"]["byline"] == {"command": "byline", "args": ["lsp"]}
    assert {row["name"]: row["language-servers"] for row in told["language"]} == {
        "python": ["ty", "ruff", "byline"],
        "text": ["byline"],
        "go": [{"name": "gopls", "except-features": ["hover"]}, "byline"],
    }


@pytest.mark.parametrize("text", [None, "= no toml", b"\xff"])
def test_a_file_that_cannot_be_read_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | bytes | None
) -> None:
    file = tmp_path / "languages.toml"
    if text is not None:
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    assert main(["editor-config", "helix", str(file)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_helix_without_a_file_says_which_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["editor-config", "helix"]) == 2
    assert "languages.toml" in capsys.readouterr().err
