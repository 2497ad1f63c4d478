"""An outcome as lines: what was done, its data, what was not done and why, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackpane import Failure, Field, Link, Outcome, Section
from stackpane_tui.widgets.entrylines import INDENT, Entry
from stackpane_tui.widgets.recordlines import RecordLines

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["OutcomeLines", "outcome_links"]

_UNKNOWN = " (nobody knows whether it was done: look before you try again)"


class OutcomeLines(RecordLines):
    """The lines of an outcome, or of a job without one: ``message`` then says why."""

    def __init__(self, outcome: Outcome, *, role: str = "") -> None:
        super().__init__(None)
        self.add(Entry(("message",), value=outcome.message), (outcome.message, role or _role(outcome)))
        result = Section("", tuple(Field(name, value) for name, value in outcome.result.items()))
        self.section(result, ("result",))
        self._failures("Not done", outcome.failed, "error")
        self._failures("Skipped", outcome.skipped, "muted")
        links = [(("link", label), label, link.address, link) for label, link in outcome_links(outcome)]
        self.sheet("Go on", links, ("links",))

    def _failures(self, title: str, failures: Sequence[Failure], role: str) -> None:
        start = self.head(f"{title}: {len(failures):,}", (title,)) if failures else None
        for at, each in enumerate(failures):
            key: tuple[Any, ...] = (title, at)
            unknown = [(_UNKNOWN, "warning")] if each.unknown else []
            reason = [(": ", ""), (each.reason, role), *unknown]
            self.add(Entry(key, value=each.target), (INDENT, ""), (each.target, ""), *reason)
        self.end(start)


def outcome_links(outcome: Outcome) -> list[tuple[str, Link]]:
    """Where an outcome leads, each with its name."""
    named = [("Go on with what is missing", outcome.resume), ("Undo", outcome.undo)]
    return [
        *((label, link) for label, link in named if link is not None),
        *((link.label or "See", link) for link in outcome.links),
    ]


def _role(outcome: Outcome) -> str:
    return "warning" if outcome.failed else "good"
