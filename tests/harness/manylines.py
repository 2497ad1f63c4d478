"""Many command lines on one terminal, in one process: what they show there has to be harmless."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness.cli import at_endpoint
from tests.harness.terminal import Terminal, TerminalFactory, hostile_bytes

if TYPE_CHECKING:
    from tests.harness.cli import Endpoint

_MANY = """
import json, sys
from stackpane.cli import main
with open(sys.argv[1]) as lines, open(sys.argv[2], "w") as codes:
    json.dump([main(argv) for argv in json.load(lines)], codes)
"""


def on_terminal(
    terminal: TerminalFactory, at: Endpoint, lines: Iterable[Sequence[str]], **size: int
) -> tuple[Terminal, list[int]]:
    """A terminal on which the command lines have run, all in one process, and their exit codes."""
    Path("lines.json").write_text(json.dumps(list(lines)))
    shown = terminal.run(sys.executable, "-c", _MANY, "lines.json", "codes.json", env=at_endpoint(at), **size)
    assert shown.wait() == 0, shown.text
    return shown, json.loads(Path("codes.json").read_text())


def assert_harmless(shown: Terminal) -> None:
    """Nothing but our own sequences has reached the terminal."""
    # A replacement character may stand in a name; ``hostile_bytes`` takes it for bytes that are no UTF-8.
    assert hostile_bytes(shown.raw.replace("\ufffd".encode(), b"?")) == []
    assert shown.titles == []
