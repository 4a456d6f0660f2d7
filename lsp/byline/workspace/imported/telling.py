"""The records that past sessions become: the same ones, with the same ids, whenever they are made."""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from byline.model import IMPORTED
from byline.workspace.imported.history import SECOND, History
from byline.workspace.imported.proof import Write
from byline.workspace.imported.story import Story
from byline.workspace.place import Place
from byline_hooks.record import LONGEST_TEXT

_AFTERWARDS = 3600 * SECOND
"""How long after a session's last word a commit of its files may still be joined to it."""
_STILL_RUNS = 3600 * SECOND
Record = dict[str, object]


class Telling(msgspec.Struct, frozen=True):
    """One record, and the ids of the contents it names."""

    record: Record
    contents: tuple[str, ...] = ()


def tell(story: Story, writes: Iterable[Write], history: History, place: Place, before: int | None) -> list[Telling]:
    """The records of one session, in order.

    before: when hooks began to tell of it (ns since 1970); what they saw themselves is not told again.
    """
    told = [*_life(story, before, _is_over(story)), *_links(story, history)]
    told += [_write(story, write) for write in writes]
    found = [one for one in told if before is None or one.record["event"] == "link" or _at(one) < before]
    for one in found:
        head, length = history.head_at(_at(one))
        if one.record["event"] != "link":
            one.record.update({"worktree": place.worktree, "head": head, "head_log": length})
    return sorted(found, key=_at)


def _is_over(story: Story) -> bool:
    return story.modified - story.last < _STILL_RUNS or story.modified > story.last


def _at(one: Telling) -> int:
    at = one.record["at"]
    return at if isinstance(at, int) else 0


def _record(story: Story, event: str, at: int, key: str, **fields: object) -> Record:
    name = f"{story.found.agent}\0{story.found.session_id}\0{event}\0{key}"
    return {
        "v": 1,
        "id": f"{IMPORTED}{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}",
        "at": at,
        "event": event,
        "agent": story.found.agent,
        "session_id": story.found.session_id,
        "parent_session_id": story.found.parent,
        "subagent_type": story.found.subagent_type,
        "source": "transcript",
        **fields,
    }


def _life(story: Story, before: int | None, is_over: bool) -> Iterator[Telling]:
    is_child = story.found.parent is not None
    begin, end = ("subagent_start", "subagent_end") if is_child else ("session_start", "session_end")
    common = {"model": story.tally.model, "agent_version": story.tally.agent_version, "cwd": story.cwd}
    yield Telling(_record(story, begin, story.first, "", transcript_path=str(story.found.path), **common))
    for key, prompt in story.tally.prompts.items():
        text = prompt.text[:LONGEST_TEXT]
        yield Telling(_record(story, "prompt", prompt.at or story.first, key, turn_id=prompt.id, prompt=text))
    if story.deeds:
        paths = sorted(story.deeds)
        yield Telling(_record(story, "wrote", story.last, "\0".join(paths), paths=paths))
    if is_over and before is None:
        yield Telling(_record(story, end, story.last, f"{story.last}"))


def _links(story: Story, history: History) -> Iterator[Telling]:
    for commit in history.made_between(story.first, story.last + _AFTERWARDS, set(story.deeds)):
        yield Telling(_record(story, "link", story.last, commit, commit=commit))


def _write(story: Story, write: Write) -> Telling:
    step = write.deed.step
    record = _record(
        story, "write", write.deed.at, f"{step.key}\0{write.path}", turn_id=step.turn or None, call_id=step.key,
        tool=step.tool or None, model=step.model or story.tally.model, path=write.path, before_id=write.before_id,
        after_id=write.after_id,
    )  # fmt: skip
    return Telling(record, write.contents)
