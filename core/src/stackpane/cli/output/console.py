"""The three streams: data to stdout, narration to stderr, answers from stdin. Nothing else writes to them.

Everything that is narrated goes through ``stackpane.text.safe`` here, and loses the secrets that are in use, so no
caller can forget it. Data are made safe by the format that writes them, because what is safe differs: JSON has escapes,
a pipe wants the exact bytes.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Mapping
from typing import BinaryIO, TextIO

from stackpane.errors import StackpaneError
from stackpane.secrecy import without_secrets
from stackpane.text import safe

__all__ = ["Console", "ReaderGone"]

_FALLBACK_WIDTH = 80


class ReaderGone(Exception):
    """The reader of stdout has closed it: it has all it wanted (``| head``)."""


class Console:
    """stdin, stdout and stderr as bytes, and what is known about them. Safe to use from several threads.

    ``None`` stands for a stream that the process was started without.
    """

    def __init__(
        self,
        stdin: BinaryIO | None,
        stdout: BinaryIO | None,
        stderr: BinaryIO | None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr
        self._environ = environ
        # Reentrant: a warning may be given while a line is being drawn (a finalizer, a signal handler).
        self._lock = threading.RLock()
        self._status = ""
        self._mid_line = False
        self.stdout_is_terminal = _is_terminal(stdout)
        self.stderr_is_terminal = _is_terminal(stderr)

    @classmethod
    def standard(cls) -> Console:
        """The console of this process."""
        return cls(_binary(sys.stdin), _binary(sys.stdout), _binary(sys.stderr))

    @property
    def can_ask(self) -> bool:
        """Whether there is a person to ask: a question can be seen and answered."""
        return self.stderr_is_terminal and _is_terminal(self._stdin)

    @property
    def can_redraw(self) -> bool:
        """Whether a line of narration can be replaced by the next."""
        return self.stderr_is_terminal and self._environ.get("TERM") != "dumb"

    @property
    def may_color(self) -> bool:
        """Whether stdout takes colour (https://no-color.org)."""
        plain = self._environ.get("NO_COLOR") or self._environ.get("TERM") == "dumb"
        return self.stdout_is_terminal and not plain

    @property
    def width(self) -> int | None:
        """Columns of the terminal that stdout is, ``None`` where it is none."""
        return self._columns(self._stdout) if self.stdout_is_terminal else None

    @property
    def narration_width(self) -> int:
        """Columns of the terminal that stderr is."""
        return self._columns(self._stderr) if self.stderr_is_terminal else _FALLBACK_WIDTH

    def _columns(self, stream: BinaryIO | None) -> int:
        given = self._environ.get("COLUMNS", "")
        if given.isdecimal() and int(given):
            return int(given)
        # A terminal of zero columns is one whose size nobody has set.
        with contextlib.suppress(OSError):
            return os.get_terminal_size(stream.fileno() if stream else -1).columns or _FALLBACK_WIDTH
        return _FALLBACK_WIDTH

    def write(self, text: str) -> None:
        """Write data to stdout as UTF-8, at once. Raises as ``write_bytes`` does."""
        # A lone surrogate is no text; it passes as the three bytes that WTF-8 gives it, rather than be lost.
        self.write_bytes(text.encode("utf-8", "surrogatepass"))

    def write_bytes(self, data: bytes) -> None:
        """Write data to stdout, at once.

        Raises ``ReaderGone`` where nobody reads any more, ``StackpaneError`` where writing fails (a full disk).
        """
        if not data:
            return
        with self._lock:
            self._erase_status()
            try:
                if self._stdout is None:
                    raise OSError("it is closed")
                self._stdout.write(data)
                self._stdout.flush()
            except (BrokenPipeError, ConnectionResetError) as error:
                _abandon(self._stdout)
                raise ReaderGone from error
            except OSError as error:
                _abandon(self._stdout)
                raise StackpaneError(f"Cannot write to stdout: {error.strerror or error}.") from error
            self._mid_line = not data.endswith(b"\n")
            self._draw_status()

    def note(self, text: str) -> None:
        """Say one line on stderr."""
        self._say(safe(without_secrets(text)) + "\n")

    def warn(self, text: str) -> None:
        """Say one line on stderr that something is missing or not as it should be."""
        self.note(f"warning: {text}")

    def ask(self, question: str) -> str | None:
        """The line that the user answers, exactly but for its line end; ``None`` where there is no answer.

        Whoever asks looks at ``can_ask`` before.
        """
        self._say(safe(question) + " ")
        line = self._stdin.readline() if self._stdin else b""
        if not line.endswith(b"\n"):
            self._say("\n")
        if not line:
            return None
        return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")

    def status(self, line: str) -> None:
        """Show ``line`` below all narration, in place of the last one; an empty one takes it away.

        Cut to fit by the caller. Does nothing where a line cannot be replaced.
        """
        if not self.can_redraw:
            return
        with self._lock:
            if not line:
                self._erase_status()
            self._status = safe(line)
            self._draw_status()

    def _say(self, text: str) -> None:
        with self._lock:
            self._erase_status()
            # Where both streams are one, data that end in the middle of a line must not run into this.
            are_one = (self.stdout_is_terminal and self.stderr_is_terminal) or self._stdout is self._stderr
            lead = "\n" if self._mid_line and are_one else ""
            self._mid_line = False
            self._narrate(lead + text)
            self._draw_status()

    def _erase_status(self) -> None:
        if self._status:
            self._narrate("\r\x1b[K")

    def _draw_status(self) -> None:
        if self._status:
            self._narrate(f"\r{self._status}\x1b[K")

    def _narrate(self, text: str) -> None:
        if self._stderr is None:
            return
        try:
            self._stderr.write(text.encode("utf-8", "backslashreplace"))
            self._stderr.flush()
        # Nobody can be told that there is nobody to tell; the data and the exit code still count.
        except OSError:
            _abandon(self._stderr)


def _abandon(stream: BinaryIO | None) -> None:
    """Let what is still buffered go nowhere: Python would try it again at exit, print a traceback and exit with 120.

    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    with contextlib.suppress(OSError):  # a stream without a descriptor has nothing to redirect
        if stream is not None:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def _binary(stream: TextIO | None) -> BinaryIO | None:
    return getattr(stream, "buffer", None)


def _is_terminal(stream: BinaryIO | None) -> bool:
    return stream is not None and stream.isatty()
