"""Functions of a source text, by tree-sitter. Loaded only where lenses on functions are switched on."""

import importlib
import itertools
import logging
import time
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from byline.server.functions import Parsed

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

log = logging.getLogger(__name__)

LARGEST = 2 << 20
"""Bytes; larger texts have no functions."""
PIECE = 1 << 16
"""Bytes handed to a parser at once."""
ROWS = 1000
"""Lines looked through at once."""
_AROUND = frozenset(
    (
        "lexical_declaration",
        "variable_declaration",
        "export_statement",
        "decorated_definition",
        "template_declaration",
    )
)
"""Nodes that are part of the function they hold."""


class Grammar(NamedTuple):
    """One language's parser, and the pattern that finds its functions with a name."""

    package: str
    pattern: str
    language: str = "language"


def _kinds(*names: str) -> str:
    return "[" + " ".join(f"({name})" for name in names) + "] @function"


_VALUE = "value: [(arrow_function) (function_expression) (generator_function)]"
_JS = (
    _kinds("function_declaration", "generator_function_declaration", "method_definition")
    + f"(variable_declarator {_VALUE}) @function"
)
_TS = _JS + f"(public_field_definition {_VALUE}) @function"
_GRAMMARS = {
    "python": Grammar("tree_sitter_python", _kinds("function_definition")),
    "javascript": Grammar("tree_sitter_javascript", _JS + f"(field_definition {_VALUE}) @function"),
    "typescript": Grammar("tree_sitter_typescript", _TS, "language_typescript"),
    "tsx": Grammar("tree_sitter_typescript", _TS, "language_tsx"),
    "go": Grammar("tree_sitter_go", _kinds("function_declaration", "method_declaration")),
    "rust": Grammar("tree_sitter_rust", _kinds("function_item")),
    "java": Grammar("tree_sitter_java", _kinds("method_declaration", "constructor_declaration")),
    "c": Grammar("tree_sitter_c", _kinds("function_definition")),
    "cpp": Grammar("tree_sitter_cpp", _kinds("function_definition")),
    "csharp": Grammar(
        "tree_sitter_c_sharp", _kinds("method_declaration", "constructor_declaration", "local_function_statement")
    ),
    "ruby": Grammar("tree_sitter_ruby", _kinds("method", "singleton_method")),
    "php": Grammar("tree_sitter_php", _kinds("function_definition", "method_declaration"), "language_php"),
    "shell": Grammar("tree_sitter_bash", _kinds("function_definition")),
}
_NAMES = {
    "python": "python",
    "javascript": "javascript",
    "javascriptreact": "javascript",
    "typescript": "typescript",
    "typescriptreact": "tsx",
    "go": "go",
    "rust": "rust",
    "java": "java",
    "c": "c",
    "cpp": "cpp",
    "c++": "cpp",
    "csharp": "csharp",
    "ruby": "ruby",
    "php": "php",
    "shellscript": "shell",
    "sh": "shell",
    "bash": "shell",
}
"""Grammars by the languages' ids in the protocol."""
_ENDS = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".go": "go",
    ".rs": "rust",
    ".java": "java",
    ".c": "c",
    ".cc": "cpp",
    ".cpp": "cpp",
    ".cxx": "cpp",
    ".hpp": "cpp",
    ".hh": "cpp",
    ".cs": "csharp",
    ".rb": "ruby",
    ".php": "php",
    ".sh": "shell",
    ".bash": "shell",
}
"""By the ends of file names, for clients that call every text plain."""


def grammar_of(language: str, path: PurePath | None) -> str | None:
    """The grammar for a document, by the id of its language or else its file's name; None where there is none."""
    return _NAMES.get(language) or (_ENDS.get(path.suffix.lower()) if path else None)


def parse(name: str, text: bytes) -> Parsed | None:
    """The functions of a text in the grammar `name`; None where it cannot be parsed at all.

    Other threads get their turn all the while: a person may be typing.
    """
    loaded = _load(name)
    if loaded is None or len(text) > LARGEST:
        return None
    from tree_sitter import Parser, QueryCursor

    language, query = loaded
    steps = itertools.count(1)

    def go_on(_offset: int, _failed: bool) -> bool:
        if next(steps) % 8 == 0:
            time.sleep(0)
        return False

    tree = Parser(language).parse(lambda offset, _place: text[offset : offset + PIECE], progress_callback=go_on)
    found: set[tuple[int, int]] = set()
    for row in range(0, tree.root_node.end_point.row + 1, ROWS):
        cursor = QueryCursor(query)
        cursor.set_point_range((row, 0), (row + ROWS, 0))
        for node in cursor.captures(tree.root_node).get("function", []):
            if not node.has_error:
                found.add(_lines(_whole(node)))
        time.sleep(0)
    return Parsed(tuple(sorted(found, key=lambda lines: (lines[0], -lines[1]))), tree.root_node.has_error)


def _whole(node: "Node") -> "Node":
    """With what belongs to it: decorators, `export`, the statement that gives it its name."""
    while node.parent is not None and node.parent.type in _AROUND and not node.parent.has_error:
        if sum(child.type == "variable_declarator" for child in node.parent.children) > 1:
            break
        node = node.parent
    return node


def _lines(node: "Node") -> tuple[int, int]:
    first, last = node.start_point, node.end_point
    return first.row, last.row + 1 if last.column or last.row == first.row else last.row


@cache
def _load(name: str) -> "tuple[Language, Query] | None":
    grammar = _GRAMMARS[name]
    try:
        from tree_sitter import Language, Query

        module = importlib.import_module(grammar.package)
        language = Language(getattr(module, grammar.language)())
        return language, Query(language, grammar.pattern)
    except (ImportError, AttributeError, ValueError, OSError) as problem:
        log.warning("no lenses on functions of %s: %s", name, problem)
        return None
