"""What `byline install` would do: each agent that was found, what would be written, line by line if wanted."""

from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import data_folder
from byline.cli.install import agents, change, commandline, hookcopy
from byline.cli.install.told import Told
from byline.cli.terminal import Output
from byline.errors import BylineError


def command_line(name: str, env: Mapping[str, str], project: Path | None) -> str:
    """What agent `name` is told to run."""
    if project is not None:
        return commandline.for_project(name, agents.load(name).USER_SETTINGS)
    return commandline.for_user(name, hookcopy.interpreter(), hookcopy.shim(data_folder(env)))


def overview(out: Output, names: list[str], env: Mapping[str, str], project: Path | None) -> None:
    """A row for each agent: by what it was found, what would be written, what a person has to know."""
    if project is None and not hookcopy.is_current(data_folder(env)):
        out.line(f"would copy the hook to {hookcopy.shim(data_folder(env)).parent}")
    for name in names:
        there = agents.found(name, env)
        out.line(f"{agents.title(name)}{f', found by {there}' if there else ''}", "bold")
        if name in agents.followed.ROWS:
            out.line(f"  nothing to install; followed through {agents.followed.ROWS[name].reads}")
            continue
        try:
            for planned in changes(name, env, project):
                out.line(f"  {_verb(planned)} {planned.path}")
        except BylineError as problem:
            out.line(f"  can't be changed: {problem}", "red")
        out.line(f"  {agents.load(name).NOTE}")


def differences(told: Told, names: list[str], env: Mapping[str, str], project: Path | None) -> None:
    """Every line that would change."""
    out = told.out
    if project is None and not hookcopy.is_current(data_folder(env)):
        out.line(f"would copy the hook to {hookcopy.shim(data_folder(env)).parent}")
    for name in names:
        told.agent(name)
        if name in agents.followed.ROWS:
            out.line(f"{agents.title(name)}: nothing to install; followed through {agents.followed.ROWS[name].reads}")
            continue
        all_planned = changes(name, env, project)
        told.files(name, all_planned)
        for planned in all_planned:
            out.line(f"{agents.title(name)}: {_verb(planned)} {planned.path}")
            for line in planned.diff().splitlines():
                out.line(line, "green" if line.startswith("+") else "")


def changes(name: str, env: Mapping[str, str], project: Path | None) -> list[change.Change]:
    """What registering would change, one for each file. Raises BylineError where one can't be used."""
    return [change.put_in(part, command_line(name, env, project)) for part in agents.parts(name, env, project)]


def _verb(planned: change.Change) -> str:
    if not planned.is_needed:
        return "would leave as it is"
    return "would change" if planned.before is not None else "would make"
