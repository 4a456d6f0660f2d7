"""The demo's answers as a person sees them."""

from pathlib import Path
from typing import Any

from byline.cli.demo.asking import Answers, Line
from byline.cli.terminal import Output
from byline.sessions.shortids import ShortIds

_SHORT = ShortIds()
_STYLES = ("cyan", "magenta", "green", "yellow", "blue")


def step(output: Output, who: str, what: str) -> None:
    """One thing that happens."""
    output.line(f"  {who:<10} {what}")


def file(output: Output, answers: Answers) -> None:
    """A file with the writer beside each line, and what hovers over some lines say."""
    output.line()
    output.line(f"{answers.file}    {answers.lens}", "bold")
    output.line()
    styles = _styles(answers.lines)
    width = max(len(_name(line)) for line in answers.lines)
    for line in answers.lines:
        output.line(f"  {_name(line):<{width}} {line.number:>3}  {line.text}", styles[line.writer])
    texts = {line.number: line.text.strip() for line in answers.lines}
    for question, said in answers.hovers:
        output.line()
        output.line(f"Hover line {question.line} of {answers.file}: {texts[question.line]}", "bold")
        _card(output, said or "(no hover: nobody saw who wrote it)", known=said is not None)
        output.line(f"  └ {question.why}", "italic")


def sessions(output: Output, everything: list[Answers]) -> None:
    """Every session that wrote a line, in full."""
    found = {name: facts for answers in everything for name, facts in answers.sessions.items()}
    output.line()
    output.line("The sessions behind these lines", "bold")
    for name in sorted(found):
        facts = found[name]
        prompts = ", ".join(f"“{turn['prompt']}”" for turn in facts["turns"])
        kind = f"subagent {facts['subagent_type']}" if facts["subagent_type"] else ""
        output.line(f"  {facts['agent']:<7} {name}  {prompts or kind}")


def facts(folder: Path, events: int, everything: list[Answers]) -> dict[str, Any]:
    """The same for programs (docs/json.md)."""
    return {
        "folder": str(folder),
        "events": events,
        "files": [
            {
                "file": answers.file,
                "lens": answers.lens,
                "lines": [line._asdict() for line in answers.lines],
                "hovers": [{"line": asked.line, "why": asked.why, "text": said} for asked, said in answers.hovers],
            }
            for answers in everything
        ],
        "sessions": {name: one for answers in everything for name, one in answers.sessions.items()},
    }


def _card(output: Output, text: str, *, known: bool) -> None:
    first, *rest = [row for row in text.split("\n") if row]
    output.line(f"  │ {first}", "bold" if known else "dim")
    for row in rest:
        output.line(f"  │ {row}")


def _name(line: Line) -> str:
    if line.agent:
        return f"{line.agent} {_SHORT(line.writer)}"
    return line.writer if line.writer == "human" else "-"


def _styles(lines: list[Line]) -> dict[str, str]:
    found = {"unknown": "dim", "human": ""}
    for line in lines:
        if line.writer not in found:
            found[line.writer] = _STYLES[(len(found) - 2) % len(_STYLES)]
    return found
