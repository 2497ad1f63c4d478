"""What can be done with an outcome, wherever it is shown: in a pane of its own, or at the end of its job."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType

from stackpane import Link, Outcome, View
from stackpane_tui.panes.entries import EntriesPane
from stackpane_tui.widgets.outcomelines import outcome_links

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SettledPane"]

V = TypeVar("V", bound=View)


class SettledPane(EntriesPane[V]):
    """A pane that has an outcome, or will have one: ``u`` undoes it, ``R`` goes on, ``v`` shows what it was for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo", id="outcome.undo"),
        Binding("R", "resume", "Go on", id="outcome.resume"),
        Binding("v", "result", "Show the result", id="outcome.result"),
    ]

    @property
    @abstractmethod
    def settled(self) -> Outcome | None:
        """The outcome; ``None`` as long as there is none."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is."""
        outcome = self.settled
        if action == "undo":
            return outcome is not None and outcome.undo is not None and not self.read_only
        if action == "resume":
            return outcome is not None and outcome.resume is not None and not self.read_only
        if action == "result":
            return outcome is not None and outcome.view is not None
        return super().check_action(action, parameters)

    def action_undo(self) -> None:
        """Take it back."""
        self._follow(self.settled.undo if self.settled is not None else None)

    def action_resume(self) -> None:
        """Go on with what is missing."""
        self._follow(self.settled.resume if self.settled is not None else None)

    def action_result(self) -> None:
        """Show what it was done for."""
        if self.settled is not None and self.settled.view is not None:
            self.post_message(self.Show(self.settled.view))

    def view_links(self) -> Sequence[Link]:
        """Where the outcome leads."""
        return [link for _label, link in outcome_links(self.settled)] if self.settled is not None else ()

    def _follow(self, link: Link | None) -> None:
        if link is not None:
            self.post_message(self.Follow(link))
