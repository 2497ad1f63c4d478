"""``stackpane`` run by a test: in a process of its own (``cli``), or faster in this one (``invoke``)."""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Protocol

import pytest

from stackpane.cli import main

REGION = "us-east-1"
DEADLINE = 60.0
"""Seconds a command may take before it counts as hanging."""


class Endpoint(Protocol):
    """An emulator, a fault proxy or a sink: something with a URL."""

    @property
    def url(self) -> str: ...


@dataclass(frozen=True)
class Result:
    """What a command did: its exit code and the bytes it wrote."""

    args: tuple[str, ...]
    exit_code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.stdout.decode()

    @property
    def lines(self) -> list[str]:
        """The lines of standard output."""
        return self.text.splitlines()

    @property
    def errors(self) -> str:
        """Standard error as text."""
        return self.stderr.decode()

    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.stdout)

    def ok(self) -> Result:
        """Itself, where the exit code is 0; fails with what was said otherwise."""
        assert self.exit_code == 0, f"{self.args} gave {self.exit_code}: {self.errors or self.text}"
        return self


def at_endpoint(endpoint: Endpoint | None) -> dict[str, str]:
    """The environment that leads to an emulator, with dummy keys; empty for None."""
    if endpoint is None:
        return {}
    return {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
    }


class Cli:
    """Runs ``stackpane`` in child processes with the test's own environment, and leaves none of them behind."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[bytes]] = []

    def __call__(
        self,
        *args: str,
        input: bytes = b"",  # noqa: A002 - as ``subprocess.run`` has it
        env: Mapping[str, str] | None = None,
        at: Endpoint | None = None,
    ) -> Result:
        """Run ``stackpane ARGS`` to its end. ``at`` (an emulator, a fault proxy) is where it sends its requests."""
        process = self.start(*args, env=env, at=at, stdin=subprocess.PIPE)
        stdout, stderr = process.communicate(input, timeout=DEADLINE)
        return Result(args, process.returncode, stdout, stderr)

    def start(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        at: Endpoint | None = None,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Start ``stackpane ARGS`` and return at once: to interrupt it, or to read only a part (``| head``)."""
        process = subprocess.Popen(
            [sys.executable, "-m", "stackpane", *args],
            env=os.environ | at_endpoint(at) | dict(env or {}),
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def finish(self, process: subprocess.Popen[bytes]) -> Result:
        """The result of a started process, waited for."""
        stdout, stderr = process.communicate(timeout=DEADLINE)
        return Result(tuple(str(arg) for arg in process.args[3:]), process.returncode, stdout or b"", stderr or b"")  # type: ignore[index]

    def interrupt(self, process: subprocess.Popen[bytes]) -> Result:
        """Ctrl-C, as a terminal sends it: to the process and its children; then its result."""
        os.killpg(process.pid, signal.SIGINT)
        return self.finish(process)

    def close(self) -> None:
        """End what still runs."""
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


class Invoke:
    """Runs ``stackpane`` in this process: no start-up, but the interpreter's state is shared with the test."""

    def __call__(
        self,
        *args: str,
        input: bytes = b"",  # noqa: A002 - as ``subprocess.run`` has it
        env: Mapping[str, str] | None = None,
        at: Endpoint | None = None,
    ) -> Result:
        """Call ``stackpane.cli.main(ARGS)`` and return what it wrote to the real file descriptors."""
        with pytest.MonkeyPatch.context() as patch, _standard_streams(input) as (stdout, stderr), _interpreter_state():
            for name, value in (at_endpoint(at) | dict(env or {})).items():
                patch.setenv(name, value)
            try:
                exit_code = int(main(args))
            except SystemExit as stop:
                exit_code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
            sys.stdout.flush()
            sys.stderr.flush()
            return Result(args, exit_code, _content(stdout), _content(stderr))


@contextmanager
def _standard_streams(given: bytes) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Descriptors 0 to 2 and ``sys.std*`` lead to files for a while; children and C code write there too."""
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        saved = [os.dup(descriptor) for descriptor in range(3)]
        streams = sys.stdin, sys.stdout, sys.stderr
        try:
            for descriptor, file in enumerate((stdin, stdout, stderr)):
                os.dup2(file.fileno(), descriptor)
            sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), "utf-8")
            sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), "utf-8")
            sys.stderr = io.TextIOWrapper(
                io.BufferedWriter(io.FileIO(2, "w", closefd=False)), "utf-8", "backslashreplace", line_buffering=True
            )
            yield stdout, stderr
        finally:
            sys.stdin, sys.stdout, sys.stderr = streams
            for descriptor, copy in enumerate(saved):
                os.dup2(copy, descriptor)
                os.close(copy)


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


@contextmanager
def _interpreter_state() -> Iterator[None]:
    """Undo what a command-line process does to itself for its short life: log handlers, the garbage collector."""
    handlers, level = logging.root.handlers[:], logging.root.level
    try:
        yield
    finally:
        logging.root.handlers[:], logging.root.level = handlers, level
        gc.unfreeze()
        gc.enable()


@pytest.fixture
def cli() -> Iterator[Cli]:
    """``cli("s3", "ls", at=aws)`` runs ``stackpane s3 ls`` in a process of its own."""
    runner = Cli()
    yield runner
    runner.close()


@pytest.fixture
def invoke() -> Invoke:
    """``invoke("s3", "ls", at=aws)`` runs ``stackpane s3 ls`` in this process, for speed."""
    return Invoke()
