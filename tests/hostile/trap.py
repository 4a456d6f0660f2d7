"""A repository whose configuration, attributes and hooks name programs: each leaves a file behind when it runs."""

from collections.abc import Callable
from pathlib import Path

from gitrepo import Repo

HOOKS = (
    *("applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg"),
    *("commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push", "pre-receive", "update"),
    *("proc-receive", "post-receive", "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc"),
    *("post-rewrite", "sendemail-validate", "fsmonitor-watchman", "post-index-change"),
)
ATTRIBUTES = "* filter=evil diff=evil merge=evil\n"


class Trap:
    """Where the programs lie, and what has run."""

    def __init__(self, folder: Path) -> None:
        self.ran = folder / "ran"
        self.programs = folder / "programs"
        for made in (self.ran, self.programs):
            made.mkdir()

    def program(self, name: str, work: str = "cat") -> str:
        """A program that notes that it ran, and then does `work`."""
        path = self.programs / name
        path.write_text(f'#!/bin/sh\n: > "{self.ran}/{name}"\n{work}\n')
        path.chmod(0o700)
        return str(path)

    def sprung(self) -> list[str]:
        """What ran since the last call."""
        found = sorted(path.name for path in self.ran.iterdir())
        for path in self.ran.iterdir():
            path.unlink()
        return found

    def arm(self, made: Repo, *, filters: bool = True) -> None:
        """Name the programs wherever git would take one from."""
        for hook in HOOKS:
            self.program(hook, "exit 0")
        settings = {
            "core.fsmonitor": self.program("fsmonitor"),
            "core.hooksPath": str(self.programs),
            "core.sshCommand": self.program("ssh"),
            "core.gitProxy": self.program("proxy"),
            "core.askPass": self.program("askpass"),
            "core.editor": self.program("editor"),
            "core.pager": self.program("pager"),
            "core.alternateRefsCommand": self.program("alternates", "exit 0"),
            "sequence.editor": self.program("sequence"),
            "credential.helper": self.program("credential"),
            "diff.external": self.program("external"),
            "diff.evil.textconv": self.program("textconv", 'cat "$1"'),
            "diff.evil.command": self.program("command"),
            "merge.evil.driver": self.program("driver"),
            "interactive.diffFilter": self.program("interactive"),
            "gpg.program": self.program("gpg"),
            "gpg.ssh.program": self.program("gpgssh"),
            "log.showSignature": "true",
            "commit.gpgSign": "true",
            "push.gpgSign": "if-asked",
            "uploadpack.packObjectsHook": self.program("packobjects"),
            "pager.status": self.program("pagerstatus"),
            "pager.blame": self.program("pagerblame"),
            "pager.log": self.program("pagerlog"),
            "pager.diff": self.program("pagerdiff"),
            "remote.evil.url": f"ext::{self.program('ext')}",
            "remote.evil.vcs": "evil",
            "remote.evil.promisor": "true",
            "remote.evil.uploadpack": self.program("uploadpack"),
            "remote.evil.receivepack": self.program("receivepack"),
            "extensions.partialClone": "evil",
            "trailer.evil.command": self.program("trailer"),
        }
        for name in ("status", "blame", "log", "cat-file", "diff", "rev-parse", "check-attr"):
            settings[f"alias.{name}"] = f"!{self.program('alias-' + name)}"
        if filters:
            settings |= {
                "filter.evil.clean": self.program("clean"),
                "filter.evil.smudge": self.program("smudge"),
                "filter.evil.process": self.program("process"),
                "filter.evil.required": "true",
            }
        hidden = made.path / ".git" / "more"
        hidden.write_text("".join(_as_text(name, value) for name, value in settings.items()))
        made.run("config", "include.path", "more")
        (made.path / ".gitattributes").write_text(ATTRIBUTES)
        (made.path / ".git" / "info").mkdir(exist_ok=True)
        (made.path / ".git" / "info" / "attributes").write_text(ATTRIBUTES)


def _as_text(name: str, value: str) -> str:
    section, _, rest = name.partition(".")
    sub, _, key = rest.rpartition(".")
    head = f'[{section} "{sub}"]' if sub else f"[{section}]"
    return f'{head}\n\t{key} = "{value}"\n'


Arm = Callable[[Repo], None]
