"""The plugin in a real Neovim: what a person types, and what the screen shows then."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.workspace.workspace import Workspace
from e2e.neovim.conftest import PLUGIN
from e2e.neovim.driven import SERVER, Nvim
from e2e.server.conftest import PROMPT, SESSION, Project
from gitrepo import Repo

pytestmark = pytest.mark.neovim

START = "import time\n\n\ndef get(url):\n    return url\n"
AGENT = "import time\n\n\ndef get(url):\n    for wait in (1, 2):\n        time.sleep(wait)\n    return url\n"
AI = {5, 6}
"""The lines that the agent has added, from 1."""
ATTACHED = "#vim.lsp.get_clients({ bufnr = 0, name = 'byline' })"
SUMMARY = "vim.b.byline_summary"

Open = Callable[..., Nvim]


@pytest.fixture
def project(repo: Callable[..., Repo]) -> Project:
    """A file of a person's with an agent's lines in it."""
    made = repo("shop")
    made.commit("start", {"client.py": START})
    project = Project(made)
    project.agent_writes("client.py", AGENT)
    return project


def opened(editor: Open, project: Project, **given: Any) -> Nvim:
    window = editor(project.path / "client.py", **given)
    window.until(SUMMARY, lambda found: found and found["ai_lines"] == 2)
    return window


def events(project: Project) -> list[str]:
    workspace = Workspace.for_path(project.path / "client.py", dict(os.environ))
    try:
        return [event.event for event in workspace.events()]
    finally:
        workspace.close()


def writer(window: Nvim, line: int) -> str | None:
    """What the statusline says of a line."""
    window.keys(f"<Esc>{line}G")
    found: str | None = window.lua("require('byline').status()")
    return found


def test_lines_are_shown_and_hidden(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    assert window.marks() == {}
    window.run("Byline")
    marks = window.marked(AI)
    assert marks[5] == ("c▎", f'claude · "{PROMPT}"') or marks[5] == ("c┇", f'claude · "{PROMPT}"')
    assert marks[6][0] in (" ▎", " ┇") and marks[6][1] is None
    said = window.lua("vim.fn.execute('messages')")
    assert "byline: 2 of 7 lines are an agent's: claude" in said
    window.run("Byline hide")
    window.marked(set())
    window.run("Byline show")
    window.marked(AI)
    assert window.notes() == []


def test_commands_are_completed_and_say_what_they_do(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    words = window.lua("vim.fn.getcompletion('Byline ', 'cmdline')")
    assert set(words) >= {"show", "hide", "session", "file", "blame", "quickfix", "correct", "reviewed", "restart"}
    assert window.lua("vim.fn.getcompletion('Byline qu', 'cmdline')") == ["quickfix"]
    assert window.lua("vim.fn.getcompletion('Byline quickfix ', 'cmdline')") == ["all", "claude"]
    assert SESSION in window.lua("vim.fn.getcompletion('Byline correct ', 'cmdline')")
    window.keys("5G")
    window.run("Byline blame")
    assert f'byline: claude · "{PROMPT}"' in window.lua("vim.fn.execute('messages')")
    window.run("Byline copy")
    assert window.lua("vim.fn.getreg('\"')") == SESSION
    window.run("Byline nonsense")
    window.until("Notes", lambda notes: notes == ["byline: there is no :Byline nonsense"])


def test_runs_in_the_quickfix_list_and_a_jump_to_them(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.run("Byline next")
    assert window.lua("vim.fn.line('.')") == 5
    window.run("Byline quickfix")
    window.until("vim.bo.buftype", lambda kind: kind == "quickfix")
    (item,) = window.lua("vim.fn.getqflist()")
    assert (item["lnum"], item["end_lnum"]) == (5, 6)
    assert item["text"] == f'claude · "{PROMPT}" (uncommitted)'
    window.keys("<CR>")
    assert window.lua("vim.fn.line('.')") == 5


def test_session_pages_and_the_statusline(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    assert writer(window, 5) == 'claude · "add retry to the client"'
    assert writer(window, 1) == "unknown writer"
    window.keys("5G")
    window.run("Byline session")
    window.until("vim.api.nvim_buf_get_lines(0, 0, -1, false)", lambda found: f"> {PROMPT}" in "\n".join(found or []))
    assert SESSION in "\n".join(window.lines())
    window.run("edit client.py")
    window.run("Byline file")
    window.until("vim.api.nvim_buf_get_lines(0, 0, 1, false)[1]", lambda line: line and "client.py" in line)


def test_health_and_help(editor: Open, project: Project, tmp_path: Path) -> None:
    window = opened(editor, project)
    window.run("checkhealth byline")
    window.until("vim.bo.filetype", lambda kind: kind == "checkhealth")
    text = "\n".join(window.lines())
    assert "OK language server: " in text.replace("✅ ", "")
    assert "attached to 1 buffer" in text and "ERROR" not in text
    copy = shutil.copytree(PLUGIN / "doc", tmp_path / "copy" / "doc")
    window.run(f"set runtimepath^={copy.parent}")
    window.run(f"helptags {copy}")
    window.run("help byline-commands")
    window.until("vim.bo.filetype", lambda kind: kind == "help")
    assert "quickfix" in "\n".join(window.lines())


def test_an_agents_write_appears_without_a_touch(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.run("Byline")
    window.marked(AI)
    project.agent_writes("client.py", AGENT + "\n\ndef post(url):\n    return url\n", prompt="add post", turn_id="t2")
    window.until("vim.api.nvim_buf_line_count(0)", lambda count: count == 11)
    window.until(SUMMARY, lambda found: found["ai_lines"] >= 5)
    marks = window.marked(AI | {8, 9, 10, 11})
    assert any("add post" in (text or "") for _, text in marks.values())


def test_typing_shifts_and_a_save_is_a_persons(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.run("Byline")
    window.marked(AI)
    window.keys("ggO# mine<CR># mine too<Esc>")
    window.marked({7, 8})
    window.keys("7Gobetween = 1<Esc>")
    window.marked({7, 9})
    window.run("write")
    window.until("(require('byline').status())", lambda _: writer(window, 8) == "human")
    assert writer(window, 9) == 'claude · "add retry to the client"'


def test_reviewed_lines_have_a_tick(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.run("Byline")
    window.marked(AI)
    window.run("5,6Byline reviewed")
    window.until(SUMMARY, lambda found: found.get("unreviewed") == 0)
    assert [sign[0] for sign, _ in window.marked(AI).values()] == ["✓", "✓"]
    window.run("6Byline unreviewed")
    window.until(SUMMARY, lambda found: found.get("unreviewed") == 1)
    assert [sign[0] for sign, _ in window.marked(AI).values()] == ["✓", " "]


def test_the_change_behind_a_line(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.keys("5G")
    window.run("Byline change")
    window.until(
        "vim.api.nvim_buf_get_lines(0, 0, -1, false)", lambda found: "+    for wait in (1, 2):" in (found or [])
    )


FORMATTER = """
Format = function()
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  for index, line in ipairs(lines) do lines[index] = line:gsub('^ +', '\\t') end
  table.insert(lines, 2, '')
  vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
