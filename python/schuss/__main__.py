"""Makes `python -m schuss` the same as the command `schuss`."""

import sys

from schuss.cli import main

if __name__ == "__main__":
    sys.exit(main())
