"""A process that shows one view, for what only a process can show: signals, pipes that close, full disks.

``python -m tests.core.output.program NAME [FORMAT]``
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Iterator

from stackpane.cli.output import Console, OutputOptions
from stackpane.cli.show import show
from stackpane.errors import StackpaneError
from stackpane.links import Link
from stackpane.views import Document, Job, Outcome, Page, PageRequest, Progress, Table, View
from tests.core.output import samples
from tests.core.output.samples import NUMBERED, numbered

PAUSE = threading.Event()
"""Never set: waiting for it is what a job does between two steps."""


def endless() -> Table:
    def fetch(_request: PageRequest) -> Iterator[Page]:
        while True:
            yield Page(numbered(1000), "more")

    return Table(NUMBERED, fetch)


def body() -> Document:
    def chunks() -> Iterator[bytes]:
        while True:
            yield b"x" * 65536

    return Document(chunks())


def slow(title: str, clean_up_forever: bool = False) -> Job:
    """A job that moves on for ever, and is told when it is to stop."""

    def run() -> Generator[Progress, None, Outcome]:
        done = 0
        try:
            while True:
                done += 1
                yield Progress(done, 1000, "objects", current=f"name-{done}")
                PAUSE.wait(0.02)
        finally:
            sys.stderr.write("cleaning up\n")
            if clean_up_forever:
                PAUSE.wait()
            sys.stderr.write("cleaned up\n")

    return Job(title, run, resume=Link.to("s3 get", "s3://b/", ".", recursive=True))


def view(name: str) -> View:
    views: dict[str, View] = {
        "endless": endless(),
        "body": body(),
        "table": samples.table(),
        "outcome": samples.OUTCOME,
        "job": samples.job(),
        "plan": samples.plan(),
        "slow": slow("Downloading"),
        "stubborn": slow("Downloading", clean_up_forever=True),
    }
    return views[name]


def main(name: str, form: str = "table") -> int:
    io = Console.standard()
    try:
        options = OutputOptions(format=form, limit=None, here=Link.to("s3 ls"))  # type: ignore[arg-type]
        return show(view(name), options, io)
    except StackpaneError as error:
        io.note(f"error: {error.message}")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
