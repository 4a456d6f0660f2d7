"""The screen of a real Neovim in a real terminal (tmux), as text and as a picture."""

import html
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.color import Color
from rich.console import Console
from rich.text import Text

from e2e.neovim.conftest import NVIM, PLUGIN
from e2e.vscode.window import chromium

COLUMNS, ROWS = 100, 34
CELL = (9.03, 18)
"""Pixels that a character takes, at the size of PAGE."""
PAGE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 8px; background: %(back)s; color: %(fore)s; font: 15px/18px "DejaVu Sans Mono", monospace; }
div { height: 18px; white-space: pre; } span { display: inline-block; height: 18px; vertical-align: top; }
</style>%(rows)s"""
PAPER = {"dark": ("#14161b", "#e0e2ea"), "light": ("#e0e2ea", "#14161b")}
START = """
vim.opt.runtimepath:prepend(%(plugin)r)
vim.o.termguicolors, vim.o.background, vim.o.swapfile = true, %(kind)r, false
vim.o.number, vim.o.signcolumn, vim.o.ruler, vim.o.showcmd = true, 'yes', false, false
vim.o.statusline = " %%f %%m %%= %%{%%v:lua.require'byline'.status()%%} "
vim.o.winborder = 'rounded'
require('byline').setup({})
"""


class Screen:
    """An open terminal with Neovim in it, a file shown. `kind`: its background, `dark` or `light`."""

    def __init__(self, file: Path, out: Path, env: Mapping[str, str], kind: str) -> None:
        program = NVIM or shutil.which("nvim")
        if not program or not shutil.which("tmux"):
            sys.exit("needs tmux, and a Neovim: run tests/e2e/neovim/setup.sh and set BYLINE_NVIM as it says")
        out.mkdir(parents=True)
        self._kind, self._out = kind, out
        start, settings = out / "init.lua", out / "tmux.conf"
        start.write_text(START % {"plugin": str(PLUGIN), "kind": kind})
        settings.write_text(
            'set -g default-terminal "tmux-256color"\nset -ga terminal-overrides ",*:RGB"\nset -g status off\n'
        )
        self._tmux = ["tmux", "-S", str(out / "tmux"), "-f", str(settings)]
        paths = f"{env['HOME']}/bin{os.pathsep}{env['PATH']}"
        self._env = {**env, "PATH": paths, "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        command = [program, "--clean", "-u", str(start), file.name]
        self._run("new-session", "-d", *size, "-c", str(file.parent), *command)

    def keys(self, *keys: str) -> None:
        """Types keys, in tmux's notation."""
        for key in keys:
            self._run("send-keys", key)
            time.sleep(0.2)

    def text(self) -> str:
        """What is on the screen."""
        return self._run("capture-pane", "-p")

    def until(self, words: str, seconds: float = 20) -> None:
        """Waits for words on the screen."""
        end = time.monotonic() + seconds
        while words not in self.text():
            assert time.monotonic() < end, f"no {words!r} on the screen:\n{self.text()}"
            time.sleep(0.1)

    def shot(self, file: Path) -> None:
        """A picture of the screen, its colours as Neovim has sent them."""
        time.sleep(0.5)
        back, fore = PAPER[self._kind]
        screen = Text.from_ansi(self._run("capture-pane", "-e", "-p", "-N").rstrip("\n"))
        rows = "".join(f"<div>{_row(row, fore)}</div>" for row in screen.split("\n", allow_blank=True))
        page = self._out / "page.html"
        page.write_text(PAGE % {"back": back, "fore": fore, "rows": rows}, "utf-8")
        size = f"--window-size={int(COLUMNS * CELL[0]) + 17},{ROWS * CELL[1] + 16}"
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=2",
            size,
        ]
        command = [str(chromium()), *options, f"--screenshot={file}", page.as_uri()]
        subprocess.run(command, env=self._env, check=True, capture_output=True, timeout=60)

    def close(self) -> None:
        """Ends Neovim and its terminal."""
        self._run("kill-server")

    def _run(self, *what: str) -> str:
        done = subprocess.run([*self._tmux, *what], env=self._env, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _row(row: Text, paper_ink: str) -> str:
    """One row of the terminal as HTML."""
    cells = []
    for text, style, _ in row.render(Console(color_system="truecolor")):
        ink, back = (_css(style.color), _css(style.bgcolor)) if style else (None, None)
        if style and style.reverse:
            ink, back = back or "inherit", ink or paper_ink
        looks = [f"color:{ink}" if ink else "", f"background:{back}" if back else ""]
        looks += [
            "font-weight:bold" if style and style.bold else "",
            "font-style:italic" if style and style.italic else "",
        ]
        looks += ["text-decoration:underline" if style and style.underline else ""]
        cells.append(f'<span style="{";".join(filter(None, looks))}">{html.escape(text)}</span>')
    return "".join(cells)


def _css(color: Color | None) -> str | None:
    return None if color is None or color.is_default else color.get_truecolor().hex
