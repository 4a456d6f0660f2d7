"""The text of a hover: a first line that says it all, then how that is known."""

from byline.model import Attribution, FileAttribution, PreviousOwner, Read
from byline.moment import nanoseconds
from byline.server.facts import is_ai
from byline.server.words import Style, ago, clean, cut, short_id, short_model
from byline.sessions.lineturns import prompt_of, session_of, turn_of
from byline.sessions.shortids import ShortIds

PROMPT_SIZE = 80
EARLIER = 4
READERS = 3
OWN = frozenset({"hook", "editor", "git", "transcript", "manual"})
"""Sources of events of this clone; any other is published data."""


def hover_text(
    line: Attribution, answer: FileAttribution, number: int, now: int, style: Style, *, committer: bool = False
) -> str | None:
    """What to say about `line`, which is 0-based line `number` of the text; None where there is nothing to say.

    `now` is in nanoseconds; `committer`: name git's committer on lines whose writer is unknown.
    """
    first = headline(line, answer, now, style, committer=committer)
    if first is None:
        return None
    rows = [
        _session(line, answer, style),
        _commit(line, answer, now, style),
        _evidence(line, style),
        "the prompt is not shared" if _published(line) and not prompt_of(line, answer.sessions) else None,
        *(f"before: {_owner(owner, answer, now, style)}" for owner in line.previous[:EARLIER]),
        f"and {len(line.previous) - EARLIER} owners before" if len(line.previous) > EARLIER else None,
        _readers(line, answer, number, now, style),
    ]
    said = style.rows([row for row in rows if row])
    return f"{first}\n\n{said}".rstrip() if style.markdown else f"{first}\n{said}".rstrip()


def headline(
    line: Attribution, answer: FileAttribution, now: int, style: Style, *, committer: bool = False
) -> str | None:
    """`claude · sonnet-4.5 · 3 h ago · "add retry to the client"`, sufficient alone."""
    parts: list[str | None]
    if is_ai(line):
        session = session_of(line, answer.sessions)
        agent = line.agent or (session.agent if session else None) or "an agent"
        kind = session.subagent_type if session else None
        prompt = prompt_of(line, answer.sessions)
        parts = [
            f"{agent} ({kind})" if kind else agent,
            short_model(line.model or (session.model if session else None), agent),
            ago(line.at, now),
            f'"{cut(clean(prompt), PROMPT_SIZE)}"' if prompt else None,
        ]
    elif line.owner == "human":
        parts = ["human", ago(line.at, now), line.reason]
    elif line.previous:
        parts = ["unsaved" if line.state == "unsaved" else "unknown", line.reason]
    elif committer and line.state != "unsaved" and (commit := answer.commits.get(line.commit or "")):
        parts = ["unknown", f"committed by {commit.author}", ago(nanoseconds(commit.author_time), now)]
    else:
        return None
    return " · ".join(style.text(part) for part in parts if part)


def _session(line: Attribution, answer: FileAttribution, style: Style) -> str | None:
    if not is_ai(line) or not line.session_id:
        return None
    among = ShortIds(answer.sessions)
    parts = [f"session {style.code(short_id(line.session_id, among))}"]
    if line.parent_session_id:
        parts.append(f"of {style.code(short_id(line.parent_session_id, among))}")
    if found := turn_of(line, answer.sessions):
        parts.append(f"turn {found[0] + 1}")
    elif line.turn_id:
        parts.append(f"turn {style.code(short_id(line.turn_id))}")
    if line.tool:
        parts.append(f"tool {style.code(line.tool)}")
    return " · ".join(parts)


def _commit(line: Attribution, answer: FileAttribution, now: int, style: Style) -> str | None:
    if line.state == "unsaved":
        return "not saved yet"
    if line.commit is None:
        return "not committed yet" if answer.revision else None
    commit = answer.commits.get(line.commit)
    if commit is None:
        return f"commit {style.code(line.commit[:8])}"
    when = ago(nanoseconds(commit.author_time), now)
    summary = style.text(cut(clean(commit.summary), 60))
    return f"commit {style.code(commit.id[:8])} {summary} · {style.text(commit.author)} · {when}"


def _published(line: Attribution) -> bool:
    """Whether the owner is known from what was told of a commit, not from events of this clone."""
    return line.source is not None and line.source not in OWN and is_ai(line)


def _evidence(line: Attribution, style: Style) -> str | None:
    parts = [f"known from: {style.text(line.reason)}"] if is_ai(line) and line.reason else []
    if _published(line):
        where = "kept" if line.source == "anchor" else "published"  # the branch here may never have left
        parts.append(f"{where} in {style.text(line.source or '')}")
    if line.evidence:
        parts.append(f"event {style.code(short_id(line.evidence))}")
    return " · ".join(parts) or None


def _owner(owner: PreviousOwner, answer: FileAttribution, now: int, style: Style) -> str:
    name = owner.agent or "an agent" if owner.owner == "session" else owner.owner
    named = short_id(owner.session_id, ShortIds(answer.sessions)) if owner.session_id else ""
    session = f"session {style.code(named)}" if named else None
    parts = [style.text(name), session, ago(owner.at, now), style.text(owner.reason)]
    return " · ".join(part for part in parts if part)


def _readers(line: Attribution, answer: FileAttribution, number: int, now: int, style: Style) -> str | None:
    """Sessions other than the writer that read this line, newest first."""
    latest: dict[str, Read] = {}
    for read in sorted(answer.reads, key=lambda read: read.at):
        covers = (read.start_line or 1) <= number + 1 and (read.end_line is None or number + 1 <= read.end_line)
        if covers and read.session_id != line.session_id:
            latest[read.session_id] = read
    if not latest:
        return None
    newest = sorted(latest.values(), key=lambda read: -read.at)
    said = []
    among = ShortIds(answer.sessions)
    for read in newest[:READERS]:
        session = answer.sessions.get(read.session_id)
        agent = style.text(session.agent) if session else "session"
        said.append(f"{agent} {style.code(short_id(read.session_id, among))} {ago(read.at, now)}")
    more = len(newest) - READERS
    return "read by " + ", ".join(said) + (f" and {more} more" if more > 0 else "")
