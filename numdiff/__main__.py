"""`python -m numdiff`."""

import sys

from numdiff._cli.main import main

if __name__ == "__main__":
    sys.exit(main())
