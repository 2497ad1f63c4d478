"""What is told when the browser has ended by a fault: the stack without values, no secrets, a report to keep."""

from __future__ import annotations

import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from stackpane import __version__
from stackpane.paths import state_folder
from stackpane.redaction import redact_lines

__all__ = ["report_of", "save", "tell"]


def report_of(error: BaseException) -> str:
    """The report: versions, and the stack without the values of any variable; secrets are taken out of messages."""
    from importlib.metadata import version

    about = f"stackpane {__version__}, textual {version('textual')}, Python {platform.python_version()}"
    stack = redact_lines("".join(traceback.format_exception(error)))
    return "\n".join([f"{about} on {platform.platform()}", "", *stack, ""])


def tell(error: BaseException) -> None:
    """Show the report on stderr, and keep it in a file where the user says so. Nothing is sent anywhere."""
    report = report_of(error)
    sys.stderr.write(f"The browser has ended by a fault. This is all that is known of it:\n\n{report}\n")
    sys.stderr.write("Keep this in a file that only you can read? [y/N] ")
    sys.stderr.flush()
    try:
        answer = sys.stdin.readline().strip().lower()
    except (OSError, ValueError, KeyboardInterrupt):
        answer = ""
    if answer in ("y", "yes"):
        sys.stderr.write(f"It is in {save(report)}.\n")


def save(report: str, folder: Path | None = None) -> Path:
    """Write the report to a new file of mode 0600, and return where it is."""
    place = folder or state_folder() / "crashes"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = place / f"browser-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(report)
    return path
