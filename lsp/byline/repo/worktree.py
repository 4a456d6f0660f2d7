"""What git would store for the bytes of a working file: line ends, `ident`, filters and encodings taken off."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from byline.errors import GitFailed
from byline.repo import drivers
from byline.repo.run import Git, path_bytes

ATTRIBUTES = ("text", "eol", "crlf", "ident", "filter", "working-tree-encoding")
_IDENT = re.compile(rb"\$Id:[^\n$]*\$")
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n")
_SET = "set"
_UNSET = "unset"
_NONE = ("unspecified", "unset")
_MOST_ARGUMENTS = 16_000
"""Bytes of paths on one command line: some systems take 32,000 characters in all."""


def blob_id(data: bytes, object_format: str = "sha1") -> str:
    """The id git gives to a blob of these bytes. `object_format` is `sha1` or `sha256`. Pure."""
    header = b"blob %d\0" % len(data)
    return hashlib.new(object_format, header + data, usedforsecurity=False).hexdigest()


def object_format(git: Git) -> str:
    """`sha1` or `sha256`."""
    answer = git.run("rev-parse", "--show-object-format", check=False).strip()
    return "sha256" if answer == b"sha256" else "sha1"


def clean_ids(git: Git, path: str, texts: Sequence[bytes]) -> list[str]:
    """For each text, taken for the bytes of the working file `path`, the blob id that `git add` would store.

    Where nothing stands between working file and repository no process runs for a text; otherwise one does, and with
    it the filters that the person configured; GitFailed where only the repository did (`drivers`). Git LFS's is done
    here: its own writes into the repository.
    """
    attributes = _attributes(git, [path])[path]
    form = object_format(git)
    converts = bool(_converting(git, {path: attributes}))
    return [_clean_id(git, path, text, attributes, form, converts=converts) for text in texts]


def eol_normalised(git: Git, path: str) -> bool:
    """Whether CRLF in the working file `path` becomes LF in the repository."""
    return bool(_converting(git, _attributes(git, [path])))


def passages(git: Git, paths: Sequence[str]) -> dict[str, tuple[bool, bool]]:
    """For each path whether more than line ends differ between the working file and what git stores of it; and, where
    not, whether line ends do (`eol_normalised`). A few runs of git, however many paths there are.
    """
    attributes = _attributes(git, paths)
    filtered = {path for path, own in attributes.items() if _is_filtered(own)}
    converting = _converting(git, {path: own for path, own in attributes.items() if path not in filtered})
    return {path: (path in filtered, path in converting) for path in attributes}


def _is_filtered(attributes: Mapping[str, str]) -> bool:
    return (
        attributes["filter"] not in (*_NONE, _SET, "lfs")
        or attributes["working-tree-encoding"] not in (*_NONE, _SET)
        or attributes["ident"] == _SET
    )


def untouched(git: Git, paths: Sequence[str]) -> list[str]:
    """Those of many paths between whose working file and git nothing stands, in two runs.

    None where that cannot be told at once.
    """
    if not paths or _is_autocrlf(git):
        return []
    return [path for path, own in _attributes(git, paths).items() if set(own.values()) == {"unspecified"}]


def without_ids(data: bytes) -> bytes:
    """The bytes with each `$Id: …$` as git stores it where the attribute `ident` is set: `$Id$`. Pure."""
    return _IDENT.sub(b"$Id$", data)


def lfs_pointer(data: bytes) -> bytes:
    """The bytes Git LFS has stored for a file. Pure."""
    if not data or (len(data) < 1024 and _POINTER.match(data)):
        return data
    digest = hashlib.sha256(data).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()


def _clean_id(git: Git, path: str, text: bytes, attributes: Mapping[str, str], form: str, *, converts: bool) -> str:
    if attributes["filter"] == "lfs":
        return blob_id(lfs_pointer(text), form)
    foreign = (
        attributes["filter"] not in (*_NONE, _SET)
        or attributes["working-tree-encoding"] not in (*_NONE, _SET)
        or (attributes["ident"] == _SET and b"$Id" in text)
    )
    if not foreign and not (converts and b"\r\n" in text):
        return blob_id(text, form)
    # With the file as CRLF in the index git leaves line ends alone, which hash-object, blind to the index, does not.
    settings = () if converts else ("-c", "core.autocrlf=false")
    if attributes["filter"] in drivers.foreign(git):
        raise GitFailed(["hash-object"], 1, "a filter of the repository's own is not run")
    try:
        answer = git.run(*settings, "hash-object", "--stdin", f"--path={path}", input=text)
    except GitFailed as failure:
        if failure.is_unfinished:
            raise
        # A required filter that is not installed: git add would fail as well.
        return blob_id(text, form)
    return answer.decode("ascii", "replace").strip()


def _attributes(git: Git, paths: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """The attributes of each path by name: `set`, `unset`, `unspecified` or their value."""
    if not paths:
        return {}
    asked = b"".join(path_bytes(path) + b"\0" for path in paths)
    answer = git.run("check-attr", "-z", "--stdin", *ATTRIBUTES, input=asked, timeout=60)
    fields = iter(answer.split(b"\0"))
    told: dict[bytes, dict[str, str]] = {}
    for name, attribute, value in zip(fields, fields, fields, strict=False):
        if value != b"unspecified":
            told.setdefault(name, {})[attribute.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    nothing = dict.fromkeys(ATTRIBUTES, "unspecified")  # one for all that have none, which are most
    return {path: _with_text(nothing | own) if (own := told.get(path_bytes(path))) else nothing for path in paths}


def _with_text(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes with `text` where it is said by the name that it had before git 1.7.2."""
    if attributes["text"] == "unspecified":
        crlf = attributes["crlf"]
        attributes["text"] = {_SET: _SET, _UNSET: _UNSET, "input": _SET}.get(crlf, "unspecified")
    return attributes


