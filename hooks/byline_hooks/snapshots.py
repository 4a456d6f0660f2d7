"""Snapshots: the bytes of a file at one moment, kept once under their git blob id."""

from byline_hooks import system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import _Hash

LARGEST = 5 << 20
"""Bytes; larger files get an id but no snapshot."""
LARGEST_HASHED = 256 << 20
"""Bytes; larger files get no id either: reading them would outlast the hook's deadline."""
_BINARY_LOOK = 8000

_SECRET_NAMES = frozenset(
    [
        ".netrc",
        "_netrc",
        ".npmrc",
        ".pypirc",
        ".pgpass",
        ".htpasswd",
        ".git-credentials",
        ".dockercfg",
        ".my.cnf",
        ".vault-token",
        "credentials",
        "kubeconfig",
        "terraform.tfvars",
    ]
)
_SECRET_ENDS = (".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".pkcs12", ".tfstate")
_SECRET_STARTS = (".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_xmss")
_SECRET_STEMS = frozenset(("credentials", "secrets", "client_secret", "service-account", "service_account"))
_DATA_ENDS = frozenset(("json", "yml", "yaml", "toml", "ini", "cfg", "csv", "xml", "txt", "properties", "enc"))


def hasher(name: str, data: bytes = b"") -> "_Hash":
    """`hashlib.new` from the C modules: importing `hashlib` loads OpenSSL."""
    try:
        if name == "sha1":
            system.extension("_sha1")
            from _sha1 import sha1 as new  # type: ignore[import-not-found]
        else:
            try:
                from _sha2 import sha256 as new  # type: ignore[import-not-found]
            except ImportError:
                from _sha256 import sha256 as new  # type: ignore[import-not-found]
    except ImportError:
        import hashlib

        return hashlib.new(name, data)
    made: _Hash = new(data)
    return made


def blob_id(data: bytes, object_format: str) -> str:
    """The id git gives these bytes; `object_format` is `sha1` or `sha256`."""
    state = hasher(object_format, b"blob %d\0" % len(data))
    state.update(data)
    return str(state.hexdigest())


def is_binary(data: bytes) -> bool:
    """Git's own test: a NUL byte near the start."""
    return b"\0" in data[:_BINARY_LOOK]


def is_secret(path: str) -> bool:
    """Whether a file is known by its name to hold secrets; its bytes are never kept, not even their id."""
    name = path.rpartition("/")[2].lower()
    if name in _SECRET_NAMES or name.endswith(_SECRET_ENDS) or name.startswith(_SECRET_STARTS):
        return True
    if name.startswith("id_") and "." not in name:
        return True
    stem, dot, end = name.rpartition(".")
    return bool(dot) and end in _DATA_ENDS and stem in _SECRET_STEMS


class Look:
    """What was on disk under one path."""

    __slots__ = ("data", "id", "skipped")

    def __init__(self, blob: str | None, data: bytes | None, skipped: str | None) -> None:
        self.id = blob
        """Blob id; `none`: no file; None: not known."""
        self.data = data
        """The bytes where they may be kept."""
        self.skipped = skipped
        """Why they may not: `binary`, `large`, `secret`, `special`."""


def look(path: str, object_format: str) -> Look:
    """Read the file at `path`, if it is one and may be read."""
    if is_secret(path):
        return Look(None, None, "secret")
    if system.WINDOWS:
        from byline_hooks import windows

        if windows.is_device(path):
            return Look(None, None, "special")
    try:
        descriptor = os.open(system.native(path), system.READ_ONLY)
    except (FileNotFoundError, NotADirectoryError):
        return Look("none", None, None)
    except OSError:
        return Look(None, None, None)
    try:
        status = os.fstat(descriptor)
        if status.st_mode & 0o170000 != 0o100000:
            return Look(None, None, "special")
        if status.st_size > LARGEST:
            return Look(_id_of_large(descriptor, status.st_size, object_format), None, "large")
        data = os.read(descriptor, status.st_size + 1)
        if len(data) != status.st_size:  # it changes as we look
            data += system.read_descriptor(descriptor, LARGEST + 1)
        return of_bytes(data, object_format)
    except OSError:
        return Look(None, None, None)
    finally:
        os.close(descriptor)


def of_bytes(data: bytes, object_format: str) -> Look:
    """The same for bytes at hand."""
    blob = blob_id(data, object_format)
    if len(data) > LARGEST:
        return Look(blob, None, "large")
    if is_binary(data):
        return Look(blob, None, "binary")
    return Look(blob, data, None)


def _id_of_large(descriptor: int, size: int, object_format: str) -> str | None:
    if size > LARGEST_HASHED:
        return None
    state = hasher(object_format, b"blob %d\0" % size)
    seen = 0
    while piece := os.read(descriptor, 1 << 20):
        state.update(piece)
        seen += len(piece)
    return str(state.hexdigest()) if seen == size else None


def keep(folder: str, blob: str, data: bytes) -> None:
    """Store `data` as `blobs/ab/cdef…` below `folder` unless it is there. OSError where that fails."""
    above = f"{folder}/blobs/{blob[:2]}"
    path = f"{above}/{blob[2:]}"
    try:
        if os.stat(system.native(path)).st_size:
            return
    except FileNotFoundError:
        pass
    packed = _packed(data)
    try:
        system.write_whole(path, packed)
    except FileNotFoundError:
        system.make_folders(above)
        system.write_whole(path, packed)
    except PermissionError:  # on Windows nobody replaces a file that somebody reads: then it is there
        if not os.stat(system.native(path)).st_size:
            raise


def _packed(data: bytes) -> bytes:
    """Level 1, in no more memory than these bytes can use: the first touch of it takes longer than the work."""
    system.extension("zlib")
    import zlib

    press = zlib.compressobj(1, zlib.DEFLATED, max(9, min(15, len(data).bit_length())), 6)
    return press.compress(data) + press.flush()


def unpacked(path: str, most: int) -> bytes | None:
    """The first `most` bytes, at least one, of what is packed in a file, here or by git; None if that is not so."""
    try:
        packed = system.read(path)
    except OSError:
        return None
    system.extension("zlib")
    import zlib

    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return None
