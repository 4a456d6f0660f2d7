"""A real Neovim that runs beside the test and is typed into: keys go through its main loop, as a person's do."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

START = """
vim.opt.runtimepath:prepend(%(plugin)s)
vim.o.swapfile = false
Notes = {}
Builtin = vim.notify
vim.notify = function(text) table.insert(Notes, text) end
Look = function(what) return vim.json.encode({ value = what }) end
%(more)s
"""


class Nvim:
    """An open editor. Lua expressions are read as JSON."""

    def __init__(self, program: str, file: Path, out: Path, more: str, plugin: Path, env: Mapping[str, str]) -> None:
        out.mkdir(parents=True, exist_ok=True)
        start = out / "init.lua"
        start.write_text(START % {"plugin": json.dumps(str(plugin)), "more": more})
        self._socket = str(out / "nvim.sock")
        self._process = subprocess.Popen(
            [program, "--headless", "--clean", "-u", str(start), "--listen", self._socket, str(file)],
            cwd=file.parent,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=(out / "said").open("wb"),
            stderr=subprocess.STDOUT,
        )
        self._wait((out / "nvim.sock").exists, "Neovim")

    def keys(self, keys: str) -> None:
        """Types keys, in Neovim's notation: `ihello<Esc>`."""
        self._ask("nvim_input", keys)

    def run(self, command: str) -> None:
        """Types an Ex command."""
        self.keys(f"<Esc>:{command}<CR>")

    def lua(self, expression: str) -> Any:
        """The value of a Lua expression."""
        found = json.loads(self._ask("nvim_exec_lua", f"return Look({expression})", []))
        return found["value"] if found else None  # Lua's nil leaves an empty table

    def until(self, expression: str, holds: Callable[[Any], Any], seconds: float = 15) -> Any:
        """Looks until a Lua expression has a value; that value."""
        found: list[Any] = [None]

        def look() -> Any:
            found[0] = self.lua(expression)
            return holds(found[0])

        self._wait(look, f"{expression}, now {found[0]!r}", seconds, found)
        return found[0]

    def lines(self) -> list[str]:
        """The current buffer."""
        return list(self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)") or [])

    def marks(self) -> dict[int, tuple[str, str | None]]:
        """Byline's marks in the current buffer: 1-based line to its sign and the words behind it."""
        found = self.lua(MARKS) or []
        return {line + 1: (sign, text or None) for line, sign, text in found}

    def marked(self, wanted: set[int], seconds: float = 15) -> dict[int, tuple[str, str | None]]:
        """Waits until exactly these lines are marked."""
        self._wait(lambda: set(self.marks()) == wanted, f"marks on {wanted}, there are {self.marks()}", seconds)
        return self.marks()

    def notes(self) -> list[str]:
        """What the user was told."""
        return list(self.lua("Notes") or [])

    def server(self) -> int | None:
        """The process id of the language server."""
        found = self.lua(SERVER)
        return int(found) if found else None

    def close(self) -> None:
        """Ends it."""
        try:
            self.keys("<C-Bslash><C-n>:qall!<CR>")
            self._process.wait(10)
        except (AssertionError, subprocess.SubprocessError, OSError):
            self._process.kill()
            self._process.wait(10)

    def _ask(self, method: str, *arguments: Any) -> Any:
        """One request of Neovim's API."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(30)
            line.connect(self._socket)
            line.sendall(msgspec.msgpack.encode([0, 1, method, list(arguments)]))
            answer = b""
            while True:
                part = line.recv(1 << 16)
                assert part, f"Neovim has ended; so far {answer!r}"
                answer += part
                try:
                    _, _, problem, value = msgspec.msgpack.decode(answer)
                except msgspec.DecodeError:
                    continue  # not all of it yet
                assert problem is None, problem
                return value

    def _wait(self, holds: Callable[[], Any], what: str, seconds: float = 15, found: list[Any] | None = None) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert self._process.poll() is None, "Neovim has ended"
            assert time.monotonic() < end, f"waited in vain for {what}; last {found!r}"
            time.sleep(0.02)


MARKS = """(function()
  local ns, found = vim.api.nvim_get_namespaces()["byline"], {}
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, ns, 0, -1, { details = true })) do
    local text = mark[4].virt_text
    table.insert(found, { mark[2], mark[4].sign_text or "", text and text[1][1] or "" })
  end
  return found
end)()"""

SERVER = """(function()
  local client = vim.lsp.get_clients({ name = "byline" })[1]
  if not client or not client.initialized then return nil end
  for _, pid in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
    local command = vim.fn.readfile("/proc/" .. pid .. "/cmdline", "b")[1] or ""
    if command:find("byline") then return pid end
  end
end)()"""
