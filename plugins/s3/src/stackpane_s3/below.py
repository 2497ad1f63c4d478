"""Everything below a prefix, in key order, by as many requests at a time as pay.

A listing is a chain: each page says where the next one begins. It is cut into several by asking for the folders first:

1. The first pages are fetched one after the other; most listings end there, and cost no request more than they must.
2. Where they do not, the rest is cut at folders: what is left of the folder reached, then level by level upwards the
   folders that follow. A folder, or a run of small ones, is one task of an ordered fan-out.
3. The fan-out begins with one worker and adds more while the process waits for the network. What later tasks have
   ready is kept compressed, so that it is bounded and yet no task has to wait long for its turn.

A level that turns out to be flat is listed on as the chain that it is. No request is made that brings nothing new but
one per level (its folders), and at most one page per task that reaches beyond its end.
"""

from __future__ import annotations

import marshal
import zlib
from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from os.path import commonprefix
from typing import Any

from stackpane.fanout import Shelf, Task, in_order
from stackpane_s3.lean import ObjectRow
from stackpane_s3.pages import MORE, PAGE, ObjectPage, object_pages

__all__ = ["WORKERS", "objects_below", "pages_below"]

Rows = list[ObjectRow]

WORKERS = 32
"""Requests at a time; a connection each."""

_ALONE = 4  # pages that are fetched one by one before the rest is worth cutting up
_RANGE = 4 * PAGE  # keys that a run of small folders should hold
_RUN = 100  # folders of a run at most, as the guess of what they hold may be wrong
_FEW = WORKERS // 2  # folders on a level, below which their own folders are asked for
_LEVELS = 2 * WORKERS  # levels that are asked for their folders on the way down
_ROOM = 64 * 1024**2  # bytes of packed rows that wait: 1,000,000 keys of usual names
_AMPLE = (
    24 * 1024**2
)  # of them, before rows are compressed, which takes twice the time of all else that is done to them


def _pack(rows: Rows, scarce: bool) -> bytes:
    if not scarce:
        return marshal.dumps((rows, None))
    # Column by column, and without the ETags: to compress noise takes most of the time and saves next to nothing.
    keys, sizes, changed, etags, classes = zip(*rows, strict=True)
    return marshal.dumps((zlib.compress(marshal.dumps((keys, sizes, changed, classes)), 1), etags))


def _unpack(packed: bytes) -> Rows:
    rows, etags = marshal.loads(packed)  # noqa: S302 - made by `_pack`, in this process
    if etags is None:
        return rows  # type: ignore[no-any-return]
    keys, sizes, changed, classes = marshal.loads(zlib.decompress(rows))  # noqa: S302 - as above
    return list(zip(keys, sizes, changed, etags, classes, strict=True))


_SHELF = Shelf(_pack, _unpack, _ROOM, _AMPLE)


def objects_below(client: Any, bucket: str, prefix: str = "", *, after: str = "") -> Generator[Rows, None, None]:
    """The objects whose keys begin with ``prefix`` and lie behind ``after``, page by page, in the order of their keys.

    ``client`` is a raw one. Threads run from the fifth page on, ahead of the reader, until the iterator is closed.
    """
    with closing(pages_below(client, bucket, prefix, after=after)) as pages:
        yield from (page.objects for page in pages)


def pages_below(client: Any, bucket: str, prefix: str = "", *, after: str = "") -> Generator[ObjectPage, None, None]:
    """As ``objects_below``, with what is known of there being a next page."""
    keys: list[str] = []
    with closing(object_pages(client, bucket, prefix, after=after)) as pages:
        for page in islice(pages, _ALONE):
            yield page
            keys += [row[0] for row in page.objects]
            if page.token is None:
                return
    cut = _Cut(client, bucket, prefix, keys)
    with closing(in_order(cut.tasks(), WORKERS, start=1, ahead=4, shelf=_SHELF)) as rest:
        yield from (ObjectPage([], rows, MORE) for rows in rest)


