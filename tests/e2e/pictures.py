"""Makes the pictures of editors in `docs/pictures`, from real editors that show the demo, in light and dark.

    python tests/e2e/pictures.py [vscode] [neovim]

Needs what `vscode/setup.sh` and `neovim/setup.sh` install, and tmux for Neovim. The recorded day of `byline demo` is
played; then VS Code shows AI lines with a hover and the page of a session, and Neovim the lines with a hover. Where
there is a `pngquant`, the pictures are made smaller.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from byline.cli.demo import recording
from byline.cli.demo.scratch import Scratch
from e2e.neovim.screen import Screen
from e2e.vscode import window
from e2e.vscode.window import Window

PICTURES = window.ROOT / "docs" / "pictures"
THEMES = {"dark": "Default Dark Modern", "light": "Default Light Modern"}
FILE, HOVERED = "client.py", 24
SIZE = (1000, 720)
QUIET = {
    "workbench.layoutControl.enabled": False,
    "workbench.activityBar.location": "hidden",
    "window.commandCenter": False,
    "breadcrumbs.enabled": False,
    "editor.occurrencesHighlight": "off",
    "editor.scrollbar.vertical": "visible",
}
SMALLER = ["pngquant", "--force", "--skip-if-larger", "--quality", "70-95", "--speed", "1", "--ext", ".png"]


def main() -> int:
    """Makes the pictures that are asked for, or all."""
    makers: dict[str, Callable[[Scratch, Path], None]] = {"vscode": vscode, "neovim": neovim}
    for name in sys.argv[1:] or makers:
        with tempfile.TemporaryDirectory(prefix="demo-") as folder:
            scratch = Scratch(Path(folder).resolve(), os.environ)
            recording.play(scratch, lambda who, what: None)
            window.program(scratch.home)
            makers[name](scratch, Path(folder).resolve())
    return 0


def vscode(scratch: Scratch, folder: Path) -> None:
    """`vscode-*.png` and `session-*.png`."""
    if reason := window.missing():
        sys.exit(reason)
    env = {**scratch.env, "SHELL": "/bin/bash", "XDG_DATA_HOME": str(folder / "share")}
    extensions = window.install(window.build(), folder, env)
    for kind, theme in THEMES.items():
        settings = {**QUIET, "workbench.colorTheme": theme}
        shown = Window(scratch.project, extensions, folder / kind, env, settings, size=SIZE, scale=2)
        try:
            _lines(shown, PICTURES / f"vscode-{kind}.png")
            _session(shown, PICTURES / f"session-{kind}.png")
        finally:
            shown.close()


def _lines(shown: Window, file: Path) -> None:
    """The file with its lens, stripes and one hover."""
    shown.do("open", name=FILE)
    shown.do("keys", keys=["Control+B"])
    shown.until(lambda seen: seen["lenses"], "the lens")
    shown.do("cursor", line=HOVERED)
    shown.do("clickLens", text="Show AI lines")
    shown.until(lambda seen: any(line["stripe"] for line in seen["lines"]), "stripes")
    shown.until(lambda seen: "Hide" in " ".join(seen["lenses"]), "the other lens")
    shown.do("hover", line=HOVERED, dx=60)
    shown.until(lambda seen: "claude" in seen["hover"], "the hover")
    _shoot(shown, file)


def _session(shown: Window, file: Path) -> None:
    """The page that the link in the hover opens."""
    shown.do("clickHover", text="Show session")
    shown.until(lambda _: "add retry" in shown.do("webview"), "the session's page")
    shown.do("away", x=SIZE[0] / 2, y=SIZE[1] / 2)
    shown.do("wait", seconds=5)  # until no message is left in the status bar
    _shoot(shown, file)


def _shoot(shown: Window, file: Path) -> None:
    shown.do("shot", file=str(file))
    smaller(file)


def neovim(scratch: Scratch, folder: Path) -> None:
    """`neovim-*.png`."""
    for kind in THEMES:
        file = PICTURES / f"neovim-{kind}.png"
        screen = Screen(scratch.project / FILE, folder / kind, {**scratch.env, "SHELL": "/bin/sh"}, kind)
        try:
            screen.until("AI lines (")
            screen.keys(":Byline", "Enter")
            screen.until("remember the answers")
            screen.keys(f"{HOVERED}G", "w", "K")
            screen.until("carried by rebase")
            screen.shot(file)
        finally:
            screen.close()
        smaller(file)


def smaller(file: Path) -> None:
    """Fewer bytes for the same picture, where that is possible here."""
    if shutil.which(SMALLER[0]):
        subprocess.run([*SMALLER, str(file)], check=False)
    print(f"{file.relative_to(window.ROOT)}: {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    sys.exit(main())
