"""Read capacity: what a command has consumed, told when it ends, and the budget that stops it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackpane import StackpaneError
from stackpane.errors import ExitCode

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["BudgetSpentError", "Meter"]


class BudgetSpentError(StackpaneError):
    """``--max-rcu`` is used up; what was read until then was shown."""

    exit_code = ExitCode.SOME_FAILED


@dataclass(slots=True)
class Meter:
    """Adds up what DynamoDB says that the requests consumed, in units of ``kind``. Safe to share between threads."""

    most: float | None = None
    kind: str = "read"
    units: float = 0.0
    requests: int = 0
    items: int = 0
    """Items that were read, whether or not a filter left them out: it is these that cost."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, reply: Mapping[str, Any]) -> None:
        """Count a reply that was asked for with ``ReturnConsumedCapacity``."""
        consumed = reply.get("ConsumedCapacity") or ()
        each = [consumed] if isinstance(consumed, Mapping) else consumed
        with self._lock:
            self.requests += 1
            self.items += reply.get("ScannedCount", 0)
            self.units += sum(part.get("CapacityUnits", 0.0) for part in each)

    def check(self) -> None:
        """Raise ``BudgetSpentError`` where the next request would go beyond the budget."""
        if self.most is not None and self.units >= self.most:
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
