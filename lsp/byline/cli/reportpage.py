"""A report as Markdown, for the page of a pull request."""

from collections.abc import Iterable

from byline.cli.markdown import code, table, text
from byline.cli.reportfacts import Count, File, Report, Session
from byline.cli.sessions import number
from byline.cli.terminal import counted
from byline.sessions.shortids import ShortIds

MARK = "<!-- byline report -->"
"""Stands in the first line, so that a program can find its own comment again."""
LONGEST = 60_000
"""Characters; GitHub takes 65,536 in one comment."""
_MOST_FILES, _MOST_SESSIONS, _MOST_RUNS = 100, 50, 12


def page(report: Report, known: Iterable[str] = ()) -> str:
    """All of it, at most 60,000 characters; `known`: the ids of all sessions, from which shortened ones are told."""
    short = ShortIds([*known, *(one.session_id for one in report.sessions)])
    names = {one.session_id: one for one in report.sessions}
    parts = [
        [MARK, "## Who wrote these lines", "", _summary(report)],
        _files(report.files, names, short),
        _sessions(report, short),
        _prompts(report, short),
        _unreviewed(report, names, short),
        ["<sub>Written by `byline report`. Unknown lines are those that nobody saw being written.</sub>"],
    ]
    shown, left = [], LONGEST
    for part in parts:
        lines = part if sum(len(line) + 1 for line in part) < left else _cut(part, left - 100)
        left -= sum(len(line) + 1 for line in lines) + 1
        if lines:
            shown.append("\n".join(lines))
    return "\n\n".join(shown) + "\n"


def _summary(report: Report) -> str:
    added = report.added
    where = f"{code(report.range)}: {counted(report.commits, 'commit')}"
    lines = (
        f"{counted(added.all, 'line')} added, {report.deleted.all} deleted in {counted(len(report.files), 'file')}"
    )
    if not added.all:
        return f"{where}, {lines}."
    whose = f"Agents wrote {_share(added.session, added)}, people {_share(added.human, added)}"
    rest = f"; {_share(added.unknown, added)} have no known writer" if added.unknown else ""
    told = f"{where}, {lines}. {whose}{rest}."
    if not added.session:
        return told
    state = f"**{report.unreviewed} of the agents' lines nobody has marked as reviewed.**"
    return f"{told}\n\n{state if report.unreviewed else 'All lines of agents are marked as reviewed.'}"


def _files(files: list[File], names: dict[str, Session], short: ShortIds) -> list[str]:
    rows = [
        [
            code(file.path),
            str(file.added.all),
            str(file.deleted.all),
            *(_percent(count, file.added) for count in (file.added.session, file.added.human, file.added.unknown)),
            ", ".join(f"{_name(one, names, short)} {count}" for one, count in _most(file.sessions)),
        ]
        for file in files[:_MOST_FILES]
    ]
    if not rows:
        return []
    titles = ["file", "added", "deleted", "agents", "people", "unknown", "sessions (lines)"]
    return [*table(titles, rows), *_more(len(files) - _MOST_FILES, "files")]


def _sessions(report: Report, short: ShortIds) -> list[str]:
    if not report.sessions:
        return ["No session of an agent is known to be behind it."]
    rows = [
        [
            code(short(one.session_id)),
            text(one.agent),
            text(one.model or "–"),
            str(one.added),
            str(one.unreviewed),
            str(len(one.files)),
            number(one.total_tokens) if one.total_tokens is not None else "–",
            f"subagent of {code(short(one.parent_session_id))}" if one.parent_session_id else "",
        ]
        for one in report.sessions[:_MOST_SESSIONS]
    ]
    titles = ["session", "agent", "model", "lines", "not reviewed", "files", "tokens", ""]
    return ["### Sessions", "", *table(titles, rows), *_more(len(report.sessions) - _MOST_SESSIONS, "sessions")]


def _prompts(report: Report, short: ShortIds) -> list[str]:
    if not report.sessions:
        return []
    if not report.prompts_shared:
        return ["Prompts are not shared (`byline settings set sharePrompts true` shares them)."]
    rows = [
        f"- {_name(one.session_id, {one.session_id: one}, short)}: {text(prompt, 500)}"
        for one in report.sessions
        for prompt in one.prompts or ()
    ]
    return ["### Prompts", "", *rows] if rows else []


def _unreviewed(report: Report, names: dict[str, Session], short: ShortIds) -> list[str]:
    rows = []
    for file in report.files:
        if file.unreviewed:
            runs = [f"{run.start}" if run.start == run.end else f"{run.start}–{run.end}" for run in file.unreviewed][
                :_MOST_RUNS
            ]
            more = (
                f" and {len(file.unreviewed) - _MOST_RUNS} more places" if len(file.unreviewed) > _MOST_RUNS else ""
            )
            whose = ", ".join(
                _name(one, names, short) for one in dict.fromkeys(run.session_id for run in file.unreviewed)
            )
            rows.append(f"- {code(file.path)} lines {', '.join(runs)}{more} ({whose})")
    if not rows:
        return []
    return [
        "<details><summary>Lines of agents that nobody has marked as reviewed</summary>",
        "",
        *rows[:_MOST_FILES],
        *_more(len(rows) - _MOST_FILES, "files"),
        "",
        "</details>",
    ]


def _name(session_id: str, names: dict[str, Session], short: ShortIds) -> str:
    one = names.get(session_id)
    return f"{text(one.agent) if one else 'session'} {code(short(session_id))}"


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:5]


def _share(count: int, of: Count) -> str:
    return f"{count} ({_percent(count, of)})"


def _percent(count: int, of: Count) -> str:
    return f"{100 * count / of.all:.0f} %" if of.all else "–"


def _more(count: int, what: str) -> list[str]:
    return ["", f"… and {count} more {what}"] if count > 0 else []


def _cut(lines: list[str], size: int) -> list[str]:
    """As many of the lines as fit; what was opened is closed."""
    kept: list[str] = []
    for line in lines:
        size -= len(line) + 1
        if size < 0:
            break
        kept.append(line)
    if not kept:
        return []
    closed = ["", "</details>"] if kept[0].startswith("<details>") and kept[-1] != "</details>" else []
    return [*kept, "", "… cut off here: too long for one comment", *closed]
