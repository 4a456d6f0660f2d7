"""What a dialect makes of one payload: the shape between an agent's words and a record."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.patches import Hunk
    from byline_hooks.positions import Change

Payload = dict[str, object]
"""A decoded JSON object; also a record that is being put together."""


class _Absent:
    """The type of ABSENT."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""Stands for "there was no file", where None stands for "not known"."""

EVENTS = frozenset(
    [
        "session_start",
        "prompt",
        "turn_end",
        "session_end",
        "subagent_start",
        "subagent_end",
        "compact",
        "wait",
        "pre_write",
        "write",
        "write_failed",
        "pre_shell",
        "shell",
        "read",
        "save",
        "observe",
        "format",
    ]
)
"""What a hook may record."""
FILE_EVENTS = frozenset(("pre_write", "write", "write_failed", "read", "save", "observe", "format"))
"""Events about one file: its bytes are read when the event is recorded."""
OF_SESSIONS = frozenset(("session_start", "prompt", "turn_end", "session_end"))
"""Events of a session as a whole."""
SETTLE = "settle"
"""No event of its own: what patches inside shell calls were to do is looked for on disk (`pending.py`)."""
SHELL_EVENTS = frozenset(("pre_shell", "shell"))
"""Events around a shell call: the dirty files of the repository are recorded."""


PROCESS = "process"
"""As `session_id`: the agent names no session, so the process that started the hook stands for it."""


_DIGITS = 9


class Rejected(Exception):
    """The payload is not one this dialect can record; the message says why and never quotes it."""


class Observation:
    """One thing that happened, as far as the payload tells it."""

    __slots__ = (
        *("after", "before", "changes", "cwd", "event", "exact", "fields", "hunks", "is_early", "old_path"),
        *("is_formatted", "path", "transcript", "written"),
    )

    def __init__(
        self,
        event: str,
        fields: "Payload",
        *,
        cwd: str = "",
        path: str | None = None,
        before: "str | _Absent | None" = None,
        after: str | None = None,
        exact: bool = False,
        hunks: "list[Hunk] | None" = None,
        old_path: str | None = None,
    ) -> None:
        self.event = event
        self.fields = fields
        """Fields of the record, by their names in `docs/event-format.md`. Nulls and empty ones are left out later."""
        self.cwd = cwd
        """Absolute, or "" for the hook's own."""
        self.path = path
        """Absolute or relative to `cwd`."""
        self.before = before
        """The text the step started from, ABSENT for no file, None for not known."""
        self.after = after
        """The text the tool itself produced; None: what is on disk."""
        self.exact = exact
        """The texts are the file's own; otherwise line endings and byte order mark are to be taken from the disk."""
        self.changes: list[Change] = []
        """What an edit tool exchanged, where the payload has no line numbers: looked for in the file itself."""
        self.is_formatted = False
        """The tool may have had a formatter go over the file: where its texts stand now is no proof."""
        self.is_early = False
        """The agent may tell of the write before it is on disk: the hook waits for it a moment."""
        self.hunks = hunks
        """What an `apply_patch` did to the file: the text before and the positions are found in the text on disk."""
        self.old_path = old_path
        """Where a write moved the file from, or is to move it from; spelled as `path`."""
        self.written: str | None = None
        """On a write that a person had a hand in, whose proposal is `after`: what the tool wrote."""
        self.transcript = ""
        """On a write or shell event: where the call can be looked up, for what the payload does not tell of it."""


def as_number(told: str) -> int | None:
    """The number that up to nine decimal digits say; None for all else.

    `int` alone takes blanks, signs and underscores, and does not take all that `isdigit` calls digits, or thousands.
    """
    return int(told) if len(told) <= _DIGITS and told.isascii() and told.isdigit() else None
