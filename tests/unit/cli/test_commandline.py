"""Command lines in settings: quoted for a shell, known again, never mistaken."""

import shlex
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.cli.install import agents, commandline

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


WINDOWS = PureWindowsPath(r"C:\Users\Ada\AppData\Local\Programs\Python\python.exe")
WINDOWS_SHIM = PureWindowsPath(r"C:\Users\Ada\AppData\Local\byline\hooks\byline_hooks\shim.py")
SPACED = PureWindowsPath(r"C:\Program Files\Python 3'11\python.exe")


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("claude", "[ -x {posix} ] && {posix} -I -S {posix_shim} claude 2>/dev/null; exit 0"),
        ("copilot", "if (Test-Path '{python}') {{ & '{python}' -I -S '{shim}' copilot 2>$null }}; exit 0"),
        ("gemini", "if (Test-Path '{python}') {{ & '{python}' -I -S '{shim}' gemini 2>$null }}; exit 0"),
        ("droid", 'cmd /d /c "if exist {python} {python} -I -S {shim} droid 2>nul & exit 0"'),
    ],
)
def test_the_line_for_a_user_on_windows(agent: str, expected: str) -> None:
    line = commandline.for_user(agent, WINDOWS, WINDOWS_SHIM, platform="win32")  # type: ignore[arg-type]
    posix, posix_shim = WINDOWS.as_posix(), WINDOWS_SHIM.as_posix()
    assert line == expected.format(python=WINDOWS, shim=WINDOWS_SHIM, posix=posix, posix_shim=posix_shim)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("A&B", r"C:\Users\A^&B\python.exe"),
        ("x(86)^y", r"C:\Users\x^(86^)^^y\python.exe"),
        ("100%OS%", r"C:\Users\100^%OS^%\python.exe"),
        ("a,b", r'"C:\Users\a,b\python.exe"'),
        ("a;b=c", r'"C:\Users\a;b=c\python.exe"'),
        ("A & B", r'"C:\Users\A & B\python.exe"'),
        ("Jürgen'$`!~#", r"C:\Users\Jürgen'$`!~#\python.exe"),
    ],
)
def test_what_means_something_to_cmd(name: str, word: str) -> None:
    python = PureWindowsPath("C:/Users", name, "python.exe")
    line = commandline.for_user("droid", python, WINDOWS_SHIM, platform="win32")  # type: ignore[arg-type]
    assert line == f'cmd /d /c "if exist {word} {word} -I -S {WINDOWS_SHIM} droid 2>nul & exit 0"'


ODD = [PureWindowsPath("C:/Users", name, "python.exe") for name in ("A&B", "x(86)^y", "100%OS%", "a,b", "A & B^%")]


@pytest.mark.parametrize("python", [WINDOWS, SPACED, *ODD])
@pytest.mark.parametrize("agent", agents.ROWS)
def test_windows_lines_are_known_again(agent: str, python: PureWindowsPath) -> None:
    line = commandline.for_user(agent, python, WINDOWS_SHIM, platform="win32")  # type: ignore[arg-type]
    assert commandline.is_ours(line, agent)
    assert not commandline.is_ours(line, "other")
    assert not commandline.is_ours(f"{line} && more", agent)
    found = commandline.paths(line)
    assert found is not None
    assert str(found[0]).replace("\\", "/") == python.as_posix()


def test_a_repository_s_settings_serve_both_systems() -> None:
    line = commandline.for_project("copilot", "$HOME/x")
    told = commandline.by_shell(line, "copilot")
    assert told["command"] == line
    assert told["powershell"] == (
        "if (Get-Command byline-hook -ErrorAction SilentlyContinue) { byline-hook copilot 2>$null }; exit 0"
    )
    mine = commandline.for_user("windsurf", WINDOWS, WINDOWS_SHIM, platform="win32")  # type: ignore[arg-type]
    assert commandline.by_shell(mine, "windsurf") == {"powershell": mine}
