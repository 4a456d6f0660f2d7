"""The tools that Gemini CLI and Qwen Code share: what they were given and what they answered. Pure."""

from byline_hooks import patches, positions, texts
from byline_hooks.calls import inner, swap, text
from byline_hooks.observation import ABSENT, Observation, as_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.observation import Payload
    from byline_hooks.positions import Change

EDITS = ("write_file", "replace", "edit", "notebook_edit")
SHELL = "run_shell_command"
READ = "read_file"


def written(common: "Payload", cwd: str, given: "Payload", response: "Payload") -> Observation | None:
    """The write that an edit tool's answer tells of; None where it tells of none: it failed, or shows no text."""
    shown = inner(response, "returnDisplay")
    path = text(shown, "filePath") or path_of(given)
    after = shown.get("newContent")
    if response.get("error") or not path or not isinstance(after, str):
        return None
    seen = Observation("write", dict(common), cwd=cwd, path=path, after=after)
    before = shown.get("originalContent")
    is_new = shown.get("isNewFile") is True or "wrote to new file" in text(response, "llmContent")[:200]
    seen.before = ABSENT if is_new else before if isinstance(before, str) else None
    hunks = patches.unified(shown.get("fileDiff"))
    seen.fields["edits"] = _edits(hunks, seen, swap(given)) if hunks else None
    counts = inner(shown, "diffStat")
    by_user = any(value and name.startswith("user_") for name, value in counts.items())
    if by_user or given.get("modified_by_user") is True:
        seen.fields["user_modified"] = True
        proposal = given.get("ai_proposed_content") if isinstance(given.get("content"), str) else None
        seen.written = after
        seen.after = proposal if isinstance(proposal, str) else None  # of an exchange it is a piece alone
        seen.fields["edits"] = None
    return seen


def _edits(hunks: "list[Payload]", seen: Observation, changes: "list[Change]") -> list[list[int]]:
    edits, before = texts.edits(hunks), seen.before
    old, new = changes[0] if changes else ("", "")
    if not isinstance(before, str) or not old or before.replace(old, new, 1) != seen.after:
        return edits  # the agent mends what a model gets wrong of the old text
    return positions.exchanged(edits, before, old, new)


def shell(event: str, common: "Payload", cwd: str, given: "Payload") -> Observation:
    """Around a shell call; `event` is `pre_shell` or `shell`."""
    fields = {**common, "command": text(given, "command")}
    if event == "shell" and given.get("is_background") is True:
        fields["background"] = True
    return Observation(event, fields, cwd=cwd)


def read(common: "Payload", cwd: str, path: str, given: "Payload", response: "Payload") -> Observation:
    """A file that was shown, with the lines the tool says it showed or, all of them, those it printed."""
    first, last = _shown(text(response, "returnDisplay"))
    if not first and "offset" not in given and "start_line" not in given:
        whole = text(response, "llmContent")
        first, last = 1, whole.count("\n") + (not whole.endswith("\n"))
    lines = {"start_line": first, "end_line": last} if first and last >= first else {}
    return Observation("read", {**common, **lines}, cwd=cwd, path=path)


def path_of(given: "Payload") -> str:
    """The file an edit or read tool was given, as the model wrote it."""
    return text(given, "file_path", "absolute_path", "notebook_path", "path")


def sentence(told: str) -> str:
    """The first sentence of an error, for people."""
    return told.partition("\n")[0].partition(". ")[0][:200]


def _shown(told: str) -> tuple[int, int]:
    """First and last line of `Read lines 2-4 of 10 from app.py`; zeros where that is not said."""
    words = told.split(" ")
    if words[:2] != ["Read", "lines"] or len(words) < 3:
        return 0, 0
    first, _, last = map(as_number, words[2].partition("-"))
    return (first, last) if first is not None and last is not None else (0, 0)
