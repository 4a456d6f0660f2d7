"""The file agents' settings name: `PYTHON -I -S .../byline_hooks/shim.py AGENT`, payload on standard input."""

import gc
import sys

gc.disable()  # the process ends before there is anything worth collecting
sys.path.insert(0, __file__[: -len("/byline_hooks/shim.py")])
from byline_hooks.entry import main  # noqa: E402

main(sys.argv[1:])
