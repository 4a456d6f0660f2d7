"""The hook: payload in, one record out, silence and status 0 whatever happens."""

import sys

from byline_hooks import deadline, fastjson, system
from byline_hooks.observation import OF_SESSIONS, SHELL_EVENTS, Rejected
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byline_hooks.observation import Observation, Payload
    from byline_hooks.status import Run

LARGEST_PAYLOAD = 64 << 20


def main(arguments: list[str]) -> None:
    """Record what standard input says and end the process."""
    try:
        deadline.start()
        env = system.environ()
        if env.get("BYLINE_DISABLE", "0") not in ("", "0"):
            _drain()
        else:
            run(arguments[0] if arguments else "", _drain(), env, arguments[1:])
    except BaseException:  # noqa: S110
        pass  # an agent must never see a failure of ours
    os._exit(0)


def script() -> None:
    """The command `byline-hook AGENT`."""
    main(sys.argv[1:])


def run(argument: str, data: bytes, env: "Mapping[str, str]", rest: "Sequence[str]" = ()) -> list[str]:
    """Record one payload of an agent. Returns the ids of the events; problems are noted, never raised.

    rest: for git, which has no payload, the hook's name and its arguments.
    """
    cwd = ""
    agent = argument
    left: list[Observation] = []
    names: list[str] = []
    deadline.stuck = lambda: _note(agent, "was cut off at the deadline", cwd, env)
    try:
        payload: Payload = {"hook": [*rest], "stdin": data} if argument == "git" else _decode(data)
        cwd = str(payload.get("cwd") or "")
        agent, left = understand(argument, payload, env)
        if agent != argument:
            for observation in left:
                observation.fields["via"] = argument
        deadline.shielded = deadline.has_passed()
        running = {} if deadline.shielded else _git(left, env)  # it works while the rest is loaded and put together
        if not deadline.shielded:
            left = [one for observation in left for one in _everywhere(observation, env, running)]
        while left and not deadline.has_passed():
            deadline.shielded = False
            from byline_hooks import record

            name = record.observe(left[0], env, running.get(id(left[0])))
            names += [name] if name else []
            del left[0]
        if left:
            raise deadline.Late
    except Rejected as error:
        _note(agent, str(error), cwd, env, b"" if isinstance(error, Foreign) else data)
    except deadline.Late:
        names += _in_short(left, agent, cwd, env)
    except Exception as error:
        _note(agent, _where(error), cwd, env)
    return names


def _everywhere(seen: "Observation", env: "Mapping[str, str]", running: "dict[int, Run]") -> "list[Observation]":
    """An observation, and what it is for other worktrees that a shell command works in; git runs there, too.

    A session's life is told in its project's repository as well as where its folder has gone.
    """
    has_left = seen.event in OF_SESSIONS and env.get("CLAUDE_PROJECT_DIR", "") not in ("", seen.cwd)
    if seen.event not in SHELL_EVENTS and not has_left:
        return [seen]
    try:
        from byline_hooks import beside

        others = beside.at_home(seen, env) if has_left else beside.observations(seen, env)
        running.update(_git(others, env))
    except (OSError, ValueError):
        return [seen]  # a folder that cannot be opened is no reason to lose what happened in the agent's own
    return [seen, *others]


def _git(seen: "list[Observation]", env: "Mapping[str, str]") -> "dict[int, Run]":
    """The runs of git that observations need, by their identity."""
    runs: dict[int, Run] = {}
    for observation in seen:
        if observation.event in SHELL_EVENTS:
            from byline_hooks import status

            run = status.early(observation, env)
            if run is not None:
                runs[id(observation)] = run
    return runs


def _in_short(left: "list[Observation]", agent: str, cwd: str, env: "Mapping[str, str]") -> list[str]:
    """Record what is known of events whose time is up: a gap in a record is better than a gap between records."""
    names: list[str] = []
    try:
        try:
            _shorten(left, names, env, has_time=True)
        except deadline.Late:
            _shorten(left, names, env, has_time=False)
    except Exception:  # noqa: S110
        pass  # the note tells of it
    _note(agent, f"gave up at the deadline{', not recorded' if left or not names else ''}", cwd, env)
    return names


def _shorten(left: "list[Observation]", names: list[str], env: "Mapping[str, str]", *, has_time: bool) -> None:
    """Record what is left, in order; the ids go into `names`."""
    from byline_hooks import record

    while left:
        deadline.shielded = not has_time
        name = record.in_short(left[0], env, has_time=has_time)
        if name is None:
            break
        names += [name] if name else []
        del left[0]
    deadline.shielded = True


class Foreign(Rejected):
    """A whole payload, but not one of an agent this hook can record. It is not kept."""


def understand(argument: str, payload: "Payload", env: "Mapping[str, str]") -> "tuple[str, list[Observation]]":
    """The agent a payload is from and what it says."""
    from byline_hooks import detect

    agent = detect.agent(argument, payload, env)
    if not agent:
        raise Foreign(f"not a payload of {argument}")
    if not (agent.isascii() and agent.isidentifier()):
        raise Foreign("unknown agent")
    try:
        dialect = __import__(f"byline_hooks.dialects.{agent}", fromlist=["observe"])
    except ModuleNotFoundError:
        raise Foreign(f"unknown agent: {agent}") from None
    return agent, dialect.observe(payload, env)


def _decode(data: bytes) -> "Payload":
    if len(data) < 64 and not data.strip():
        raise Foreign("empty payload")
    if len(data) > LARGEST_PAYLOAD:
        raise Foreign("payload over 64 MiB")
    try:
        payload = fastjson.loads(data.removeprefix(b"\xef\xbb\xbf").decode(), strict=False)
    except ValueError:
        raise Rejected("payload is not JSON") from None
    if not isinstance(payload, dict):
        raise Rejected("payload is not a JSON object")
    return payload


def _note(agent: str, reason: str, cwd: str, env: "Mapping[str, str]", payload: bytes = b"") -> None:
    from byline_hooks import trouble

    trouble.note(agent, reason, cwd or system.cwd(), env, payload)


def _where(error: Exception) -> str:
    """Kind and place of a surprise; its message could quote the payload."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        place = f" at {trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    number = f" {error.errno}" if isinstance(error, OSError) and error.errno is not None else ""
    return f"{type(error).__name__}{number}{place}"


def _drain() -> bytes:
    """Standard input to its end, so that the agent never writes into a closed pipe; a closed one is empty."""
    pieces = []
    size = 0
    try:
        while piece := os.read(0, 1 << 18):
            size += len(piece)
            if size <= LARGEST_PAYLOAD:
                pieces.append(piece)
    except OSError:
        pass
    return b"".join(pieces) if size <= LARGEST_PAYLOAD else b" " * size
