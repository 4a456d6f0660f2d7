"""A session as a page of markdown. Everything in it that somebody else wrote is made harmless."""

from collections.abc import Iterable, Iterator, Mapping

from byline.server.pagewords import STYLE, listed, moment, quoted
from byline.server.words import clean, cut, short_id, short_model
from byline.sessions.facts import Facts

MOST = 200
"""Rows of one list."""


def session_page(one: Facts, children: Iterable[Facts], lines: Mapping[str, int]) -> str:
    """Everything known of one run of an agent, its prompts in full.

    `lines`: how many lines of a file are the session's as the file is now, for the files that were looked at.
    """
    title = " · ".join(filter(None, (one.agent, short_model(one.model, one.agent), moment(one.first_started_at))))
    parts = [f"# {STYLE.text(title)}", "\n".join(f"- {name}: {value}" for name, value in _facts(one) if value)]
    parts += listed("Links", (_link(kind, url) for kind, url in _links(one)))
    if one.plan:
        parts += listed("Plan", (f"{STYLE.text(step.status)}: {STYLE.text(step.step)}" for step in one.plan))
    parts.append("## Prompts" if one.turns else "No prompt of this session is known here.")
    for number, turn in enumerate(one.turns, 1):
        parts += [f"### {number} · {moment(turn.at) or 'time unknown'}", quoted(turn.prompt)]
    if one.summary:
        parts += ["## Said last", quoted(one.summary)]
    parts += listed("Files written", (_file(path, lines.get(path)) for path in one.files_written[:MOST]))
    read = [path for path in one.files_read if path not in one.files_written]
    parts += listed("Files read", (STYLE.code(cut(path, 300)) for path in read[:MOST]))
    parts += listed("Commands", (STYLE.code(cut(clean(command), 200)) for command in one.bash_commands[-MOST:]))
    found = sorted(children, key=lambda child: child.first_started_at or 0)
    parts += listed("Subagents", (_line(child) for child in found))
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(one: Facts) -> Iterator[tuple[str, str | None]]:
    yield "session", STYLE.code(one.session_id)
    yield "agent", STYLE.text(" ".join(filter(None, (one.agent, one.agent_version))))
    yield "model", STYLE.text(one.model) if one.model else None
    yield "subagent", STYLE.text(one.subagent_type) if one.subagent_type else None
    yield "started by", STYLE.code(one.parent_session_id) if one.parent_session_id else None
    yield "started", moment(one.first_started_at)
    yield "last active", moment(one.last_activity)
    yield "ended", moment(one.last_ended_at)
    yield "status", STYLE.text(one.status) if one.status else None
    yield "resumed", f"{one.revival_count} times" if one.revival_count else None
    yield "tokens", _tokens(one)
    yield "cost", f"{one.cost_usd:.2f} USD" if one.cost_usd is not None else None
    yield "context", f"{one.context_tokens:,} tokens" if one.context_tokens else None
    tools = sorted(one.tool_usage.items(), key=lambda pair: (-pair[1], pair[0]))
    yield (
        "tool calls",
        ", ".join(f"{STYLE.text(name)} {count}" for name, count in tools)
        or (str(one.tool_calls) if one.tool_calls else None),
    )
    yield "failed calls", str(one.tool_failures) if one.tool_failures else None
    yield "folder", STYLE.code(one.cwd) if one.cwd else None
    yield "branch", STYLE.code(one.git_branch) if one.git_branch else None
    yield "transcript", STYLE.code(one.transcript_path) if one.transcript_path else None


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


def _link(label: str, url: str | None) -> str:
    return f"{STYLE.text(label)}: {STYLE.code(url)}" if url else STYLE.text(label)


def _file(path: str, lines: int | None) -> str:
    count = "" if lines is None else f" · {lines} {'line' if lines == 1 else 'lines'} of it now"
    return STYLE.code(cut(path, 300)) + count


def _line(one: Facts) -> str:
    kind = f"({one.subagent_type})" if one.subagent_type else None
    parts = (one.agent, kind, short_model(one.model, one.agent), moment(one.first_started_at))
    words = " · ".join(clean(part) for part in parts if part)
    return f"{STYLE.text(words)} · {STYLE.code(short_id(one.session_id))}"
