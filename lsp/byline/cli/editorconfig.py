"""`byline editor-config`: the configuration of editors in which each language has to be named.

Zed's extensions and Helix's settings know no wildcard, so somebody has to write all languages down.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.parser import Parser
from byline.errors import BylineError, WrongUsage

ZED = """
AWK, Ada, Ansible, AsciiDoc, Assembly, Astro, Batch, BibTeX, Bicep, Biome, Blade, C, C#, C++, CMake, CSS, CSV,
CSharp, CUDA, Cairo, Clojure, CoffeeScript, Crystal, Cue, Cython, D, Dart, Diff, Docker Compose, Dockerfile, EJS,
ERB, Elisp, Elixir, Elm, Erlang, FSharp, Fish, Fortran, GDScript, GLSL, Gherkin, Git Attributes, Git Commit,
Git Config, Git Ignore, GitHub Actions, Gleam, Go, Go Mod, Go Sum, Go Work, GraphQL, Groovy, HCL, HEEX, HEEx, HLSL,
HTML, HTML+ERB, Handlebars, Haskell, Haxe, Helm, Hy, INI, JSON, JSONC, JSON5, Java, JavaScript, Jinja2, Jsonnet,
Julia, Just, KDL, Kotlin, LaTeX, Less, Liquid, Log, Lua, Luau, Make, Makefile, Markdown, Markdown-Inline, Meson,
Mojo, Nginx, Nickel, Nim, Nix, Nu, OCaml, OCaml Interface, Objective-C, Odin, PHP, PKL, Perl, Plain Text,
PowerShell, Prisma, Properties, Proto, PureScript, Pug, Puppet, Python, QML, R, ReScript, Racket, Rego, Roc, Ruby,
Rust, SCSS, SQL, Sass, Scala, Scheme, Shell Script, Smithy, Solidity, Standard ML, Starlark, Svelte, Swift,
SystemVerilog, TOML, TSX, TSV, Tcl, Terraform, Terraform Vars, Twig, TypeScript, Typst, V, VHDL, Vala, Verilog, Vue,
Vue.js, WGSL, WIT, XML, YAML, Zig, crontab, env, reST, templ
"""
"""Zed's own languages and those of widespread extensions, by the names Zed has for them."""


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("editor", choices=("zed", "helix"), help="whose configuration")
    parser.add_argument(
        "file", nargs="*", type=Path, help="helix: its languages.toml, and yours; zed: folders of extensions"
    )


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print the configuration; nothing is written anywhere."""
    if args.editor == "zed":
        text = zed(args.file or [zed_folder(env, sys.platform)])
    elif args.file:
        text = helix(_read(file) for file in args.file)
    else:
        raise WrongUsage(
            "name Helix's own languages.toml (it is in its repository), and yours after it: "
            "a server added to a language replaces the list it has"
        )
    sys.stdout.write(text)
    return 0


def zed(folders: Sequence[Path]) -> str:
    """The part of `extension.toml` that names languages: the known ones and those of the extensions in `folders`."""
    names = {name.strip() for name in ZED.replace("\n", " ").split(",")}
    for folder in folders:
        for file in sorted(folder.glob("*/languages/*/config.toml")):
            name = _read(file).get("name")
            if isinstance(name, str):
                names.add(name)
    rows = "".join(f"  {_quoted(name)},\n" for name in sorted(names, key=lambda name: (name.lower(), name)))
    return f'[language_servers.byline]\nname = "byline"\nlanguages = [\n{rows}]\n'


def zed_folder(env: Mapping[str, str], platform: str) -> Path:
    """Where Zed keeps the extensions it has installed."""
    if platform == "darwin":
        data = home_folder(env) / "Library" / "Application Support" / "Zed"
    elif platform == "win32":
        data = Path(env.get("LOCALAPPDATA") or home_folder(env) / "AppData" / "Local") / "Zed"
    else:
        data = Path(env.get("XDG_DATA_HOME") or home_folder(env) / ".local" / "share") / "zed"
    return data / "extensions" / "installed"


def helix(files: Iterable[Mapping[str, Any]]) -> str:
    """`languages.toml` with byline behind each language's servers; a later file's list replaces an earlier's."""
    servers: dict[str, list[Any]] = {}
    for file in files:
        for language in _tables(file.get("language")):
            name, listed = language.get("name"), language.get("language-servers")
            if isinstance(name, str):
                known = servers.setdefault(name, [])
                servers[name] = listed if isinstance(listed, list) else known
    parts = ['[language-server.byline]\ncommand = "byline"\nargs = ["lsp"]\n']
    for name, listed in servers.items():
        rest = [server for server in listed if server != "byline"]
        shown = ", ".join(_toml(server) for server in [*rest, "byline"])
        parts.append(f"[[language]]\nname = {_quoted(name)}\nlanguage-servers = [{shown}]\n")
    return "\n".join(parts)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as problem:
        raise BylineError(f"cannot read {file}: {problem.strerror or problem}") from None
    except ValueError as problem:  # no TOML, or no UTF-8
        raise BylineError(f"{file} is no TOML: {problem}") from None


def _tables(value: Any) -> list[dict[str, Any]]:
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool | int) else _quoted(str(value))


def _quoted(text: str) -> str:
    kept = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in kept) + '"'
