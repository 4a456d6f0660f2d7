"""A file's page: the sessions that wrote lines of it, and on a time line everybody who worked on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from byline.model import Event, Session
from byline.server.pagewords import SHEET, Sheet, listed, moment
from byline.server.words import clean, cut, short_model

WORK = {"write": "wrote", "shell": "ran a command", "save": "saved", "format": "formatted", "read": "read"}
REVIEWS = {"correct": "corrected owners", "reviewed": "reviewed lines", "unreviewed": "took a review back"}
MOST = 300
PROMPT = 120


class Entry(NamedTuple):
    """One row of the time line: the same doing of the same session, one after the other."""

    at: int
    who: str
    session_id: str | None
    what: str
    times: int
    prompt: str | None


def file_page(
    name: str, counted: Sequence[tuple[Session, int]], lines: int, entries: Sequence[Entry], sheet: Sheet = SHEET
) -> str:
    """`counted` has each session that owns lines now, with their number; `entries` in order of time."""
    parts = [f"# Sessions in {sheet.style.text(name)}"]
    if not counted:
        parts.append("No line of this file is known to be an agent's.")
    for session, count in counted:
        parts += [f"## {_line(session, sheet)}", f"{count} of {lines} lines"]
        parts += [sheet.quoted(turn.prompt) for turn in session.turns]
    left_out = len(entries) - MOST
    parts += listed("Time line", (_row(entry, sheet) for entry in entries[-MOST:]))
    if left_out > 0:
        parts.append(f"And {left_out} earlier ones.")
    return "\n\n".join(parts) + "\n"


def time_line(events: Iterable[Event], path: str, sessions: Mapping[str, Session]) -> list[Entry]:
    """Who worked on a file, in the order of the events."""
    found: list[Entry] = []
    for event in events:
        what = WORK.get(event.event) or REVIEWS.get(event.event)
        if what is None or (event.path != path if event.path is not None else path not in (event.paths or ())):
            continue
        session = sessions.get(event.session_id) if event.session_id else None
        who = event.agent if event.session_id else "a person"
        prompt = _prompt(event, session)
        last = found[-1] if found else None
        if last and (last.session_id, last.what, last.prompt, last.who) == (event.session_id, what, prompt, who):
            found[-1] = last._replace(times=last.times + 1)
        else:
            found.append(Entry(event.at, who or "an agent", event.session_id, what, 1, prompt))
    return found


def _prompt(event: Event, session: Session | None) -> str | None:
    if session is None:
        return None
    named = next((turn for turn in session.turns if event.turn_id and turn.id == event.turn_id), None)
    earlier = [turn for turn in session.turns if turn.at <= event.at]
    turn = named or (earlier[-1] if earlier else None)
    return turn.prompt if turn else None


def _row(entry: Entry, sheet: Sheet) -> str:
    times = f" {entry.times} times" if entry.times > 1 else ""
    session = f" {sheet.session(entry.session_id)}" if entry.session_id else ""
    prompt = f' · "{sheet.style.text(cut(clean(entry.prompt), PROMPT))}"' if entry.prompt else ""
    return f"{moment(entry.at)} · {sheet.style.text(entry.who)}{session} {entry.what}{times}{prompt}"


def _line(session: Session, sheet: Sheet) -> str:
    return " · ".join(_parts(session, sheet))


def _parts(session: Session, sheet: Sheet) -> Iterator[str]:
    yield sheet.style.text(session.agent)
    if session.subagent_type:
        yield f"({sheet.style.text(session.subagent_type)})"
    if model := short_model(session.model, session.agent):
        yield sheet.style.text(model)
    if at := moment(session.first_started_at):
        yield at
    yield sheet.session(session.id)
