"""The scripts that stand in a repository's git hooks, and the lines that start byline from them. Pure.

A shell script of the person's keeps its place and its text. A block below its first line has the script run itself
once more, whatever it does at its end, and then byline; so it comes after the person's own work, which also says how
the hook ends. Anything else that was there is put aside and run from a script of ours.
"""

import re
import shlex
from pathlib import Path

from byline_hooks import enabled

HOOKS = ("post-commit", "post-merge", "post-rewrite", "pre-push")
TOLD = frozenset({"post-rewrite", "pre-push"})
"""Those whose standard input git tells something on: which commits, which branches."""
ASIDE = "byline.d"
"""The folder beside the hooks in which those lie that are no shell scripts, or links."""

MARKED = f"{enabled.VARIABLE}={enabled.MARKED}"
"""Before a command: it does something only where `byline enable` was run."""

BEGIN = b"# byline: begin. `byline disable` takes this out.\n"
END = b"# byline: end\n"
_BLOCK = re.compile(re.escape(BEGIN) + b".*?" + re.escape(END), re.DOTALL)
_SHELL = re.compile(
    rb"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?:busybox\s+)?(?:\S*/)?(?:sh|bash|dash|zsh|ksh|ash|mksh)(?:\s|$)"
)


def is_shell(content: bytes) -> bool:
    """Whether a shell runs it: its first line says so, or it is a text without such a line."""
    if content.startswith(b"#!"):
        return bool(_SHELL.match(content))
    return b"\0" not in content[:8000]


def is_ours(content: bytes) -> bool:
    """Whether byline is in it."""
    return BEGIN in content


def alone(hook: str, starts: str) -> bytes:
    """A script that runs byline, and before it what the person may write below later."""
    return below(hook, starts, b"#!/bin/sh\n")


def below(hook: str, starts: str, content: bytes) -> bytes:
    """A person's script with byline after it."""
    first, newline, rest = content.partition(b"\n") if content.startswith(b"#!") else (b"", b"", content)
    head = first + (newline or b"\n") if first else b""
    return head + BEGIN + _chain(hook, starts, '"$0"').encode() + END + rest


def beside(hook: str, starts: str) -> bytes:
    """A script that runs what was put aside, then byline."""
    kept = f'"${{0%/*}}/{ASIDE}/{hook}"'
    return b"#!/bin/sh\n" + BEGIN + _chain(hook, starts, kept, again=False).encode() + END


def without(content: bytes) -> bytes:
    """The script without byline."""
    return _BLOCK.sub(b"", content)


def record_line(interpreter: Path, shim: Path) -> str:
    """What starts the recording of a git event; the hook's name and arguments follow."""
    python = shlex.quote(interpreter.as_posix())
    return f"[ -x {python} ] && {MARKED} {python} -I -S {shlex.quote(shim.as_posix())} git"


def push_line(python: Path) -> str:
    """What starts the push of anchors; the remote follows."""
    quoted = shlex.quote(python.as_posix())
    return f"[ -x {quoted} ] && {MARKED} {quoted} -I -m byline push --hook"


def _start(hook: str, starts: str) -> str:
    """The line that starts byline: silent, with a standard input only where git tells something there."""
    if hook == "pre-push":
        return f'{{ {starts} "$1"; }} >/dev/null 2>&1\n'
    given = "" if hook in TOLD else " </dev/null"
    return f'{{ {starts} {hook} "$@"; }}{given} >/dev/null 2>&1\n'


def _chain(hook: str, starts: str, own: str, *, again: bool = True) -> str:
    """Lines that run `own` and then byline; `again`: `own` is this script, which must not come here twice."""
    mark = f"BYLINE_CHAINED={hook} " if again else ""
    ours = _start(hook, starts)
    body = ["byline_status=0"]
    again_told = ""
    if hook in TOLD:
        body.append("byline_told=$(cat; echo x)")  # a shell drops newlines at the end, and there may be nothing
        again_told = "printf '%s' \"${byline_told%x}\" 2>/dev/null | "
    body.append(f'{again_told}{mark}{own} "$@" || byline_status=$?')
    if hook == "pre-push":
        body.append('[ "$byline_status" -eq 0 ] || exit "$byline_status"')
    body.append(f"{again_told}{ours.rstrip()}")
    body.append('exit "$byline_status"')
    if not again:
        return "\n".join(body) + "\n"
    inner = "".join(f"    {line}\n" for line in body)
    return f'if [ "${{BYLINE_CHAINED-}}" != {hook} ]; then\n{inner}fi\nunset BYLINE_CHAINED\n'
