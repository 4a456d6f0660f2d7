"""The file agents' settings name: `PYTHON -I -S .../byline_hooks/shim.py AGENT`, payload on standard input."""

import gc
import sys
from _frozen_importlib_external import MAGIC_NUMBER
from marshal import loads

gc.disable()  # the process ends before there is anything worth collecting
root = __file__[: -len("/byline_hooks/shim.py")]
sys.path.insert(0, root)
try:  # see bundle.py; without one the modules are found as ever
    with open(f"{root}/byline_hooks/__pycache__/bundle.{sys.implementation.cache_tag}", "rb", 0) as file:
        magic, loader, shared, dialects, packages = loads(file.read())  # noqa: S302  (as much ours as the byte code beside it)
    if magic == MAGIC_NUMBER:
        exec(loader)  # noqa: S102
except (OSError, EOFError, ValueError, TypeError, IndexError):
    pass
from byline_hooks.entry import main  # noqa: E402

main(sys.argv[1:])
