"""`byline settings`: what can be chosen, where it was chosen, and changing it; as `git config byline.KEY`."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from byline.cli import jsonout
from byline.cli.folders import repository
from byline.cli.parser import Parser
from byline.cli.terminal import Output
from byline.errors import NotARepository
from byline.repo.run import Git


class Key(NamedTuple):
    """One setting."""

    name: str
    default: bool | int
    does: str


KEYS = (
    Key("enabled", True, "whether anything is recorded"),
    Key("keepDays", 30, "days after which `byline gc` may drop snapshots"),
    Key("sharePrompts", False, "whether prompts may be published with anchors"),
    Key("transparency", False, "whether transcripts may be published with anchors"),
)
_SCOPES = {"default": "--global", "project": "--local"}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0", "")


def arguments(parser: Parser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "words", nargs="*", metavar="WORD", help="[default|project] [get|set|unset] KEY [VALUE]; nothing for all"
    )
    parser.add_argument("--json", action="store_true", help="print JSON (docs/json.md)")
    parser.epilog = (parser.epilog or "") + "\n\nkeys:\n" + "\n".join(f"  {key.name:<14}{key.does}" for key in KEYS)
    parser.epilog += "\n\nscopes:\n  default       every repository of this user\n  project       this repository\n"
    parser.set_defaults(refuse=parser.error)


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Show or change settings; what is no setting or no value ends with 2."""
    words = list(args.words)
    scope = words.pop(0) if words and words[0] in _SCOPES else None
    verb = words.pop(0) if words and words[0] in ("get", "set", "unset") else "get"
    place = repository()
    if scope == "project" and place is None:
        raise NotARepository("there is no git repository here that settings could belong to")
    git = Git(Path(place.worktree) if place else Path.cwd(), env=env)
    if verb == "get" and not words:
        _all(args, git, scope, env)
        return 0
    key = next((key for key in KEYS if words and words[0].lower().removeprefix("byline.") == key.name.lower()), None)
    if key is None:
        known = ", ".join(one.name for one in KEYS)
        _refuse(args, f"no setting {words[0]!r}; there are {known}" if words else f"name a setting: {known}")
    if len(words) != (2 if verb == "set" else 1):
        _refuse(args, f"{verb} {key.name} takes {'one value' if verb == 'set' else 'no value'}")
    if verb != "get":
        if scope is None and place is None:
            for_all = " ".join(["byline settings default", verb, *words])
            raise NotARepository(f"there is no git repository here; for all repositories type `{for_all}`")
        target = _SCOPES[scope or "project"]
        if verb == "set":
            value = _value(key, words[1])
            if value is None:
                _refuse(args, f"{words[1]!r} is no value for {key.name}; give {_kind(key)}")
            git.run("config", target, f"byline.{key.name}", _text(value))
        else:
            git.run("config", target, "--unset-all", f"byline.{key.name}", check=False)
    row = effective(git, scope)[key.name]
    if args.json:
        jsonout.write({"key": key.name, **row})
    else:
        Output(env).line(_text(row["value"]))
    return 0


def effective(git: Git, scope: str | None = None) -> dict[str, dict[str, Any]]:
    """`{key: {value, source, is_set}}` of every setting; with a scope as if only that one were there."""
    found = {key.name: {"value": key.default, "source": "default", "is_set": False} for key in KEYS}
    data = git.run("config", "--show-scope", "--null", "--get-regexp", r"^byline\.", check=False)
    fields = data.decode("utf-8", "replace").split("\0")
    for told, entry in zip(fields[::2], fields[1::2], strict=False):
        name, newline, text = entry.partition("\n")
        key = next((key for key in KEYS if f"byline.{key.name}".lower() == name.lower()), None)
        source = "project" if told in ("local", "worktree") else "default"
        value = _value(key, text if newline else "true") if key is not None else None
        if key is not None and value is not None and scope in (None, source):
            found[key.name] = {"value": value, "source": source, "is_set": True}
    return found


def _refuse(args: argparse.Namespace, message: str) -> NoReturn:
    """Wrong usage: one line, exit code 2."""
    args.refuse(message)
    raise SystemExit(2)


def _all(args: argparse.Namespace, git: Git, scope: str | None, env: Mapping[str, str]) -> None:
    rows = effective(git, scope)
    if args.json:
        jsonout.write({"effective": rows}, indent=2)
        return
    does = {key.name: key.does for key in KEYS}
    Output(env).table(
        ("setting", "value", "from", "meaning"),
        [
            (name, _text(row["value"]), row["source"] if row["is_set"] else "built in", does[name])
            for name, row in rows.items()
        ],
    )


def _value(key: Key, text: str) -> bool | int | None:
    """A value as the setting's type; None for what is none."""
    text = text.strip().lower()
    if isinstance(key.default, bool):
        return True if text in _TRUE else False if text in _FALSE else None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _text(value: bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(key: Key) -> str:
    return "true or false" if isinstance(key.default, bool) else "a number of days"
