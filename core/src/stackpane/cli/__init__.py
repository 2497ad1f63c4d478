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
    if argv is not None:
        from stackpane.cli.run import run

        return run(arguments)
    import gc

    # A command makes many objects and few cycles; Python's default of a collection per 700 objects doubles the time of
    # its imports, and the collection at the end of the process, which only looks at what the system takes back anyway,
    # costs another sixth. Whoever embeds this keeps their own settings.
    gc.set_threshold(100_000, 20, 100)
    try:
        from stackpane.cli.run import run

        return run(arguments)
    finally:
        gc.freeze()
