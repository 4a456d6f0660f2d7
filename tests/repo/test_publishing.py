"""What of a session is published, by choice; a secret is in nothing that can leave, wherever it was planted."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.cli.main import dispatch
from byline.repo.anchors import names
from byline.sessions.said import messages
from gitrepo import Repo
from hookrun import generic
from secretcorpus import planted

Run = Callable[..., tuple[int, str, str]]
SECRETS = {one.name: one.parts[0] for one in planted(3) if one.place == "prompt" and one.kind == "token"}
KEY, TOKEN, HOOK = SECRETS["github classic"], SECRETS["anthropic"], SECRETS["slack hook"]
PASSWORD = "hunter" + "2-Kx9vQ"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(where: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(where)
        code = dispatch(list(words), os.environ)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def worked(repo: Callable[..., Repo], home: Path) -> Repo:
    """A repository in which a session with secrets all over it wrote a line."""
    made = repo()
    made.commit("start", {"a.txt": "one\n"})
    transcript = home / "talk.jsonl"
    where = str(made.path)
    said = [
        {"type": "user", "message": {"role": "user", "content": f"use {KEY} in {where}/a.txt"}},
        {"type": "assistant", "message": {"role": "assistant", "model": "m", "content": [
            {"type": "text", "text": f"I added the line.\nThe password={PASSWORD} is in {home}/.netrc"},
            {"type": "tool_use", "name": "Bash", "input": {"command": f"curl {HOOK}"}}]}},
        {"type": "summary", "leafUuid": "x"},
        {"type": "user", "timestamp": "2999-01-01T00:00:00Z", "message": {"role": "user", "content": "later"}},
    ]  # fmt: skip
    transcript.write_text("".join(json.dumps(one) + "\n" for one in said))
    at: dict[str, Any] = {"transcript_path": str(transcript), "agent": "claude"}
    generic(made.path, "session_start", **at)
    generic(made.path, "prompt", turn_id="t1", prompt=f"\nadd a line with {KEY}\nand more", **at)
    generic(made.path, "pre_shell", call_id="c0", tool="Bash", command=f"export API_TOKEN={TOKEN}", **at)
    generic(made.path, "shell", call_id="c0", tool="Bash", command=f"export API_TOKEN={TOKEN}", **at)
    generic(made.path, "pre_write", path="a.txt", call_id="c1", tool="Edit", turn_id="t1", **at)
    made.write("a.txt", "one\ntwo\n")
    generic(made.path, "write", path="a.txt", call_id="c1", tool="Edit", turn_id="t1", **at)
    made.commit(f"add a line\n\nwith {KEY} from {where}/a.txt\n")
    generic(made.path, "turn_end", turn_id="t1", **at)
    return made


def published(made: Repo) -> dict[str, str]:
    """All that is on refs of byline's that can be pushed, and in notes: the commits' words and every file."""
    found = {}
    for ref in made.run("for-each-ref", "--format=%(refname)", "refs/heads/byline", "refs/notes").split():
        found[f"log of {ref}"] = made.run("log", "--format=%an %ae %B", ref)
        for path in made.run("ls-tree", "-r", "--name-only", ref).split("\n"):
            found[f"{ref}:{path}"] = made.run("show", f"{ref}:{path}")
    return found


def private(made: Repo, home: Path) -> list[str]:
    return [KEY, TOKEN, HOOK, PASSWORD, str(made.path), str(home)]


def stored(made: Repo, name: str) -> Any:
    head = made.run("rev-parse", "HEAD")
    text = published(made).get(f"{names.BRANCH}:{head[:2]}/{head[2:]}/{name}")
    return json.loads(text) if text else None


def test_nothing_that_was_said_leaves_unless_it_is_chosen(worked: Repo, run: Run, home: Path) -> None:
    run(worked.path, "sync")
    head = stored(worked, "metadata.json")
    assert head["transparency_mode"] == "off" and stored(worked, "1/metadata.json")["session_id"] == "s1"
    assert not {"summary", "intent", "reasoning"} & head.keys() and "prompt" not in head["turns"][0]
    assert "bash_commands" not in stored(worked, "1/metadata.json") and stored(worked, "1/transcript.json") is None
    everything = "".join(published(worked).values())
    assert [one for one in (*private(worked, home), "add a line with", "I added") if one in everything] == []


@pytest.mark.parametrize("scope", ["project", "default"])
def test_transparency_publishes_what_was_said_redacted(
    worked: Repo, run: Run, home: Path, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    assert run(worked.path, "settings", scope, "set", "transparency", "true")[0] == 0
    run(worked.path, "sync")
    head, link, said = (stored(worked, name) for name in ("metadata.json", "1/metadata.json", "1/transcript.json"))
    assert head["transparency_mode"] == "on"
    assert head["intent"].startswith("add a line with [REDACTED]")
    assert head["summary"] == "I added the line." and head["reasoning"].startswith("I added the line.\nThe password=")
    assert link["bash_commands"] == ["export API_TOKEN=[REDACTED]"]
    assert [one["role"] for one in said] == ["user", "assistant"]
    assert said[0]["content"] == "use [REDACTED] in a.txt"
    assert said[1]["content"][1]["input"] == {"command": "curl [REDACTED]"}
    everything = "".join(published(worked).values())
    assert [one for one in (*private(worked, home), "later") if one in everything] == []
    assert "[REDACTED]" in head["message"] and head["message"].endswith("from a.txt")


def test_a_worktree_that_a_link_leads_to_keeps_neither_name(
    repo: Callable[..., Repo], run: Run, tmp_path: Path
) -> None:
    """The events name the real folder, the agent's texts the link."""
    made = repo()
    made.commit("start", {"a.txt": "one\n"})
    (tmp_path / "customers").mkdir()
    link = tmp_path / "customers" / "acme-deal"
    link.symlink_to(made.path)
    (made.path / "sub").mkdir()
    run(made.path, "settings", "set", "transparency", "true")
    generic(link / "sub", "prompt", turn_id="t1", prompt=f"look at {link}/x.py, {link} and {made.path}/y.py")
    generic(link / "sub", "pre_shell", call_id="c0", tool="Bash", command=f"cat {link}/f")
    generic(link / "sub", "shell", call_id="c0", tool="Bash", command=f"cat {link}/f")
    generic(link, "pre_write", path=f"{link}/a.txt", call_id="c1", turn_id="t1")
    made.write("a.txt", "one\ntwo\n")
    generic(link, "write", path=f"{link}/a.txt", call_id="c1", turn_id="t1")
    made.commit("add a line")
    generic(link, "turn_end", turn_id="t1")
    run(made.path, "sync")
    assert stored(made, "metadata.json")["intent"] == "look at x.py, . and y.py"
    assert stored(made, "1/metadata.json")["bash_commands"] == ["cat f"]
    everything = "".join(published(made).values())
    assert "acme-deal" not in everything and str(tmp_path) not in everything


