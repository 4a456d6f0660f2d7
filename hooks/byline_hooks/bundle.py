"""All modules a hook needs in one file, so that starting does not search for a dozen: a tenth of the run.

`python -I -S bundle.py` writes it into `__pycache__` beside this file, where `shim.py` looks. Only for a copy of the
package that never changes: nothing compares it with the sources. Not imported by hooks.
"""

import marshal
import sys
from _frozen_importlib_external import MAGIC_NUMBER
from types import CodeType

SHARED = (
    *("", "system", "fastjson", "observation", "entry", "detect", "dialects", "texts", "snapshots", "spool", "head"),
    *("place", "record"),
)
"""What every event needs, each after what it imports; "" is the package."""
OF_CALLS = ("calls", "positions")
FURTHER = {
    **dict.fromkeys(("amp", "cline", "droid", "kiro", "windsurf"), OF_CALLS),
    **dict.fromkeys(("copilot", "cursor"), (*OF_CALLS, "twice")),
    "git": ("enabled",),
    **dict.fromkeys(("codex", "opencode"), ("calls", "patches")),
    **dict.fromkeys(("gemini", "qwen"), ("calls", "patches", "geminitools")),
}
"""What nearly every event of a dialect needs besides."""
PACKAGES = ("byline_hooks", "byline_hooks.dialects")

_LOADER = """
def load(name, code):
    sys.modules[name] = module = type(sys)(name)
    if name in packages:
        module.__path__ = [f"{root}/{name.replace('.', '/')}"]
    above, _, own = name.rpartition(".")
    if above:
        setattr(sys.modules[above], own, module)
    exec(code, module.__dict__)

if sys.argv[1] in dialects:
    for name, code in shared:
        load(name, code)
    for name, code in loads(dialects[sys.argv[1]]):
        load(name, code)
"""


def name() -> str:
    """The bundle's file name for the running Python."""
    return f"bundle.{sys.implementation.cache_tag}"


def build(package: str, dialects: list[str]) -> bytes:
    """The bundle for the package in the folder `package`, with its `dialects`.

    A tuple in the form of `marshal`: the magic number of the byte code, the code that loads the rest, and what that
    uses: modules as `(name, code)` in the order to run them, each dialect's own modules in the same form as bytes,
    names of packages.
    """
    shared = []
    for module in SHARED:
        full = f"byline_hooks.{module}" if module else "byline_hooks"
        file = f"{module}/__init__.py" if full in PACKAGES else f"{module}.py"
        shared.append((full, _compiled(package, file.lstrip("/"))))
    own = {}
    for dialect in dialects:
        modules = [*FURTHER.get(dialect, ()), f"dialects.{dialect}"]
        loaded = [
            (f"byline_hooks.{module}", _compiled(package, f"{module.replace('.', '/')}.py")) for module in modules
        ]
        own[dialect] = marshal.dumps(loaded)
    loader = compile(_LOADER, "bundle", "exec", dont_inherit=True)
    return marshal.dumps((MAGIC_NUMBER, loader, shared, own, PACKAGES))


def _compiled(package: str, file: str) -> CodeType:
    with open(f"{package}/{file}", encoding="utf-8") as source:
        return compile(source.read(), file, "exec", optimize=2, dont_inherit=True)


def main() -> None:
    """Write the bundle of the package this file lies in."""
    import os

    package = os.path.dirname(os.path.abspath(__file__))
    files = sorted(os.listdir(f"{package}/dialects"))
    dialects = [file[:-3] for file in files if file.endswith(".py") and file != "__init__.py"]
    os.makedirs(f"{package}/__pycache__", exist_ok=True)
    fresh = f"{package}/__pycache__/.{name()}.{os.getpid()}"
    with open(fresh, "wb") as file:
        file.write(build(package, dialects))
    os.replace(fresh, f"{package}/__pycache__/{name()}")


if __name__ == "__main__":
    main()
