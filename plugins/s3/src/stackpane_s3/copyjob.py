"""Many copies at a time: what ``cp``, ``mv`` and ``restore`` have in common once each copy is known."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from stackpane import Progress
from stackpane.fanout import as_they_come
from stackpane.tally import LeftAloneError
from stackpane_s3.copying import ExistsError, UnchangedError

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.tally import Tally

__all__ = ["CopyJob"]

WORKERS = 24
"""Copies at a time; S3 does the work, so what counts is how many requests are on the way."""
TICK = 0.2
"""Seconds after which progress is said again although nothing moved."""
PATIENCE = 3.0
"""Seconds that a cancel waits for answers, and for copies in parts to be taken back."""

T = TypeVar("T")


@dataclass(slots=True)
class CopyJob(Generic[T]):
    """Does ``work`` on every item, several at a time, and adds what became of each to ``tally``.

    ``work`` yields bytes as they are copied, and returns once the item is done, with its size; what it raises is the
    item's failure. Of ``UnchangedError`` there was nothing to do, and ``LeftAloneError`` skips the item, but what is in
    the way of a copy (``ExistsError``) is a failure like any other. ``name`` is the item as a person knows it.
    """

    session: Session
    tally: Tally
    name: Callable[[T], str]
    work: Callable[[T], Generator[int, None, int]]
    moved: int = 0
    """Bytes that were copied so far, also of items that are not done yet."""

    def run(self, items: Iterable[T], total_bytes: int) -> Generator[Progress, None, None]:
        """Run to the end; closing the generator stops after the parts that are under way, and takes them back."""
        tasks = (partial(self._one, item) for item in self._until_stopped(items))
        with closing(as_they_come(tasks, WORKERS, patience=PATIENCE, tick=TICK)) as steps:
            current = ""
            for step in steps:
                if step is not None:
                    self.moved += step[0]
                    current = step[1]
                yield Progress(
                    min(self.moved, total_bytes),
                    total_bytes,
                    current=current,
                    files=self.tally.accounted,
                    files_total=self.tally.total,
                )

    def _until_stopped(self, items: Iterable[T]) -> Iterator[T]:
        for item in items:
            if self.tally.stopped:
                return
            yield item

    def _one(self, item: T) -> Iterator[tuple[int, str]]:
        name = self.name(item)
        work = self.work(item)
        try:
            with self.tally.trying():
                while True:
                    yield next(work), name
        except StopIteration as end:
            self.tally.did(size=end.value)
        except UnchangedError:
            self.tally.same()
        except ExistsError as error:
            self.tally.raised(self.session, error, name)
        except LeftAloneError as error:
            self.tally.skip(name, error.message, error)
        except Exception as error:
            self.tally.raised(self.session, error, name)
        finally:
            work.close()
