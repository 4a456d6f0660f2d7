"""`byline completion`: what a shell needs to complete byline's commands and options."""

import argparse
import importlib
import sys
from collections.abc import Mapping

from byline.cli.parser import Parser

SHELLS = ("bash", "zsh", "fish")


def arguments(parser: Parser) -> None:
    """The command's argument."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that will read it")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print a script that the shell can source."""
    del env
    table = words()
    sys.stdout.write({"bash": _bash, "zsh": _zsh, "fish": _fish}[args.shell](table))
    return 0


def words() -> dict[str, tuple[str, list[str]]]:
    """Each command's summary, its options, and the words it takes first."""
    from byline.cli.commands import COMMANDS

    found = {}
    for row in COMMANDS:
        parser = Parser(row.name, row.summary, row.examples)
        importlib.import_module(row.module).arguments(parser)
        offered: list[str] = []
        for action in parser._actions:
            offered += action.option_strings or [str(choice) for choice in action.choices or ()]
        found[row.name] = (row.summary, [word for word in offered if word != "-h"])
    return found


def _bash(table: dict[str, tuple[str, list[str]]]) -> str:
    cases = "\n".join(f"    {name}) words='{' '.join(offered)}' ;;" for name, (_, offered) in table.items())
    return f"""_byline() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{" ".join(table)} --help --version' -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -o bashdefault -F _byline byline
"""


def _zsh(table: dict[str, tuple[str, list[str]]]) -> str:
    commands = "\n".join(f"    {_quoted(f'{name}:{summary}')}" for name, (summary, _) in table.items())
    cases = "\n".join(f"    {name}) compadd -- {' '.join(offered)} ;;" for name, (_, offered) in table.items())
    return f"""#compdef byline
_byline() {{
  local -a commands
  commands=(
{commands}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case ${{words[2]}} in
{cases}
  esac
  _files
}}
compdef _byline byline
"""


def _fish(table: dict[str, tuple[str, list[str]]]) -> str:
    lines = []
    for name, (summary, offered) in table.items():
        lines.append(f"complete -c byline -n __fish_use_subcommand -f -a {name} -d {_quoted(summary)}")
        for word in offered:
            kind = f"-l {word[2:]}" if word.startswith("--") else f"-s {word[1:]}" if word[0] == "-" else f"-a {word}"
            if word.startswith("-") and not word.startswith("--") and len(word) != 2:
                continue
            lines.append(f"complete -c byline -n '__fish_seen_subcommand_from {name}' {kind}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
