"""Pages of sessions and of files, from the real server."""

import asyncio
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types

from e2e.server.conftest import SESSION, Connect, Project
from gitrepo import Repo

pytestmark = pytest.mark.asyncio
AGENT = "import time\n\ndef get():\n    return 1\n"
HOSTILE = "<script>alert(1)</script> [x](command:evil) ![i](http://a/b) \x1b[31m \u202e\n# not a heading\n```\n"


async def test_a_sessions_page_says_all_that_is_known(project: Project, connect: Connect, tmp_path: Path) -> None:
    told = tmp_path / "t.jsonl"
    usage = {
        "input_tokens": 1200,
        "output_tokens": 34,
        "cache_read_input_tokens": 5,
        "cache_creation_input_tokens": 6,
    }
    plan = {"todos": [{"content": "add <b>retry</b>", "status": "in_progress", "activeForm": "adding"}]}
    records = [
        {"type": "user", "uuid": "u1", "message": {"role": "user", "content": "add retry to the client"}},
        {
            "type": "assistant",
            "uuid": "a1",
            "message": {
                "id": "m1",
                "role": "assistant",
                "model": "claude-sonnet-4-5-20250929",
                "usage": usage,
                "content": [{"type": "tool_use", "id": "x1", "name": "TodoWrite", "input": plan}],
            },
        },
    ]
    stamp = {"timestamp": "2026-01-01T00:00:00.000Z", "sessionId": SESSION}
    told.write_text("".join(json.dumps({**record, **stamp}) + "\n" for record in records))
    project.hook("session_start", transcript_path=str(told))
    file = project.agent_writes("client.py", AGENT)
    project.hook("read", path="other.py")
    editor = await connect("vscode")
    uri = editor.open(file)
    text = (await editor.run("byline.showSession", uri, 0))["text"]
    assert "- tokens: 1,200 in, 34 out, 5 read from cache, 6 written to cache" in text
    assert "## Plan" in text and r"add \<b\>retry\</b\>" in text
    assert f"- [`client.py`]({file.as_uri()}) · 2 lines of it now" in text
    assert "## Files read" in text and "- `other.py`" in text, "no link to a file that is not there"
    assert "> add retry to the client" in text


async def test_a_files_page_has_a_time_line(project: Project, connect: Connect) -> None:
    project.agent_writes("client.py", "a\n", prompt="first")
    file = project.agent_writes("client.py", AGENT, prompt="second", session_id="s2", turn_id="t9")
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.run("byline.markReviewed", uri, 1, 1)
    text = (await editor.run("byline.showFileSessions", uri))["text"]
    text = re.sub(r"\[(`[^`]*`)\]\((?:byline|file):/\S*\)", r"\1", text)
    rows = [row.split(" · ", 1)[1] for row in text[text.index("## Time line") :].splitlines() if row.startswith("- ")]
    assert rows == [
        'claude `0b1c2d3e-aaa…` wrote · "first"',
        'claude `s2` wrote · "second"',
        "a person reviewed lines",
    ]
    assert "4 of 4 lines" in text


async def test_pages_lead_to_each_other(project: Project, connect: Connect) -> None:
    file = project.agent_writes("my_client (1).py", AGENT)
    project.hook("turn_end", turn_id="t1")
    child = f"{SESSION}/kid"
    more = {"parent_session_id": SESSION, "subagent_type": "Explore"}
    project.hook("read", path=file.name, session_id=child, **more)
    for name in ("vscode", "neovim"):
        editor = await connect(name)
        uri = editor.open(file)
        told = await editor.run("byline.showSession", uri, 0)
        text = told["text"]
        assert f"[`my_client (1).py`]({file.as_uri()})" in text
        assert " · ended 20" in text and "## Activity" in text
        (kid,) = re.findall(r"\[`[^`]*/kid`\]\((\S+)\)", text)
        if name == "vscode":
            assert unquote(kid) == f"byline:/session/{child}.md"
            page = (
                await editor.client.workspace_text_document_content_async(types.TextDocumentContentParams(kid))
            ).text
        else:
            await editor.until(partial(_there, kid))
            page = Path(unquote(urlsplit(kid).path)).read_text()
        assert "## Started for" in page and "> add retry to the client" in page
        (back,) = re.findall(r"started by: \[`[^`]*`\]\((\S+)\)", page)
        assert back == told["uri"] if name == "neovim" else unquote(back) == f"byline:/session/{SESSION}.md"
        listed = (await editor.run("byline.showFileSessions", uri))["text"]
        assert f"]({back})" in listed


