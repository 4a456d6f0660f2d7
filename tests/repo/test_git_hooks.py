"""`byline enable` and `disable` on real repositories: a person's hooks run as ever, and come back as they were."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from byline.cli.githooks import HOOKS
from byline.cli.main import dispatch
from byline.repo.anchors import names
from byline.repo.anchors.listing import resolve
from byline.repo.run import Git
from byline.workspace.anchorfiles import FileReader
from gitrepo import Repo
from story import ForkedHook, story
from story.telling import Story

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts of these tests are a POSIX shell's")
NewRepo = Callable[..., Repo]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(where: Path, *words: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(where)
        code = dispatch(list(words), os.environ)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def made(repo: NewRepo) -> Repo:
    made = repo()
    made.commit("first", {"a.txt": "a\n"})
    return made


def events(repo: Repo) -> list[dict[str, Any]]:
    lines = [
        line
        for path in sorted((repo.path / ".git" / "byline" / "spool").glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    return [json.loads(line) for line in lines if line]


def shown(folder: Path) -> dict[str, tuple[str, bytes, int]]:
    """Everything in a folder: what it is, its bytes or where it leads, its mode."""
    found = {}
    for path in sorted(folder.rglob("*")):
        kind = "link" if path.is_symlink() else "folder" if path.is_dir() else "file"
        content = str(path.readlink()).encode() if path.is_symlink() else b"" if path.is_dir() else path.read_bytes()
        found[path.relative_to(folder).as_posix()] = (kind, content, path.lstat().st_mode)
    return found


def hook(folder: Path, name: str, text: str, mode: int = 0o755) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_commit_is_told(made: Repo, run: Run) -> None:
    hook(made.path / ".git" / "hooks", "pre-commit.sample", "# see pre-commit.com\n")
    code, out, err = run(made.path, "enable")
    assert (code, err) == (0, "")
    assert out == f"byline is in the git hooks: {made.path}/.git/hooks\n"
    head = made.commit("second", {"a.txt": "b\n"})
    (event,) = events(made)
    assert (event["event"], event["source"], event["head"]) == ("commit", "git", head)
    assert event["worktree"] == str(made.path)
    assert "session_id" not in event and "agent" not in event
    assert isinstance(event["tty"], bool)


def test_amend_and_rebase_tell_what_became_of_commits(made: Repo, run: Run) -> None:
    run(made.path, "enable")
    old = made.commit("second", {"b.txt": "b\n"})
    made.run("commit", "-q", "--amend", "-m", "better")
    new = made.run("rev-parse", "HEAD")
    assert [event["event"] for event in events(made)] == ["commit", "commit", "rewrite"]
    assert (events(made)[-1]["pairs"], events(made)[-1]["reason"]) == ([[old, new]], "amend")
    made.run("checkout", "-q", "-b", "side", "HEAD~1")
    made.commit("side", {"c.txt": "c\n"})
    made.run("rebase", "-q", "side", "main")
    last = events(made)[-1]
    assert (last["event"], last["reason"], last["pairs"]) == (
        "rewrite",
        "rebase",
        [[new, made.run("rev-parse", "HEAD")]],
    )


def test_merges_are_told(made: Repo, run: Run) -> None:
    run(made.path, "enable")
    for name, options in (("one", ["--no-ff"]), ("two", ["--squash"])):
        made.run("checkout", "-q", "-b", name)
        made.commit(name, {f"{name}.txt": "x\n"})
        made.run("checkout", "-q", "main")
        made.run("merge", "-q", *options, name)
    merges = [event for event in events(made) if event["event"] == "merge"]
    assert [event.get("reason") for event in merges] == [None, "squash"]
    assert merges[0]["head"] == made.run("rev-parse", "HEAD")


def test_who_runs_git(made: Repo, run: Run) -> None:
    run(made.path, "enable")
    plain = {"CI": "", "PATH": os.environ["PATH"]}
    for more in (
        {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "s1"},
        {"CODEX_SESSION_ID": "c1", "CODEX_CI": "1"},
        {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "s1", "CODEX_SESSION_ID": "c1"},
        {"CI": "true"},
        {"VSCODE_GIT_COMMAND": "commit"},
    ):
        made.run("commit", "-q", "--allow-empty", "-m", "x", env={**plain, **more})
    told = [tuple(event.get(name) for name in ("agent", "session_id", "ci", "client")) for event in events(made)]
    assert told[0] == ("claude", "s1", None, None)
    assert told[1] == ("codex", "c1", None, None)
    assert told[2][1] is None  # one inside the other: which one it was nobody knows
    assert told[3] == (None, None, True, None)
    assert told[4] == (None, None, None, "vscode")


def test_a_terminal_is_asked_of_the_system(made: Repo, run: Run) -> None:
    import pty

    run(made.path, "enable")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(made.path)
        os.execvpe(
            "git",
            ["git", "commit", "-q", "--allow-empty", "-m", "t"],
            {
                **os.environ,
                **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            },
        )
    while True:
        try:
            if not os.read(terminal, 1000):
                break
        except OSError:
            break
    os.waitpid(child, 0)
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "t"],
        cwd=made.path,
        start_new_session=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert [event["tty"] for event in events(made)] == [True, False]


# -- what was there -------------------------------------------------------------------------------------------------

LOUD = '#!/bin/sh -e\necho "$0 $*" >> "$LOG"\ncat >> "$LOG"\nexec sh -c "exit 3"\n'


def test_a_shell_script_runs_first_and_says_how_it_ends(made: Repo, run: Run, tmp_path: Path) -> None:
    hooks = made.path / ".git" / "hooks"
    log = tmp_path / "log"
    for name in HOOKS:
        hook(hooks, name, LOUD, 0o750)
    before = shown(hooks)
    assert run(made.path, "enable")[0] == 0
    again = shown(hooks)
    assert run(made.path, "enable")[0] == 0
    assert shown(hooks) == again  # twice is once
    old = made.run("rev-parse", "HEAD")
    made.run("commit", "-q", "--amend", "-m", "x", env={"LOG": str(log)})
    new = made.run("rev-parse", "HEAD")
    assert log.read_text() == f".git/hooks/post-commit \n.git/hooks/post-rewrite amend\n{old} {new}\n"
    assert [event["event"] for event in events(made)] == ["commit", "rewrite"]
    assert run(made.path, "disable")[:2] == (
        0,
        f"byline is out of the git hooks: {hooks}\n"
        "nothing is recorded here any more; `byline enable` switches it on again\n",
    )
    assert shown(hooks) == before
    assert run(made.path, "disable")[0] == 0
    assert shown(hooks) == before


def test_a_pre_push_that_refuses_refuses(made: Repo, run: Run, tmp_path: Path) -> None:
    hook(made.path / ".git" / "hooks", "pre-push", '#!/bin/bash\nread line\necho "$line" > "$LOG"\nexit 1\n')
    run(made.path, "enable")
    made.run("init", "-q", "--bare", "--template=", str(tmp_path / "server.git"))
    with pytest.raises(subprocess.CalledProcessError):
        made.run("push", "-q", str(tmp_path / "server.git"), "main", env={"LOG": str(tmp_path / "log")})
    assert (tmp_path / "log").read_text().startswith("refs/heads/main ")


@pytest.mark.parametrize("where", ["aside", "linked"])
def test_what_is_no_shell_script_is_put_aside(made: Repo, run: Run, tmp_path: Path, where: str) -> None:
    hooks = made.path / ".git" / "hooks"
    script = f"#!{sys.executable}\nimport os, sys\nopen(os.environ['LOG'], 'w').write(sys.argv[0])\n"
    if where == "aside":
        hook(hooks, "post-commit", script)
    else:
        hook(made.path / "tools", "any-hook", script)
        hooks.mkdir(exist_ok=True)
        (hooks / "post-commit").symlink_to("../../tools/any-hook")
    before = shown(hooks)
    run(made.path, "enable")
    log = tmp_path / "log"
    made.run("commit", "-q", "--allow-empty", "-m", "x", env={"LOG": str(log)})
    assert log.read_text().endswith("/post-commit")
    assert [event["event"] for event in events(made)] == ["commit"]
    run(made.path, "disable")
    assert shown(hooks) == before
    if where == "linked":
        assert (made.path / "tools" / "any-hook").read_text() == script


def test_what_a_person_writes_below_later_runs(shared: Story, run: Run, tmp_path: Path) -> None:
    root, hooks = shared.world.root, shared.world.root / ".git" / "hooks"
    for name in ("post-commit", "pre-push"):
        path = hooks / name
        path.write_text(path.read_text() + f'echo "{name} $(cat)" >> {tmp_path}/ran\n')
    shared.edit("A", f="a s1 s2 b").commit("more")
    shared.git("push", "-q", "origin", "main")
    first, second = (tmp_path / "ran").read_text().splitlines()
    assert first == "post-commit " and second.startswith("pre-push refs/heads/main ")
    assert names.BRANCH in branches(shared)
    (hooks / "pre-push").write_text((hooks / "pre-push").read_text() + "exit 1\n")
    shared.git_stops("push", "-q", "origin", "HEAD:refs/heads/other")
    assert "refs/heads/other" not in branches(shared)
    run(root, "disable", "--hooks-only")
    assert (hooks / "post-commit").read_text() == f'#!/bin/sh\necho "post-commit $(cat)" >> {tmp_path}/ran\n'
    assert not (hooks / "post-merge").exists()


def test_a_hook_that_is_switched_off_stays_off(made: Repo, run: Run, tmp_path: Path) -> None:
    hooks = made.path / ".git" / "hooks"
    hook(hooks, "post-commit", f"#!/bin/sh\ntouch {tmp_path}/ran\n", 0o644)
    before = shown(hooks)
    run(made.path, "enable")
    made.run("commit", "-q", "--allow-empty", "-m", "x")
    assert not (tmp_path / "ran").exists()
    assert len(events(made)) == 1
    run(made.path, "disable")
    assert shown(hooks) == before


def test_a_folder_of_hooks_elsewhere(made: Repo, repo: NewRepo, run: Run, tmp_path: Path) -> None:
    """As husky has it: the stub reads another script, by its own name."""
    shared = tmp_path / "shared hooks"
    hook(shared, "post-commit", '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
    hook(shared, "h", 'echo "$(basename "$0")" >> "$LOG"\nexit 0\n', 0o644)
    other = repo("other")
    for one in (made, other):
        one.run("config", "core.hooksPath", str(shared))
    before = shown(shared)
    assert run(made.path, "enable")[0] == run(other.path, "enable")[0] == 0
    made.run("commit", "-q", "--allow-empty", "-m", "x", env={"LOG": str(tmp_path / "log")})
    assert (tmp_path / "log").read_text() == "post-commit\n"
    assert len(events(made)) == 1
    assert not (made.path / ".git" / "hooks").exists()
    assert "uses the same hooks" in run(made.path, "disable")[1]
    assert shown(shared) != before
    run(other.path, "disable")
    assert shown(shared) == before


def test_hooks_of_the_project_are_told_of(made: Repo, run: Run) -> None:
    hook(made.path / ".husky", "post-commit", "#!/bin/sh\ntrue\n")
    made.commit("hooks", {})
    made.run("config", "core.hooksPath", ".husky")
    _, out, _ = run(made.path, "enable", "--json")
    told = json.loads(out)
    assert told["folder"] == str(made.path / ".husky")
    assert {row["hook"]: row["chained"] for row in told["hooks"]} == {name: name == "post-commit" for name in HOOKS}
    assert len(told["notes"]) == 2 and "git status" in told["notes"][0] and "husky" in told["notes"][1]
    run(made.path, "disable")
    assert made.run("status", "--porcelain") == ""


def test_what_a_person_adds_meanwhile_stays(made: Repo, run: Run) -> None:
    path = hook(made.path / ".git" / "hooks", "post-commit", "#!/bin/sh\ntrue\n")
    run(made.path, "enable")
    path.write_bytes(path.read_bytes() + b"false\n")
    new = made.path / ".git" / "hooks" / "post-merge"
    new.write_bytes(new.read_bytes() + b"echo mine\n")
    run(made.path, "disable")
    assert path.read_text() == "#!/bin/sh\ntrue\nfalse\n"
    assert new.read_text() == "#!/bin/sh\necho mine\n"


def test_hooks_that_are_switched_off(made: Repo, run: Run) -> None:
    made.run("config", "core.hooksPath", "/dev/null")
    code, _, err = run(made.path, "enable")
    assert (code, err) == (1, "byline: git hooks are switched off here: core.hooksPath is /dev/null\n")


def test_recording_goes_off_and_on(made: Repo, run: Run) -> None:
    config = (made.path / ".git" / "config").read_bytes()
    run(made.path, "enable")
    run(made.path, "disable", "--hooks-only")
    assert (made.path / ".git" / "config").read_bytes() == config
    run(made.path, "disable")
    assert made.run("config", "byline.enabled") == "false"
    run(made.path, "enable")
    assert (made.path / ".git" / "config").read_bytes() == config


def test_git_goes_on_when_byline_is_gone(made: Repo, run: Run, tmp_path: Path) -> None:
    run(made.path, "enable")
    for path in (made.path / ".git" / "hooks").iterdir():
        path.write_text(path.read_text().replace(sys.executable, "/nowhere/python"))
    made.run("init", "-q", "--bare", "--template=", str(tmp_path / "server.git"))
    made.run("commit", "-q", "--amend", "--allow-empty", "-m", "x")
    made.run("push", "-q", str(tmp_path / "server.git"), "main")
    assert made.run("log", "-1", "--format=%s") == "x"


def test_a_push_takes_anchors_along(tmp_path: Path, run: Run) -> None:
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 b").commit("add")
    env, here = tale.world.environment(), tale.world.root
    tale.git("init", "-q", "--bare", "--template=", str(tmp_path / "server.git"))
    tale.git("remote", "add", "origin", str(tmp_path / "server.git"))
    assert run(here, "enable", env=env)[0] == 0
    tale.git("push", "-q", "origin", "main")
    assert resolve(Git(tmp_path / "server.git"), names.BRANCH) == resolve(Git(here), names.BRANCH) is not None
    # A server that takes branches but no anchors, and does not answer: the push goes through, in time.
    hook(tmp_path / "server.git" / "hooks", "pre-receive", "#!/bin/sh\ngrep -q byline/ || exit 0\nsleep 30\n")
    tale.edit("A", f="a s1 s2 b").commit("more")
    start = time.monotonic()
    tale.git("push", "-q", "origin", "main")
    assert time.monotonic() - start < 7
    assert tale.world.git("rev-parse", "HEAD") == tale.world.git("ls-remote", "origin", "main")[:40] + b"\n"


@pytest.fixture
def shared(tmp_path: Path, run: Run) -> Story:
    """A commit that has no anchor yet, an empty server, and hooks that are switched on."""
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 b").commit("add")
    tale.git("init", "-q", "--bare", "--template=", str(tmp_path / "server.git"))
    tale.git("remote", "add", "origin", str(tmp_path / "server.git"))
    assert run(tale.world.root, "enable", env=tale.world.environment())[0] == 0
    return tale


@pytest.mark.parametrize("seconds", [0.3, 60])
def test_what_is_anchored_goes_out_though_the_rest_takes_too_long(
    shared: Story, run: Run, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """A commit of many files, and one file that takes for ever."""
    read = FileReader.read

    def slow(reader: FileReader, commit: Any, delta: Any) -> Any:
        time.sleep(seconds if delta.path.startswith("n") else 0)
        return read(reader, commit, delta)

    def there() -> list[str]:
        """The subjects of the commits whose anchors the server has."""
        paths = shared.world.git("ls-tree", "-r", "--name-only", "refs/remotes/origin/byline/anchors/v1").decode()
        commits = {place[0] for path in paths.split() if (place := names.stored(path)) is not None}
        return sorted(shared.world.git("show", "-s", "--format=%s", commit).decode().strip() for commit in commits)

    here = shared.world.root
    for number in range(20):
        (here / f"n{number}.txt").write_text(f"{number}\n")
    shared.git("add", "-A")
    shared.commit("many").edit("A", f="a s1 s2 b").commit("more")
    monkeypatch.setattr(FileReader, "read", slow)
    for done in (["add"], ["add", "more"]):
        start = time.monotonic()
        assert run(here, "push", "--hook", "origin") == (0, "", "")
        assert time.monotonic() - start < 5.5
        assert there() == done
        assert resolve(Git(here.parent / "server.git"), names.BRANCH) == resolve(Git(here), names.BRANCH)
        assert "no time to anchor all" in (here / ".git" / "byline" / "errors.log").read_text()
    monkeypatch.setattr(FileReader, "read", read)
    assert run(here, "push", "--hook", "origin") == (0, "", "")
    assert there() == ["add", "many", "more"]


def branches(shared: Story) -> set[str]:
    """What the server has."""
    return {line.split("\t")[1] for line in shared.world.git("ls-remote", "origin").decode().splitlines()} - {"HEAD"}


def test_a_rehearsed_push_publishes_nothing(shared: Story) -> None:
    shared.git("config", "alias.rehearse", "push --dry-run")
    for words in ("push -n", "push --dry-run", "-c a.b=c push -vn", "rehearse"):
        shared.git(*words.split(), "origin", "main")
        assert (words, branches(shared)) == (words, set())
    shared.git("push", "-q", "origin", "main")
    assert branches(shared) == {"refs/heads/main", names.BRANCH}


@pytest.mark.parametrize(
    "own", [None, "#!/bin/sh\ncat >>log\n", "#!/bin/sh\nexit 0\n"], ids=["alone", "reads", "not"]
)
def test_a_branch_in_the_way_of_ours_is_pushed_all_the_same(shared: Story, run: Run, own: str | None) -> None:
    here = shared.world.root
    if own:
        run(here, "disable", "--hooks-only")
        hook(here / ".git" / "hooks", "pre-push", own)
        run(here, "enable")
    head = shared.world.git("rev-parse", "HEAD").decode().strip()
    shared.git("push", "-q", "origin", "HEAD:refs/heads/byline")
    assert branches(shared) == {"refs/heads/byline"}
    shared.git("push", "-q", "origin", ":refs/heads/byline")
    shared.git("push", "-q", "origin", "HEAD:refs/heads/main")
    assert branches(shared) == {"refs/heads/main", names.BRANCH}
    shared.git("push", "-q", "origin", "HEAD:refs/heads/main")  # git has nothing to tell its hook
    if own and "log" in own:
        first, second, third = (here / "log").read_text().splitlines()
        assert first == f"HEAD {head} refs/heads/byline {'0' * 40}"
        assert (second[:9], third) == ("(delete) ", f"HEAD {head} refs/heads/main {'0' * 40}")


def test_the_branch_of_anchors_is_pushed_by_hand_with_hooks(shared: Story, run: Run) -> None:
    run(shared.world.root, "sync")
    shared.git("push", "-q", "origin", "--all")
    assert branches(shared) == {"refs/heads/main", names.BRANCH}
    shared.edit("A", f="a s1 s2 b").commit("more")
    run(shared.world.root, "sync")
    shared.git("push", "-q", "origin", "--all")


def test_what_git_told_is_in_the_anchor(made: Repo, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very first event is the commit's own."""
    monkeypatch.delenv("CI", raising=False)  # it would make every commit an automated one
    run(made.path, "enable")
    head = made.commit("second", {"a.txt": "b\n"})
    agents = made.run(
        "commit", "-q", "--allow-empty", "-m", "x", env={"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "s"}
    )
    assert agents == ""
    _, out, _ = run(made.path, "sync", "--json")
    assert json.loads(out)["commits"] == [head, made.run("rev-parse", "HEAD")]
    told = []
    for commit in json.loads(out)["commits"]:
        anchor = json.loads(made.run("show", f"{names.BRANCH}:{names.folder(commit)}metadata.json"))
        told.append((anchor["author_type"], anchor["author_type_source"]))
    tty = next(event["tty"] for event in events(made))
    assert told == [("human" if tty else "automated", "observed"), ("agent", "observed")]


def test_rewrites_name_the_sources_of_a_commit(made: Repo, run: Run) -> None:
    """A fixup has another title and author date than what it went into, and here no reflog tells."""
    from byline.workspace.workspace import Workspace

    made.run("config", "core.logAllRefUpdates", "false")
    run(made.path, "enable")
    made.commit("zero", {"a.txt": "zero\n"})
    one = made.commit("one", {"b.txt": "b\n"})
    two = made.commit("fixup! one", {"b.txt": "b\nc\n"})
    made.run(
        "rebase", "-q", "-i", "--autosquash", "HEAD~2", env={"GIT_SEQUENCE_EDITOR": "true", "GIT_EDITOR": "true"}
    )
    with Workspace.for_path(made.path, os.environ) as workspace:
        workspace.refresh()
        assert workspace._history is not None
        sources = workspace._history.named_sources(made.run("rev-parse", "HEAD"))
    words = {tip: words for _, tip, words in sources}
    assert words[one] == f"amend of {one[:7]}"  # the fixup amended it, and the rebase says so once more
    assert words[two] == f"rebase from {two[:7]}"
    assert len({(base, tip) for base, tip, _ in sources}) == len(sources)


# -- a folder of hooks that is that of several repositories ---------------------------------------------------------


@pytest.fixture
def everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of hooks for all repositories of a person, with hooks of theirs in it."""
    shared = tmp_path / "ghooks"
    hook(shared, "post-commit", '#!/bin/sh\necho mine >> "${LOG:-/dev/null}"\n')
    config = tmp_path / "gitconfig"
    config.write_text(f"[core]\n\thooksPath = {shared}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    return shared


def anchored(tmp_path: Path, name: str) -> tuple[Repo, Path]:
    """A repository with an agent's commit, and its remote."""
    path, server = tmp_path / name, tmp_path / f"{name}.git"
    path.mkdir()
    made = Repo(path)
    made.run("init", "-q", "-b", "main", "--template=")
    made.run("init", "-q", "--bare", "--template=", str(server))
    made.run("remote", "add", "origin", str(server))
    made.commit("first", {"a.txt": "a\n"})
    return made, server


def test_hooks_for_all_repositories_act_only_where_they_were_asked_for(
    tmp_path: Path, run: Run, everywhere: Path
) -> None:
    (wanted, wanted_server), (other, other_server) = anchored(tmp_path, "wanted"), anchored(tmp_path, "other")
    before = shown(everywhere)
    code, out, _ = run(wanted.path, "enable")
    assert code == 0 and "core.hooksPath is set for all your repositories" in out
    for one in (wanted, other):
        run(one.path, "sync")
        one.run("commit", "-q", "--allow-empty", "-m", "x", env={"LOG": str(tmp_path / "log")})
        one.run("push", "-q", "origin", "main")
    assert (tmp_path / "log").read_text() == "mine\nmine\n"
    assert [event["event"] for event in events(wanted)] == ["commit"]
    assert events(other) == []
    assert resolve(Git(wanted_server), names.BRANCH) is not None
    assert resolve(Git(other_server), names.BRANCH) is None
    told = [
        one for one in json.loads(run(other.path, "doctor", "--json")[1])["problems"] if one["check"] == "git hooks"
    ]
    assert [one["level"] for one in told] == ["note"] and "for 1 other repository only" in told[0]["problem"]

    # In the other one, too; out of the first; then out of the last, which gives the old bytes back.
    assert json.loads(run(other.path, "enable", "--json")[1])["shared"] is True
    assert f"{other.path}/.git uses the same hooks" in run(wanted.path, "disable", "--hooks-only")[1]
    for one in (wanted, other):
        one.run("commit", "-q", "--allow-empty", "-m", "y")
    assert [event["event"] for event in events(wanted)] == ["commit"]
    assert [event["event"] for event in events(other)] == ["commit"]
    run(other.path, "disable")
    assert shown(everywhere) == before
    assert not (other.path / ".git" / "byline" / "githooks").exists()


def test_hooks_from_before_there_were_marks(tmp_path: Path, run: Run, everywhere: Path) -> None:
    """Their text does not say that a mark is needed; the record of the folder names those that were enabled."""
    (wanted, _), (other, other_server) = anchored(tmp_path, "wanted"), anchored(tmp_path, "other")
    run(wanted.path, "enable")
    (wanted.path / ".git" / "byline" / "githooks").unlink()
    for path in everywhere.iterdir():
        path.write_text(path.read_text().replace("BYLINE_HOOKS=marked ", ""))
        assert "BYLINE_HOOKS" not in path.read_text()
    run(other.path, "sync")
    for one in (wanted, other):
        one.run("commit", "-q", "--allow-empty", "-m", "x")
    other.run("push", "-q", "origin", "main")
    assert [event["event"] for event in events(wanted)] == ["commit"]
    assert events(other) == []
    assert resolve(Git(other_server), names.BRANCH) is None


def test_hooks_of_its_own_from_before_there_were_marks(made: Repo, run: Run) -> None:
    run(made.path, "enable")
    (made.path / ".git" / "byline" / "githooks").unlink()
    for path in (made.path / ".git" / "hooks").iterdir():
        path.write_text(path.read_text().replace("BYLINE_HOOKS=marked ", ""))
    made.path.rename(made.path.with_name("moved"))  # so that the record names it no longer
    moved = Repo(made.path.with_name("moved"))
    moved.run("commit", "-q", "--allow-empty", "-m", "x")
    assert [event["event"] for event in events(moved)] == ["commit"]


def test_a_repository_that_was_moved_stays_enabled(tmp_path: Path, run: Run, everywhere: Path) -> None:
    wanted, _ = anchored(tmp_path, "wanted")
    run(wanted.path, "enable")
    moved = Repo(wanted.path.rename(tmp_path / "moved"))
    moved.run("commit", "-q", "--allow-empty", "-m", "x")
    assert [event["event"] for event in events(moved)] == ["commit"]


def test_disable_reaches_the_folder_git_looked_in_before(made: Repo, run: Run, tmp_path: Path) -> None:
    shared = tmp_path / "hooks of before"
    hook(shared, "post-commit", "#!/bin/sh\ntrue\n")
    before = shown(shared)
    made.run("config", "core.hooksPath", str(shared))
    run(made.path, "enable")
    assert shown(shared) != before
    made.run("config", "--unset", "core.hooksPath")
    assert run(made.path, "disable")[0] == 0
    assert shown(shared) == before


@pytest.mark.parametrize(
    ("said", "is_ci"),
    [("true", True), ("1", True), ("woodpecker", True)]
    + [(word, False) for word in ("0", "false", "False", "no", "off", "OFF", "")],
)
def test_values_that_say_it_is_no_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, is_ci: bool) -> None:
    from byline_hooks.dialects.git import observe

    monkeypatch.chdir(tmp_path)
    (seen,) = observe({"hook": ["post-commit"], "stdin": b""}, {"CI": said})
    assert seen.fields.get("ci") is (True if is_ci else None)
