"""Checks of what travels: the anchors branch, what this clone fetches, and byline in git's own hooks."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from byline.cli.doctor.problem import Problem
from byline.cli.enable import hooks_folder, manager
from byline.cli.here import Here
from byline.cli.hookfolder import folders_of, is_marked
from byline.cli.terminal import counted
from byline.errors import GitFailed
from byline.repo.anchors import names
from byline.repo.anchors.branch import in_the_way
from byline.repo.anchors.read import Anchors
from byline.repo.objects import Objects
from byline.repo.run import Git

THROWN_AWAY = {
    "CLAUDE_CODE_REMOTE": "a cloud session of Claude Code",
    "CODESPACES": "a codespace",
    "GITPOD_WORKSPACE_ID": "a Gitpod workspace",
    "GITHUB_ACTIONS": "a runner of GitHub Actions",
    "GITLAB_CI": "a runner of GitLab",
}
"""What machines leave in the environment that live as long as one piece of work."""

SHORT = names.BRANCH.removeprefix("refs/heads/")


def branch(here: Here) -> Iterator[Problem]:
    """No branch stands where byline's own has to be, here or on a remote."""
    git = _git(here)
    if git is None:
        return
    other = in_the_way(git)
    if other is not None:
        yield Problem(
            "anchors",
            f"a branch named {other!r} is in byline's way: git keeps no {SHORT} beside it",
            f"git branch -m {other} OTHER",
        )
    for remote in _remotes(git):
        for name in ("byline", "byline/anchors"):
            if git.run("for-each-ref", f"refs/remotes/{remote}/{name}", "--count=1").endswith(f"/{name}\n".encode()):
                yield Problem(
                    "anchors",
                    f"a branch named {name!r} on {remote} is in byline's way: no anchors can come from or go there",
                    f"rename it there, then git fetch --prune {remote}",
                )


def fetched(here: Here) -> Iterator[Problem]:
    """A plain `git fetch` brings the anchors of others, too."""
    git = _git(here)
    if git is None:
        return
    for remote in _remotes(git):
        specs = _config(git, "--get-all", f"remote.{remote}.fetch")
        if specs and not any(_covers(spec, names.BRANCH) for spec in specs):
            yield Problem(
                "anchors",
                f"this clone fetches only some branches of {remote}: `git fetch` brings no anchors of others",
                f"byline fetch {remote}, whenever you want to see what is new",
                "note",
            )


def readable(here: Here) -> Iterator[Problem]:
    """Every anchor makes sense."""
    git = _git(here)
    if git is None:
        return
    with Objects(git) as objects:
        anchors = Anchors(git, objects)
        anchors.load(anchors.commits())
        for reason, count in sorted(anchors.skipped.items()):
            yield Problem(
                "anchors",
                f"passed over {counted(count, 'time')}: {reason}",
                "nothing to do: no owner comes from it",
                "note",
            )


def git_hooks(here: Here) -> Iterator[Problem]:
    """Where `byline enable` put byline into git's hooks it still is, and git looks there."""
    git = _git(here)
    if git is None or here.place is None:
        return
    common = Path(here.place.common_dir)
    folder = hooks_folder(git, here.env)
    wanted = folders_of(here.data, common)
    if not wanted and not is_marked(common):
        others = folder.others(common)
        if others and any(folder.hooks().values()):
            yield Problem(
                "git hooks",
                f"byline is in {folder.folder}, which git uses here, too, for "
                f"{counted(len(others), 'other repository', 'other repositories')} only: here it does nothing",
                "byline enable, if it should",
                "note",
            )
        return
    if wanted and folder.folder not in wanted:
        yield Problem(
            "git hooks",
            f"git looks for hooks in {folder.folder} now, byline is in those of {wanted[0]}",
            "byline enable",
        )
        return
    lost = sorted(hook for hook, how in folder.hooks().items() if how is None)
    if lost:
        name = manager(folder.folder)
        who = f"; {name} manages them and has installed them again" if name else ""
        yield Problem(
            "git hooks", f"byline is no longer in {', '.join(lost)} of {folder.folder}{who}", "byline enable"
        )


def ephemeral(here: Here) -> Iterator[Problem]:
    """Where the machine is thrown away, what is known leaves it in time."""
    machine = next((what for name, what in THROWN_AWAY.items() if here.env.get(name)), None)
    if machine is not None and here.place is not None and here.env.get("BYLINE_EPHEMERAL") != "1":
        yield Problem(
            "ephemeral",
            f"this looks like {machine}, which is thrown away: what was recorded here is lost with it",
            "export BYLINE_EPHEMERAL=1, so that anchors are pushed at the end of each turn",
            "note",
        )


def _git(here: Here) -> Git | None:
    """Git in the repository; None outside any, and where there is no git, which another check says."""
    if here.worktree is None or shutil.which("git", path=here.env.get("PATH")) is None:
        return None
    return Git(here.worktree, env=here.env)


def _remotes(git: Git) -> list[str]:
    return git.run("remote").decode("utf-8", "surrogateescape").split("\n")[:-1]


def _config(git: Git, *words: str) -> list[str]:
    try:
        return git.run("config", *words).decode("utf-8", "surrogateescape").split("\n")[:-1]
    except GitFailed:
        return []


def _covers(spec: str, ref: str) -> bool:
    """Whether a refspec takes a ref of the other side along."""
    source = spec.removeprefix("+").partition(":")[0]
    before, star, after = source.partition("*")
    return ref.startswith(before) and ref.endswith(after) if star else source == ref
