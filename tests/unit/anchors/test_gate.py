"""Nothing private passes the gate, and what is harmless passes unchanged."""

import json
from pathlib import Path

import msgspec
import pytest

from byline.repo.anchors.format import Anchor, CommitRecord, Contributor, SessionLink
from byline.repo.anchors.gate import LARGEST_TEXT, Gate, TooLarge
from byline.repo.anchors.likely import REDACTED
from byline.repo.anchors.record import load
from byline.repo.anchors.secrets import redact
from byline.repo.anchors.whole import passed

DATA = Path(__file__).parents[2] / "data" / "anchors"
GATE = Gate(["/work/x/repo", "C:\\code\\repo"], "/home/ada")

SECRETS = [
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2_" * 10,
    "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
    "sk-ant-" + "api03-a1B2c3D4e5F6g7H8",
    "sk-proj-" + "a1B2c3D4e5F6g7H8",
    "sk_live_" + "a1B2c3D4e5F6g7H8",
    "xoxb-" + "123456789012-abcdefABCDEF",
    "AIza" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R",
    "npm_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "hf_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5",
    "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "https://hooks.slack.com/" + "services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_redacted_wherever_they_stand(secret: str) -> None:
    inside = (f"use {secret} here", f"key={secret}\nnext", f'"{secret}",')
    control = (
        f"a\\n{secret}\\n",
        f"\x1b[01;31m\x1b[K{secret}\x1b[m",
        f"\\u001b[31m{secret}\\u001b[0m",
        f"%0A{secret}%0A",
    )
    for text in (secret, *inside, *control):
        assert secret not in redact(text)
        assert REDACTED in redact(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("password=hunter22x", "password=[REDACTED]"),
        ("ADMIN_PW=hunter22x", "ADMIN_PW=[REDACTED]"),
        ("my api key: hunter22x", "my api key: [REDACTED]"),
        ('<add key="ApiKey" value="hunter22x"/>', '<add key="ApiKey" value="[REDACTED]"/>'),
        ('{"name": "API_KEY", "value": "hunter22x"}', '{"name": "API_KEY", "value": "[REDACTED]"}'),
        ('variable "db_password" { default = "hunter22x" }', 'variable "db_password" { default = "[REDACTED]" }'),
        ("htpasswd -b users ada hunter22x", "htpasswd -b users ada [REDACTED]"),
        (
            "echo hunter22x | docker login -u ada --password-stdin",
            "echo [REDACTED] | docker login -u ada --password-stdin",
        ),
        ('gh secret set TOKEN --body "hunter22x"', 'gh secret set TOKEN --body "[REDACTED]"'),
        ("openssl enc -aes256 -k hunter22x", "openssl enc -aes256 -k [REDACTED]"),
        ("7z a x.7z -phunter22x", "7z a x.7z -p[REDACTED]"),
        ("Cookie: sid=hunter22x", "Cookie: sid=[REDACTED]"),
        ("https://a1b2c3d4e5f6a7b8@host/x", "https://[REDACTED]@host/x"),
        ("DB_PASSWORD: 's3cret-value'", "DB_PASSWORD: '[REDACTED]'"),
        ("postgres://ada:pw12345@db/x", "postgres://ada:[REDACTED]@db/x"),
        ("Authorization: Bearer " + "abc123" * 5, "Authorization: Bearer [REDACTED]"),
    ],
)
def test_assigned_secrets(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "fix: token parsing in src/token.py handles nested quotes",
        "This reverts commit 3fa9c1e0b7d2f4a6c8e0b1d3f5a7c9e1b3d5f7a9.",
        "password: optional",
        "secret = config.secret",
        "see https://example.org/a?token and ssh://git@example.org/x",
        "sk-learn is not a key, neither is task-force-alpha",
        "Co-authored-by: Bob <bob@example.org>",
        "0b5f2c1e-3c6d-4a5e-9f10-abcdef012345",
    ],
)
def test_harmless_texts_pass_unchanged(text: str) -> None:
    assert GATE.text(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/work/x/repo/src/a.py", "src/a.py"),
        ("in /work/x/repo: done", "in .: done"),
        ("C:\\code\\repo\\src\\a.py", "src\\a.py"),
        ("C:/code/repo/src/a.py", "src/a.py"),
        ("/work/x/repository/a", "/work/x/repository/a"),
        ("/home/ada/.ssh/id_rsa", "~/.ssh/id_rsa"),
        ("/home/bob/x", "~/x"),
        ("/Users/bob/x", "~/x"),
        ("C:\\Users\\Bob\\x", "~\\x"),
        ("GET /api/v1/users", "GET /api/v1/users"),
        ("https://x.org/home/bob", "https://x.org/home/bob"),
        ("src/home/views.py", "src/home/views.py"),
        ("my-app/home/views.py", "my-app/home/views.py"),
        ("gcc -I/home/ada/include -L/home/bob/lib", "gcc -I~/include -L~/lib"),
        ("out\\n/home/ada/x\\t/home/bob/x", "out\\n~/x\\t~/x"),
        ("\x1b[31m/home/bob/x\x1b[0m/work/x/repo/a", "~/xa"),
        ("PATH=/usr/bin:/home/bob/bin", "PATH=/usr/bin:~/bin"),
        ("file:///home/bob/x", "file://~/x"),
        ("/mnt/c/Users/bob/x", "~/x"),
        ("C:\\\\Users\\\\Bob\\\\x", "~\\\\x"),
        ("c:\\users\\bob\\x", "~\\x"),
        ("C:\\\\code\\\\repo\\\\src", "\\src"),
        ("%2Fhome%2Fada%2Fx", "~%2Fx"),
        (".claude/projects/-home-bob-x/a.jsonl", ".claude/projects/~/a.jsonl"),
        ("/var/home/bob/x and /export/home/bob or /usr/home/bob/y", "~/x and ~ or ~/y"),
        ("//home/bob/x, /home//bob/x", "~/x, ~/x"),
        ("\\\\wsl$\\Ubuntu\\home\\bob\\x", "~\\x"),
        ("\\\\wsl.localhost\\Ubuntu\\home\\bob\\x", "~\\x"),
        ("//wsl$/Ubuntu/home/bob/x", "~/x"),
        ("\\\\server\\users\\bob\\x", "~\\x"),
        ("cc -isystem/home/bob/include -iquote/home/ada/y", "cc -isystem~/include -iquote~/y"),
        ("vscode://file/home/bob/x:3", "vscode://file~/x:3"),
        ("vscode-remote://wsl+ubuntu/home/bob/x", "vscode-remote://wsl+ubuntu~/x"),
        ("file://localhost/home/bob/x", "file://localhost~/x"),
        ("/cygdrive/c/Users/bob/x, /c/Users/bob/x", "~/x, ~/x"),
        ("C%3A%5CUsers%5Cbob%5Cx", "~%5Cx"),
        ("C:\\Documents and Settings\\bob\\x", "~\\x"),
        ("C:\\Users\\Bob Smith\\x", "~\\x"),
        ("\\/home\\/bob\\/x", "~\\/x"),
        ("\\x22/home/bob/x \x1b(B/home/bob ^[[31m/home/bob/x", "\\x22~/x ~ ^[[31m~/x"),
        ("ls ~/.claude/projects\n-home-bob-work-acme", "ls ~/.claude/projects\n~"),
        ("projects/-work-x-repo/a, projects/-work-x-repo-src/a", "projects/./a, projects/.-src/a"),
        ("https://home/page and https://x.org/var/home/x", "https://home/page and https://x.org/var/home/x"),
        ("a -home-page option, pre-home-page-x", "a -home-page option, pre-home-page-x"),
        ("docs/users/bob, \\users\\ and api/Users/x", "docs/users/bob, \\users\\ and api/Users/x"),
    ],
)
def test_paths_of_this_machine_do_not_leave(text: str, left: str) -> None:
    assert GATE.text(text) == left


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"password": "Winter2026!x"}, {"password": REDACTED}),
        (
            {"env": {"DB_PASSWORD": "Winter2026!x", "MODE": "debug1"}},
            {"env": {"DB_PASSWORD": REDACTED, "MODE": "debug1"}},
        ),
        ({"headers": {"X-Api-Key": "abc123def456"}}, {"headers": {"X-Api-Key": REDACTED}}),
        ({"name": "API_KEY", "value": "abc123def456"}, {"name": "API_KEY", "value": REDACTED}),
        (
            {"args": ["mysql", "--password", "abc123", "db1abc"]},
            {"args": ["mysql", "--password", REDACTED, "db1abc"]},
        ),
        ({"password": "the word of two"}, {"password": "the word of two"}),
        ({"token_type": "Bearer", "tokens": 3}, {"token_type": "Bearer", "tokens": 3}),
        ({"path": "/home/ada/x", "author": SECRETS[1]}, {"path": "~/x", "author": REDACTED}),
        ({"files_changed": ["/work/x/repo/a", "b"]}, {"files_changed": ["a", "b"]}),
    ],
)
def test_json_is_read_with_its_keys(value: object, left: object) -> None:
    """A key tells what a text is, and none lets one pass: only what the commit itself publishes stays as it is."""
    assert GATE.values(value) == left


