"""All modules a hook needs in one file, so that starting does not search for a dozen: a tenth of the run.

`python -I -S bundle.py` writes a file for each agent into `__pycache__` beside this one, where `shim.py` looks. Only
for a copy of the package that never changes: nothing compares them with the sources. Not imported by hooks.
"""

import ast
import marshal
import sys
from _frozen_importlib_external import MAGIC_NUMBER
from types import CodeType

FIRST = ("", "system", "fastjson", "observation", "deadline", "entry", "detect", "dialects")
"""What runs before a payload is understood, each after what it imports; "" is the package."""
LATER = (
    "place",
    "words",
    "walk",
    "beside",
    "spool",
    "head",
    "record",
    "texts",
    "snapshots",
    "contents",
    "status",
    "overlooked",
    "staged",
)
"""What most events need: packed until it is imported. So git may be running by then, and a prompt loads less."""
OF_CALLS = ("calls", "positions")
FURTHER = {
    **dict.fromkeys(("amp", "cline", "droid", "kiro", "windsurf"), OF_CALLS),
    **dict.fromkeys(("copilot", "cursor"), (*OF_CALLS, "twice")),
    "claude": ("positions", "transcript", "models"),
    "git": ("enabled",),
    "codex": ("calls", "patches"),
    "opencode": (*OF_CALLS, "patches"),
    **dict.fromkeys(("gemini", "qwen"), (*OF_CALLS, "patches", "geminitools")),
}
"""What a dialect needs besides."""
EXTENSIONS = ("_json", "_sha1", "zlib")
"""Modules of the interpreter that lie in files of their own; looking for a file takes longer than loading it."""

_LOADER = """
def load(name, code):
    full = f"byline_hooks.{name}" if name else "byline_hooks"
    sys.modules[full] = module = type(sys)(full)
    if name in ("", "dialects"):
        module.__path__ = [f"{root}/{full.replace('.', '/')}"]
    if name:
        above, _, own = full.rpartition(".")
        setattr(sys.modules[above], own, module)
    if name == "system" and sys.path == searched:
        module.EXTENSIONS = extensions
    exec(code, module.__dict__)
    return module

def unpack(name):
    if name not in packed:
        raise AttributeError(name)
    code, needed = packed.pop(name)
    ready(needed)
    return load(name, loads(code))

def ready(needed):
    for name in needed:
        if name in packed:
            unpack(name)

modules, packed, searched, extensions = told
for name, code, needed in modules:
    ready(needed)
    load(name, code)
    if not name:
        sys.modules["byline_hooks"].__getattr__ = unpack
"""


def name(dialect: str) -> str:
    """The file name of a dialect's bundle for the running Python."""
    return f"{dialect}.{sys.implementation.cache_tag}.bundle"


def build(package: str, dialect: str) -> bytes:
    """The bundle of one dialect for the package in the folder `package`.

    The magic number of the byte code, then a tuple in the form of `marshal`: the code that loads the rest, and what
    that uses: modules as `(name, code, needed)` in the order to run them, `needed` being those it takes names from;
    the packed ones by name, `(code, needed)`; where this Python looks for modules, and the files it then finds.
    """
    modules = []
    for module in (*FIRST, f"dialects.{dialect}"):
        tree, file = _bare(package, module)
        modules.append((module, _compiled(tree, file), _needed(tree)))
    packed = {}
    for module in (*LATER, *FURTHER.get(dialect, ())):
        tree, file = _bare(package, module)
        packed[module] = marshal.dumps(_compiled(tree, file)), _needed(tree)
    loader = compile(_LOADER, "bundle", "exec", dont_inherit=True)
    return MAGIC_NUMBER + marshal.dumps((loader, (modules, packed, sys.path, _extensions())))


def _bare(package: str, module: str) -> tuple[ast.Module, str]:
    file = f"{module}/__init__.py" if module in ("", "dialects") else f"{module.replace('.', '/')}.py"
    file = file.lstrip("/")
    with open(f"{package}/{file}", encoding="utf-8") as source:
        return _Bare().visit(ast.parse(source.read())), file


def _compiled(tree: ast.Module, file: str) -> CodeType:
    return compile(tree, file, "exec", optimize=2, dont_inherit=True)


def _needed(tree: ast.Module) -> tuple[str, ...]:
    """The modules of the package that a module takes names from at once: `from byline_hooks.place import key`."""
    named = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    return tuple([name.removeprefix("byline_hooks.") for name in named if name.startswith("byline_hooks.")])


class _Bare(ast.NodeTransformer):
    """Takes annotations away, which nobody reads at run time and every start would build."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_If(self, node: ast.If) -> ast.AST:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


def _extensions() -> dict[str, str]:
    from importlib.util import find_spec

    found = {}
    for module in EXTENSIONS:
        spec = find_spec(module)
        if spec is not None and spec.has_location and spec.origin:
            found[module] = spec.origin
    return found


def main() -> None:
    """Write the bundles of the package this file lies in."""
    import os

    package = os.path.dirname(os.path.abspath(__file__))
    os.makedirs(f"{package}/__pycache__", exist_ok=True)
    for file in sorted(os.listdir(f"{package}/dialects")):
        dialect, _, end = file.partition(".")
        if end == "py" and dialect != "__init__":
            fresh = f"{package}/__pycache__/.{name(dialect)}.{os.getpid()}"
            with open(fresh, "wb") as written:
                written.write(build(package, dialect))
            os.replace(fresh, f"{package}/__pycache__/{name(dialect)}")


if __name__ == "__main__":
    main()
