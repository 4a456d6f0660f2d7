"""Command lines in settings: quoted for a shell, known again, never mistaken."""

import shlex
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.cli.install import commandline

PYTHON = PurePosixPath("/usr/bin/python3.11")
SHIM = PurePosixPath("/home/a/.local/share/byline/hooks/byline_hooks/shim.py")
names = st.text(st.characters(exclude_characters="\0/\n\r", exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name not in (".", "..")
)


def test_the_line_for_a_user() -> None:
    assert commandline.for_user("claude", PYTHON, SHIM) == (  # type: ignore[arg-type]
        "[ -x /usr/bin/python3.11 ] && /usr/bin/python3.11 -I -S "
        "/home/a/.local/share/byline/hooks/byline_hooks/shim.py claude 2>/dev/null; exit 0"
    )


@given(names, names)
def test_any_folder_is_quoted_and_read_back(above: str, below: str) -> None:
    python = PurePosixPath("/") / above / "python3"
    shim = PurePosixPath("/") / below / "byline_hooks" / "shim.py"
    line = commandline.for_user("claude", python, shim)  # type: ignore[arg-type]
    words = shlex.split(line.replace("2>/dev/null; exit 0", ""))
    assert words == ["[", "-x", str(python), "]", "&&", str(python), "-I", "-S", str(shim), "claude"]
    assert commandline.is_ours(line, "claude")
    assert not commandline.is_ours(line, "codex")
    found = commandline.paths(line)
    assert found is not None
    assert (str(found[0]), str(found[1])) == (str(python), str(shim))


def test_the_line_for_a_repository() -> None:
    line = commandline.for_project("claude", "$HOME/x.json")
    assert line == (
        "command -v byline-hook >/dev/null 2>&1 && "
        '! grep -qsF byline_hooks/shim.py "$HOME/x.json" && byline-hook claude 2>/dev/null; exit 0'
    )
    assert commandline.is_ours(
        "command -v byline-hook >/dev/null 2>&1 && byline-hook claude 2>/dev/null; exit 0", "claude"
    )
    assert commandline.is_ours(line, "claude")
    assert commandline.paths(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "byline-hook claude",
        "my-wrapper byline-hook claude 2>/dev/null; exit 0",
        "grep -q byline_hooks/shim.py x",
        "[ -x /a ] && /b -I -S /c/byline_hooks/shim.py claude 2>/dev/null; exit 0",
        "[ -x /a ] && /a -I -S /c/other_hooks/shim.py claude 2>/dev/null; exit 0",
        "[ -x /a ] && /a -I -S /c/byline_hooks/shim.py claude 2>/dev/null; exit 0; rm x",
        "[ -x " + "a" * 50_000,
    ],
)
def test_other_peoples_lines(line: str) -> None:
    assert not commandline.is_ours(line, "claude")
