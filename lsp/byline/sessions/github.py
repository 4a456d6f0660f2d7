"""Issues and pull requests that a session's own `gh` commands name, and links in what those printed. Pure."""

import re
import shlex
from collections.abc import Iterable
from typing import Literal

import msgspec

Kind = Literal["issue", "pr"]
MOST_LINKS = 100
_LONGEST = 20_000
"""Characters of a command that are looked at."""
_URL = re.compile(r"https://([\w.-]+)/([\w.-]{1,100}/[\w.-]{1,100})/(pull|issues)/(\d{1,9})(?![\w-])")
_KINDS: dict[str, Kind] = {"pull": "pr", "issues": "issue"}
_SEPARATORS = frozenset((";", "&", "&&", "|", "||", "(", ")", "{", "}", "\n", "then", "do", "else"))
_WITH_VALUE = frozenset(
    ("-R", "--repo", "--json", "-q", "--jq", "-t", "--template", "-b", "--body", "-F", "--body-file", "-l", "--label",
     "-m", "--milestone", "-c", "--comment", "-r", "--reason", "-a", "--assignee", "--title", "--branch", "--base",
     "-B", "-H", "--head", "--add-label", "--remove-label", "--add-assignee", "--remove-assignee", "--add-reviewer",
     "--add-project", "--remove-project", "-p", "--project", "--match-head-commit", "--author-email", "-A")
)  # fmt: skip


class Link(msgspec.Struct, frozen=True):
    """An issue or a pull request."""

    kind: Kind
    number: int
    repository: str | None = None
    """`owner/name`, where the command or its output says so."""
    host: str = "github.com"

    @property
    def url(self) -> str | None:
        """Where it is to be seen; None where its repository is not known."""
        if self.repository is None:
            return None
        return f"https://{self.host}/{self.repository}/{'pull' if self.kind == 'pr' else 'issues'}/{self.number}"

    @property
    def label(self) -> str:
        """What to call it."""
        return f"{'Pull request' if self.kind == 'pr' else 'Issue'} #{self.number}"


def uses_gh(command: str) -> bool:
    """Whether a shell command runs `gh issue` or `gh pr`; cheap, and now and then too generous."""
    return "gh " in command and ("issue" in command or "pr" in command)


def named(command: str) -> list[Link]:
    """What the `gh issue …` and `gh pr …` in a shell command name by number or URL, in order."""
    if not uses_gh(command):
        return []
    found = []
    for words in _simple_commands(command[:_LONGEST]):
        link = _link(words)
        if link is not None:
            found.append(link)
    return found


def printed(output: str) -> list[Link]:
    """The issues and pull requests whose URLs stand in a text."""
    return [
        Link(_KINDS[match[3]], int(match[4]), match[2], match[1]) for match in _URL.finditer(output[: 4 * _LONGEST])
    ]


def created(command: str, output: str) -> list[Link]:
    """What `gh pr create` or `gh issue create` in `command` made, as its output says."""
    kinds = {
        words[1] for words in _simple_commands(command[:_LONGEST]) if len(words) > 2 and words[2] in ("create", "new")
    }
    return [link for link in printed(output) if link.kind in kinds][-1:]


def last(links: Iterable[Link], kind: Kind) -> int | None:
    """The number that was named last."""
    return next((link.number for link in reversed(list(links)) if link.kind == kind), None)


def _simple_commands(command: str) -> list[list[str]]:
    """The words of each `gh issue …` and `gh pr …`, `gh` first."""
    try:
        lexer = shlex.shlex(command, posix=True, punctuation_chars=";&|(){}\n")
        lexer.whitespace = " \t\r"
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError:
        words = command.split()
    found: list[list[str]] = []
    current: list[str] = []
    for word in [*words, ";"]:
        if word in _SEPARATORS or not word.strip(";&|(){}\n"):
            while current and re.fullmatch(r"[A-Za-z_]\w*=.*", current[0]):
                current.pop(0)
            if len(current) > 1 and current[0] == "gh" and current[1] in ("issue", "pr"):
                found.append(current)
            current = []
        else:
            current.append(word)
    return found


def _link(words: list[str]) -> Link | None:
    kind: Kind = "pr" if words[1] == "pr" else "issue"
    repository, rest = None, iter(words[3:])
    target: str | None = None
    for word in rest:
        if word in ("-R", "--repo"):
            repository = next(rest, None)
        elif word.startswith("--repo="):
            repository = word.partition("=")[2]
        elif word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-") and target is None:
            target = word
    if target is None or (len(words) > 2 and words[2] in ("create", "new", "list", "ls", "status")):
        return None
    if match := _URL.match(target):
        return Link(_KINDS[match[3]], int(match[4]), match[2], match[1])
    if not re.fullmatch(r"#?\d{1,9}", target):
        return None
    if repository is not None and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        repository = None
    return Link(kind, int(target.lstrip("#")), repository)
