"""Makes `hover.svg` from what `byline demo` is really answered: `python docs/pictures/make.py [--check]`.

Ids of commits and events differ from run to run; in the picture they are fixed ones.
"""

import io
import os
import re
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from byline.cli.demo import recording
from byline.cli.demo.asking import Answers, Line, ask
from byline.cli.demo.client import Client
from byline.cli.demo.scratch import Scratch, server_command

PICTURE = Path(__file__).with_name("hover.svg")
HOVERED = 22
FIRST, LAST = 10, 28
WIDTH = 96
SHADES = {"4b1f0c2e-7d3a-4c55-9e61-0f8a2b6d1c47": "cyan", "human": "white", "unknown": "bright_black"}
FIXED = (
    (re.compile(r"event [0-9a-f-]+…?"), "event 18e9f643707a…"),
    (re.compile(r"commit [0-9a-f]{8}"), "commit 85823f47"),
    (re.compile(r"from [0-9a-f]{7}\b"), "from 0ead5bd"),
)
INK, PAPER, GREY = (216, 219, 226), (30, 32, 38), (110, 116, 130)
HUES = [(224, 108, 117), (152, 195, 121), (229, 192, 123), (97, 175, 239), (198, 120, 221), (86, 194, 214)]
THEME = TerminalTheme(PAPER, INK, [PAPER, *HUES, INK], [GREY, *HUES, (255, 255, 255)])


def answers() -> Answers:
    """What the real server says of the demo's first file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        scratch = Scratch(folder, os.environ)
        recording.play(scratch, lambda who, what: None)
        with Client(server_command(), scratch.project, scratch.env, folder / "server.log") as client:
            return ask(client, scratch.project, recording.expected()[0])


def draw(told: Answers) -> str:
    """The picture as SVG: the file with its lens, a stripe at every known line, and one hover open."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"       {told.lens}\n         ⋮", style="bright_black"))
    said = {question.line: text for question, text in told.hovers}[HOVERED] or ""
    for line in told.lines[FIRST - 1 : LAST]:
        console.print(_row(line))
        if line.number == HOVERED:
            console.print(Padding(_card(said), (0, 0, 0, 11)))
    svg = console.export_svg(title=told.file, theme=THEME, unique_id="byline")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # a picture fetches nothing


def texts(svg: str) -> list[str]:
    """The words in a picture, without how they are drawn."""
    found = [(element.text or "").replace("\xa0", " ").strip() for element in _elements(svg)]
    return [text for text in found if text]


def _elements(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))  # noqa: S314 - our own file


def _row(line: Line) -> Text:
    shade = SHADES.get(line.writer, "magenta")
    row = Text("▌" if line.writer != "unknown" else " ", style=shade)
    row.append(f" {line.number:>3}   ", style="bright_black")
    row.append(line.text, style="bold" if line.number == HOVERED else "")
    return row


def _card(said: str) -> Panel:
    for pattern, fixed in FIXED:
        said = pattern.sub(fixed, said)
    first, *rest = [row for row in said.split("\n") if row]
    text = Text(first, style="bold")
    for row in rest:
        text.append(f"\n{row}", style="not bold")
    return Panel(text, expand=False, border_style="bright_black")


def main() -> int:
    """Write the picture, or with `--check` compare its words: 1 where they differ."""
    svg = draw(answers())
    if "--check" in sys.argv[1:]:
        return int(texts(svg) != texts(PICTURE.read_text("utf-8")))
    PICTURE.write_text(svg, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
