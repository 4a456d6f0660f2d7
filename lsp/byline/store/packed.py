"""Rows of numbers and texts as bytes, and a seal by which many of those are known to be whole. Pure."""

import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence

import msgspec

Bytes = bytes | memoryview
Parts = Mapping[str, Bytes]
_SEAL = msgspec.json.Decoder(tuple[str, str, dict[str, tuple[int, int]]])


def packed(text: str) -> bytes:
    """A text that may hold lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def unpacked(data: Bytes) -> str:
    """What `packed` was given."""
    return str(data, "utf-8", "surrogatepass")


def numbers(kind: str, data: Bytes) -> memoryview:
    """The numbers (`kind` as of `array`) that bytes hold, without copying them."""
    return memoryview(data).cast("B").cast(kind)  # type: ignore[call-overload, no-any-return]


def texts(data: bytes, ends: Sequence[int] | memoryview) -> Iterator[str]:
    """The texts that stand in a row, each up to its end."""
    start = 0
    for end in ends:
        yield unpacked(data[start:end])
        start = end


def raw(row: "array[int]") -> memoryview:
    """The bytes of a row of numbers, without copying them: the row may not grow meanwhile."""
    return memoryview(row).cast("B")


def seal(parts: Parts, version: str) -> bytes:
    """What says later whether the parts are those that were kept."""
    checks = {name: [len(part), zlib.crc32(part)] for name, part in parts.items()}
    return msgspec.json.encode([version, sys.byteorder, checks])


def sealed(parts: Parts, kept_seal: bytes, version: str) -> Parts | None:
    """The parts that a seal is for; None where one is damaged, missing, of another version or of another machine."""
    try:
        _, _, checks = _SEAL.decode(kept_seal)
    except msgspec.MsgspecError:
        return None
    found = {name: parts[name] for name in checks if name in parts}
    return found if seal(found, version) == kept_seal else None


def below(parts: Parts, name: str) -> dict[str, Bytes]:
    """The parts of a part: those whose names begin with it and a dot."""
    return {key[len(name) + 1 :]: part for key, part in parts.items() if key.startswith(f"{name}.")}
