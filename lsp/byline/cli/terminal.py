"""Text for people: tables and colour on a terminal, plain columns elsewhere, nothing that could steer a terminal.

Whatever comes from events, prompts or paths passes `clean` before it is printed: an agent or a repository must not
be able to move the cursor, retitle the window or reverse the reading direction.
"""

import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_NARROWEST = 16
"""Characters that the longest column of a table must have at least."""
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_NEUTRAL = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
_NEUTRAL |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_NEUTRAL |= {code: f"\\u{code:04x}" for code in (*_BIDI, 0x2028, 0x2029, *range(0xD800, 0xE000))}


def clean(text: str) -> str:
    """`text` on one line, with control characters, escapes and direction marks made visible (`\\x1b`)."""
    return text if text.isascii() and text.isprintable() else text.translate(_NEUTRAL)


def shorten(text: str, width: int) -> str:
    """At most `width` characters, the last one an ellipsis where something was cut off."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 line`, `2 lines`; `many` where it is not `one` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


class Output:
    """Prints to one stream, in the manner that stream can take."""

    def __init__(self, env: Mapping[str, str], stream: TextIO | None = None) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.is_terminal = self.stream.isatty() and env.get("TERM") != "dumb"
        self.has_colour = self.is_terminal and not env.get("NO_COLOR")
        self._console: Console | None = None

    def line(self, text: str = "", style: str = "") -> None:
        """One line of text; `style` is a rich style, ignored where there is no colour."""
        self._styled(clean(text), style)

    def cleaned(self, lines: Iterable[tuple[str, str]]) -> None:
        """Many lines of which every part has been cleaned, each with its style."""
        if self.has_colour:
            for text, style in lines:
                self._styled(text, style)
        else:
            self.stream.write("".join([f"{text}\n" for text, _ in lines]))

    def _styled(self, text: str, style: str) -> None:
        if self.has_colour and style:
            from rich.text import Text

            self._rich().print(Text(text, style=style), soft_wrap=True)
        else:
            self.stream.write(text + "\n")

    def text(self, first: str, text: str) -> None:
        """A whole text behind `first`: its own lines, cleaned and indented alike, wrapped where it is a terminal."""
        indent = " " * len(first)
        width = max(self._rich().width - len(indent), _NARROWEST) if self.is_terminal else 0
        for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
            shown = clean(line.rstrip().expandtabs(4))
            parts = textwrap.wrap(shown, width, break_on_hyphens=False) if width else [shown]
            for part in parts or [""]:
                self.stream.write(f"{first}{part}".rstrip() + "\n")
                first = indent

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows under column titles; nothing at all without rows."""
        if not rows:
            return
        cells = [[clean(cell) for cell in row] for row in rows]
        widths = [max(len(row[place]) for row in [columns, *cells]) for place in range(len(columns))]
        if self.is_terminal:
            self._table(columns, cells, widths)
            return
        for row in [list(columns), *cells]:
            line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            self.stream.write(line.rstrip() + "\n")

    def _table(self, columns: Sequence[str], cells: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        from rich.table import Table
        from rich.text import Text

        wide = max(range(len(columns)), key=lambda place: widths[place])
        rest = sum(width + 2 for place, width in enumerate(widths) if place != wide)
        if rest + min(widths[wide], _NARROWEST) > self._rich().width:
            self._cards(columns, cells)
            return
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for place, title in enumerate(columns):
            # Only the longest takes several lines where it is narrow: an id in two parts cannot be copied.
            table.add_column(title, no_wrap=place != wide, overflow="fold")
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        self._rich().print(table)

    def _cards(self, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        """A row as several lines, where the terminal is too narrow for a table."""
        width = max(map(len, columns))
        for number, row in enumerate(cells):
            if number:
                self.line()
            for place, (title, cell) in enumerate(zip(columns, row, strict=True)):
                if cell:
                    self.line(f"{title:<{width}}  {cell}", "bold" if place == 0 else "")

    def _rich(self) -> "Console":
        if self._console is None:
            from rich.console import Console

            self._console = Console(
                file=self.stream, color_system="auto" if self.has_colour else None, highlight=False, emoji=False
            )
        return self._console
