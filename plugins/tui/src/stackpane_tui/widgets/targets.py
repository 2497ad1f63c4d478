"""The targets of a plan as lines, read as far as one looks."""

from __future__ import annotations

import zlib
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from stackpane.formats.scripts import mixes_scripts
from stackpane.text import safe
from stackpane_tui.widgets.lines import Lines, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stackpane import Plan

__all__ = ["TargetLines"]

_BLOCK = 1000


class TargetLines(Lines):
    """A line for each target, ``…`` where it has not been read. ``wanted`` is called for a line that is missing.

    What was read is kept packed: a plan may name a million objects.
    """

    def __init__(self, plan: Plan, wanted: Callable[[int], object]) -> None:
        self._targets = plan.targets()
        self._count = plan.count
        self._wanted = wanted
        self._blocks: list[bytes] = []
        self.loaded = 0
        self.ended = False
        self.mixed = False
        """Whether a target that was read mixes letters of several scripts."""
        self._width = 0
        self._block = lru_cache(8)(self._unpacked)

    def __len__(self) -> int:
        return self.loaded if self.ended else max(self._count, self.loaded)

    @property
    def width(self) -> int:
        """Columns of the widest line so far."""
        return self._width

    def spans(self, index: int) -> Sequence[Span]:
        """The target."""
        if index >= self.loaded:
            self._wanted(index)
            return [("…", "muted")]
        return [(self._block(index // _BLOCK)[index % _BLOCK], "")]

    def read(self, up_to: int) -> None:
        """Read on, until the line ``up_to`` is there. For a thread, one at a time."""
        while self.loaded <= up_to and not self.ended:
            block = [safe(target) for target in islice(self._targets, _BLOCK)]
            self.mixed = self.mixed or any(map(mixes_scripts, block))
            self._width = max(self._width, max(map(len, block), default=0))
            # Safe texts have no line ends, so one stands between two of them.
            self._blocks.append(zlib.compress("\n".join(block).encode(), 1))
            self.loaded += len(block)
            self.ended = len(block) < _BLOCK

    def _unpacked(self, block: int) -> list[str]:
        return zlib.decompress(self._blocks[block]).decode().split("\n")
