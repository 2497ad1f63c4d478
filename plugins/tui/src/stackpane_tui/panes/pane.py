"""What every pane is: a widget that shows one view, tells the browser where its user wants to go, and can be left.

The browser makes a pane for a view and puts it on the screen; it knows a pane by this class only. A pane knows its view
and nothing of the browser: what it wants, it posts as a message. Nothing here or below calls AWS on the UI thread:
whatever a view produces lazily (pages, chunks, events, progress) is produced in a thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.message import Message
from textual.widget import Widget

from stackpane import Job, Link, View

if TYPE_CHECKING:
    from textual.dom import DOMNode

__all__ = ["Pane"]

V = TypeVar("V", bound=View)


class Pane(Widget, Generic[V]):
    """Shows one view. ``read_only`` says that actions which change something are not to be offered."""

    @dataclass
    class Follow(Message):
        """The user wants to go where ``link`` leads. ``fill``: show its form first, for what is missing in it."""

        link: Link
        new_tab: bool = False
        fill: bool = False

    @dataclass
    class Changed(Message):
        """What the pane says of itself (``summary``, ``links`` …) is no longer what it was."""

    @dataclass
    class Failed(Message):
        """Something that the view should have produced raised ``error``; the pane shows what it has."""

        error: BaseException

        @property
        def path(self) -> Sequence[DOMNode]:
            """The widget that posted it, and those around it: the pane is one of them."""
            return self._sender.ancestors_with_self if isinstance(self._sender, Widget) else ()

    @dataclass
    class Start(Message):
        """The user wants ``job`` done (a confirmed plan's): the browser runs it in the background, in a pane."""

        job: Job

    @dataclass
    class Show(Message):
        """Show ``view``, which is at hand already (a job's outcome, a part of a document), in a pane of its own."""

        view: View

    def __init__(self, view: V, *, read_only: bool = False) -> None:
        super().__init__()
        self.view = view
        self.read_only = read_only

    @property
    def summary(self) -> str:
        """One line of state for the status bar: "120 rows, more follow", "filter: shop (12 of 300 loaded)"."""
        return ""

    def links(self) -> Sequence[Link]:
        """What the action menu offers here: the links of the current row, then those of the view."""
        return ()

    def marked_links(self) -> Mapping[str, Sequence[Link]]:
        """Where rows are marked: every action that all of them offer, by label, with the links of all marked rows."""
        return {}

    @property
    def arn(self) -> str | None:
        """The ARN of what is shown or selected."""
        return None

    @property
    def console_url(self) -> str | None:
        """The AWS console's page of what is shown or selected."""
        return None

    def state(self) -> Mapping[str, Any]:
        """Where the user is in it (row, scroll, filter, sort, marks), for when they come back."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go where ``state()`` says; what is not there any more is left out."""

    def stop(self) -> None:
        """End everything that runs for this pane; it is about to be removed."""
