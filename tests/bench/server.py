"""How fast the language server answers, as ratios to what else could be run in its place, all in one run.

    python tests/bench --only server

- cold: opening a file to its first hover, against `git blame --incremental` of that file
- keystroke: 200 incremental changes and a hover behind them, against a pygls server that has no features but hover
- warm: one hover, and one right after a keystroke, against the same
- live: an agent's event to the refresh of lens and hints
- rest: CPU in ten seconds of nothing, and memory
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import history
from bench.alone import environment
from bench.client import Client
from bench.figure import Figure, Size, spread

ROOT = Path(__file__).resolve().parents[2]
BARE = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "1")
@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hover(params: types.HoverParams) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "hello"))
server.start_io()
"""
BYLINE = [sys.executable, "-m", "byline.cli.main", "lsp"]
COLD = 4
"""Servers that answer a first hover, each from nothing."""
BARELY = "a bare pygls server"
KEYS = 200
LATE = 20.0
"""Seconds after which a refresh is not late but lost."""


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that `work` takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


@contextmanager
def scratch(lines: int, commits: int) -> Iterator[tuple[Path, dict[str, str], list[str]]]:
    """A repository in which `commits` commits changed one file, and an environment of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder)
        repo = folder / "repo"
        history.empty(repo, env)
        history.take(repo, env, history.one_file(lines, commits))
        content = (repo / "file.txt").read_text().splitlines(keepends=True)
        git(repo, env, "gc", "-q")
        yield repo, env, content


def git(repo: Path, env: dict[str, str], *words: str) -> None:
    """One git command."""
    subprocess.run(["git", *words], cwd=repo, env=env, check=True, stdout=subprocess.DEVNULL)


def agent(repo: Path, env: dict[str, str], name: str, text: str) -> None:
    """The agent writes a file, and its hook says so."""
    file = repo / name
    before = file.read_text() if file.exists() else None
    file.write_text(text)
    payload: dict[str, Any] = {"v": 1, "agent": "claude", "session_id": "s", "cwd": str(repo), "turn_id": "t"}
    for event in ({"event": "prompt", "prompt": "do it"}, {"event": "write", "path": name, "before": before}):
        code = "import sys; sys.argv[1:] = ['generic']; from byline_hooks.entry import script; script()"
        command = [sys.executable, "-c", code]
        subprocess.run(command, input=json.dumps({**payload, **event}).encode(), env=env, cwd=repo, check=True)


def cpu(pid: int) -> float:
    """Milliseconds of CPU that a process's threads have used; Linux only. Its clock ticks would be 10 ms each."""
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


