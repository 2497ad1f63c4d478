"""Saving a body to a file: as a job that can be watched and cancelled, and that leaves no half of a file behind."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from stackpane import Job, Outcome, Progress, StackpaneError
from stackpane.text import human_size, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from stackpane_tui.bodies import Body

__all__ = ["saving", "suggested_file"]


def suggested_file(name: str) -> str:
    """A file's name for a document's: the last part of it, without what no file system takes."""
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", name.rstrip("/").rpartition("/")[2]).strip(". ")
    return safe(plain) or "document"


def saving(body: Body, path: str) -> Job:
    """The job that writes all of ``body`` into a new file. Raises ``StackpaneError`` where there is one already."""
    target = Path(path).expanduser()
    if target.exists():
        raise StackpaneError(f"{target} is there already, and nothing was saved", "Choose another name.")
    return Job(f"Save {target.name}", lambda: _write(body, target))


def _write(body: Body, target: Path) -> Generator[Progress, None, Outcome]:
    try:
        with target.open("xb") as file:
            try:
                done = yield from _copy(body, file.write)
            except BaseException:
                target.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StackpaneError(f"{target} cannot be written: {error.strerror}", "Nothing was saved.") from error
    return Outcome(f"Saved {human_size(done)} to {target}.", result={"Path": str(target.absolute()), "Bytes": done})


def _copy(body: Body, write: Callable[[bytes], int]) -> Generator[Progress, None, int]:
    write(body.data)
    done = body.size
    with closing(body.rest()) as rest:
        for chunk in rest:
            write(chunk)
            done += len(chunk)
            yield Progress(done, body.document.size)
    return done
