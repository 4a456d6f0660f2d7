"""`python -m byline`: the program `byline` where it is not on PATH."""

import sys

from byline.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
