"""`byline completion`: what a shell needs to complete byline's commands, their options, and the values of both."""

import argparse
import importlib
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from byline.cli.parser import Parser

SHELLS = ("bash", "zsh", "fish")
FILES = "@files"
_OF_SHELL = {
    "@sessions": "byline sessions --ids -n 100 2>/dev/null",
    "@turns": "byline goto --ids 2>/dev/null",
    "@refs": "git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null",
    "@remotes": "git remote 2>/dev/null",
}
"""Values that only the moment knows, and how the shell asks for them; files each shell offers in its own way."""
_BY_METAVAR = {
    "ID": ["@sessions"],
    "SESSION": ["@sessions"],
    "OWNER": ["human", "unknown", "@sessions"],
    "TURN|SHA": ["@turns", "@refs"],
    **{name: ["@refs"] for name in ("R", "REV", "SHA", "RANGE", "range")},
    **{name: [FILES] for name in ("file", "FILE", "PATH", "FILE:LINES", "DIR", "FOLDER")},
    "remote": ["@remotes"],
}


class Offered(NamedTuple):
    """What one command takes."""

    summary: str
    options: list[str]
    places: list[list[str]]
    """Values of what stands without an option, by its place; those that begin with `@` the shell asks for."""
    goes_on: bool
    """Any number of words may stand at the last place."""
    takes: list[str]
    """The options that take a value."""
    after: dict[str, list[str]]
    """Values by the option, or the words, they stand behind."""


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
        shown = [action for action in parser._actions if action.help is not argparse.SUPPRESS]
        placed = [action for action in shown if not action.option_strings]
        one = found[row.name] = Offered(
            row.summary,
            [name for action in shown for name in action.option_strings if name != "-h"],
            [_values(row.name, action) for action in placed],
            row.name != "settings" and any(action.nargs in ("*", "+") for action in placed),
            [name for action in shown for name in action.option_strings if action.nargs != 0],
            _settings() if row.name == "settings" else {},
        )
        for action in shown:
            if action.option_strings and (values := _values(row.name, action)):
                one.after.update(dict.fromkeys(action.option_strings, values))
    return found


def _values(command: str, action: argparse.Action) -> list[str]:
    if command == "settings" and action.dest == "words":
        return ["default", "project", *_settings()["default"]]
    if action.choices is not None:
        return [str(choice) for choice in action.choices]
    name = str(action.metavar or action.dest)
    if name == "AGENT" and command == "import":
        from byline.workspace.imported.found import AGENTS

        return list(AGENTS)
    if name in ("AGENT", "agents"):
        from byline.cli.install.agents import EVERY

        return list(EVERY)
    return _BY_METAVAR.get(name, [])


def _settings() -> dict[str, list[str]]:
    """What stands behind the words of `byline settings`."""
    from byline.cli.settings import KEYS

    keys = [key.name for key in KEYS]
    verbs = ["get", "set", "unset"]
    found = {f"set {key.name}": ["true", "false"] for key in KEYS if isinstance(key.default, bool)}
    found |= dict.fromkeys(verbs, keys)
    return {**found, "default": [*verbs, *keys], "project": [*verbs, *keys]}


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


def _place(table: Mapping[str, Offered]) -> str:
    """A function for bash and zsh: how many words without an option stand behind the command that comes first."""
    takes = "\n".join(f"    {name}) takes=' {_all(one.takes)} ' ;;" for name, one in table.items() if one.takes)
    return f"""_byline_place() {{
  local one takes= count=0 skip=
  case $1 in
{takes}
  esac
  shift
  for one in "$@"; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case $takes in *" $one "*) skip=1 ;; esac
    case $one in -*) ;; *) count=$((count + 1)) ;; esac
  done
  echo "$count"
}}
"""


