"""Whole processes, measured by the operating system: CPU, wall time and peak memory of a command."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One finished process: seconds of CPU (user and system) and of wall time, peak memory in bytes."""

    cpu: float
    wall: float
    memory: int


@dataclass(frozen=True)
class Command:
    """A command to measure. ``before`` is done ahead of each run and does not count."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    before: Callable[[], None] | None = None
    stdin: Path | None = None


class Failed(Exception):
    """A command that exited with something else than 0: its figures mean nothing."""


def run(command: Command) -> Run:
    """Run a command once, with its output thrown away as it comes."""
    if command.before:
        command.before()
    started = time.perf_counter()
    with (command.stdin or Path(os.devnull)).open("rb") as given, Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(
            list(command.argv), env=dict(command.env), stdin=given, stdout=nowhere, stderr=subprocess.PIPE
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{command.name} gave {process.returncode}: {said.decode(errors='replace')[-500:]}")
    return Run(usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss * 1024)


def medians(commands: Sequence[Command], runs: int) -> list[Run]:
    """The medians of ``runs`` runs of each command, taken in turn after one that does not count."""
    taken: list[list[Run]] = [[] for _ in commands]
    for number in range(runs + 1):
        for each, command in zip(taken, commands, strict=True):
            found = run(command)
            if number:
                each.append(found)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return [
        Run(
            statistics.median(each.cpu for each in found),
            statistics.median(each.wall for each in found),
            int(statistics.median(each.memory for each in found)),
        )
        for found in taken
    ]


@dataclass(frozen=True)
class Server:
    """A running bench server: its URL and, with TLS, the certificate of its authority."""

    url: str
    authority: str


@contextmanager
def server(latency: float = 0, *, tls: bool = False) -> Iterator[Server]:
    """A bench server in a process of its own; it ends with the block."""
    argv = [sys.executable, "-m", "bench.server", "--latency", str(latency), *(["--tls"] if tls else [])]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    url, _, authority = process.stdout.readline().strip().partition(" ")
    try:
        yield Server(url, authority)
    finally:
        process.stdin.close()
        process.kill()
        process.wait()
