"""What Codex wrote: its rollout holds each new file whole, and of others a diff. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from byline.sessions.deeds.deed import Deed, named, of_unified
from byline.sessions.followed.steps import Step
from byline.sessions.tally import nanoseconds, table


def deeds(lines: Iterable[dict[str, Any]], *, is_subagent: bool) -> Iterator[Deed]:
    """The writes in the lines of a rollout, one for each file of a patch."""
    model = turn = ""
    for line in lines:
        payload = table(line.get("payload"))
        if line.get("type") == "turn_context":
            model, turn = str(payload.get("model") or ""), str(payload.get("turn_id") or "")
        item = table(payload.get("item"))
        if item.get("type") != "FileChange" or item.get("status") != "completed":
            continue
        turn = str(payload.get("turn_id") or turn)
        changes = table(item.get("changes"))
        for path, told in changes.items():
            change, name = table(told), str(item.get("id"))
            key = name if len(changes) == 1 else f"{name} {path}"
            step, at = _step(key, path, change, model, turn), nanoseconds(line.get("timestamp"))
            yield Deed(at, step) if step is not None else named(at, key, path)
            if isinstance(change.get("move_path"), str) and change["move_path"]:
                yield named(at, key, change["move_path"])


def _step(key: str, path: str, change: dict[str, Any], model: str, turn: str) -> Step | None:
    content = change.get("content")
    if change.get("type") == "add" and isinstance(content, str):
        return Step(event="write", key=key, turn=turn, model=model, tool="apply_patch", path=path, is_new=True,
                    after=content)  # fmt: skip
    swaps = of_unified(change.get("unified_diff"))
    # Of a moved file the old name is another file's history.
    if change.get("type") != "update" or change.get("move_path") or not swaps:
        return None
    return Step(event="write", key=key, turn=turn, model=model, tool="apply_patch", path=path, swaps=swaps)