def _converting(git: Git, attributes: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Those of some paths, by their attributes, in whose working files CRLF becomes LF in the repository."""
    found, guessed, open_paths = set[str](), list[str](), list[str]()
    for path, own in attributes.items():
        text = own["text"]
        if text == _SET or (text not in (_UNSET, "auto") and own["eol"] in ("lf", "crlf")):
            found.add(path)
        elif text != _UNSET:
            (guessed if text == "auto" else open_paths).append(path)
    if open_paths and _is_autocrlf(git):
        guessed += open_paths
    for together in _lists(guessed):
        found |= set(together) - _crlf_in_index(git, together)
    return found


def _is_autocrlf(git: Git) -> bool:
    setting = git.run("config", "--get", "core.autocrlf", check=False).strip().lower()
    return setting in (b"true", b"input", b"yes", b"on", b"1")


def _lists(paths: Sequence[str]) -> Iterator[list[str]]:
    """The paths, as many together as fit on a command line."""
    together: list[str] = []
    size = 0
    for path in paths:
        size += len(path_bytes(path)) + 1
        if together and size > _MOST_ARGUMENTS:
            yield together
            together, size = [], len(path_bytes(path)) + 1
        together.append(path)
    if together:
        yield together


def _crlf_in_index(git: Git, paths: Sequence[str]) -> set[str]:
    """Those that git finds with CRLF in the index and so, where it guesses what is text, leaves alone."""
    try:
        indexed = git.run("ls-files", "-z", "--eol", "--", *paths)
    except GitFailed as failure:
        if failure.is_unfinished:
            raise
        if len(paths) == 1:
            return set()
        # One of them, in what is a submodule now, say, is not to be asked about: the others are.
        half = len(paths) // 2
        return _crlf_in_index(git, paths[:half]) | _crlf_in_index(git, paths[half:])
    wanted = {path_bytes(path): path for path in paths}
    first: dict[str, bytes] = {}
    for entry in indexed.split(b"\0"):
        told, _, name = entry.partition(b"\t")
        parts = name.split(b"/")
        for count in range(1, len(parts) + 1):  # a file that is a folder now is told of by what lies there
            path = wanted.get(b"/".join(parts[:count]))
            if path is not None:
                first.setdefault(path, told)
    return {path for path, told in first.items() if told.startswith((b"i/crlf", b"i/mixed"))}
