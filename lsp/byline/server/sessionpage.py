"""A session as a page of markdown. Everything in it that somebody else wrote is made harmless."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from byline.server.pagewords import SHEET, Sheet, listed, moment
from byline.server.words import clean, cut, short_model
from byline.sessions.activities import Activity
from byline.sessions.facts import Facts

MOST = 200
"""Rows of one list."""


class Course(NamedTuple):
    """What the events of a session tell of its course."""

    ends: tuple[int, ...] = ()
    """When it stopped and waited for its person, in nanoseconds, ascending."""
    steps: tuple[Activity, ...] = ()
    started_for: str | None = None
    """A subagent's: the prompt of its parent that it was started for."""
    state: str | None = None
    """How its work stands, where that can be told."""


UNSEEN = Course()


def session_page(
    one: Facts,
    children: Iterable[Facts],
    lines: Mapping[str, int],
    course: Course = UNSEEN,
    sheet: Sheet = SHEET,
) -> str:
    """Everything known of one run of an agent, its prompts in full.

    `lines`: how many lines of a file are the session's as the file is now, for the files that were looked at.
    """
    style = sheet.style
    title = " · ".join(filter(None, (one.agent, short_model(one.model, one.agent), moment(one.first_started_at))))
    parts = [
        f"# {style.text(title)}",
        "\n".join(f"- {name}: {value}" for name, value in _facts(one, course.state, sheet) if value),
    ]
    parts += listed("Links", (_link(kind, url, sheet) for kind, url in _links(one)))
    if one.plan:
        parts += listed("Plan", (f"{style.text(step.status)}: {style.text(step.step)}" for step in one.plan))
    parts += _prompts(one, course, sheet)
    if one.summary:
        parts += ["## Said last", sheet.quoted(one.summary)]
    parts += listed("Files written", (_file(path, lines.get(path), sheet) for path in one.files_written[:MOST]))
    read = [path for path in one.files_read if path not in one.files_written]
    parts += listed("Files read", (sheet.file(path) for path in read[:MOST]))
    parts += listed("Activity", (_step(step, sheet) for step in course.steps[-MOST:] if step.type != "prompt"))
    parts += listed("Commands", (style.code(cut(clean(command), 200)) for command in one.bash_commands[-MOST:]))
    found = sorted(children, key=lambda child: child.first_started_at or 0)
    parts += listed("Subagents", (_line(child, sheet) for child in found))
    return "\n\n".join(part for part in parts if part) + "\n"


def _prompts(one: Facts, course: Course, sheet: Sheet) -> Iterator[str]:
    if one.turns:
        yield "## Prompts"
    elif course.started_for:
        yield "## Started for"
        yield sheet.quoted(course.started_for)
    else:
        yield "No prompt of this session is known here."
    for number, turn in enumerate(one.turns, 1):
        after = one.turns[number].at if number < len(one.turns) else None
        within = [end for end in course.ends if turn.at <= end and (after is None or end < after)] if turn.at else []
        ended = f" · ended {moment(within[-1])}" if within else ""
        yield f"### {number} · {moment(turn.at) or 'time unknown'}{ended}"
        yield sheet.quoted(turn.prompt)


def _step(step: Activity, sheet: Sheet) -> str:
    words = clean(step.body)
    if step.type == "action":
        is_path = step.action in ("write", "read") or sheet.address("file", step.body) is not None
        what = sheet.file(step.body) if is_path and words else sheet.style.code(cut(words, 200)) if words else ""
        said = f"{sheet.style.text(step.action or 'action')} {what}".rstrip()
    else:
        said = sheet.style.text(cut(words, 200))
    return " · ".join(part for part in (moment(step.at), said) if part)


def _facts(one: Facts, state: str | None, sheet: Sheet) -> Iterator[tuple[str, str | None]]:
    style = sheet.style
    yield "session", style.code(one.session_id)
    yield "agent", style.text(" ".join(filter(None, (one.agent, one.agent_version))))
    yield "model", style.text(one.model) if one.model else None
    yield "subagent", style.text(one.subagent_type) if one.subagent_type else None
    yield "started by", sheet.session(one.parent_session_id, one.parent_session_id) if one.parent_session_id else None
    yield "started", moment(one.first_started_at)
    yield "last active", moment(one.last_activity)
    yield "ended", moment(one.last_ended_at)
    yield "state", " · ".join(filter(None, (state, one.status and style.text(one.status)))) or None
    yield "dismissed", _dismissed(one, sheet)
    yield "resumed", f"{one.revival_count} times" if one.revival_count else None
    yield "tokens", _tokens(one)
    yield "cost", f"{one.cost_usd:.2f} USD" if one.cost_usd is not None else None
    yield "context", f"{one.context_tokens:,} tokens" if one.context_tokens else None
    tools = sorted(one.tool_usage.items(), key=lambda pair: (-pair[1], pair[0]))
    yield (
        "tool calls",
        ", ".join(f"{style.text(name)} {count}" for name, count in tools)
        or (str(one.tool_calls) if one.tool_calls else None),
    )
    yield "failed calls", str(one.tool_failures) if one.tool_failures else None
    yield "folder", style.code(one.cwd) if one.cwd else None
    yield "branch", style.code(one.git_branch) if one.git_branch else None
    yield "transcript", style.code(one.transcript_path) if one.transcript_path else None


def _dismissed(one: Facts, sheet: Sheet) -> str | None:
    at = moment(one.dismissed_at)
    return f"{at} by {sheet.style.text(one.dismissed_by or 'somebody')}" if at else None


def _tokens(one: Facts) -> str | None:
    kinds = (
        (one.input_tokens, "in"),
        (one.output_tokens, "out"),
        (one.cache_read_tokens, "read from cache"),
        (one.cache_creation_tokens, "written to cache"),
    )
    told = ", ".join(f"{count:,} {kind}" for count, kind in kinds if count is not None)
    return f"about {told}" if told and one.is_estimated else told or None


def _links(one: Facts) -> Iterator[tuple[str, str | None]]:
    for link in dict.fromkeys(one.links):
        yield link.label, link.url


def _link(label: str, url: str | None, sheet: Sheet) -> str:
    return f"{sheet.style.text(label)}: {sheet.style.code(url)}" if url else sheet.style.text(label)


def _file(path: str, lines: int | None, sheet: Sheet) -> str:
    count = "" if lines is None else f" · {lines} {'line' if lines == 1 else 'lines'} of it now"
    return sheet.file(path) + count


def _line(one: Facts, sheet: Sheet) -> str:
    kind = f"({one.subagent_type})" if one.subagent_type else None
    parts = (one.agent, kind, short_model(one.model, one.agent), moment(one.first_started_at))
    words = " · ".join(clean(part) for part in parts if part)
    return f"{sheet.style.text(words)} · {sheet.session(one.session_id)}"