def test_what_another_tool_wrote_is_no_name_of_the_commit() -> None:
    record = private_record()
    more = {"path": "/home/ada/x", "author": SECRETS[1], "commit_hash": SECRETS[0], "old_path": record.anchor.author}
    sealed = GATE.seal(
        msgspec.structs.replace(record, anchor=msgspec.structs.replace(record.anchor, unknown={"o": more}))
    )
    written = json.loads(sealed.files[0][1])
    assert written["o"] == {
        "path": "~/x",
        "author": REDACTED,
        "commit_hash": REDACTED,
        "old_path": record.anchor.author,
    }
    assert written["commit_hash"] == record.anchor.commit_hash
    assert written["author"] == record.anchor.author


def private_record() -> CommitRecord:
    anchor = msgspec.structs.replace(
        load(Anchor, (DATA / "metadata.json").read_bytes()),
        message=f"add {SECRETS[0]} to /work/x/repo/env",
        transparency_mode="off",
        contributors=(Contributor(name="agent", role="agent", model="/home/ada/models/local.gguf"),),
        unknown={"note": f"/home/ada and {SECRETS[1]}", "deep": {"prompt": "what the person said", "ok": 1}},
    )
    link = msgspec.structs.replace(
        load(SessionLink, (DATA / "session_link.json").read_bytes()), files_touched=("/work/x/repo/src/a.py",)
    )
    return CommitRecord(anchor=anchor, links=(link,))


