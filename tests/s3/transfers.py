"""What the tests of transfers share."""

from __future__ import annotations

import random
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane.views import Job
from stackpane_s3.localnames import is_leftover

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Fault
    from tests.s3.writing import Runner

MIB = 1024**2
DEADLINE = 20.0
"""Seconds for what takes none; far less than the requests of a hanging thread would take to time out."""


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that no compression and no chance makes alike."""
    return random.Random(seed).randbytes(size)


def files(top: Path) -> dict[str, bytes]:
    """All finished files below a folder, by path; what is unfinished is left out."""
    return {
        str(path.relative_to(top)): path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.is_file() and not is_leftover(path.name)
    }


def leftovers(top: Path) -> list[Path]:
    """What is unfinished below a folder."""
    return sorted(path for path in top.rglob("*") if is_leftover(path.name))


def body_of(aws: Emulator, bucket: str, key: str) -> bytes:
    """An object's body."""
    body: bytes = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def uploads(aws: Emulator, bucket: str) -> list[dict[str, Any]]:
    """The uploads in parts that nobody has completed."""
    found: list[dict[str, Any]] = aws.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return found


def start(runner: Runner, name: str, *argv: str) -> Any:
    """The running generator of a job, advanced once."""
    view = runner.view(name, *argv)
    assert isinstance(view, Job)
    running = view.run()
    next(running)
    return running


def stop_at(runner: Runner, fault: Fault, name: str, *argv: str, count: int = 1) -> None:
    """Run a job until ``fault`` has met ``count`` requests, and cancel it."""
    with no_thread_left():
        running = start(runner, name, *argv)
        fault.wait(count)
        running.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power failure would."""
    process.kill()
    process.communicate()


@contextmanager
def no_thread_left() -> Iterator[None]:
    """Fails where a thread that was started within is still there at the end."""
    before = set(threading.enumerate())
    yield
    new = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("stackpane")]
    for thread in new:
        thread.join(DEADLINE)
    assert not [thread for thread in new if thread.is_alive()]
