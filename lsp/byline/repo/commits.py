"""What a commit object says. Pure."""

import re

import msgspec

from byline.moment import second

_PERSON = re.compile(rb"(.*?) ?<([^<>\n]*)> (-?\d+) ([+-]\d+)$")


class Person(msgspec.Struct, frozen=True):
    """An author or committer line."""

    name: str
    mail: str
    time: int
    """Seconds since 1970, to the year 9999."""
    tz: str
    """As written: `+0200`."""


class CommitObject(msgspec.Struct, frozen=True):
    """One commit, parsed."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str

    @property
    def summary(self) -> str:
        """The first paragraph in one line, as git's `%s`."""
        paragraph = self.message.lstrip("\n").split("\n\n", 1)[0]
        return " ".join(line.strip() for line in paragraph.splitlines())


def parse(commit: str, data: bytes) -> CommitObject | None:
    """The commit object `data` of id `commit`, without its header line; None when it is none."""
    head, _, message = data.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        if not line.startswith(b" "):  # a continuation: a signature or a merged tag, neither of interest
            name, _, value = line.partition(b" ")
            fields.setdefault(name, []).append(value)
    if b"tree" not in fields:
        return None
    encoding = fields.get(b"encoding", [b"utf-8"])[0].decode("ascii", "replace")
    return CommitObject(
        id=commit,
        tree=fields[b"tree"][0].decode("ascii", "replace"),
        parents=tuple(parent.decode("ascii", "replace") for parent in fields.get(b"parent", ())),
        author=_person(fields.get(b"author", [b""])[0], encoding),
        committer=_person(fields.get(b"committer", [b""])[0], encoding),
        message=_decode(message, encoding),
    )


def _person(value: bytes, encoding: str) -> Person:
    found = _PERSON.match(value)
    if not found:
        return Person(_decode(value, encoding), "", 0, "+0000")
    name, mail, time, zone = found.groups()
    return Person(_decode(name, encoding), _decode(mail, encoding), second(int(time[:18])), zone.decode("ascii"))


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")
