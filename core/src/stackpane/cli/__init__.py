"""The command-line face: stdout is data, stderr is everything else."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading


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
    import threading

    # A command makes many objects and few cycles; Python's default of a collection per 700 objects doubles the time of
    # its imports, and the collection at the end of the process, which only looks at what the system takes back anyway,
    # costs another sixth. Whoever embeds this keeps their own settings.
    gc.set_threshold(100_000, 20, 100)
    threading.excepthook = _tell_of_thread
    try:
        from stackpane.cli.run import run

        return run(arguments)
    finally:
        gc.freeze()


def _tell_of_thread(failed: threading.ExceptHookArgs) -> None:
    """One line on a thread that a plugin has started and that ended in an error: Python's own would show its stack."""
    from stackpane.redaction import redact

    sys.stderr.write(redact(f"error in a thread: {failed.exc_type.__name__}: {failed.exc_value}") + "\n")