def test_nothing_private_is_in_what_is_sealed() -> None:
    sealed = GATE.seal(private_record())
    everything = b"".join(data for _, data in sealed.files)
    for private in (
        *SECRETS[:2],
        "/home/ada",
        "/work/x/repo",
        "what the person said",
        "cargo build",
        "reusable widget",
    ):
        assert private.encode() not in everything
    parsed = {path.split("/", 2)[2]: json.loads(data) for path, data in sealed.files}
    assert not {"summary", "intent", "reasoning"} & parsed["metadata.json"].keys()
    assert parsed["metadata.json"]["deep"] == {"ok": 1}
    assert parsed["1/metadata.json"]["files_touched"] == ["src/a.py"]
    assert "bash_commands" not in parsed["1/metadata.json"]


def test_ids_that_look_like_tokens_stay_two_and_joined() -> None:
    """Each is the same name wherever it stands, also after the gate once more."""
    one, other = "ghp_" + "a1B2" * 9, "ghp_" + "c3D4" * 9
    value = {
        "session_ids": [one, other, "0b1c2d3e"],
        "turns": [{"id": other, "session_id": one}],
        "link": {"session_id": other, "parent_session_id": one, "peer_session_ids": [one]},
        "content": [{"id": one, "text": one}],
        "note": {"id": f"see {one}", "session_id": "postgres://ada:pw12345@db/x"},
    }
    clean = GATE.values(value)
    first, second, third = clean["session_ids"]
    assert first != second and third == "0b1c2d3e" and first.startswith("redacted-") and len(first) == 17
    assert clean["turns"] == [{"id": second, "session_id": first}]
    assert clean["link"] == {"session_id": second, "parent_session_id": first, "peer_session_ids": [first]}
    assert clean["content"] == [{"id": first, "text": REDACTED}]
    assert clean["note"] == {"id": f"see {REDACTED}", "session_id": f"postgres://ada:{REDACTED}@db/x"}
    assert GATE.values(clean) == clean


def test_file_names_of_the_commit_stay_what_they_are() -> None:
    anchor = load(Anchor, (DATA / "metadata.json").read_bytes())
    odd = f"keys/{SECRETS[0]}.txt"
    change = msgspec.structs.replace(anchor.file_changes[0], path=odd)
    sealed = GATE.seal(
        CommitRecord(anchor=msgspec.structs.replace(anchor, files_changed=(odd,), file_changes=(change,)))
    )
    written = json.loads(sealed.files[0][1])
    assert written["files_changed"] == [odd]
    assert written["file_changes"][0]["path"] == odd


def test_file_names_of_the_commit_stay_in_its_sessions() -> None:
    """Other names there are texts like any: nothing has published them."""
    anchor = load(Anchor, (DATA / "metadata.json").read_bytes())
    odd, other, old = (f"{folder}/{SECRETS[1]}.txt" for folder in ("keys", "elsewhere", "before"))
    change = msgspec.structs.replace(anchor.file_changes[0], path=odd, old_path=old)
    anchor = msgspec.structs.replace(anchor, files_changed=(odd,), file_changes=(change,))
    link = SessionLink(session_id="s1", agent="claude", files_touched=(odd, other, old))
    sealed = GATE.seal(CommitRecord(anchor=anchor, links=(link,)))
    files = dict(sealed.files)
    (name,) = [name for name in files if name.endswith("1/metadata.json")]
    written = json.loads(files[name])["files_touched"]
    assert written[0] == odd and written[2] == old
    assert SECRETS[1] not in written[1]
    joined = passed(
        {file.rpartition("/")[2] if "/1/" not in file else "1/metadata.json": files[file] for file in files}
    )
    assert json.loads(joined["1/metadata.json"])["files_touched"] == written  # and so when two clones' are joined


def test_a_long_message_is_cut_and_an_enormous_anchor_refused() -> None:
    anchor = load(Anchor, (DATA / "metadata.json").read_bytes())
    long = msgspec.structs.replace(anchor, message="word " * LARGEST_TEXT)
    assert len(json.loads(GATE.seal(CommitRecord(anchor=long)).files[0][1])["message"]) == LARGEST_TEXT
    huge = msgspec.structs.replace(anchor, files_changed=tuple(f"folder/file-{n:07}" for n in range(300_000)))
    with pytest.raises(TooLarge):
        GATE.seal(CommitRecord(anchor=huge))