async def test_a_page_that_is_read_as_text_has_no_escapes(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT, prompt="use my_client in *a_b.py*", turn_id="t7")
    for name, words in (("vscode", r"> use my_client in \*a_b.py\*"), ("neovim", "> use my_client in *a_b.py*")):
        editor = await connect(name)
        assert words in (await editor.run("byline.showSession", editor.open(file), 0))["text"]


async def test_pages_of_strangers_words_are_harmless(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT, prompt=HOSTILE, model="<img src=x>", turn_id="t7")
    editor = await connect("vscode")
    uri = editor.open(file)
    for command in ("byline.showSession", "byline.showFileSessions"):
        text = (await editor.run(command, uri, 0))["text"]
        assert not re.search(r"(?<!\\)(<|\]\((?!(byline|file):/[^()\s<>]*\)))", text)
        assert "](byline:evil" not in text and "command:evil)" in text
        assert "\x1b" not in text and "\u202e" not in text
        assert not any(row.startswith(("```", "# not")) for row in text.splitlines())
        assert "http://" not in text


async def test_a_page_grows_with_its_session(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    refreshed: list[str] = []
    editor.client.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH)(lambda params: refreshed.append(params.uri))
    uri = editor.open(file)
    page = (await editor.run("byline.showSession", uri, 0))["uri"]
    project.hook("prompt", prompt="and one thing more", turn_id="t2")
    await editor.until(lambda: _in(page, refreshed))
    params = types.TextDocumentContentParams(page)
    assert "one thing more" in (await editor.client.workspace_text_document_content_async(params)).text


async def test_a_rendered_page_grows_too(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("neovim")
    uri = editor.open(file)
    shown = (await editor.run("byline.showSession", uri, 0))["uri"]
    path = Path(unquote(urlsplit(shown).path))
    project.hook("prompt", prompt="and one thing more", turn_id="t2")
    await editor.until(lambda: _has(path, "one thing more"))


@pytest.mark.parametrize("profile", ["vscode", "neovim"])
async def test_a_session_that_two_repositories_know(
    project: Project, connect: Connect, repo: Callable[..., Repo], profile: str
) -> None:
    """The page of a line is that of its own repository, also when it is read again."""
    other = Project(repo("other"))
    other.repo.commit("start", {"a.py": "x = 1\n"})
    editor = await connect(profile)
    first = editor.open(project.agent_writes("client.py", AGENT, prompt="of the first"))
    second = editor.open(other.agent_writes("a.py", "x = 1\ny = 2\n", prompt="of the second"))
    for uri, line, prompt in ((first, 0, "of the first"), (second, 1, "of the second"), (first, 0, "of the first")):
        await editor.hover(uri, line)
        shown = await editor.run("byline.showSession", uri, line)
        assert f"> {prompt}" in shown["text"]
        assert (await editor.run("byline.showSession", SESSION)) == shown, "of the file that was asked about last"
        if profile == "vscode":
            params = types.TextDocumentContentParams(shown["uri"])
            read = (await editor.client.workspace_text_document_content_async(params)).text
        else:
            assert shown["uri"].endswith(".md")
            read = Path(unquote(urlsplit(shown["uri"]).path)).read_text()
        assert read == shown["text"]


async def test_a_page_that_cannot_be_written_is_a_message(
    project: Project, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    monkeypatch.setenv("BYLINE_CACHE_DIR", str(blocked))
    editor = await connect("neovim")
    uri = editor.open(project.agent_writes("client.py", AGENT))
    for command in (("byline.showSession", uri, 0), ("byline.showFileSessions", uri), ("byline.showChange", uri, 0)):
        result = await editor.run(*command)
        assert result["shown"] == "message"
        assert result["uri"].startswith("byline:/")
    assert len(editor.client.messages) == 3
    assert editor.client.messages[0].message.startswith("claude · ")
    assert editor.client.shown_documents == []


async def _in(value: str, values: list[str]) -> bool:
    await asyncio.sleep(0)
    return value in values


async def _there(uri: str) -> bool:
    return Path(unquote(urlsplit(uri).path)).exists()


async def _has(path: Path, words: str) -> bool:
    return words in path.read_text()
