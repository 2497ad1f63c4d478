"""What runs and what listens on this machine, read from /proc: for tests that ask what is left behind."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator
from pathlib import Path

LISTEN = "0A"
"""The state of a listening TCP socket in /proc/net/tcp (include/net/tcp_states.h)."""


def mentioning(text: str) -> list[int]:
    """The processes in whose command line ``text`` stands, but for this one."""
    return [pid for pid, words in _command_lines() if text in words and pid != os.getpid()]


def _command_lines() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile


def listening(pid: int) -> set[tuple[str, int]]:
    """The addresses and ports at which a process takes TCP connections or UDP packets; IPv6 as raw hex."""
    inodes = set(_open_files(pid))
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if f"socket:[{words[9]}]" in inodes and (words[3] == LISTEN or table.startswith("udp")):
                address, port = words[1].split(":")
                found.add((_ipv4(address) if len(address) == 8 else address, int(port, 16)))
    return found


def _open_files(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            yield str(descriptor.readlink())


def _ipv4(little_endian: str) -> str:
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(little_endian)))


def wait_for_end(pid: int, seconds: float = 30) -> bool:
    """Whether the process ends within ``seconds``; it need not be a child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)
