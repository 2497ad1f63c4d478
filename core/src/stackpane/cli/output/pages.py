"""Walking a table's pages no further than is asked for, and knowing where to go on.

A cursor that users see is the page's own cursor and how many rows after it have been shown, because a limit ends where
it ends and not where a page does. It is opaque to everyone else.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from stackpane.errors import InvalidInput
from stackpane.views import PageRequest, Row, Table

if TYPE_CHECKING:
    from stackpane.links import Link

__all__ = ["Pages", "decode_cursor", "encode_cursor", "with_cursor"]

_BATCH = 4096
"""Rows that are formatted at a time: enough to be cheap, few enough to be small and soon seen."""


class Pages:
    """The rows of a table from ``cursor`` on, at most ``limit`` of them (``None``: all).

    ``shown`` counts the rows given out and done with, ``ended`` says whether they were all there are.
    """

    def __init__(self, table: Table, cursor: str | None, limit: int | None) -> None:
        self._table = table
        self._page, self._offset = decode_cursor(cursor) if cursor else (None, 0)
        self._limit = limit
        self.shown = 0
        self.ended = False

    @property
    def cursor(self) -> str:
        """Where the row after the last one shown is."""
        return encode_cursor(self._page, self._offset)

    def batches(self) -> Generator[Sequence[Row], None, None]:
        """The rows, some at a time; a page is fetched when all rows before it have been taken and dealt with."""
        skip = self._offset
        pages = self._table.fetch(PageRequest(self._page, None if self._limit is None else self._limit + skip))
        following: str | None = None
        try:
            for page in pages:
                start = min(skip, len(page.rows))
                skip -= start
                stop = len(page.rows) if self._limit is None else min(len(page.rows), start + self._limit - self.shown)
                for at in range(start, stop, _BATCH):
                    batch = page.rows[at : min(at + _BATCH, stop)]
                    yield batch
                    self.shown += len(batch)
                    if page.at is None:
                        self._offset += len(batch)
                    else:
                        self._page, self._offset = page.at(at + len(batch)), 0
                whole = stop == len(page.rows)
                if whole and page.next is not None:
                    self._page, self._offset = page.next, skip
                if self.shown == self._limit:
                    self.ended = whole and page.next is None
                    return
                following = page.next
            self.ended = following is None  # a part of what was merged may have failed
        finally:
            # Work that runs ahead of the reader (threads, connections) ends with the iterator.
            if hasattr(pages, "close"):
                pages.close()


def encode_cursor(page: str | None, rows: int) -> str:
    """The cursor of the row that is ``rows`` rows after the page cursor."""
    text = json.dumps([page, rows], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def decode_cursor(cursor: str) -> tuple[str | None, int]:
    """What ``encode_cursor`` encoded. Raises ``InvalidInput`` for anything else."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        page, rows = json.loads(text)
    except (binascii.Error, ValueError, TypeError):
        page, rows = None, -1
    if not (page is None or isinstance(page, str)) or type(rows) is not int or rows < 0:
        raise InvalidInput("--cursor is not one that Stackpane has printed.")
    return page, rows


def with_cursor(here: Link, cursor: str) -> Link:
    """The command line ``here``, going on at ``cursor``."""
    cut = here.argv.index("--") if "--" in here.argv else len(here.argv)
    argv: list[str] = []
    words = iter(here.argv[:cut])
    for word in words:
        if word == "--cursor":
            next(words, None)
        elif not word.startswith("--cursor="):
            argv.append(word)
    return replace(here, argv=(*argv, f"--cursor={cursor}", *here.argv[cut:]))