def test_shared_prompts_are_one_line_each(worked: Repo, run: Run, home: Path) -> None:
    run(worked.path, "settings", "set", "sharePrompts", "true")
    run(worked.path, "sync")
    head = stored(worked, "metadata.json")
    assert head["turns"][0]["prompt"] == "add a line with [REDACTED]" and head["transparency_mode"] == "off"
    assert stored(worked, "1/transcript.json") is None and "and more" not in "".join(published(worked).values())


def test_no_secret_is_in_what_is_pushed_exported_or_joined(
    worked: Repo, run: Run, home: Path, tmp_path: Path
) -> None:
    run(worked.path, "settings", "set", "transparency", "true")
    run(worked.path, "sync")
    worked.run("init", "-q", "--bare", str(tmp_path / "hub.git"))
    worked.run("remote", "add", "origin", str(tmp_path / "hub.git"))
    assert run(worked.path, "push")[0] == 0
    head = worked.run("rev-parse", "HEAD")
    run(worked.path, "export", "--format", "git-ai", "--write")
    run(worked.path, "export", "--format", "agent-trace", "--write")
    formats = ("ndjson", "oobo", "git-ai", "agent-trace")
    printed = "".join(run(worked.path, "export", "--format", one)[1] for one in formats)
    traces = (worked.path / ".agent-trace" / "byline.jsonl").read_text()
    everything = "".join(published(worked).values()) + traces + printed
    assert head in everything
    assert [one for one in private(worked, home) if one in everything] == []


