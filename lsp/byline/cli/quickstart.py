"""What makes a command that answers and ends start sooner."""

import gc
import sys


def prepare() -> None:
    """Call it before the command's module is imported.

    Values of a quick answer are needed to its end: to look for those that are not would only take time. And msgspec
    takes `typing_extensions`, which costs more than msgspec itself, where it is installed; from Python 3.11 on all it
    wants of it is in `typing`. Whoever imports it later finds it as ever.
    """
    gc.disable()
    if "typing_extensions" not in sys.modules and "msgspec" not in sys.modules:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]
        try:
            import msgspec  # noqa: F401
        finally:
            del sys.modules["typing_extensions"]
