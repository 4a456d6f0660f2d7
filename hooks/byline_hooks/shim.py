"""The file agents' settings name: `PYTHON -I -S .../byline_hooks/shim.py AGENT`, payload on standard input."""

import sys
from _frozen_importlib_external import MAGIC_NUMBER
from marshal import loads

root, own = __file__[: -len("/byline_hooks/shim.py")], sys.implementation.cache_tag
try:  # see bundle.py; without one the modules are found as ever
    with open(f"{root}/byline_hooks/__pycache__/{sys.argv[1]}.{own}.bundle", "rb", 0) as file:
        data = file.read()
    if data[:4] == MAGIC_NUMBER and sys.argv[1].isidentifier():
        loader, told = loads(memoryview(data)[4:])  # noqa: S302  (as much ours as the byte code beside it)
        exec(loader)  # noqa: S102
except Exception:  # noqa: S110
    pass
sys.path.insert(0, root)
from byline_hooks.entry import main  # noqa: E402

main(sys.argv[1:])
