"""The command-line face: stdout is data, stderr is everything else."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``stackpane`` with these arguments (those of the process unless given) and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:
        from stackpane import __version__

        sys.stdout.write(f"stackpane {__version__}\n")
        return 0
    from stackpane.cli.main import run

    return run(arguments)
