"""Shell events of the other worktrees in which a command works: `cd F && make`, `sed -i … F/name`, `… > F/name`.

A shell event tells of one worktree, that of the agent's folder. A command that works in another one, or from outside
in a repository, has an event for each.
"""

from byline_hooks import system
from byline_hooks.observation import Observation
from byline_hooks.place import find_repository
from byline_hooks.walk import worked_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.place import Place
    from byline_hooks.walk import Worked

_MOST_LOOKED_UP = 16
MOST = 3
"""Worktrees beside the agent's own: each costs a run of git."""


def observations(seen: Observation, env: "Mapping[str, str]") -> list[Observation]:
    """What a shell event is for the worktrees in which its command works besides."""
    command = seen.fields.get("command")
    base = seen.cwd if system.is_absolute(seen.cwd) else system.cwd()
    if not isinstance(command, str) or not base:
        return []
    found = _worked_in(command, base, seen.event, env)
    if not found:
        return []
    own = find_repository(base)
    inside = f"{own.worktree.rstrip('/')}/" if own is not None else "\0"
    # What is plainly inside may still be in a repository of its own.
    found.sort(key=lambda one: one[0].startswith(inside) and "/../" not in one[0])
    places: dict[Place, list[str] | None] = {}
    for path, what in found[:_MOST_LOOKED_UP]:
        place = find_repository(path)
        if place is None or place == own or (place not in places and len(places) == MOST):
            continue
        files = places.setdefault(place, [])
        if what == "folder":
            places[place] = None
        elif what == "file" and files is not None:
            files.append(system.realpath(path)[len(place.worktree.rstrip("/")) + 1 :])
    return [_there(seen, place, files) for place, files in places.items()]


def _worked_in(command: str, base: str, event: str, env: "Mapping[str, str]") -> "list[Worked]":
    home = env.get("HOME") or env.get("USERPROFILE") or ""
    found = worked_in(command, base, home)
    project = env.get("CLAUDE_PROJECT_DIR", "")
    if event == "shell" and project != base and system.is_absolute(project):
        # Claude Code's folder follows `cd`: the call may have begun where the agent did.
        found += [*worked_in(command, project, home), (project, "folder")] if "cd" in command else []
    return list(dict.fromkeys(found))


def _there(seen: Observation, place: "Place", files: "list[str] | None") -> Observation:
    found = Observation(seen.event, {**seen.fields, "beside": True, "named": files}, cwd=place.worktree)
    found.transcript = seen.transcript
    return found
