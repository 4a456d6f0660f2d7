"""Paths that tell of a person or a machine: the worktree's, and home folders, however they are spelled. Pure."""

import re
from collections.abc import Iterable

from byline.repo.anchors.shapes import AFTER_CONTROL

_SLASH = r"(?:[/\\]{1,4}|%2[Ff]|%5[Cc])"
"""Of either kind, also as JSON and addresses spell it."""
_BEFORE = rf"(?:(?<![\w./])|{AFTER_CONTROL}|(?<=[\s\"'=]-[A-Za-z])|(?<=^-[A-Za-z]))"
"""What an absolute path comes after: also `-I` and the like."""
_KEPT = (
    r"(?P<kept>\b(?:file|vscode|vscode-[a-z]{1,20}|cursor|windsurf|zed|idea|sftp|ssh)://[\w.+%@-]{0,60}(?=/)"
    r"|(?<![\w-])-(?:isystem|iquote|idirafter|include|imacros|isysroot)(?=/))"
)
"""What stands right before a path and stays."""
_NAME = r"(?:(?!%2[Ff]|%5[Cc])[^\s/\\:\"'<>|])+"
"""Of a person."""
_NAMES = rf"{_NAME}(?: [\w.-]{{1,30}}(?=[/\\]))?"
"""The same where people are called `Bob Smith`: a slash says that it goes on."""
_ABOVE = r"(?:/(?:var|export|usr|net|nfs|mnt/wsl|System/Volumes/Data))"
_LINUX = rf"(?:{_ABOVE}|(?<!:)/)?\\?/home\d?(?:\\?/){{1,2}}"
_MAC = r"(?:/System/Volumes/Data|/mnt|/cygdrive|/Volumes(?:/[\w. -]{1,40})?)?(?:/[a-z])?\\?/Users\\?/"
_WINDOWS = rf"[A-Za-z](?::|%3[Aa]){_SLASH}(?i:Users|Documents and Settings){_SLASH}"
_SHARE = (
    rf"(?:\\{{2,4}}|(?<!:)//)wsl(?:\$|\.localhost){_SLASH}[\w.-]{{1,60}}{_SLASH}home{_SLASH}"
    r"|\\{2,4}[\w.-]{1,60}\\{1,2}(?i:users|home)\\{1,2}"
)
_PERSON = re.compile(r"home|users|documents and|/root|run/media|/u/")
_HOMES = re.compile(
    # what comes first says quickly that a place is none
    rf"(?=[/\\%])(?:{_BEFORE}(?:{_LINUX}|{_SHARE}|/run/media/|\\{{1,4}}home\\{{1,4}}|%2[Ff](?:home|Users)%2[Ff]){_NAME}"
    rf"|{_BEFORE}{_MAC}{_NAMES}"
    rf"|{_BEFORE}(?:/root|/u/[a-z]\w{{1,30}})(?=/))"
    rf"|(?=[A-Za-z](?::|%3)){_BEFORE}{_WINDOWS}{_NAMES}"
    rf"|(?=[-fvcwzis]){_KEPT}(?:{_LINUX}|{_MAC}|/[A-Za-z]:{_SLASH}Users{_SLASH}){_NAME}"
    # the folder of transcripts that Claude Code names after a project's
    r"|(?=-)(?:(?<=projects[/\\])-(?:home|Users)-|(?<![\w.-])(?:-var)?-(?:home|Users)-[A-Za-z0-9]{1,40}-)"
    r"[^\s/\\:\"'<>|]+"
)


def homes_hidden(text: str) -> str:
    """The text with `~` for everybody's home. Only lines that may name one are looked through."""
    lower = text.lower()
    if _PERSON.search(lower) is None:
        return text
    if len(lower) != len(text):  # a letter that is two in lower case: positions are others
        return _HOMES.sub(_home, text)
    parts, position = [], 0
    for found in _PERSON.finditer(lower):
        if found.start() >= position:
            start = text.rfind("\n", position, found.start()) + 1 or position
            end = text.find("\n", found.end())
            end = len(text) if end < 0 else end
            parts += [text[position:start], _HOMES.sub(_home, text[start:end])]
            position = end
    return "".join(parts) + text[position:]


def _home(found: re.Match[str]) -> str:
    return f"{found['kept'] or ''}~"


def folder_pattern(folders: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """Finds these folders, with the slash after them if there is one, with slashes of any kind, and as Claude Code
    names its folders after them; before it what says quickly whether one of them can be in a text at all.

    One directly below the root may as well be a folder of that name elsewhere; a longer one is this one.
    """
    longest_first = sorted({folder.rstrip("/\\") for folder in folders} - {""}, key=lambda name: (-len(name), name))
    if not longest_first:
        return None
    parts = [re.split(r"[/\\]", folder) for folder in longest_first]
    either = [
        ("" if len([part for part in found if part]) > 1 else _BEFORE) + _SLASH.join(map(re.escape, found))
        for found in parts
    ]
    slugs = [re.sub(r"[^A-Za-z0-9]", "-", folder) for folder in longest_first]
    last = [found[-1] for found in parts]
    quick = re.compile("|".join(re.escape(one) for one in dict.fromkeys((*last, *slugs))))
    named = "|".join(slug for slug, found in zip(slugs, parts, strict=True) if len(found) > 2)
    after = rf"|(?<![\w-])(?:{named})(?!\w)" if named else ""
    return quick, re.compile(rf"(?:{'|'.join(either)})(?:[/\\]|(?![\w-])){after}")
