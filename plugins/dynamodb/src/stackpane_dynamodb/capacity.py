"""Capacity: what a command has consumed, told when it ends, and the budget that stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from stackpane import StackpaneError
from stackpane.errors import ExitCode
from stackpane.fanout import check_wanted

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["BudgetSpentError", "Meter"]

_PAGE_UNITS = 256.0
"""The most that one request reads: 1 MB of 4 KB a unit, read consistently."""

Call = Callable[..., Mapping[str, Any]]


class BudgetSpentError(StackpaneError):
    """The budget is used up; what was read until then was shown."""

    exit_code = ExitCode.SOME_FAILED


@dataclass(slots=True)
class Meter:
    """Adds up what DynamoDB says that the requests consumed, in units of ``kind``. Safe to share between threads.

    ``most`` is the budget. It is an ``unasked`` one where nobody gave it, but nobody said either that so much may be
    read.
    """

    most: float | None = None
    kind: str = "read"
    unasked: bool = False
    units: float = 0.0
    requests: int = 0
    items: int = 0
    """Items that were read, whether or not a filter left them out: it is these that cost."""
    _under_way: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A request is sent within. Raises ``BudgetSpentError`` before one that is beyond the budget.

        Several at a time are let through only as far as the budget would not be used up by those under way, whatever
        they cost: so it is the last request alone that may go beyond it.
        """
        with self._changed:
            while self._is_tight:
                check_wanted()
                self._changed.wait(1)
            self.check()
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @property
    def _is_tight(self) -> bool:
        if self.most is None or not self._under_way:
            return False
        return self.units + self._under_way * _PAGE_UNITS >= self.most

    @classmethod
    def of_writes(cls) -> Self:
        """A meter of write units."""
        return cls(kind="write")

    @contextmanager
    def telling(self, session: Session) -> Iterator[None]:
        """Say at the end of the block what was consumed, however it ends."""
        try:
            yield
        finally:
            self.tell(session)

    def counting(self, call: Call) -> Call:
        """The client's method ``call``, whose requests are counted."""

        def counted(**request: Any) -> Mapping[str, Any]:
            reply = call(**request, ReturnConsumedCapacity="TOTAL")
            self.add(reply)
            return reply

        return counted

    def add(self, reply: Mapping[str, Any]) -> None:
        """Count a reply that was asked for with ``ReturnConsumedCapacity``."""
        consumed = reply.get("ConsumedCapacity") or ()
        each = [consumed] if isinstance(consumed, Mapping) else consumed
        with self._changed:
            self.requests += 1
            self.items += reply.get("ScannedCount", 0)
            self.units += sum(part.get("CapacityUnits", 0.0) for part in each)

    def check(self) -> None:
        """Raise ``BudgetSpentError`` where the next request would go beyond the budget."""
        if self.most is None or self.units < self.most:
            return
        if self.unasked:
            raise BudgetSpentError(
                f"stopped after {_text(self.units)} read units: there is more than AWS has counted so far",
                "Read it all with --scan.",
            )
        raise BudgetSpentError(
            f"stopped after {_text(self.units)} read units: the budget is {_text(self.most)} (--max-rcu)",
            "The command line above goes on from here, with a new budget.",
        )

    def tell(self, session: Session) -> None:
        """Say what was consumed, where anything was asked for."""
        if self.requests:
            read = f", {self.items:,} items read" if self.items else ""
            requests = f"{self.requests:,} request{'s'[: self.requests > 1]}"
            unit = f"{self.kind} unit{'s'[: self.units != 1]}"
            session.note(f"Consumed {_text(self.units)} {unit} in {requests}{read}.")


def _text(units: float) -> str:
    return f"{units:,.1f}".removesuffix(".0")
