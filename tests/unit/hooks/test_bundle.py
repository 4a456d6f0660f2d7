"""The bundle: the same hook, started faster, and never a reason to fail."""

import json
import marshal
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from byline_hooks import bundle
from gitrepo import Repo
from hookrun import PYTHON, SHIM, events

Maker = Callable[..., Repo]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the hook package with its bundle, moved once it was made, as an installer does."""
    made = tmp_path / "fresh" / "byline_hooks"
    shutil.copytree(SHIM.parent, made, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([PYTHON, "-I", "-S", "-B", str(made / "bundle.py")], check=True)
    (tmp_path / "fresh").rename(tmp_path / "installed")
    return tmp_path / "installed" / "byline_hooks"


def run(package: Path, agent: str, payload: dict[str, object], cwd: Path, *options: str) -> bytes:
    """What the copy prints to standard error, which is nothing unless an option asks for it."""
    command = [PYTHON, "-I", "-S", "-B", *options, str(package / "shim.py"), agent]
    done = subprocess.run(command, input=json.dumps(payload).encode(), cwd=cwd, capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, b"")
    return done.stderr


def test_nothing_is_searched_for_and_everything_works(repo: Maker, package: Path) -> None:
    made = repo()
    made.write("f", "x\n")
    base: dict[str, object] = {"session_id": "s", "transcript_path": "/h/.claude/p/s.jsonl", "cwd": str(made.path)}
    given = {"tool_name": "Write", "tool_input": {"file_path": str(made.path / "f"), "content": "x\n"}}
    told = run(package, "claude", {**base, **given, "hook_event_name": "PostToolUse"}, made.path, "-X", "importtime")
    assert b"encodings" in told  # it does tell of what is looked for
    assert b"byline_hooks" not in told
    assert b"_json" not in told
    assert b"_sha1" not in told
    shell = {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "ls"}}
    assert run(package, "claude", {**base, **shell}, made.path) == b""
    save: dict[str, object] = {"event": "save", "path": "f", "cwd": str(made.path)}
    assert run(package, "generic", save, made.path) == b""
    assert run(package, "nosuch", base, made.path) == b""
    assert run(package, "claude", {}, made.path) == b""
    store = made.path / ".git" / "byline"
    assert [(event["event"], event.get("path")) for event in events(store)] == [
        ("write", "f"),
        ("pre_shell", None),
        ("save", "f"),
    ]
    assert len((store / "errors.log").read_text().splitlines()) == 2


OTHERS = bytes([MAGIC_NUMBER[0] ^ 1]) + MAGIC_NUMBER[1:]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\0" * 100,
        b"no marshal",
        MAGIC_NUMBER,
        MAGIC_NUMBER + marshal.dumps(1),
        MAGIC_NUMBER + marshal.dumps((1, 2)),
        OTHERS + marshal.dumps(1),
    ],
    ids=["empty", "zeros", "text", "cut", "a number", "no code", "another Python's"],
)
def test_a_bundle_that_is_none_is_passed_over(repo: Maker, package: Path, damage: bytes) -> None:
    made = repo()
    (package / "__pycache__" / bundle.name("generic")).write_bytes(damage)
    assert run(package, "generic", {"event": "observe", "path": "f", "cwd": str(made.path)}, made.path) == b""
    assert len(events(made.path / ".git" / "byline")) == 1


def test_a_cut_off_bundle_is_passed_over(repo: Maker, package: Path) -> None:
    made = repo()
    path = package / "__pycache__" / bundle.name("generic")
    os.truncate(path, path.stat().st_size // 2)
    assert run(package, "generic", {"event": "observe", "path": "f", "cwd": str(made.path)}, made.path) == b""
    assert len(events(made.path / ".git" / "byline")) == 1


def test_an_interpreter_that_moved_finds_its_own_modules(repo: Maker, package: Path) -> None:
    """Where modules lie is told for one interpreter; another, or one whose files are gone, looks for them."""
    made = repo()
    bundles = package / "__pycache__" / bundle.name("generic")
    loader, (modules, packed, searched, extensions) = marshal.loads(bundles.read_bytes()[4:])
    assert set(extensions) == set(bundle.EXTENSIONS)
    gone = dict.fromkeys(extensions, "/nowhere/at/all.so")
    for number, (where, files) in enumerate([(searched, gone), (["/elsewhere"], gone)], 1):
        bundles.write_bytes(MAGIC_NUMBER + marshal.dumps((loader, (modules, packed, where, files))))
        made.write("f", f"{number}\n")
        assert run(package, "generic", {"event": "observe", "path": "f", "cwd": str(made.path)}, made.path) == b""
        assert len(events(made.path / ".git" / "byline")) == number


def test_every_module_stands_after_what_it_imports() -> None:
    """A module that is missing in the list is found the slow way; one out of order too."""
    seen: set[str] = set()
    for module in (*bundle.FIRST, *bundle.LATER):
        source = SHIM.parent / module / "__init__.py" if module in ("", "dialects") else SHIM.parent / f"{module}.py"
        for line in source.read_text().splitlines():
            if line.startswith("from byline_hooks import ") and module in bundle.FIRST:
                assert set(line.removeprefix("from byline_hooks import ").split(", ")) <= seen, module
            elif line.startswith("from byline_hooks."):
                assert line.split()[1].removeprefix("byline_hooks.") in seen, module
        seen.add(module)


@pytest.mark.parametrize("dialect", sorted(path.stem for path in (SHIM.parent / "dialects").glob("[a-z]*.py")))
def test_nothing_is_taken_from_a_module_that_is_not_in_the_bundle(dialect: str) -> None:
    """`from byline_hooks import x` inside a function may be rare; a name taken at once never is."""
    _, (modules, packed, _, _) = marshal.loads(bundle.build(str(SHIM.parent), dialect)[4:])
    there = {name for name, _, _ in modules} | set(packed)
    missing = {one for _, _, needed in modules for one in needed if one not in there}
    missing |= {one for _, needed in packed.values() for one in needed if one not in there}
    allowed = {"devin": {"dialects"}, "junie": {"calls"}, "vscode_copilot": {"calls"}}.get(dialect, set())
    assert missing <= allowed
