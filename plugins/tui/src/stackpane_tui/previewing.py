"""Showing beside a table what is behind its rows, where the table says what that is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on

from stackpane_tui.opening import CarefulRun
from stackpane_tui.panes.loaded import LoadedTable
from stackpane_tui.visiting import Visiting
from stackpane_tui.widgets.preview import Preview

if TYPE_CHECKING:
    from stackpane import Link, View
    from stackpane_tui.places import Place, Tab

__all__ = ["Previewing"]

_ROOM = 100
"""Columns of the screen from which on there is room for a preview unless it is asked for."""


class Previewing(Visiting):
    """A browser with a preview beside its tables."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.preview: bool | None = None
        """Whether previews are wanted; ``None``: where there is room."""

    @property
    def previews(self) -> bool:
        """Whether what the cursor rests on is shown beside the table that is shown now."""
        pane = self.pane
        if not isinstance(pane, LoadedTable) or pane.view.preview is None:
            return False
        return self.size.width >= _ROOM if self.preview is None else self.preview

    def turn_to(self, tab: Tab) -> None:
        """Show a place; its preview with it."""
        super().turn_to(tab)
        self._renew()

    def on_resize(self) -> None:
        """Look anew whether there is room."""
        self._renew()

    def action_preview(self) -> None:
        """Show previews, or show none any more."""
        pane = self.pane
        if isinstance(pane, LoadedTable) and pane.view.preview is not None:
            self.preview = not self.previews
            self._renew()
        else:
            self.say("There is nothing to preview here.", "note")

    @on(LoadedTable.Rested)
    def _rested(self, event: LoadedTable.Rested) -> None:
        event.stop()
        self._renew()

    def _renew(self) -> None:
        """Show, beside the table that is shown, what its cursor is on."""
        preview, place, pane = self.query_one(Preview), self.place, self.pane
        shown = self.previews
        preview.set_class(shown, "open")
        if not shown or place is None or not isinstance(pane, LoadedTable) or pane.view.preview is None:
            preview.clear()
            return
        row = pane.shown.row(pane.grid.cursor)
        if row is not None:
            preview.show(pane.view.preview(row), partial(self._load, place))

    def _load(self, place: Place, link: Link) -> View:
        """The view that a preview's link leads to from ``place``; in a thread."""
        made = self.place_from(place, link)
        run = CarefulRun(self.core, given=dict(made.given))
        try:
            return self.core.run_in(run, made.link)
        except Exception as error:
            raise run.explain(error) or error from error