def _cases(table: Mapping[str, Offered]) -> str:
    """The body of both shells: $1 is the command, $2 the two words before, $3 the word, $4 its place."""
    lines = []
    for name, one in table.items():
        lines.append(f"    {name})")
        if one.after:
            lines.append('      case "$2" in')
            for words, found in one.after.items():
                pattern = f"'{words}'" if " " in words else f"*' {words}'"
                lines.append(f"        {pattern}) _byline_values {_all(found)}; return ;;")
            lines.append("      esac")
        lines.append('      case "$3" in')
        lines.append(f"        -*) _byline_values {_all(one.options)}; return ;;")
        lines.append("      esac")
        lines.append('      case "$4" in')
        for place, found in enumerate(one.places):
            pattern = "*" if one.goes_on and place == len(one.places) - 1 else str(place)
            lines.append(f"        {pattern}) _byline_values {_all(found)} ;;")
        if not one.places:
            lines.append(f"        *) _byline_values {_all(one.options)} ;;")
        lines.append("      esac ;;")
    return "\n".join(lines)


def _all(words: Iterable[str]) -> str:
    return " ".join(words)


def _functions(table: Mapping[str, Offered]) -> str:
    return f"""{_expand()}{_place(table)}_byline_offer() {{
  case $1 in
{_cases(table)}
  esac
}}
"""


def _bash(table: Mapping[str, Offered]) -> str:
    # Names of branches are anybody's: they are quoted, and never given to `compgen -W`, which runs what is in them.
    return f"""{_functions(table)}_byline() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} one place
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{_all(table)} --help --version' -- "$word"))
    return
  fi
  place=$(_byline_place "${{COMP_WORDS[@]:1:COMP_CWORD-1}}")
  while IFS= read -r one; do
    case $one in
      '') ;;
      {FILES})
        compopt -o filenames 2>/dev/null
        while IFS= read -r one; do COMPREPLY+=("$one"); done < <(compgen -f -- "$word") ;;
      "$word"*) COMPREPLY+=("$(printf '%q' "$one")") ;;
    esac
  done < <(_byline_offer "${{COMP_WORDS[1]}}" "${{COMP_WORDS[COMP_CWORD-2]}} $before" "$word" "$place")
}}
complete -o default -o bashdefault -F _byline byline
"""


def _zsh(table: Mapping[str, Offered]) -> str:
    commands = "\n".join(f"    {_quoted(f'{name}:{one.summary}')}" for name, one in table.items())
    return f"""#compdef byline
{_functions(table)}_byline() {{
  local -a commands found
  commands=(
{commands}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local place=$(_byline_place "${{(@)words[2,CURRENT-1]}}")
  local two="${{words[CURRENT-2]}} ${{words[CURRENT-1]}}"
  found=(${{(f)"$(_byline_offer "${{words[2]}}" "$two" "${{words[CURRENT]}}" "$place")"}})
  compadd -- ${{found:#{FILES}}}
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
            lines.append(f"{seen} {kind}{_behind(one.after.get(option, []))}")
        for words, found in one.after.items():
            if not words.startswith("-"):
                last = f"test (commandline -opc)[-1] = {words.split()[-1]}"
                both = f"; and __fish_seen_subcommand_from {words.split()[0]}" if " " in words else ""
                lines.append(f"{seen[:-1]}{both}; and {last}' -f -a {_for_fish(found)}")
        for place, found in enumerate(one.places):
            if values := [word for word in found if word != FILES]:
                here = f"{seen[:-1]}; and test (count (commandline -opc)) -eq {place + 2}'"
                lines.append(f"{seen if len(one.places) == 1 and one.goes_on else here} -a {_for_fish(values)}")
    return "\n".join(lines) + "\n"


def _behind(values: list[str]) -> str:
    """What an option takes, in fish."""
    return " -r" if values == [FILES] else f" -x -a {_for_fish(values)}" if values else ""


def _for_fish(words: Iterable[str]) -> str:
    return _quoted(" ".join(f"({_OF_SHELL[word]})" if word in _OF_SHELL else word for word in words))


def _quoted(text: str) -> str:
    """In single quotes, which both shells end before a quote and begin anew after it."""
    return "'" + text.replace("'", "'\\''") + "'"
