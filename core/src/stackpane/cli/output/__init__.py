"""How the command line writes what a command returned: data to stdout, narration to stderr.

``Console`` owns the three streams, ``OutputOptions`` says what the user wants; each other module is one format or one
kind of view. Nothing here knows a service, and nothing fetches a page before the one before it is written.
"""

from stackpane.cli.output.console import Console, ReaderGone
from stackpane.cli.output.options import OutputOptions

__all__ = ["Console", "OutputOptions", "ReaderGone"]
