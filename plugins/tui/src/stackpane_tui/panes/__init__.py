"""Panes: each shows one kind of view. ``pane_for`` makes the one that a view needs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from stackpane import Document, Job, Outcome, Plan, Record, Stream, Table

if TYPE_CHECKING:
    from stackpane import View
    from stackpane_tui.panes.pane import Pane

__all__ = ["pane_for"]

_PANES: dict[type[Any], tuple[str, str]] = {
    Table: ("table", "TablePane"),
    Stream: ("stream", "StreamPane"),
    Record: ("record", "RecordPane"),
    Document: ("document", "DocumentPane"),
    Plan: ("plan", "PlanPane"),
    Job: ("job", "JobPane"),
    Outcome: ("outcome", "OutcomePane"),
}


def pane_for(view: View, *, read_only: bool = False) -> Pane[Any]:
    """The pane for a view, imported when the first one of its kind is shown."""
    module, name = _PANES[type(view)]
    made: Pane[Any] = getattr(import_module(f"stackpane_tui.panes.{module}"), name)(view, read_only=read_only)
    return made
