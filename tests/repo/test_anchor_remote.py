"""Two clones and a server: anchors go both ways, nothing is lost, and all end with the same bytes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from anchorkit import anchor, fetch, links, numbers, push, put
from byline.cli.main import dispatch
from byline.errors import BylineError
from byline.repo.anchors import names
from byline.repo.anchors.branch import BranchInTheWay, write
from byline.repo.anchors.checks import problems
from byline.repo.anchors.format import Anchor
from byline.repo.anchors.gate import Sealed
from byline.repo.anchors.listing import resolve
from byline.repo.anchors.merge import join
from byline.repo.anchors.record import dump, load
from byline.repo.anchors.remote import Exchange, NotExchanged
from byline.repo.anchors.remotes import NoRemote, choose
from byline.repo.run import Git
from gitrepo import Repo
from story import ForkedHook, story

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stories and kill need a POSIX system")


class Team:
    """A bare server and clones of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = folder / "server.git"
        first = folder / "first"
        first.mkdir()
        repo = Repo(first)
        repo.run("init", "-q", "-b", "main", "--template=")
        repo.commit("first", {"a.txt": "a\n"})
        repo.run("clone", "-q", "--bare", "--template=", ".", str(self.server))

    def clone(self, name: str, *options: str) -> Repo:
        path = self.folder / name
        path.mkdir()
        repo = Repo(path)
        repo.run("clone", "-q", "--template=", *options, self.server.as_uri(), ".")
        return repo

    def tip(self) -> str | None:
        return resolve(Git(self.server), names.BRANCH)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def sound(path: Path) -> None:
    done = subprocess.run(["git", "fsck", "--strict", "--no-dangling"], cwd=path, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_one_pushes_the_other_fetches(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    assert push(ada).tip is None
    put(ada, 1, 2)
    done = push(ada)
    assert done.pushed and team.tip() == done.tip == resolve(ada.git, names.BRANCH)
    assert not push(ada).pushed
    fetched = fetch(bob)
    assert fetched.moved and fetched.theirs == team.tip()
    assert resolve(bob.git, names.BRANCH) is None  # who only reads gets no branch
    assert numbers(bob, "refs/remotes/origin/byline/anchors/v1") == {1, 2}
    assert not fetch(bob).moved


def test_both_have_something_new(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    put(ada, 1)
    put(bob, 2)
    push(ada)
    done = push(bob)
    assert done.pushed and done.moved
    assert numbers(bob) == {1, 2}
    assert fetch(ada).moved
    assert resolve(ada.git, names.BRANCH) == resolve(bob.git, names.BRANCH) == team.tip()
    for path in (ada.path, bob.path, team.server):
        sound(path)


def test_a_merge_is_the_same_whoever_makes_it(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    put(ada, 1, 2)
    push(ada)
    fetch(bob)
    bob.run("update-ref", names.BRANCH, "refs/remotes/origin/byline/anchors/v1")
    put(ada, 3, owners="ab.")
    put(bob, 3, owners=".ca")
    put(ada, 4)
    put(bob, 5)
    one, other = (str(resolve(repo.git, names.BRANCH)) for repo in (ada, bob))
    ada.run("fetch", "-q", str(bob.path), f"{names.BRANCH}:refs/x/other")
    bob.run("fetch", "-q", str(ada.path), f"{names.BRANCH}:refs/x/other")
    joined = join(ada.git, one, other)
    assert joined == join(bob.git, other, one)
    ada.run("update-ref", names.BRANCH, joined)
    assert numbers(ada) == {1, 2, 3, 4, 5}
    data = json.loads(ada.run("show", f"{joined}:{names.folder(f'{3:040x}')}metadata.json"))
    parts = data["file_changes"][0]["line_attributions"]
    assert [(part["session_id"], part["ranges"]) for part in parts] == [
        ("a", [{"start": 1, "end": 1}, {"start": 3, "end": 3}])
    ]
    assert ada.run("for-each-ref", "refs/byline") == ""
    sound(ada.path)


def test_a_newer_description_replaces_the_one_it_was_made_from(team: Team) -> None:
    """Only one side changed it since they parted: no conflict."""
    ada, bob = team.clone("ada"), team.clone("bob")
    put(ada, 1, owners="a")
    push(ada)
    fetch(bob)
    bob.run("update-ref", names.BRANCH, "refs/remotes/origin/byline/anchors/v1")
    put(ada, 2)
    push(ada)
    rewrite(bob, 1, "b")
    push(bob)
    data = json.loads(bob.run("show", f"{names.BRANCH}:{names.folder(f'{1:040x}')}metadata.json"))
    assert data["session_ids"] == ["b"]
    assert numbers(bob) == {1, 2}


def rewrite(repo: Repo, number: int, owners: str) -> None:
    """Describe a commit anew, as a later version of byline might."""
    from byline.repo.anchors.record import dump

    tip = resolve(repo.git, names.BRANCH)
    given = dump(anchor(owners, commit_hash=f"{number:040x}"))
    path = f"{names.folder(f'{number:040x}')}metadata.json"
    stream = (
        b"commit %s\ncommitter b <b@x> 1900000000 +0000\ndata 1\nx\nfrom %s\nM 100644 inline %s\ndata %d\n%s\n"
        % (
            names.BRANCH.encode(),
            str(tip).encode(),
            path.encode(),
            len(given),
            given,
        )
    )
    repo.run("fast-import", "--quiet", input=stream)


def test_branches_that_began_apart_are_joined(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    put(ada, 1)
    push(ada)
    bob.run(
        "fast-import", "--quiet", input=b"commit %s\ncommitter b <b@x> 9 +0000\ndata 1\nx\n" % names.BRANCH.encode()
    )
    put(bob, 2)
    push(bob)
    assert numbers(bob) == {1, 2}
    assert bob.run("show", f"{names.BRANCH}:README.md").startswith("# Who wrote")


def test_odd_files_on_the_branch_survive(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    put(ada, 1)
    push(ada)
    fetch(bob)
    bob.run("update-ref", names.BRANCH, "refs/remotes/origin/byline/anchors/v1")
    put(ada, 2)
    blob = bob.run("hash-object", "-w", "--stdin", input=b"x")
    tip = str(resolve(bob.git, names.BRANCH))
    stream = b"commit %s\ncommitter b <b@x> 9 +0000\ndata 1\nx\nfrom %s\n" % (names.BRANCH.encode(), tip.encode())
    stream += b'M 100644 %s "later/\\303\\244 \\"q\\\\.json"\nM 120000 %s link\n' % (blob.encode(), blob.encode())
    bob.run("fast-import", "--quiet", input=stream)
    push(bob)
    push(ada)
    assert 'later/ä "q\\.json' in ada.run("ls-tree", "-r", "-z", "--name-only", names.BRANCH).split("\0")
    assert numbers(ada) == {1, 2}
    sound(ada.path)


def hostile(repo: Repo, *entries: tuple[str, str, bytes]) -> None:
    """A commit that git itself would not make, on top of the branch: mode, name and contents of each entry."""
    raw = repo.run("rev-parse", f"{names.BRANCH}^{{tree}}")
    listed = subprocess.run(["git", "cat-file", "tree", raw], cwd=repo.path, capture_output=True, check=True).stdout
    for mode, name, data in entries:
        kind = "tree" if mode == "40000" else "blob"
        made = repo.run("hash-object", "--literally", "-w", "-t", kind, "--stdin", input=data)
        listed += f"{mode} {name}".encode() + b"\0" + bytes.fromhex(made)
    tree = repo.run("hash-object", "--literally", "-w", "-t", "tree", "--stdin", input=listed)
    tip = repo.run("commit-tree", tree, "-p", names.BRANCH, "-m", "x")
    repo.run("update-ref", names.BRANCH, tip)


def test_a_malformed_branch_is_not_taken(team: Team) -> None:
    mallory, bob = team.clone("mallory"), team.clone("bob")
    put(mallory, 1)
    blob = mallory.run("hash-object", "-w", "--stdin", input=b"x")
    inner = b"100644 evil\0" + bytes.fromhex(blob)
    hostile(mallory, ("40000", "..", inner), ("40000", ".git", inner))
    mallory.run("push", "-q", "origin", names.BRANCH)
    put(bob, 2)
    for exchange in (push, fetch):
        with pytest.raises(NotExchanged, match="malformed"):
            exchange(bob)
    assert numbers(bob) == {2}
    sound(bob.path)
    # A plain `git fetch` takes it: it is read as far as it makes sense, and not joined.
    bob.run("fetch", "-q", "origin")
    assert numbers(bob, "refs/remotes/origin/byline/anchors/v1") == {1}
    for exchange in (push, fetch):
        with pytest.raises(NotExchanged, match="malformed"):
            exchange(bob)
    assert numbers(bob) == {2}


def test_a_file_where_folders_are_costs_nobody_an_anchor(team: Team) -> None:
    mallory, bob = team.clone("mallory"), team.clone("bob")
    put(mallory, 1)
    push(mallory)
    fetch(bob)
    bob.run("update-ref", names.BRANCH, "refs/remotes/origin/byline/anchors/v1")
    for two in (0x22, 0x33):
        put(bob, two << 152, date=1_800_000_000 - (two << 152))
    tip = str(resolve(mallory.git, names.BRANCH))
    three = names.folder(f"{0x33 << 152:040x}")
    stream = b"commit %s\ncommitter b <b@x> 9 +0000\ndata 1\nx\nfrom %s\n" % (names.BRANCH.encode(), tip.encode())
    stream += b"M 100644 inline 22\ndata 1\nx\nM 100644 inline %smetadata.json/x.json\ndata 1\nx\n" % three.encode()
    mallory.run("fast-import", "--quiet", input=stream)
    push(mallory)
    push(bob)
    push(mallory)
    assert numbers(bob) == numbers(mallory) == {1, 0x22 << 152, 0x33 << 152}
    assert resolve(bob.git, names.BRANCH) == resolve(mallory.git, names.BRANCH) == team.tip()


def test_a_joined_anchor_passes_the_gate_and_the_checks(team: Team) -> None:
    """What others let through is freed of secrets; what contradicts itself is not joined with."""
    mallory, bob = team.clone("mallory"), team.clone("bob")
    token = "ghp_" + "a1B2" * 9
    for repo, message, owners in ((mallory, f"key {token} in /home/mallory/x", "ab"), (bob, "m", "a.")):
        given = [
            anchor(owners, commit_hash=f"{7:040x}", message=message),
            anchor("aa", commit_hash=f"{8:040x}", **({"human_added": 5} if repo is mallory else {})),
        ]
        files = [
            Sealed(
                one.commit_hash,
                1_800_000_000,
                (
                    (f"{names.folder(one.commit_hash)}metadata.json", dump(one)),
                    *(
                        (f"{names.folder(one.commit_hash)}{number}/metadata.json", dump(link))
                        for number, link in enumerate(links(*one.session_ids), 1)
                    ),
                ),
            )
            for one in given
        ]
        write(repo.git, files, lambda tip: frozenset())
    push(mallory)
    push(bob)
    joined = bob.run("show", f"{names.BRANCH}:{names.folder(f'{7:040x}')}metadata.json")
    assert token not in joined and "/home/mallory" not in joined
    assert json.loads(joined)["session_ids"] == ["a", "b"]
    whole = load(Anchor, bob.run("show", f"{names.BRANCH}:{names.folder(f'{8:040x}')}metadata.json").encode())
    assert problems(whole, links("a"), None) == []
    push(mallory)
    assert resolve(bob.git, names.BRANCH) == resolve(mallory.git, names.BRANCH)


def test_notes_and_branches_of_other_tools_come_along(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob", "--single-branch")
    head = ada.run("rev-parse", "HEAD")
    ada.run("notes", "--ref=ai", "add", "-m", "theirs", head)
    ada.run("push", "-q", "origin", "refs/notes/ai", f"{head}:{names.OOBO_BRANCH}")
    bob.run("notes", "--ref=ai", "add", "-m", "mine", head)
    refs = ["refs/notes/remotes/origin/ai", "refs/remotes/origin/oobo/anchors/v1"]
    outcome = fetch(bob)
    assert (outcome.theirs, outcome.others) == (None, refs)
    assert fetch(bob).others == []
    assert bob.run("notes", "--ref=ai", "show", head) == "mine"
    assert bob.run("notes", "--ref=remotes/origin/ai", "show", head) == "theirs"


def test_what_is_fetched_from_an_address_is_seen(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    put(ada, 1)
    fetch(bob, str(ada.path))
    assert numbers(bob) == {1}


def test_a_clone_of_one_branch(team: Team) -> None:
    ada = team.clone("ada")
    put(ada, 1)
    push(ada)
    bob = team.clone("bob", "--single-branch", "--depth=1")
    assert resolve(bob.git, "refs/remotes/origin/byline/anchors/v1") is None
    fetch(bob)
    assert numbers(bob, "refs/remotes/origin/byline/anchors/v1") == {1}
    put(bob, 2)
    push(bob)
    assert numbers(bob) == {1, 2}
    assert resolve(bob.git, "refs/remotes/origin/byline/anchors/v1") == team.tip()


def test_a_partial_clone_has_the_contents(team: Team) -> None:
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=team.server, check=True)
    subprocess.run(["git", "config", "uploadpack.allowAnySHA1InWant", "true"], cwd=team.server, check=True)
    ada = team.clone("ada")
    put(ada, 1)
    push(ada)
    bob = team.clone("bob", "--filter=blob:none")
    fetch(bob)
    missing = bob.run("rev-list", "--objects", "--missing=print", "refs/remotes/origin/byline/anchors/v1")
    assert "?" not in missing


def test_a_clone_without_trees_says_what_it_lacks(team: Team, run: Callable[..., tuple[int, str, str]]) -> None:
    """Without contents only git cannot tell the commits of lines: they stand as not known, and are not kept."""
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=team.server, check=True)
    subprocess.run(["git", "config", "uploadpack.allowAnySHA1InWant", "true"], cwd=team.server, check=True)
    ada = team.clone("ada")
    ada.commit("more", {"a.txt": "a\nb\n"})
    ada.run("push", "-q", "origin", "main")
    put(ada, 1)
    push(ada)
    bob = team.clone("bob", "--filter=tree:0")
    bob.commit("own", {"b.txt": "b\n"})
    env = {**os.environ, "HOME": str(team.folder), "XDG_DATA_HOME": str(team.folder / "data")}
    helps = "`git fetch --refetch --no-filter` brings it\n"
    lacking = f"byline: this partial clone lacks a part of the history; {helps}"
    assert run(bob.path, env, "blame", "a.txt") == (1, "", lacking)
    assert run(bob.path, env, "sync") == (1, "", lacking)
    fetch(bob)
    assert run(bob.path, env, "blame", "a.txt") == (1, "", lacking)
    eve = team.clone("eve", "--filter=blob:none")
    code, out, err = run(eve.path, env, "blame", "a.txt")
    assert (code, [line[:2] for line in out.splitlines()], err.endswith(helps)) == (0, ["? ", "? "], True)
    if bob.git.version() >= (2, 36):
        bob.run("fetch", "-q", "--refetch", "--no-filter")
        code, out, err = run(bob.path, env, "blame", "a.txt")
        assert (code, err) == (0, "") and out.startswith(bob.run("rev-parse", "HEAD~2")[:8])


def test_what_a_person_fetched_last_stays(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    put(ada, 1)
    push(ada)
    bob.run("fetch", "-q", "origin", "main")
    before = (bob.path / ".git" / "FETCH_HEAD").read_bytes()
    fetch(bob)
    assert (bob.path / ".git" / "FETCH_HEAD").read_bytes() == before


def test_nothing_of_a_repository_runs(team: Team) -> None:
    """No hook of the person's, not even for the refs."""
    ada = team.clone("ada")
    mark = team.folder / "ran"
    hooks = ada.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-push", "reference-transaction", "post-merge"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{mark}'\n")
        (hooks / name).chmod(0o755)
    put(ada, 1)
    push(ada)
    fetch(ada)
    assert not mark.exists()


# -- what is in the way ---------------------------------------------------------------------------------------------


def test_a_branch_named_byline_on_the_remote(team: Team) -> None:
    ada = team.clone("ada")
    subprocess.run(["git", "branch", "byline", "main"], cwd=team.server, check=True)
    put(ada, 1)
    with pytest.raises(BylineError, match="a branch named 'byline' on origin is in byline's way"):
        push(ada)
    ada.run("fetch", "-q")
    with pytest.raises(BylineError, match="'byline' on origin is in byline's way"):
        push(ada)


def test_a_branch_named_byline_was_on_the_remote(team: Team) -> None:
    ada, bob = team.clone("ada"), team.clone("bob")
    subprocess.run(["git", "branch", "byline", "main"], cwd=team.server, check=True)
    bob.run("fetch", "-q")
    subprocess.run(["git", "branch", "-D", "byline"], cwd=team.server, check=True, stdout=subprocess.DEVNULL)
    put(ada, 1)
    push(ada)
    with pytest.raises(BranchInTheWay, match="git fetch --prune origin"):
        fetch(bob)


def test_a_refusing_server_is_quoted(team: Team) -> None:
    ada = team.clone("ada")
    hook = team.server / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'only main is welcome' >&2\nexit 1\n")
    hook.chmod(0o755)
    put(ada, 1)
    with pytest.raises(NotExchanged, match="origin refuses the branch byline/anchors/v1: only main is welcome"):
        push(ada)


def test_no_remote(team: Team, repo: Callable[..., Repo]) -> None:
    alone = repo("alone")
    with pytest.raises(NoRemote, match="no remote"):
        choose(alone.git)
    with pytest.raises(NoRemote, match="no remote 'nowhere'"):
        choose(alone.git, "nowhere")
    with pytest.raises(NoRemote):
        choose(alone.git, "--upload-pack=touch x")


def test_which_remote(team: Team) -> None:
    ada = team.clone("ada")
    ada.run("remote", "add", "fork", str(team.server))
    assert choose(ada.git).name == "origin"
    ada.run("config", "branch.main.remote", "fork")
    assert choose(ada.git).name == "fork"
    assert choose(ada.git, "origin").name == "origin"
    put(ada, 1)
    assert push(ada, str(team.server)).pushed
    assert team.tip() == resolve(ada.git, names.BRANCH)


def test_a_remote_that_is_gone(team: Team) -> None:
    ada = team.clone("ada")
    put(ada, 1)
    team.server.rename(team.folder / "moved.git")
    with pytest.raises(NotExchanged, match=r"origin cannot be reached: .*does not"):
        push(ada)


def test_a_remote_that_does_not_answer(team: Team) -> None:
    ada = team.clone("ada")
    put(ada, 1)
    ada.run("config", "remote.origin.receivepack", "sleep 60; git-receive-pack")
    start = time.monotonic()
    with pytest.raises(NotExchanged, match="did not answer in 1 s"):
        push(ada, seconds=1.0)
    assert time.monotonic() - start < 4


# -- many at once, and killed ---------------------------------------------------------------------------------------

WORKER = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from gitrepo import Repo
from anchorkit import fetch, push, put
repo = Repo(Path({path!r}))
for number in range({first}, {first} + 12):
    put(repo, number, owners="ab."[number % 3:] + "." * (number % 3))
    put(repo, 1000 + number % 12, owners={shared!r})
    try:
        (push if number % 3 else fetch)(repo)
    except Exception as problem:
        print(number, type(problem).__name__, problem, file=sys.stderr)
    print(number, flush=True)
"""


def work(path: Path, first: int, shared: str) -> "subprocess.Popen[str]":
    paths = [str(Path(__file__).parent.parent)]
    code = WORKER.format(paths=paths, path=str(path), first=first, shared=shared)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_clones_that_push_and_fetch_and_die(team: Team) -> None:
    """Each is killed a few times in the middle and started again; in the end both have everything."""
    clones = [team.clone("ada"), team.clone("bob")]
    plans = [(100, "ab.h"), (200, ".bbc")]
    done = threading.Barrier(2)

    def life(repo: Repo, first: int, shared: str, delays: tuple[float, ...]) -> None:
        for delay in delays:
            process = work(repo.path, first, shared)
            time.sleep(delay)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        done.wait(120)
        process = work(repo.path, first, shared)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err

    delays = ((0.7, 1.1, 0.9), (0.9, 0.8, 1.3))
    threads = [
        threading.Thread(target=life, args=(repo, *plan, when))
        for repo, plan, when in zip(clones, plans, delays, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(200)
    for repo in (*clones, clones[0]):
        push(repo)
    tips = {resolve(repo.git, names.BRANCH) for repo in clones} | {team.tip()}
    assert len(tips) == 1
    assert numbers(clones[0]) >= {*range(100, 112), *range(200, 212), *range(1000, 1012)}
    for path in (*(repo.path for repo in clones), team.server):
        sound(path)
    data = json.loads(clones[0].run("show", f"{names.BRANCH}:{names.folder(f'{1003:040x}')}metadata.json"))
    assert data["ai_added"] + data["human_added"] == data["added"] == 4
    assert all(repo.run("for-each-ref", "refs/byline/merged") == "" for repo in clones)


# -- as a person sees it --------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(where: Path, env: Mapping[str, str], *words: str) -> tuple[int, str, str]:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(where)
        code = dispatch(list(words), env)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_colleague_who_clones_sees_who_wrote_it(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 s2 b").commit("add")
    env, here = tale.world.environment(), tale.world.root
    code, out, err = run(here, env, "push")
    assert (code, out, err) == (
        1,
        "",
        "byline: this repository has no remote; `git remote add origin URL` adds one\n",
    )
    tale.git("clone", "-q", "--bare", ".", str(tmp_path / "server.git"))
    tale.git("remote", "add", "origin", str(tmp_path / "server.git"))
    assert run(here, env, "push") == (0, "anchors pushed to origin\n", "")
    assert run(here, env, "push") == (0, "origin has all anchors\n", "")
    assert json.loads(run(here, env, "fetch", "--json")[1])["received"] is False
    tale.git("clone", "-q", str(tmp_path / "server.git"), str(tmp_path / "colleague"))
    theirs = {**env, "HOME": str(tmp_path / "h2"), "BYLINE_DATA_DIR": str(tmp_path / "h2" / "d")}
    code, out, err = run(tmp_path / "colleague", theirs, "blame", "--json", "f.txt")
    lines = json.loads(out)["lines"]
    session = lines[1]["session_id"]
    assert session and [line["owner"] for line in lines] == ["unknown", "session", "session", "unknown"]
    assert lines[1]["agent"] == "robot"
    tale.git("clone", "-q", "--single-branch", (tmp_path / "server.git").as_uri(), str(tmp_path / "single"))
    assert run(tmp_path / "single", theirs, "fetch") == (0, "anchors fetched from origin\n", "")
    lines = json.loads(run(tmp_path / "single", theirs, "blame", "--json", "f.txt")[1])["lines"]
    assert [line.get("session_id") for line in lines] == [None, session, session, None]


def test_sync_can_push(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 b").commit("add")
    tale.git("clone", "-q", "--bare", ".", str(tmp_path / "server.git"))
    tale.git("remote", "add", "origin", str(tmp_path / "server.git"))
    env, here = tale.world.environment(), tale.world.root
    assert run(here, env, "sync", "--push") == (0, "1 commit anchored\nanchors pushed to origin\n", "")
    shutil.rmtree(tmp_path / "server.git")
    code, out, err = run(here, env, "push")
    assert (code, out) == (1, "")
    assert err.startswith("byline: origin cannot be reached: ") and err.count("\n") == 1


def test_beside_git_push_nothing_fails_and_nothing_waits(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 b").commit("add")
    tale.git("clone", "-q", "--bare", ".", str(tmp_path / "server.git"))
    tale.git("remote", "add", "origin", str(tmp_path / "server.git"))
    env, here = tale.world.environment(), tale.world.root
    tale.git("config", "remote.origin.receivepack", "sleep 60; git-receive-pack")
    start = time.monotonic()
    assert run(here, env, "push", "--hook", "origin") == (0, "", "")
    assert 1 < time.monotonic() - start < 5.5
    assert "did not answer" in (here / ".git" / "byline" / "errors.log").read_text()
    tale.git("config", "--unset", "remote.origin.receivepack")
    assert run(here, env, "push", "--hook", "origin") == (0, "", "")
    assert resolve(Git(tmp_path / "server.git"), names.BRANCH) == resolve(Git(here), names.BRANCH)


def test_a_dead_address_is_given_up_in_time(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only until it has answered: what then takes long may take it."""
    from byline.cli import waiting

    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 b").commit("add")
    tale.git("clone", "-q", "--bare", ".", str(tmp_path / "server.git"))
    tale.git("remote", "add", "origin", str(tmp_path / "server.git"))
    env, here = tale.world.environment(), tale.world.root
    monkeypatch.setattr(waiting, "SILENT", 0.2)
    run(here, env, "sync")
    tale.git("config", "remote.origin.uploadpack", "sleep 60; git-upload-pack")
    start = time.monotonic()
    code, out, err = run(here, env, "fetch", "--timeout", "1.5")
    assert time.monotonic() - start < 15
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "byline: waiting for origin, at most 1.5 s (--timeout SECONDS)",
        "byline: origin did not answer in 1.5 s; the anchors stay here until the next push",
    ]
    exchange = Exchange(Git(here), choose(Git(here)), seconds=30, contact=1)
    start = time.monotonic()
    with pytest.raises(NotExchanged, match="origin did not answer in 1 s"):
        exchange.push()
    assert time.monotonic() - start < 10
    tale.git("config", "--unset", "remote.origin.uploadpack")
    tale.git("config", "remote.origin.receivepack", "sleep 3; git-receive-pack")
    tale.edit("A", f="a s1 s2 b").commit("more")
    run(here, env, "sync")
    assert Exchange(Git(here), choose(Git(here)), seconds=60, contact=2).push().pushed
    for wrong in ("0", "-1", "soon", "nan"):
        assert run(here, env, "push", "--timeout", wrong)[0] == 2
