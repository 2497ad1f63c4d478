"""An outcome: what was done, what was not and why, and the way back."""

from __future__ import annotations

from stackpane import Outcome
from stackpane_tui.panes.settled import SettledPane
from stackpane_tui.widgets.outcomelines import OutcomeLines

__all__ = ["OutcomePane"]


class OutcomePane(SettledPane[Outcome]):
    """Shows an outcome."""

    def __init__(self, view: Outcome, *, read_only: bool = False) -> None:
        super().__init__(view, OutcomeLines(view), read_only=read_only)

    @property
    def settled(self) -> Outcome:
        """The view itself."""
        return self.view
