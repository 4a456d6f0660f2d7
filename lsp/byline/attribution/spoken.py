"""A command line without what it only says: messages of commits, and names of the folder that it begins in. Pure."""

import re
from functools import lru_cache

_MESSAGE = re.compile(r"""(\s(?:-[a-zA-Z]*m|--message))(?:\s+|=)?(?:'[^']*'|"[^"`$\\]*")""")
"""`git commit -m 'merge the lists'`; where the shell puts something into it, it is looked at."""
_HERE = re.compile(
    r"""["']?(?:\$\((?:git rev-parse --show-toplevel|pwd)\)|`(?:git rev-parse --show-toplevel|pwd)`"""
    r"""|\$PWD\b|\$\{PWD\})["']?"""
)
_DOCUMENT = "$(cat <<"
_MOST_DOCUMENTS = 16


@lru_cache(maxsize=16)  # one call is asked about for each file that changed
def spoken(command: str | None) -> str:
    """The words that may be commands, folders and files; `.` for the folder in which the command begins."""
    told = _without_documents(command or "")
    if "git" in told:
        told = _MESSAGE.sub(r"\1 x", told)
    return _HERE.sub(".", told)


def _without_documents(command: str) -> str:
    """Without `$(cat <<'EOF' … EOF)`, as messages are given, whose text the shell leaves as it is."""
    start = command.find(_DOCUMENT)
    for _ in range(_MOST_DOCUMENTS):
        line = command.find("\n", start)
        if start < 0 or line < 0:
            break
        word = command[start + len(_DOCUMENT) : line].strip()
        name = word.strip("-'\"")
        end = command.find(f"\n{name}\n", line)
        closed = command.find(")", end + len(name) + 1) if name and end >= 0 else -1
        between = command[end + len(name) + 1 : closed]
        plain = word[:1] in ("'", '"') or not any(sign in command[line:end] for sign in ("`", "$"))
        if closed < 0 or between.strip() or not plain:
            break
        command = f"{command[:start]}x{command[closed + 1 :]}"
        start = command.find(_DOCUMENT, start)
    return command
