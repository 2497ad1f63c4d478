"""Which of the objects that are found are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stackpane_s3.lean import ObjectRow

__all__ = ["ALL", "Filter"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which objects are wanted: changed at ``since`` or later and before ``before``, of ``min_size`` to ``max_size``
    bytes."""

    since: datetime | None = None
    before: datetime | None = None
    min_size: int | None = None
    max_size: int | None = None

    def __call__(self, rows: list[ObjectRow]) -> list[ObjectRow]:
        """The wanted ones of these rows."""
        if self.min_size is not None:
            rows = [row for row in rows if row[1] >= self.min_size]
        if self.max_size is not None:
            rows = [row for row in rows if row[1] <= self.max_size]
        if self.since is not None:
            rows = [row for row in rows if datetime.fromisoformat(row[2]) >= self.since]
        if self.before is not None:
            rows = [row for row in rows if datetime.fromisoformat(row[2]) < self.before]
        return rows

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != ALL


ALL = Filter()
