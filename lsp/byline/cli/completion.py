"""`byline completion`: what a shell needs to complete byline's commands, their options, and the values of both."""

import argparse
import importlib
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from byline.cli.parser import Parser

SHELLS = ("bash", "zsh", "fish")
_OF_SHELL = {
    "@sessions": "byline sessions --ids -n 100 2>/dev/null",
    "@refs": "git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null",
    "@remotes": "git remote 2>/dev/null",
}
"""Values that only the moment knows, and how the shell asks for them."""
_BY_METAVAR = {
    "ID": ["@sessions"],
    "SESSION": ["@sessions"],
    "OWNER": ["human", "unknown", "@sessions"],
    **{name: ["@refs"] for name in ("R", "REV", "SHA", "RANGE", "range", "TURN_OR_SHA")},
    "remote": ["@remotes"],
}


class Offered(NamedTuple):
    """What one command takes."""

    summary: str
    options: list[str]
    words: list[str]
    """Values of what stands without an option; those that begin with `@` the shell asks for."""
    after: dict[str, list[str]]
    """Values by the option they stand behind."""


def arguments(parser: Parser) -> None:
    """The command's argument."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that will read it")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Print a script that the shell can source."""
    del env
    sys.stdout.write({"bash": _bash, "zsh": _zsh, "fish": _fish}[args.shell](offered()))
    return 0


def offered() -> dict[str, Offered]:
    """What each command takes, by its name."""
    from byline.cli.commands import COMMANDS

    found = {}
    for row in COMMANDS:
        parser = Parser(row.name, row.summary, row.examples)
        importlib.import_module(row.module).arguments(parser)
        one = found[row.name] = Offered(row.summary, [], [], {})
        for action in parser._actions:
            if action.help is argparse.SUPPRESS:
                continue
            options = [name for name in action.option_strings if name != "-h"]
            one.options.extend(options)
            values = _values(row.name, action)
            if not action.option_strings:
                one.words.extend(values)
            elif values:
                one.after.update(dict.fromkeys(options, values))
    return found


def _values(command: str, action: argparse.Action) -> list[str]:
    if command == "settings" and action.dest == "words":
        from byline.cli.settings import KEYS

        return ["default", "project", "get", "set", "unset", *(key.name for key in KEYS)]
    if action.choices is not None:
        return [str(choice) for choice in action.choices]
    name = str(action.metavar or action.dest)
    if name in ("AGENT", "agents"):
        from byline.cli.install.agents import ROWS

        return list(ROWS)
    return _BY_METAVAR.get(name, [])


def _expand() -> str:
    """A function for bash and zsh: its arguments, a line each, `@…` replaced by what the shell finds."""
    cases = "\n".join(f"      {name}) {asks} ;;" for name, asks in _OF_SHELL.items())
    return f"""_byline_values() {{
  local one
  for one in "$@"; do
    case $one in
{cases}
      *) printf '%s\\n' "$one" ;;
    esac
  done
}}
"""


def _cases(table: Mapping[str, Offered], values: str, before: str, word: str) -> str:
    """The body of both shells: `values` is the function, `before` and `word` expand to the last words typed."""
    lines = []
    for name, one in table.items():
        lines.append(f"    {name})")
        if one.after:
            lines.append(f"      case {before} in")
            lines += [f"        {option}) {values} {_all(found)}; return ;;" for option, found in one.after.items()]
            lines.append("      esac")
        lines.append(f"      case {word} in")
        lines.append(f"        -*) {values} {_all(one.options)} ;;")
        lines.append(f"        *) {values} {_all([*one.words, *([] if one.words else one.options)])} ;;")
        lines.append("      esac ;;")
    return "\n".join(lines)


def _all(words: Iterable[str]) -> str:
    return " ".join(words)


def _bash(table: Mapping[str, Offered]) -> str:
    return f"""{_expand()}_byline_offer() {{
  case $1 in
{_cases(table, "_byline_values", '"$2"', '"$3"')}
  esac
}}
_byline() {{
  local word=${{COMP_WORDS[COMP_CWORD]}}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{_all(table)} --help --version' -- "$word"))
    return
  fi
  local found
  found=$(_byline_offer "${{COMP_WORDS[1]}}" "${{COMP_WORDS[COMP_CWORD-1]}}" "$word")
  COMPREPLY=($(compgen -W "$found" -- "$word"))
}}
complete -o default -o bashdefault -F _byline byline
"""


def _zsh(table: Mapping[str, Offered]) -> str:
    commands = "\n".join(f"    {_quoted(f'{name}:{one.summary}')}" for name, one in table.items())
    return f"""#compdef byline
{_expand()}_byline_offer() {{
  case $1 in
{_cases(table, "_byline_values", '"$2"', '"$3"')}
  esac
}}
_byline() {{
  local -a commands found
  commands=(
{commands}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  found=(${{(f)"$(_byline_offer "${{words[2]}}" "${{words[CURRENT-1]}}" "${{words[CURRENT]}}")"}})
  compadd -- $found
  _files
}}
compdef _byline byline
"""


def _fish(table: Mapping[str, Offered]) -> str:
    lines = []
    for name, one in table.items():
        lines.append(f"complete -c byline -n __fish_use_subcommand -f -a {name} -d {_quoted(one.summary)}")
        seen = f"complete -c byline -n '__fish_seen_subcommand_from {name}'"
        for option in one.options:
            if not option.startswith("--") and len(option) != 2:
                continue
            kind = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            values = f" -x -a {_for_fish(one.after[option])}" if option in one.after else ""
            lines.append(f"{seen} {kind}{values}")
        if one.words:
            lines.append(f"{seen} -a {_for_fish(one.words)}")
    return "\n".join(lines) + "\n"


def _for_fish(words: Iterable[str]) -> str:
    return _quoted(" ".join(f"({_OF_SHELL[word]})" if word in _OF_SHELL else word for word in words))


def _quoted(text: str) -> str:
    """In single quotes, which both shells end before a quote and begin anew after it."""
    return "'" + text.replace("'", "'\\''") + "'"
