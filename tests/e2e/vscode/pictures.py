"""Makes `docs/pictures/vscode-dark.png` and `vscode-light.png`: the demo's project in a real VS Code.

    python tests/e2e/vscode/pictures.py

Needs what `setup.sh` installs. The recorded day of `byline demo` is played, AI lines are shown, one line is hovered.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from byline.cli.demo import recording
from byline.cli.demo.scratch import Scratch
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


def main() -> int:
    """Makes both pictures."""
    if reason := window.missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        scratch = Scratch(folder, os.environ)
        recording.play(scratch, lambda who, what: None)
        window.program(scratch.home)
        env = {**scratch.env, "SHELL": "/bin/bash", "XDG_DATA_HOME": str(folder / "share")}
        extensions = window.install(window.build(), folder, env)
        for kind, theme in THEMES.items():
            shoot(Window(
                scratch.project,
                extensions,
                folder / kind,
                env,
                {**QUIET, "workbench.colorTheme": theme},
                size=SIZE,
                scale=2,
            ), PICTURES / f"vscode-{kind}.png")  # fmt: skip
    return 0


def shoot(shown: Window, file: Path) -> None:
    """The file with its lens, stripes and one hover."""
    try:
        shown.do("open", name=FILE)
        shown.do("keys", keys=["Control+B"])
        shown.until(lambda seen: seen["lenses"], "the lens")
        shown.do("cursor", line=HOVERED)
        shown.do("clickLens", text="Show AI lines")
        shown.until(lambda seen: any(line["stripe"] for line in seen["lines"]), "stripes")
        shown.until(lambda seen: "Hide" in " ".join(seen["lenses"]), "the other lens")
        shown.do("hover", line=HOVERED, dx=60)
        shown.until(lambda seen: "claude" in seen["hover"], "the hover")
        shown.do("shot", file=str(file))
    finally:
        shown.close()


if __name__ == "__main__":
    sys.exit(main())