@dataclass(slots=True)
class _Cut:
    """Cuts what lies behind the ``sample`` (the keys already had) into tasks, in order."""

    client: Any
    bucket: str
    prefix: str
    sample: Sequence[str]
    levels: int = field(default=_LEVELS, init=False)

    def tasks(self) -> Iterator[Task[Rows]]:
        """The tasks, as far as they are asked for; asking for one may take a request."""
        if not self.sample:  # the pages so far were all empty
            yield self._chain(self.prefix, "")
            return
        reached = self.sample[-1]
        folders = _folders_of(reached, self.prefix)
        if folders:
            yield self._chain(folders[-1], reached)
            reached = folders.pop()
        for level in [*reversed(folders), self.prefix]:
            yield from self._level(level, reached)
            reached = level

    def _level(self, prefix: str, after: str) -> Iterator[Task[Rows]]:
        """The tasks for what lies behind the name ``after`` on the level of ``prefix`` and in the folders there."""
        with closing(object_pages(self.client, self.bucket, prefix, delimiter="/", after=after)) as pages:
            for page in pages:
                # A server may or may not take a folder for lying behind its own name.
                folders = [folder for folder in page.folders if folder > after]
                yield from self._page(prefix, page._replace(folders=folders))
                if not folders and page.objects and page.token is not None:
                    yield self._chain(prefix, page.objects[-1][0])
                    return

    def _page(self, prefix: str, page: ObjectPage) -> Iterator[Task[Rows]]:
        """The tasks for one page of a level: its objects as they are, its folders one by one or in runs."""
        run = self._run_length(prefix)
        few = len(page.folders) < _FEW and page.token is None
        done = position = 0
        while position < len(page.folders):
            first = page.folders[position]
            before = bisect_left(page.objects, first, done, key=lambda row: row[0])
            if before > done:
                yield partial(iter, [page.objects[done:before]])
                done = before
            until = page.objects[done][0] if done < len(page.objects) else None
            end = min(position + run, len(page.folders))
            if until is not None:
                end = min(end, bisect_left(page.folders, until, position))
            if end - position > 1:
                yield self._run(first, page.folders[end - 1])
            elif few and self.levels > 0:
                self.levels -= 1
                yield from self._level(first, "")
            else:
                yield self._chain(first, "")
            position = end
        if done < len(page.objects):
            yield partial(iter, [page.objects[done:]])

    def _run_length(self, prefix: str) -> int:
        """How many folders of this level go into one task, by how many keys such folders had in the sample."""
        depth = prefix.count("/")
        folders = len({key.split("/", depth + 1)[depth] for key in self.sample if key.count("/") > depth})
        return max(1, min(_RUN, _RANGE * folders // max(1, len(self.sample)))) if folders > 1 else 1

    def _chain(self, prefix: str, after: str) -> Task[Rows]:
        """All objects below ``prefix`` and behind ``after``."""

        def rows() -> Iterator[Rows]:
            for page in object_pages(self.client, self.bucket, prefix, after=after):
                if page.objects:
                    yield page.objects

        return rows

    def _run(self, first: str, last: str) -> Task[Rows]:
        """All objects in the folders from ``first`` to ``last``, between which nothing else lies."""

        def rows() -> Iterator[Rows]:
            # "a." is the nearest name of its length before "a/", whose first object may be "a/" itself.
            after = first[:-1] + "."
            prefix = commonprefix([first, last])  # noqa: RUF071 - of their characters, not of their folders
            for page in object_pages(self.client, self.bucket, prefix, after=after):
                found = [row for row in page.objects if row[0] >= first and (row[0] < last or row[0].startswith(last))]
                if found:
                    yield found
                if page.objects and page.objects[-1][0] > last and not page.objects[-1][0].startswith(last):
                    return

        return rows


def _folders_of(key: str, prefix: str) -> list[str]:
    """The folders that a key is in, below the prefix, the outermost first: ``a/`` and ``a/b/`` of ``a/b/c``."""
    folders = []
    position = key.find("/", len(prefix))
    while position >= 0:
        folders.append(key[: position + 1])
        position = key.find("/", position + 1)
    return folders
