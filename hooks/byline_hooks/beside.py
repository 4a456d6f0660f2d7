"""What an event is for other worktrees: those a command works in (`cd F && make`, `… > F/name`), and the project's.

A shell event tells of one worktree, that of the agent's folder. A command that works in another one, or from outside
in a repository, has an event for each.
"""

from byline_hooks import fastjson, system
from byline_hooks.observation import Observation
from byline_hooks.place import files_dir, find_repository, recording
from byline_hooks.system import os
from byline_hooks.walk import worked_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.place import Place

_MOST_LOOKED_UP = 16
MOST = 3
"""Worktrees beside the agent's own: each costs a run of git."""


def observations(seen: Observation, env: "Mapping[str, str]") -> list[Observation]:
    """What a shell event is for the worktrees in which its command works besides."""
    command = seen.fields.get("command")
    base = seen.cwd if system.is_absolute(seen.cwd) else system.cwd()
    if not isinstance(command, str) or not base:
        return []
    begun = _begun(seen, base, env)
    found = worked_in(command, begun, env.get("HOME") or env.get("USERPROFILE") or "")
    if not found and begun == base:
        return []
    own = find_repository(base)
    inside = f"{own.worktree.rstrip('/')}/" if own is not None else "\0"
    # What is plainly inside may still be in a repository of its own.
    found.sort(key=lambda one: one[0].startswith(inside) and "/../" not in one[0])
    found[:0] = [(begun, "folder")] if begun != base else []
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


def at_home(seen: Observation, env: "Mapping[str, str]") -> list[Observation]:
    """What an event of a session is for its project's repository, where its folder is in another one by now.

    Its commands may still run there, and nothing else would tell there that its turn is over.
    """
    project = env.get("CLAUDE_PROJECT_DIR", "")
    base = seen.cwd if system.is_absolute(seen.cwd) else system.cwd()
    if not base or not system.is_absolute(project):
        return []
    here, home = find_repository(base), find_repository(project)
    if (here and here.common_dir) == (home and home.common_dir):
        return []
    return [Observation(seen.event, {**seen.fields}, cwd=project)]


def _begun(seen: Observation, base: str, env: "Mapping[str, str]") -> str:
    """The folder in which a call began. Claude Code's follows `cd`: at the end of a call it may be another.

    A call that begins elsewhere than in the project's folder leaves a note of that until its end.
    """
    project, call = env.get("CLAUDE_PROJECT_DIR", ""), seen.fields.get("call_id")
    is_over = seen.event == "shell"
    if not call or not system.is_absolute(project) or (base == project and not is_over):
        return base
    session = str(seen.fields.get("session_id"))
    try:
        folder = f"{files_dir(env)}/pending"
        note = f"{folder}/{system.plain_name(session)}.{system.plain_name(str(call))}"
        if is_over:
            return _taken(note) or project
        if recording(find_repository(base), env):
            system.make_folders(folder)
            system.write_whole(note, fastjson.dumps({"fields": {"session_id": session}, "cwd": base}).encode())
    except (OSError, ValueError):
        pass  # then only what its words say is told of
    return base


def _taken(note: str) -> str:
    """The folder that a note names, which is gone then; "" where there is none."""
    try:
        told = fastjson.loads(system.read(note, 1 << 16).decode())
    except FileNotFoundError:
        return ""
    os.unlink(system.native(note))
    cwd = told.get("cwd") if isinstance(told, dict) else None
    return cwd if isinstance(cwd, str) and system.is_absolute(cwd) else ""


def _there(seen: Observation, place: "Place", files: "list[str] | None") -> Observation:
    found = Observation(seen.event, {**seen.fields, "beside": True, "named": files}, cwd=place.worktree)
    found.transcript = seen.transcript
    return found
