"""Views shown on real streams: files, or a terminal of the kernel's."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import tempfile
import termios
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyte

from stackpane.cli.output import Console, OutputOptions
from stackpane.cli.show import show
from stackpane.links import Link

if TYPE_CHECKING:
    from stackpane.errors import ExitCode
    from stackpane.views import View

HERE = Link(("s3", "ls", "s3://b/"))
ENVIRON = {"TERM": "xterm-256color"}


@dataclass(frozen=True)
class Shown:
    """What came of showing a view. ``error`` is what was raised, where ``show`` did not return."""

    code: ExitCode | None
    stdout: bytes
    stderr: bytes
    error: Exception | None = None

    @property
    def text(self) -> str:
        return self.stdout.decode()

    @property
    def said(self) -> str:
        return self.stderr.decode()


def shown(view: View, *, fails: type[Exception] | None = None, answer: bytes = b"", **options: Any) -> Shown:
    """Show ``view`` with stdout and stderr going to files; raises what ``show`` raises unless it is expected."""
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        stdin.write(answer)
        stdin.seek(0)
        io = Console(stdin, stdout, stderr, ENVIRON)
        code, error = _run(view, io, fails, **options)
        stdout.seek(0)
        stderr.seek(0)
        return Shown(code, stdout.read(), stderr.read(), error)


def _run(
    view: View, io: Console, fails: type[Exception] | None, **options: Any
) -> tuple[ExitCode | None, Exception | None]:
    wanted = OutputOptions(**{"here": HERE, **options})
    try:
        return show(view, wanted, io), None
    except Exception as error:
        if fails is None or not isinstance(error, fails):
            raise
        return None, error


class Pty:
    """A terminal of ``columns`` columns, whose bytes are gathered as they come; for a ``with`` block."""

    def __init__(self, columns: int = 80) -> None:
        self._columns = columns
        self.raw = b""

    def __enter__(self) -> Pty:
        self._outside, self._inside = pty.openpty()
        fcntl.ioctl(self._inside, termios.TIOCSWINSZ, struct.pack("HHHH", 50, self._columns, 0, 0))
        # Reading and writing are told apart, as a person at a terminal would tell them.
        self.stdin = os.fdopen(os.dup(self._inside), "rb")
        self.stdout = os.fdopen(os.dup(self._inside), "wb")
        self.stderr = os.fdopen(os.dup(self._inside), "wb")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self.stdin, self.stdout, self.stderr):
            stream.close()
        os.close(self._inside)
        self._reader.join(30)
        os.close(self._outside)

    def type(self, keys: bytes) -> None:
        """Type ahead."""
        os.write(self._outside, keys)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._outside, 65536)
            except OSError:  # EIO: the inside is closed
                return
            self.raw += data


@dataclass(frozen=True)
class OnTerminal:
    """What came of showing a view on a terminal: every byte it got, and what can be read on it."""

    code: ExitCode | None
    raw: bytes
    columns: int
    error: Exception | None = None

    @property
    def cells(self) -> list[list[str]]:
        """The terminal's cells, line by line; the second cell of a wide character is empty."""
        screen = pyte.HistoryScreen(self.columns, 50, history=5000)
        pyte.ByteStream(screen).feed(self.raw)
        buffer = [*screen.history.top, *(screen.buffer[at] for at in range(screen.lines))]
        return [[line[at].data for at in range(self.columns)] for line in buffer]

    @property
    def lines(self) -> list[str]:
        """The lines that can be read, without the empty ones at the end."""
        return "\n".join("".join(line).rstrip() for line in self.cells).rstrip("\n").split("\n")


def on_terminal(
    view: View, *, columns: int = 80, keys: bytes = b"", fails: type[Exception] | None = None, **options: Any
) -> OnTerminal:
    """Show ``view`` with all three streams being one terminal."""
    with Pty(columns) as terminal:
        if keys:
            terminal.type(keys)
        io = Console(terminal.stdin, terminal.stdout, terminal.stderr, ENVIRON)
        code, error = _run(view, io, fails, **options)
    return OnTerminal(code, terminal.raw, columns, error)