@pytest.mark.parametrize("kept", [0, 4, len(PASSWORD), len(PASSWORD) + 1])
def test_where_texts_are_cut_no_half_of_a_secret_is_left(worked: Repo, home: Path, run: Run, kept: int) -> None:
    """Texts of transcripts are cut at 16 Ki, the agent's last words at 4,000, messages of commits at 64 Ki."""

    def cut(largest: int) -> str:
        secret = f"postgres://ada:{PASSWORD}@db"
        before = "of a build\n" * (largest // 11)
        return before[: largest - len("postgres://ada:") - kept - 1] + "\n" + secret + "/shop and on" * 3

    said = [
        {"type": "user", "message": {"role": "user", "content": cut(16 * 1024)}},
        {"type": "assistant", "message": {"role": "assistant", "content": cut(4000)}},
    ]
    (home / "talk.jsonl").write_text("".join(json.dumps(one) + "\n" for one in said))
    at: dict[str, Any] = {"transcript_path": str(home / "talk.jsonl"), "agent": "claude"}
    generic(worked.path, "prompt", turn_id="t2", prompt=cut(4000), **at)
    generic(worked.path, "pre_write", path="a.txt", call_id="c2", tool="Edit", turn_id="t2", **at)
    worked.write("a.txt", "one\ntwo\nthree\n")
    generic(worked.path, "write", path="a.txt", call_id="c2", tool="Edit", turn_id="t2", **at)
    worked.commit("add another\n\n" + cut(64 * 1024 - 13))
    run(worked.path, "settings", "set", "transparency", "true")
    run(worked.path, "sync")
    everything = "".join(published(worked).values())
    assert "of a build" in everything and PASSWORD[:4] not in everything


def test_transcripts_of_other_shapes(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(
        json.dumps({"messages": [{"type": "user", "content": "hi"}, {"type": "gemini", "content": "ho"}]})
    )
    assert messages(path) == [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]
    lines = [
        {"type": "response_item", "payload": {"type": "message", "role": "user", "content": [{"text": "hi"}]}},
        {"type": "response_item", "payload": {"type": "function_call", "name": "shell", "arguments": "{}"}},
        {"type": "event_msg", "payload": {"type": "token_count"}},
    ]
    path.write_text("\n".join(json.dumps(one) for one in lines) + "\nno json\n{\n")
    assert messages(path) == [
        {"role": "user", "content": [{"text": "hi"}]},
        {"role": "tool", "type": "function_call", "name": "shell", "arguments": "{}"},
    ]
    path.write_text("".join(json.dumps({"role": "user", "content": "x" * 9000}) + "\n" for _ in range(200)))
    kept = messages(path)
    assert kept is not None and len(kept) < 130 and "left out" in kept[0]["content"]
    for odd in ("", "7", "[[[", "\0" * 50, "[" * 100_000):
        path.write_text(odd)
        assert messages(path) is None
    assert messages(tmp_path / "nowhere") is None and messages(tmp_path) is None


def test_a_colleague_sees_the_prompt_where_it_is_shared(worked: Repo, run: Run, tmp_path: Path) -> None:
    run(worked.path, "settings", "set", "sharePrompts", "true")
    run(worked.path, "sync")
    worked.run("clone", "-q", "--no-local", str(worked.path), str(tmp_path / "clone"))
    (_, line) = json.loads(run(tmp_path / "clone", "blame", "--json", "a.txt")[1])["lines"]
    assert (line["session_id"], line["turn_id"]) == ("s1", "t1")
    assert line["prompt"] == "add a line with [REDACTED]"
