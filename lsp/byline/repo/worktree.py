"""What git would store for the bytes of a working file: line ends, `ident`, filters and encodings taken off."""

import hashlib
import re
from collections.abc import Sequence

from byline.errors import GitFailed
from byline.repo import drivers
from byline.repo.run import Git, path_bytes

ATTRIBUTES = ("text", "eol", "crlf", "ident", "filter", "working-tree-encoding")
_IDENT = re.compile(rb"\$Id:[^\n$]*\$")
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n")
_SET = "set"
_UNSET = "unset"
_NONE = ("unspecified", "unset")


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
    attributes = _attributes(git, path)
    form = object_format(git)
    converts = _converts_eol(git, path, attributes)
    return [_clean_id(git, path, text, attributes, form, converts=converts) for text in texts]


def eol_normalised(git: Git, path: str) -> bool:
    """Whether CRLF in the working file `path` becomes LF in the repository."""
    return _converts_eol(git, path, _attributes(git, path))


def passage(git: Git, path: str) -> tuple[bool, bool]:
    """Whether more than line ends differ between the working file `path` and what git stores of it; and, where not,
    whether line ends do (`eol_normalised`). One question after the attributes of both.
    """
    attributes = _attributes(git, path)
    is_filtered = _is_filtered(attributes)
    return is_filtered, not is_filtered and _converts_eol(git, path, attributes)


def _is_filtered(attributes: dict[str, str]) -> bool:
    return (
        attributes["filter"] not in (*_NONE, _SET, "lfs")
        or attributes["working-tree-encoding"] not in (*_NONE, _SET)
        or attributes["ident"] == _SET
    )


def untouched(git: Git, paths: Sequence[str]) -> list[str]:
    """Those of many paths between whose working file and git nothing stands, in two runs.

    None where that cannot be told at once.
    """
    setting = git.run("config", "--get", "core.autocrlf", check=False).strip().lower()
    if setting in (b"true", b"input", b"yes", b"on", b"1") or not paths:
        return []
    asked = b"".join(path_bytes(path) + b"\0" for path in paths)
    fields = git.run("check-attr", "-z", "--stdin", *ATTRIBUTES, input=asked, timeout=60).split(b"\0")
    told = {fields[start] for start in range(0, len(fields) - 2, 3) if fields[start + 2] != b"unspecified"}
    return [path for path in paths if path_bytes(path) not in told]


def without_ids(data: bytes) -> bytes:
    """The bytes with each `$Id: …$` as git stores it where the attribute `ident` is set: `$Id$`. Pure."""
    return _IDENT.sub(b"$Id$", data)


def lfs_pointer(data: bytes) -> bytes:
    """The bytes Git LFS has stored for a file. Pure."""
    if not data or (len(data) < 1024 and _POINTER.match(data)):
        return data
    digest = hashlib.sha256(data).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()


def _clean_id(git: Git, path: str, text: bytes, attributes: dict[str, str], form: str, *, converts: bool) -> str:
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


def _attributes(git: Git, path: str) -> dict[str, str]:
    """The attributes of `path` by name: `set`, `unset`, `unspecified` or their value."""
    answer = git.run("check-attr", "-z", "--stdin", *ATTRIBUTES, input=path_bytes(path) + b"\0")
    fields = answer.decode("utf-8", "replace").split("\0")
    found = dict.fromkeys(ATTRIBUTES, "unspecified")
    found |= {fields[start + 1]: fields[start + 2] for start in range(0, len(fields) - 2, 3)}
    if found["text"] == "unspecified":  # the name it had before git 1.7.2
        found["text"] = {_SET: _SET, _UNSET: _UNSET, "input": _SET}.get(found["crlf"], found["text"])
    return found


def _converts_eol(git: Git, path: str, attributes: dict[str, str]) -> bool:
    text = attributes["text"]
    if text == _UNSET:
        return False
    if text == _SET or (text != "auto" and attributes["eol"] in ("lf", "crlf")):
        return True
    if text != "auto":
        setting = git.run("config", "--get", "core.autocrlf", check=False).strip().lower()
        if setting not in (b"true", b"input", b"yes", b"on", b"1"):
            return False
    return not _crlf_in_index(git, path)


def _crlf_in_index(git: Git, path: str) -> bool:
    """Whether git finds the file with CRLF in the index and so, where it guesses what is text, leaves it alone."""
    indexed = git.run("ls-files", "-z", "--eol", "--", path, check=False)
    return indexed.startswith((b"i/crlf", b"i/mixed"))
