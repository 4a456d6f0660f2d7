"""There is no way past the gate: every place that can make objects or move refs is known, and fed by the gate."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
KNOWN = {
    "lsp/byline/repo/anchors/branch.py": "writes Sealed alone, which Gate.seal alone makes",
    "lsp/byline/repo/anchors/merge.py": "writes what whole.one_of let through, and blobs that lie on a branch",
    "lsp/byline/repo/anchors/remote.py": "pushes the branch of anchors, and moves it to what merge made",
    "lsp/byline/cli/export.py": "writes notes rendered from what Gate.clean let through",
    "lsp/byline/repo/turntrees.py": "refs/byline/turns, which nothing pushes",
    "lsp/byline/repo/travel/heads.py": "moves HEAD of this worktree",
}


def strings(path: Path) -> Iterator[str]:
    """The texts of a module that are words of a git command: arguments and items of sequences, not documentation."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("run", "_run", "start", "Popen"):
                yield from (
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )
        elif isinstance(node, ast.Tuple | ast.List):
            yield from (
                one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


def modules() -> Iterator[Path]:
    for folder in ("lsp/byline", "hooks/byline_hooks"):
        yield from (ROOT / folder).rglob("*.py")


def test_nothing_else_writes_objects_or_refs() -> None:
    sure = {"fast-import", "commit-tree", "mktree", "write-tree", "update-ref"}
    found = {path.relative_to(ROOT).as_posix() for path in modules() if sure & set(strings(path))}
    assert found <= KNOWN.keys(), "a new way out: feed it by the gate, then name it here"


def test_only_exchange_pushes() -> None:
    pushing = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if node.args[0].value == "push" and name in ("run", "_run"):
                    pushing.add(path.relative_to(ROOT).as_posix())
    assert pushing == {"lsp/byline/repo/anchors/remote.py"}


def test_only_the_gate_seals() -> None:
    sealing = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sealed":
                sealing.add(path.relative_to(ROOT).as_posix())
    assert sealing == {"lsp/byline/repo/anchors/gate.py"}


def test_those_who_write_are_fed_by_the_gate() -> None:
    for name, asked in {
        "anchors/branch.py": "Sealed",
        "anchors/merge.py": "one_of",
        "anchors/whole.py": "passed",
    }.items():
        source = (ROOT / "lsp/byline/repo" / name).read_text("utf-8")
        assert asked in {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}, name
    export = (ROOT / "lsp/byline/cli/export.py").read_text("utf-8")
    assert "gate.clean(" in export