end
"""
ON_SAVE = "vim.api.nvim_create_autocmd('BufWritePre', { callback = Format })"


@pytest.mark.parametrize("order", ["formatter first", "byline first"])
def test_what_a_formatter_makes_while_saving_is_no_persons(editor: Open, project: Project, order: str) -> None:
    given = {"before": FORMATTER + ON_SAVE} if order == "formatter first" else {"before": FORMATTER, "after": ON_SAVE}
    window = opened(editor, project, **given)
    window.keys("Gomine = 1<Esc>")
    window.run("write")
    deadline = time.monotonic() + 15
    while "format" not in events(project):
        assert time.monotonic() < deadline, events(project)
        time.sleep(0.1)
    window.until("vim.b.byline_summary.lines", lambda lines: lines == 9)
    window.until("(require('byline').status())", lambda _: writer(window, 9) == "human")
    assert writer(window, 6) == 'claude · "add retry to the client"'
    assert writer(window, 2) != "human", "a line that the formatter has added"


def test_what_is_typed_after_a_formatter_by_hand_is_a_persons(editor: Open, project: Project) -> None:
    window = opened(editor, project, before=FORMATTER)
    window.run("lua Format()")
    window.until("vim.api.nvim_buf_line_count(0)", lambda count: count == 8)
    window.keys("Gomine = 1<Esc>")
    window.run("write")
    window.until("(require('byline').status())", lambda _: writer(window, 9) == "human")
    assert "format" in events(project)
    assert writer(window, 2) != "human"
    assert writer(window, 6) == 'claude · "add retry to the client"'


def test_a_blank_line_by_hand_is_no_formatters(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.keys("1Go<Esc>")
    window.run("write")
    window.until("vim.b.byline_summary.lines", lambda lines: lines == 8)
    window.until("(require('byline').status())", lambda _: writer(window, 2) == "human")
    assert writer(window, 4) != "human", "one of three alike, and not the one that was typed"
    assert "format" not in events(project)


def test_a_killed_server_comes_back_and_shows_what_was_shown(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.run("Byline")
    window.marked(AI)
    old = window.server()
    assert old
    os.kill(old, signal.SIGKILL)
    new = window.until(SERVER, lambda pid: pid and pid != old)
    assert new != old
    window.marked(AI)
    window.keys("ggO# mine<Esc>")
    window.marked({6, 7})
    (note,) = window.notes()
    assert note.startswith("Client byline quit")  # Neovim's own


def test_a_program_that_is_taken_away_is_one_sentence_and_comes_back(
    editor: Open, project: Project, program: Path
) -> None:
    window = opened(editor, project)
    old = window.server()
    assert old
    away = program.with_name("away")
    program.rename(away)
    os.kill(old, signal.SIGKILL)
    window.until("#Notes", lambda count: count > 1)
    window.run("Byline")
    window.run("edit other.py")
    time.sleep(0.5)
    (note,) = [note for note in window.notes() if not note.startswith("Client byline quit")]
    assert note.startswith("byline: the language server `byline` is not there: install it")
    assert "E5" not in window.lua("vim.fn.execute('messages')")
    away.rename(program)
    window.run("edit client.py")
    window.until(ATTACHED, lambda count: count == 1)
    assert "byline: the language server is there again" in window.notes()


def test_without_a_server_from_the_start(editor: Open, project: Project) -> None:
    window = editor(project.path / "client.py", options="{ cmd = { '/nowhere/byline', 'lsp' } }")
    window.until("Notes", lambda notes: notes)
    time.sleep(0.3)
    (note,) = window.notes()
    assert "/nowhere/byline" in note
    window.run("checkhealth byline")
    window.until("vim.bo.filetype", lambda kind: kind == "checkhealth")
    assert "pipx install ." in "\n".join(window.lines())


def test_what_byline_says_is_one_line(editor: Open, project: Project) -> None:
    window = opened(editor, project, before="vim.notify = Builtin")
    window.lua("vim.cmd('set columns=60')")
    window.keys(":5,6Byline reviewed<CR>")
    window.until("vim.fn.execute('messages')", lambda said: "unreviewed" in said)
    assert window.lua("vim.api.nvim_get_mode().blocking") is False, "no prompt waits for a key"
    last = window.lua("vim.fn.execute('messages')").splitlines()[-1]
    assert last.startswith("byline: ") and len(last) < 60


def test_a_page_has_no_server(editor: Open, project: Project) -> None:
    window = opened(editor, project)
    window.keys("5G")
    window.run("Byline session")
    window.until("vim.fn.expand('%:e')", lambda end: end == "md")
    time.sleep(0.5)
    assert window.lua(ATTACHED) == 0
    assert window.lua("#vim.lsp.get_clients({ name = 'byline' })") == 1
    window.run("Byline blame")
    window.run("checkhealth byline")
    window.until("vim.bo.filetype", lambda kind: kind == "checkhealth")
    found = "\n".join(window.lines())
    assert f"root {project.path}" in found and "function:" not in found


def test_a_command_waits_for_the_server(editor: Open, project: Project) -> None:
    window = editor(project.path / "client.py")
    window.run("Byline show")
    window.marked(AI)


def test_the_label_stands_on_a_line_with_text(editor: Open, project: Project) -> None:
    project.agent_writes("client.py", AGENT + "\n\ndef put():\n    return 2\n")
    window = editor(project.path / "client.py")
    window.run("Byline show")
    window.marked({5, 6, 8, 9, 10, 11})
    marks = window.marks()
    assert marks[8][1] is None and marks[10][1] is not None
