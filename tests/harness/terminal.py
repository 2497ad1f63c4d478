"""A command in a real terminal: keys go in, the byte stream and the screen that it makes come out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Self

import pyte
import pytest

from tests.harness.cli import DEADLINE, Endpoint, at_endpoint

OWN_SEQUENCES = (
    r"\x1b\[(?:[0-4]|3[0-7]|9[0-7])?m",  # one plain attribute or colour at a time
    r"\r(?=[^\x00-\x1f]*\x1b\[K)|\x1b\[K",  # one line written over, then cut: a progress line
)
"""What the command line's own face may send to a terminal. The hostile names have other sequences of the same kinds."""

_OWN = re.compile("|".join(OWN_SEQUENCES))
_HOSTILE = re.compile(
    r"\x1b[\[\]PX^_()#%*+\-./ ]?[0-9;:?>=! ]*.?"  # any escape sequence that is left, with what it begins with
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # C0 but tab and line feed, DEL, C1
    r"|[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]"  # direction of text
    r"|[\u200b\u2028\u2029\u2060\ufeff]"  # invisible, and line breaks of other kinds
    r"|\ufffd",  # bytes that are no UTF-8
    re.DOTALL,
)


def hostile_bytes(stream: bytes, *, own: bool = True) -> list[str]:
    """What a terminal would take for more than text, each with the text after it; ``[]`` where all is well.

    ``own`` lets pass what our own face sends to a terminal; give False for a stream that should be text only.
    """
    text = stream.decode("utf-8", "replace")
    text = _OWN.sub("", text) if own else text
    text = text.replace("\r\n", "\n")  # as a terminal's line discipline, and CSV, end lines
    return [text[match.start() : match.end() + 10] for match in _HOSTILE.finditer(text)]


class _Screen(pyte.Screen):
    def __init__(self, columns: int, lines: int, titles: list[str]) -> None:
        super().__init__(columns, lines)
        self._titles = titles

    def set_title(self, param: str) -> None:
        self._titles.append(param)


class Terminal:
    """A child process with a terminal of its own, 24 lines of 80 columns unless given; for a ``with`` block."""

    def __init__(self, *argv: str, env: Mapping[str, str] | None = None, rows: int = 24, columns: int = 80) -> None:
        self._argv = argv
        self._env = os.environ | {"TERM": "xterm-256color"} | dict(env or {})
        self.titles: list[str] = []
        """Window titles that were set: none, where nothing hostile gets through."""
        self._screen = _Screen(columns, rows, self.titles)
        self._stream = pyte.ByteStream(self._screen)
        self._raw = bytearray()
        self._changed = threading.Condition()
        self._ended = False

    def __enter__(self) -> Self:
        self._terminal, inside = pty.openpty()
        self.resize(self._screen.lines, self._screen.columns)
        # the first terminal that the leader of a new session opens becomes its own: Ctrl-C then is a signal
        self.process = subprocess.Popen(
            ["sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(inside), *self._argv],
            env=self._env,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()
        self._inside = inside  # kept open until the end of the process: without, an early read fails
        threading.Thread(target=self._close_inside, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(DEADLINE)
        os.close(self._terminal)

    def _close_inside(self) -> None:
        self.process.wait()
        os.close(self._inside)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 65536)
            except OSError:  # EIO: nobody has the terminal open any more
                data = b""
            with self._changed:
                self._raw += data
                self._ended = not data
                if data:
                    self._stream.feed(data)
                self._changed.notify_all()
            if not data:
                return

    def send(self, keys: str) -> None:
        """Type ``keys``: text, ``\\r`` for Return, ``\\x03`` for Ctrl-C, ``\\x1b`` for Escape."""
        os.write(self._terminal, keys.encode())

    def resize(self, rows: int, columns: int) -> None:
        """Change the size, as a user does with a window."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        with self._changed:
            self._screen.resize(rows, columns)

    @property
    def raw(self) -> bytes:
        """Every byte the terminal got so far."""
        with self._changed:
            return bytes(self._raw)

    @property
    def screen(self) -> list[str]:
        """The lines on the screen, without spaces at their ends."""
        with self._changed:
            return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text, without empty lines at its end."""
        return "\n".join(self.screen).rstrip()

    def wait_for(self, what: str | Callable[[Terminal], bool]) -> None:
        """Return once ``what`` is on the screen or true; fails at the end of the process, or after a deadline."""
        condition = (lambda _: what in self.text) if isinstance(what, str) else what
        with self._changed:
            self._changed.wait_for(lambda: condition(self) or self._ended, DEADLINE)
        assert condition(self), f"{what!r} did not come: {self.text}"

    def wait(self) -> int:
        """The exit code, once the process has ended and all it wrote has been read."""
        code = self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        return code


class TerminalFactory:
    """Starts terminals and ends them with the test."""

    def __init__(self) -> None:
        self._open: list[Terminal] = []

    def __call__(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        at: Endpoint | None = None,
        rows: int = 24,
        columns: int = 80,
    ) -> Terminal:
        """``stackpane ARGS`` in a terminal of its own, started."""
        argv = (sys.executable, "-m", "stackpane", *args)
        return self.run(*argv, env=at_endpoint(at) | dict(env or {}), rows=rows, columns=columns)

    def run(self, *argv: str, env: Mapping[str, str] | None = None, rows: int = 24, columns: int = 80) -> Terminal:
        """Any program in a terminal of its own, started."""
        terminal = Terminal(*argv, env=env, rows=rows, columns=columns)
        self._open.append(terminal.__enter__())
        return terminal

    def close(self) -> None:
        """End all of them."""
        for terminal in self._open:
            terminal.__exit__()


@pytest.fixture
def terminal() -> Iterator[TerminalFactory]:
    """``terminal("s3", "ls", at=aws)`` runs ``stackpane s3 ls`` in a real terminal."""
    factory = TerminalFactory()
    yield factory
    factory.close()
