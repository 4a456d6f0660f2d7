"""Aider: its chat history, `.aider.chat.history.md`. Pure.

Its own lines begin with `> ` and, but for a commit's, end with two blanks; a prompt's begin with `#### ` and end so
too. What stands between a prompt and the count of tokens is the model's answer, word for word.
"""

import hashlib
import re

from byline.sessions.followed.steps import Step, Swap, Told

_START = re.compile(r"# aider chat started at (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$")
_VERSION = re.compile(r"> Aider v(\S+)  $")
_MODEL = re.compile(r"> (?:Main m|M)odel: (\S+) with ")
_TOKENS = re.compile(r"> Tokens: ([\d.,]+)(k|M)? sent, (?:.*, )?([\d.,]+)(k|M)? received\.")
_APPLIED = re.compile(r"> Applied edit to (.+?)  $")
_COMMIT = re.compile(r"> Commit ([0-9a-f]{7,64}) ")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_HEAD, _MIDDLE, _TAIL = (
    re.compile(rf"{sign}{{5,9}}{word}\s*$") for sign, word in (("<", " SEARCH>?"), ("=", ""), (">", " REPLACE"))
)
_FACTORS = {"k": 1000, "M": 1_000_000, None: 1}


def sessions(text: str, folder: str, *, is_settled: bool) -> list[Told]:
    """The sessions in a chat history, oldest first.

    folder: the absolute path of the repository's root. is_settled: nothing is being written any more, so an edit that
    no commit follows at the very end was not committed.
    """
    found: list[Told] = []
    started: re.Match[str] | None = None
    lines: list[str] = []
    for line in [*text.split("\n"), None]:
        opening = _START.match(line) if line is not None else None
        if line is not None and opening is None:
            lines.append(line)
            continue
        if started is not None:
            found.append(_session(started, lines, folder, is_settled=is_settled or line is not None))
        started, lines = opening, []
    return found


def _session(started: re.Match[str], lines: list[str], folder: str, *, is_settled: bool) -> Told:
    year, month, day, hour, minute, second = started.groups()
    place = hashlib.sha1(folder.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:6]
    name = f"aider-{year}{month}{day}-{hour}{minute}{second}-{place}"
    reader = _Reader()
    for line in lines:
        reader.take(line)
    reader.end(is_settled=is_settled)
    return Told(agent="aider", session=name, folder=folder, version=reader.version, steps=tuple(reader.steps))


class _Reader:
    """Takes the lines of one session and makes steps of them."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.version = self.model = ""
        self._turn = self._answers = 0
        self._prompt: list[str] = []
        self._answer: list[str] = []
        self._reply = ""
        self._applied: list[str] = []

    def take(self, line: str) -> None:
        """One line, without its newline."""
        if line.startswith("#### ") and line.endswith("  "):
            self._uncommitted()
            self._prompt.append(line[5:-2])
            return
        if self._prompt:
            self._ask()
        if line.startswith("> ") and (line.endswith("  ") or _COMMIT.match(line)):
            self._own(line)
        else:
            self._answer.append(line)

    def end(self, *, is_settled: bool) -> None:
        """No more lines."""
        if self._prompt:
            self._ask()
        if is_settled:
            self._uncommitted()

    def _ask(self) -> None:
        self._turn += 1
        prompt = "\n".join(self._prompt)
        self._prompt, self._answer = [], []
        if prompt != "<blank>":
            self.steps.append(Step(event="prompt", key=f"prompt {self._turn}", turn=str(self._turn), prompt=prompt))

    def _own(self, line: str) -> None:
        """A line of aider's own."""
        tokens, applied, commit = _TOKENS.match(line), _APPLIED.match(line), _COMMIT.match(line)
        if tokens is not None:
            self._uncommitted()
            self._answers += 1
            self._reply, self._answer = "\n".join(self._answer), []
            used = {"input": _count(tokens[1], tokens[2]), "output": _count(tokens[3], tokens[4])}
            key = f"answer {self._answers}"
            self.steps.append(Step(event="turn_end", key=key, turn=str(self._turn), model=self.model, tokens=used))
        elif applied is not None:
            self._applied.append(applied[1])
        elif commit is not None:
            self._write(commit[1])
        elif _VERSION.match(line):
            self.version = line[9:].strip()
        elif model := _MODEL.match(line):
            self.model = model[1]

    def _uncommitted(self) -> None:
        """Edits that no commit followed."""
        self._write("")

    def _write(self, commit: str) -> None:
        swaps = {} if commit else blocks(self._reply)
        for path in self._applied:
            made: dict[str, object] = {"commit": commit, "reply": self._reply}
            if not commit:
                exchanged = tuple(swap for swap in swaps.get(path, ()) if swap[0])
                created = "".join(new for old, new in swaps.get(path, ()) if not old)
                made = {"swaps": exchanged} if exchanged else {"after": created, "is_new": True} if created else {}
            self.steps.append(
                Step(
                    event="write",
                    key=f"{commit or f'answer {self._answers}'}:{path}",
                    turn=str(self._turn),
                    model=self.model,
                    tool="edit",
                    path=path,
                    **made,  # type: ignore[arg-type]
                )
            )
        self._applied = []


def blocks(reply: str) -> dict[str, list[Swap]]:
    """What the SEARCH/REPLACE blocks of an answer exchange, by the file named above each."""
    found: dict[str, list[Swap]] = {}
    lines = reply.split("\n")
    at, path = 0, ""
    while at < len(lines):
        if not _HEAD.match(lines[at]):
            at += 1
            continue
        path = _named(lines[max(0, at - 3) : at]) or path
        middle = next((k for k in range(at + 1, len(lines)) if _MIDDLE.match(lines[k])), len(lines))
        tail = next((k for k in range(middle + 1, len(lines)) if _TAIL.match(lines[k])), len(lines))
        if tail < len(lines) and path:
            old, new = (
                "".join(f"{line}\n" for line in side) for side in (lines[at + 1 : middle], lines[middle + 1 : tail])
            )
            found.setdefault(path, []).append((old, new))
        at = tail + 1
    return found


def _named(above: list[str]) -> str:
    """The file name nearest above a block, looking through the fence; "" below another block: the same file."""
    for line in reversed(above):
        if _TAIL.match(line):
            return ""
        bare = line.strip().strip("*`#:").strip()
        if bare and not _FENCE.match(line.strip()):
            return bare
    return ""


def _count(number: str, factor: str | None) -> int:
    return round(float(number.replace(",", "") or 0) * _FACTORS[factor])
