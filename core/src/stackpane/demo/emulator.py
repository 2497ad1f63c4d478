"""Start and stop the emulated AWS in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from stackpane.demo import register
from stackpane.errors import ConnectionProblem

__all__ = ["Emulator"]

# Seconds. It is there after a quarter of one; a machine that is busy with something else may need much longer.
START_DEADLINE = 60


class Emulator:
    """A running emulator. Use it in a ``with`` block: at its end the process and its data are gone.

    The process also ends by itself when this one does, however that happens: its stdin is a pipe that only this process
    holds open. (Linux's parent-death signal would add nothing to that, and it fires when the *thread* ends.)
    """

    def __init__(self, *, debug: bool = False) -> None:
        """Start it, without waiting for it to be ready. With ``debug`` its log goes to stderr.

        Raises ``ConnectionProblem`` where ministack is not installed or the process does not start.
        """
        if importlib.util.find_spec("ministack") is None:
            raise ConnectionProblem(
                "the demo needs ministack, which is not installed", 'Install it: pip install "stackpane[demo]"'
            )
        from stackpane.connections.catalogue import demo_path

        self._entry = demo_path()
        self._folder = tempfile.mkdtemp(prefix="stackpane-demo-")
        self._debug = debug
        self._process = self._spawn()
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        with self._process.stdout as stdout:
            line = stdout.readline()
        if not line:
            raise self._failed_to_start()
        self._port = int(line)

    @property
    def url(self) -> str:
        """The endpoint for every service: ``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process id of the emulator."""
        return self._process.pid

    def wait(self) -> None:
        """Return when it answers. Raises ``ConnectionProblem`` with its last words where it ends instead."""
        # The port is open already: the request waits in its queue, so there is nothing to poll.
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=START_DEADLINE)
        try:
            connection.request("GET", "/_ministack/health")
            ready = connection.getresponse().status == http.client.OK
        except OSError:
            ready = False
        finally:
            connection.close()
        if not ready:
            raise self._failed_to_start()

    def announce(self) -> None:
        """Let ``-c demo`` find this one, until it is stopped."""
        register.announce(self.url, self.pid, self._entry)

    def watch(self) -> None:
        """Return when its process ends, which nobody asked for."""
        self._process.wait()

    def stop(self) -> None:
        """End the process and all that it started, and remove its data. May be called more than once."""
        if self._process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)  # nothing it has is to be kept
            else:
                self._process.kill()
        self._process.wait()
        register.withdraw(self._process.pid, self._entry)
        if self._process.stdin is not None:
            self._process.stdin.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return Path(self._folder, "emulator.log")

    def _spawn(self) -> subprocess.Popen[bytes]:
        # -P: what lies in the folder where the user stands is not imported.
        program = [sys.executable, "-P", "-m", "stackpane.demo.server", self._folder, str(self._entry)]
        with contextlib.ExitStack() as files:
            return subprocess.Popen(  # noqa: S603 - our own module, by this very Python
                program,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if self._debug else files.enter_context(self._log.open("wb")),
                cwd=self._folder,
                env=self._environment(),
                # A group of its own: Ctrl-C in the terminal is this process's business, and all can be ended at once.
                process_group=0 if os.name != "nt" else None,
            )

    def _environment(self) -> dict[str, str]:
        """What the emulator and the functions that it runs get to see: nothing of the user's AWS settings."""
        kept = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "HOME": self._folder,
            "TMPDIR": self._folder,
            "TEMP": self._folder,
            "LOG_LEVEL": "INFO" if self._debug else "WARNING",
        }

    def _failed_to_start(self) -> ConnectionProblem:
        self._process.kill()
        self._process.wait()
        words = self._log.read_text(errors="replace").split("\n") if self._log.is_file() else []
        said = [line.strip() for line in words if line.strip()]
        self.stop()
        return ConnectionProblem(
            f"the demo's emulator did not start{': ' + said[-1] if said else ''}", "See more: stackpane --debug demo"
        )
