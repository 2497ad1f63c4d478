"""An outcome: what was done, what was not and why, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from stackpane import Link, Outcome
from stackpane_tui.panes.entries import EntriesPane
from stackpane_tui.widgets.outcomelines import OutcomeLines, outcome_links

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["OutcomePane"]


class OutcomePane(EntriesPane[Outcome]):
    """Shows an outcome. ``u`` undoes it, where it can be undone; ``v`` shows what it was done for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo", id="outcome.undo"),
        Binding("R", "resume", "Go on", id="outcome.resume"),
        Binding("v", "result", "Show the result", id="outcome.result"),
    ]

    def __init__(self, view: Outcome, *, read_only: bool = False) -> None:
        super().__init__(view, OutcomeLines(view), read_only=read_only)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is."""
        if action == "undo":
            return self.view.undo is not None and not self.read_only
        if action == "resume":
            return self.view.resume is not None and not self.read_only
        if action == "result":
            return self.view.view is not None
        return super().check_action(action, parameters)

    def action_undo(self) -> None:
        """Take it back."""
        if self.view.undo is not None:
            self.post_message(self.Follow(self.view.undo))

    def action_resume(self) -> None:
        """Go on with what is missing."""
        if self.view.resume is not None:
            self.post_message(self.Follow(self.view.resume))

    def action_result(self) -> None:
        """Show what it was done for."""
        if self.view.view is not None:
            self.post_message(self.Show(self.view.view))

    def view_links(self) -> Sequence[Link]:
        """Where the outcome leads."""
        return [link for _label, link in outcome_links(self.view)]
