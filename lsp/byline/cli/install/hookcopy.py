"""The copy of the hook package that agents start: below the user data folder, byte-compiled, replaced in one step.

`DATA/hooks/byline_hooks` is a link to `DATA/hooks/versions/HASH`, so that the path in agents' settings never changes
and an agent that starts the hook during an upgrade finds either the old package or the new one. Without links
(Windows) the files are replaced one by one. The byte code is *unchecked*: a restored backup or a synchronised home
changes times, and a hook that compiles itself at every call would be slow for ever; `byline doctor` compares hashes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from byline.errors import BylineError
from byline.privacy import copy, make_folders

PACKAGE = "byline_hooks"
COMPILE_SECONDS = 60
MASK = 0o077 if os.name == "posix" else -1
"""What runs at every call of a tool is for nobody else to write to; -1: Windows has no umask."""


def source_folder() -> Path:
    """The hook package of the byline that is running."""
    import importlib.util

    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise BylineError("this byline lacks its hook package; install it again (`pipx reinstall byline`)")
    return Path(spec.origin).parent


def shim(data: Path) -> Path:
    """The file that agents' settings name."""
    return data / "hooks" / PACKAGE / "shim.py"


def interpreter() -> Path:
    """The Python that hooks run with: the one behind a virtual environment, which may be deleted any day."""
    base = Path(getattr(sys, "_base_executable", None) or sys.executable)
    inside_environment = any((folder / "pyvenv.cfg").exists() for folder in base.parents[:2])
    return Path(os.path.realpath(base)) if inside_environment or not base.is_absolute() else base


def on_path(env: Mapping[str, str]) -> bool:
    """Whether a repository's settings would find `byline-hook`."""
    return shutil.which("byline-hook", path=env.get("PATH", "")) is not None


def content_hash(package: Path) -> str:
    """One name for all source files of a copy of the package."""
    total = hashlib.sha256()
    for path in _sources(package):
        content = path.read_bytes()
        total.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:16]


def is_current(data: Path) -> bool:
    """Whether the copy is the running byline's package, with byte code for `interpreter()`."""
    package = data / "hooks" / PACKAGE
    if not package.is_dir() or content_hash(package) != content_hash(source_folder()):
        return False
    return not stale_byte_code(package)


def stale_byte_code(package: Path) -> list[str]:
    """Modules, relative to `package`, whose byte code is missing or was made from another text."""
    from importlib.util import source_hash

    stale = []
    for path in _sources(package):
        if path.name == "shim.py" and path.parent == package:
            continue  # a script is never read from byte code
        cached = path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
        try:
            head = cached.read_bytes()[:16]
        except OSError:
            head = b""
        if head[4:8] != b"\x01\x00\x00\x00" or head[8:16] != source_hash(path.read_bytes()):
            stale.append(path.relative_to(package).as_posix())
    return stale


def refresh(data: Path) -> bool:
    """Bring the copy up to date; whether there was anything to do. Raises BylineError, leaving the old copy."""
    source = source_folder()
    if is_current(data):
        return False
    version = data / "hooks" / "versions" / content_hash(source)
    if version.exists():  # the right text once, damaged since; it stays in place until the link leads elsewhere
        version = version.with_name(f"{version.name}.{os.getpid()}")
    try:
        _make(source, version)
        _point(data / "hooks" / PACKAGE, version)
    except OSError as problem:
        raise BylineError(
            f"can't write below {data / 'hooks'}: {problem.strerror}; BYLINE_DATA_DIR names another"
        ) from problem
    return True


def remove(data: Path) -> None:
    """Take the copy away; agents that still hold its path find nothing and go on."""
    link = data / "hooks" / PACKAGE
    with suppress(OSError):
        link.unlink()
    shutil.rmtree(data / "hooks", ignore_errors=True)


def _sources(package: Path) -> list[Path]:
    return sorted(path for path in package.rglob("*.py") if "__pycache__" not in path.parts)


def _make(source: Path, version: Path) -> None:
    """Build one version beside its place and rename it there."""
    fresh = version.with_name(f".{version.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    for path in _sources(source):
        copied = fresh / path.relative_to(source)
        make_folders(copied.parent)
        copy(path, copied)
    _compile(fresh)
    fresh.rename(version)


def _compile(folder: Path) -> None:
    """Byte code for every module, then the one file that holds what each event needs (`byline_hooks/bundle.py`)."""
    _run("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder))
    _run(str(folder / "bundle.py"))


def _run(*arguments: str) -> None:
    command = [str(interpreter()), "-I", "-S", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=COMPILE_SECONDS, check=False, umask=MASK)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BylineError(f"can't start {command[0]}: {problem}") from problem
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        raise BylineError(f"{command[0]} can't compile the hook: {said[:300]}")


def _point(link: Path, version: Path) -> None:
    """Make `link` lead to `version` in one step, then drop all versions but this and the one before."""
    before = Path(os.path.realpath(link)) if link.is_symlink() else None
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    try:
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("versions") / version.name, target_is_directory=True)
        if link.is_dir() and not link.is_symlink():
            shutil.rmtree(link)
        fresh.replace(link)
    except OSError:
        if os.name != "nt":
            raise
        _copy_over(version, link)
    for old in version.parent.iterdir():
        if old not in (version, before):
            shutil.rmtree(old, ignore_errors=True)


def _copy_over(version: Path, folder: Path) -> None:
    """Byte code first: a new source beside old unchecked byte code would run as the old one. What is gone goes."""
    files = sorted((path for path in version.rglob("*") if path.is_file()), key=lambda path: path.suffix != ".pyc")
    for path in files:
        target = folder / path.relative_to(version)
        make_folders(target.parent)
        fresh = target.with_name(f"{target.name}.new")
        copy(path, fresh)
        fresh.replace(target)
    kept = {path.relative_to(version) for path in files}
    for path in list(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder) not in kept:
            with suppress(OSError):  # a hook that runs may hold it; the next install takes it
                path.unlink()
