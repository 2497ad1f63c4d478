"""What the commands list: the objects that a URI means, level by level or all below, filtered.

A URI means what begins with its key, as in the AWS CLI: ``s3://b/2026/`` a folder, ``s3://b/2026/07`` whatever begins
so. With globs it means what they match.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane.fanout import Task, in_order
from stackpane_s3.below import WORKERS, objects_below, pages_below
from stackpane_s3.filters import ALL, Filter
from stackpane_s3.globs import Glob, is_glob, literal_prefix, part_matches
from stackpane_s3.pages import MORE, ObjectPage, object_pages

if TYPE_CHECKING:
    from stackpane_s3.lean import ObjectRow
    from stackpane_s3.uris import S3Uri

__all__ = ["find_objects", "matching"]

_FOLDER_WORKERS = 8
"""Requests at a time for the folders of one level of a glob; there may be several levels at work."""


def find_objects(
    client: Any, uri: S3Uri, *, recursive: bool, glob: bool = True, wanted: Filter = ALL, after: str = ""
) -> Generator[list[ObjectRow], None, None]:
    """The objects that a URI means, in the order of their keys, some at a time; only those behind the key ``after``.

    ``recursive`` takes what is in folders too: all that begins with the URI's key, or that lies in a folder that its
    glob matches. ``glob=False`` takes glob characters literally. ``client`` is a raw one (``bucket_client``). Close the
    iterator where it is not read to its end.
    """
    pattern = uri.glob if glob else None
    if pattern is not None:
        with closing(matching(client, uri.bucket, pattern, below=recursive, after=after)) as pages:
            yield from (rows for page in pages if (rows := wanted(page.objects)))
    elif recursive:
        with closing(objects_below(client, uri.bucket, uri.key, after=after)) as batches:
            yield from (rows for batch in batches if (rows := wanted(batch)))
    else:
        level = object_pages(client, uri.bucket, uri.key, delimiter="/", after=after)
        yield from (rows for page in level if (rows := wanted([row for row in page.objects if row[0] > after])))


def matching(
    client: Any, bucket: str, glob: Glob, *, below: bool = False, after: str = ""
) -> Generator[ObjectPage, None, None]:
    """The folders and objects that a glob matches, behind the name ``after``, in the order of their names.

    Only the folders that the glob's parts allow are listed, as far as there is no ``**``; several at a time. With
    ``below`` the objects in matched folders take the folders' place.
    """
    search = _Search(client, bucket, glob, below, after)
    *folders, _last = glob.parts
    if not any(is_glob(part) for part in folders):
        yield from search.last("".join(f"{part}/" for part in folders))
        return
    tasks = (partial(search.last, folder) for folder in search.folders(len(folders)))
    with closing(in_order(tasks, WORKERS, start=1)) as pages:
        yield from (page._replace(token=MORE) for page in pages)


@dataclass(frozen=True, slots=True)
class _Search:
    """A walk through the folders that a glob allows."""

    client: Any
    bucket: str
    glob: Glob
    below: bool
    after: str

    def folders(self, depth: int) -> Generator[str, None, None]:
        """The folders that the glob's first ``depth`` parts match, in order."""
        if depth == 0:
            yield ""
            return
        part = self.glob.parts[depth - 1]
        parents = self.folders(depth - 1)
        if not is_glob(part):
            with closing(parents):
                yield from (f"{parent}{part}/" for parent in parents)
            return
        tasks: Iterator[Task[str]] = (partial(self._level, parent, part) for parent in parents)
        with closing(in_order(tasks, _FOLDER_WORKERS, start=1)) as found:
            yield from found

    def _level(self, parent: str, part: str) -> Iterator[str]:
        """The folders in ``parent`` that match a part of the glob."""
        for page in self._pages(parent, part):
            yield from (folder for folder in page.folders if part_matches(part, folder[len(parent) : -1]))

    def _pages(self, parent: str, part: str) -> Iterator[ObjectPage]:
        """The level of ``parent``, as far as names there can match, without what ``after`` rules out."""
        prefix = parent + literal_prefix(part)
        # What is in a folder lies behind its name, and a server may leave out a folder that lies before `after`, so a
        # listing begins at the folder on this level that `after` is in.
        after = self.after if self.after.startswith(prefix) else ""
        inside = after.find("/", len(parent))
        if inside >= 0:
            folder = after[: inside + 1]
            yield ObjectPage([folder], [], MORE)
            after = folder
        for page in object_pages(self.client, self.bucket, prefix, delimiter="/", after=after):
            folders = [name for name in page.folders if name > after and (name > self.after)]
            objects = [row for row in page.objects if row[0] > self.after]
            yield page._replace(folders=folders, objects=objects)

    def last(self, parent: str) -> Generator[ObjectPage, None, None]:
        """What the glob's last part matches in ``parent``."""
        part = self.glob.parts[-1]
        if "**" in part:
            matches = self.glob.covers if self.below else self.glob.matches
            for page in pages_below(self.client, self.bucket, parent + literal_prefix(part), after=self.after):
                yield page._replace(objects=[row for row in page.objects if matches(row[0])])
            return
        for page in self._pages(parent, part):
            folders = [folder for folder in page.folders if part_matches(part, folder[len(parent) : -1])]
            objects = [row for row in page.objects if self.glob.matches(row[0])]
            if not self.below:
                yield ObjectPage([folder for folder in folders if folder > self.after], objects, page.token)
            else:
                yield from self._in_place(page._replace(folders=folders, objects=objects))

    def _in_place(self, page: ObjectPage) -> Iterator[ObjectPage]:
        """The objects of a page, and in their places those in its folders."""
        folders, objects, token = page
        done = 0
        for folder in folders:
            before = next((n for n in range(done, len(objects)) if objects[n][0] > folder), len(objects))
            yield ObjectPage([], objects[done:before], MORE)
            done = before
            after = self.after if self.after.startswith(folder) else ""
            for rows in objects_below(self.client, self.bucket, folder, after=after):
                yield ObjectPage([], rows, MORE)
        yield ObjectPage([], objects[done:], token)
