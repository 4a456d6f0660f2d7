"""JSON from the C scanner alone: `import json` would double the run of a hook.

`loads` accepts and rejects what `json.loads` does for a string (held equal by a test), and raises ValueError for
everything it rejects.
"""

from byline_hooks.system import extension, namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

extension("_json")
try:
    from _json import encode_basestring_ascii as quote
    from _json import make_scanner

    def _constant(name: str) -> float:
        """`NaN` and the infinities, as `json` reads them."""
        return float(name.replace("Infinity", "inf"))

    def _scanner(*, strict: bool) -> "Callable[[str, int], tuple[object, int]]":
        """What reads a value; the namespace stands for a `json.JSONDecoder`."""
        context = namespace(
            strict=strict,
            object_hook=None,
            object_pairs_hook=None,
            parse_float=float,
            parse_int=int,
            parse_constant=_constant,
            memo={},
        )
        scan: Callable[[str, int], tuple[object, int]] = make_scanner(context)
        return scan

    def loads(text: str, *, strict: bool = True) -> object:
        """The value `text` stands for. Not `strict`: control characters may stand inside strings."""
        start = len(text) - len(text.lstrip(" \t\n\r"))
        try:
            value, end = _scanner(strict=strict)(text, start)
        except StopIteration:
            raise ValueError("not a JSON value") from None
        except RecursionError:
            raise ValueError("nested too deeply") from None
        except SystemError:  # the scanner looks for the error class of a `json` that is not loaded
            raise ValueError("not a JSON value") from None
        if text[end:].strip(" \t\n\r"):
            raise ValueError("text after the value")
        return value

except ImportError:  # an interpreter without the C accelerator
    import json
    from json.encoder import encode_basestring_ascii as quote

    def loads(text: str, *, strict: bool = True) -> object:
        """The value `text` stands for. Not `strict`: control characters may stand inside strings."""
        try:
            value: object = json.loads(text, strict=strict)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return value


_FAR = 1 << 63


def dumps(value: object) -> str:
    """One line of ASCII. What JSON or a reader cannot hold (NaN, integers over 64 bits, other types) becomes null."""
    if isinstance(value, str):
        return quote(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value) if -_FAR <= value < _FAR else "null"
    if isinstance(value, float):
        return repr(value) if -1e308 < value < 1e308 else "null"
    if isinstance(value, dict):
        return "{" + ",".join([f"{quote(str(key))}:{dumps(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    return "null"
