"""``python -m stackpane``."""

import sys

from stackpane.cli import main

if __name__ == "__main__":
    sys.exit(main())
