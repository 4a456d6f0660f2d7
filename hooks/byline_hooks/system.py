"""The operating system without `import os`, which costs a tenth of the whole run of a hook.

Paths are strings with `/` between parts. They go to the system as UTF-8 whatever the locale says, because that is
what agents write into their payloads.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

if sys.platform == "win32":
    import os
else:
    import posix as os

__all__ = [
    "cwd",
    "environ",
    "extension",
    "is_absolute",
    "join",
    "make_folders",
    "namespace",
    "native",
    "os",
    "parent",
    "plain_name",
    "read",
    "realpath",
    "text",
    "write_whole",
]

WINDOWS = sys.platform == "win32"
READ_ONLY: int = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
WRITE_ONLY: int = (
    os.O_WRONLY
    | os.O_CREAT
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody reads is an error, not a wait
    | getattr(os, "O_BINARY", 0)
)
READ_WRITE: int = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_MOST_LINKS = 40
namespace: "Callable[..., Any]" = type(sys.implementation)
"""`types.SimpleNamespace` without `types`."""
EXTENSIONS: dict[str, str]
"""Files of modules that come with the interpreter, where a bundle knows them; this module is loaded with them."""


def extension(name: str) -> None:
    """Load a module that comes with the interpreter from where it is known to lie; an `import` has to follow."""
    file = globals().get("EXTENSIONS", {}).pop(name, None)
    if file is None or name in sys.modules:
        return
    try:
        import _imp

        if not WINDOWS:
            sys.setdlopenflags(os.RTLD_LAZY)  # of what a module can do little is called
        module = _imp.create_dynamic(namespace(name=name, origin=file))
        _imp.exec_dynamic(module)
        sys.modules[name] = module
    except Exception:  # noqa: S110
        pass  # the import finds it, or says what is wrong


def native(path: str) -> bytes | str:
    """The path as system calls want it. A path that is not Unicode text raises ValueError."""
    if WINDOWS:
        from byline_hooks import windows

        return windows.native(path)
    return path.encode("utf-8", "surrogateescape")


def text(data: bytes) -> str:
    """Bytes of a path or an environment variable as a string that `native` turns back."""
    return data.decode("utf-8", "surrogateescape")


def environ() -> dict[str, str]:
    """The environment of this process."""
    if sys.platform == "win32":
        return dict(os.environ)
    return {text(name): text(value) for name, value in os.environ.items()}


def cwd() -> str:
    """The current folder; "" when it was deleted."""
    try:
        return os.getcwd().replace("\\", "/") if WINDOWS else text(os.getcwdb())
    except OSError:
        return ""


def is_absolute(path: str) -> bool:
    """`/a`; on Windows also `C:/a` and `\\\\server\\share`."""
    return path.startswith("/") or (WINDOWS and (path[1:3] in (":/", ":\\") or path.startswith("\\\\")))


def join(base: str, path: str) -> str:
    """`path` seen from the folder `base`."""
    if WINDOWS:
        from byline_hooks import windows

        path = windows.plain(path)
    return path if is_absolute(path) else f"{base}/{path}"


def parent(path: str) -> str:
    """The folder that holds the absolute `path`; of a root, the root."""
    head = path.rpartition("/")[0]
    return f"{head}/" if head == "" or head.endswith(":") else head


def plain_name(told: str) -> str:
    """An id of somebody else's as it may stand in the name of a file."""
    return "".join([letter if letter.isalnum() or letter == "-" else "_" for letter in told])[:120]


def realpath(path: str) -> str:
    """The absolute `path` without symbolic links, `.` and `..`; parts that do not exist are kept."""
    if WINDOWS:
        import ntpath

        from byline_hooks import windows

        return windows.plain(ntpath.realpath(windows.plain(path)))
    done = ""
    todo = path.split("/")[::-1]
    links = 0
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            done = done.rpartition("/")[0]
            continue
        candidate = f"{done}/{part}"
        try:
            target = text(os.readlink(candidate.encode("utf-8", "surrogateescape")))
        except OSError:
            done = candidate
            continue
        links += 1
        if links > _MOST_LINKS:
            done = candidate
            continue
        if target.startswith("/"):
            done = ""
        todo.extend(target.split("/")[::-1])
    return done or "/"


def read(path: str, limit: int = 1 << 26) -> bytes:
    """At most `limit` bytes of a file; OSError where it cannot be read."""
    descriptor = os.open(native(path), READ_ONLY)
    try:
        return read_descriptor(descriptor, limit)
    finally:
        os.close(descriptor)


def read_descriptor(descriptor: int, limit: int) -> bytes:
    """Everything up to the end of the stream or `limit` bytes."""
    data = os.read(descriptor, min(limit, 1 << 14))
    if not data:
        return b""
    pieces = [data]
    size = len(data)
    while size < limit and (data := os.read(descriptor, min(limit - size, 1 << 16))):
        pieces.append(data)
        size += len(data)
    return b"".join(pieces) if len(pieces) > 1 else pieces[0]


def read_end(descriptor: int, limit: int) -> bytes:
    """The last `limit` bytes of an open file, which is then read to its end."""
    os.lseek(descriptor, max(0, os.lseek(descriptor, 0, 2) - limit), 0)
    return read_descriptor(descriptor, limit)


def make_folders(path: str) -> None:
    """`mkdir -p`, mode 0700 for what is made."""
    try:
        os.mkdir(native(path), 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        above = parent(path)
        if above == path:
            raise
        make_folders(above)
        try:
            os.mkdir(native(path), 0o700)  # once: below a link to nothing there is never a folder
        except FileExistsError:
            pass  # another process was faster


def write_whole(path: str, data: bytes) -> None:
    """Make the file `path` hold `data`, mode 0600: other processes see all of it or nothing."""
    unique = f"{path}.{os.getpid():x}-{int.from_bytes(os.urandom(4), 'big'):x}.tmp"
    descriptor = os.open(native(unique), WRITE_ONLY | os.O_EXCL, 0o600)
    try:
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)
        os.replace(native(unique), native(path))
    except BaseException:
        os.unlink(native(unique))
        raise