def memory(pid: int) -> float:
    """MiB resident; Linux only."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(lines: int, commits: int) -> dict[str, float]:
    """All figures; ratios have no unit, the rest says its own."""
    found: dict[str, float] = {}
    with scratch(lines, commits) as (repo, env, content):
        file, text = repo / "file.txt", "".join(content) + "agent\n"
        uri, last = file.as_uri(), len(content)
        blames = [timed(lambda: git(repo, env, "blame", "--incremental", "file.txt")) for _ in range(5)]
        agent(repo, env, "file.txt", text)
        colds = [cold_hover(repo, env, text, last) for _ in range(COLD)]
        bare, byline = Client([sys.executable, "-c", BARE], env), Client(BYLINE, env)
        byline.open(uri, text)
        byline.hover(uri, last)
        found["git_blame_ms"] = statistics.median(blames)
        found["cold_hover_ms"] = statistics.median(colds)
        found["cold_hover_ratio"] = found["cold_hover_ms"] / found["git_blame_ms"]
        found["cold_hover_spread"] = spread(blames) + spread(colds)
        bare.open(uri, text)
        bare.hover(uri, 0)
        for name, client in (("bare", bare), ("byline", byline)):
            found |= {f"{name}_{what}": value for what, value in typing(client, uri, last).items()}
        found["keystroke_ratio"] = found["byline_keystroke_ms"] / found["bare_keystroke_ms"]
        found["everything_ratio"] = everything(repo, env, lines, bare)
        bare.end()
        agent(repo, env, "small.txt", "a\n")
        small = (repo / "small.txt").as_uri()
        byline.open(small, "a\n")
        byline.hover(small, 0)
        time.sleep(1)
        before = cpu(byline.process.pid)
        time.sleep(10)
        found["rest_cpu_ms_in_10_s"] = cpu(byline.process.pid) - before
        found["memory_mib"] = memory(byline.process.pid)
        lives = [live(byline, repo, env, size) for size in range(2, 7)]
        found["live_ms"], found["live_spread"] = statistics.median(lives), spread(lives)
        found["exit_ms"] = byline.end() * 1000
    return found


def cold_hover(repo: Path, env: dict[str, str], text: str, last: int) -> float:
    """Milliseconds from the opening of the file to its first hover, in a new server without an index."""
    for file in (repo / ".git" / "byline").glob("index.db*"):
        file.unlink()
    client, uri = Client(BYLINE, env), (repo / "file.txt").as_uri()

    def first() -> None:
        client.open(uri, text)
        assert client.hover(uri, last)["contents"]["value"].startswith("claude")

    took = timed(first)
    client.end()
    return took


def typing(client: Client, uri: str, last: int) -> dict[str, float]:
    """What hovers and keystrokes in the middle of a file cost."""

    def key() -> None:
        client.key(uri, last // 2)

    def hover() -> None:
        client.hover(uri, last)

    def keys() -> None:
        for _ in range(KEYS):
            key()
        hover()

    def key_and_hover() -> None:
        key()
        hover()

    warm = [timed(hover) for _ in range(100)]
    strokes = [timed(keys) / KEYS for _ in range(3)]
    time.sleep(2)  # the pause after which byline looks at the text again
    after = [timed(key_and_hover) for _ in range(50)]
    time.sleep(2)
    return {
        "warm_hover_ms": statistics.median(warm),
        "warm_hover_spread": spread(warm),
        "keystroke_ms": min(strokes),
        "keystroke_spread": spread(strokes),
        "hover_after_key_ms": statistics.median(after),
        "hover_after_key_spread": spread(after),
    }


def everything(repo: Path, env: dict[str, str], lines: int, bare: Client) -> float:
    """A keystroke in code with lenses on functions, AI lines shown and lines reviewed, against a bare server."""
    text = "".join(f"def f{number}(a):\n    b = {number}\n    return a + b\n\n\n" for number in range(lines // 5))
    agent(repo, env, "code.py", text)
    uri = (repo / "code.py").as_uri()
    full = Client(BYLINE, env, {"codeLens": {"functions": True}, "diagnostics": "always"})
    costs = {}
    for client in (bare, full):
        client.open(uri, text)
        client.hover(uri, 0)
    for command, arguments in (("byline.showAiLines", [uri, True]), ("byline.markReviewed", [uri, 1, 10])):
        full.ask("workspace/executeCommand", {"command": command, "arguments": arguments})
    for name, client in (("bare", bare), ("full", full)):
        costs[name] = typing(client, uri, lines - 5)["keystroke_ms"]
    full.end()
    return costs["full"] / costs["bare"]


def live(client: Client, repo: Path, env: dict[str, str], size: int) -> float:
    """Milliseconds from the end of an agent's hook to the refresh."""
    agent(repo, env, "small.txt", "a\n" * size)
    start = time.perf_counter()
    client.wait_for("workspace/codeLens/refresh", LATE)
    return (time.perf_counter() - start) * 1000


def figures(size: Size) -> Iterator[Figure]:
    """The budgets of the server."""
    found = measure(size.lines, size.commits)
    cold, apart = found["cold_hover_ratio"], found["cold_hover_spread"]
    yield Figure("first hover in a cold file", cold, "x", "git blame --incremental", 1.2, apart)
    stroke = found["byline_keystroke_spread"] + found["bare_keystroke_spread"]
    yield Figure("a keystroke", found["keystroke_ratio"], "x", BARELY, 1.2, stroke)
    yield Figure("a keystroke with everything on", found["everything_ratio"], "x", BARELY, 1.2, stroke)
    yield Figure("a later hover", found["byline_warm_hover_ms"], "ms", "", 5, found["byline_warm_hover_spread"])
    late = {name: found[f"{name}_hover_after_key_ms"] for name in ("byline", "bare")}
    above = late["byline"] - late["bare"]
    apart = sum(late[name] * found[f"{name}_hover_after_key_spread"] for name in late) / max(abs(above), 0.1)
    yield Figure(f"a hover right after a keystroke, above {BARELY}", above, "ms", "", 5, apart)
    yield Figure("an agent's event to the refresh of the lens", found["live_ms"], "ms", "", 200, found["live_spread"])
    yield Figure("CPU in ten seconds of nothing", found["rest_cpu_ms_in_10_s"], "ms", budget=20)
    yield Figure("server's memory", found["memory_mib"], "MiB", budget=100)
