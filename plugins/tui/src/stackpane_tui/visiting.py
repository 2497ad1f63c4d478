"""Going places: links are followed in threads, panes are shown and kept, and there is a way back from everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from stackpane.app import App as Core
from stackpane_tui.bookmarks import Bookmarks
from stackpane_tui.frame import Frame
from stackpane_tui.opening import visit
from stackpane_tui.panes import pane_for
from stackpane_tui.places import HOME, Place, Tab
from stackpane_tui.speech import Speech
from stackpane_tui.widgets.bars import Crumbs, Notice, TabLine, Where
from stackpane_tui.widgets.commandline import CommandLine
from stackpane_tui.work import Ended, Task, start

if TYPE_CHECKING:
    from textual.timer import Timer

    from stackpane import Link, View
    from stackpane_tui.config import Config
    from stackpane_tui.panes.pane import Pane

__all__ = ["Visiting"]

_SLOW = 0.3
"""Seconds after which it is said that a command is still running; most have answered before."""

_SOON = 0.05
"""Seconds until it is tried again to give the keys to a pane that is not all there yet."""
_TRIES = 100


class Visiting(Frame):
    """A browser that opens at ``first``, with the global options ``given``, and goes where it is told."""

    def __init__(
        self,
        first: Link = HOME,
        given: Mapping[str, Any] | None = None,
        core: Core | None = None,
        config: Config | None = None,
    ) -> None:
        super().__init__(config)
        self.speech = Speech()
        self.core = core or Core(self.speech, strict=bool((given or {}).get("debug")))
        self.core.face = self.speech
        self.first, self.given = first, dict(given or {})
        self.bookmarks = Bookmarks()
        self.tabs: list[Tab] = [Tab()]
        self.tab_at = 0
        self.opening: Task[Any] | None = None
        self._patience: Timer | None = None
        self._slow = False
        self._told: frozenset[str] = frozenset()

    def on_mount(self) -> None:
        """Open the first place, once the frame is on the screen."""
        super().on_mount()
        self.speech.to = self
        self.call_after_refresh(self.follow, self.first)
        for problem in self.config.problems:
            self.call_after_refresh(self.speech.warn, problem)

    # Where we are

    @property
    def tab(self) -> Tab:
        """The tab that is shown."""
        return self.tabs[self.tab_at]

    @property
    def place(self) -> Place | None:
        """The place that is shown."""
        return self.tab.place

    @property
    def pane(self) -> Pane[Any] | None:
        """The pane that is shown."""
        return self.place.pane if self.place else None

    @property
    def options(self) -> Mapping[str, Any]:
        """The global options that hold where we are."""
        return self.place.onward if self.place is not None else self.given

    # Going somewhere

    def follow(self, link: Link, *, new_tab: bool = False) -> None:
        """Go where ``link`` leads from where we are."""
        self.open(self.place_of(link), new_tab=new_tab)

    def place_of(self, link: Link) -> Place:
        """The place that ``link`` leads to from where we are."""
        return self.place_from(self.place, link)

    def place_from(self, here: Place | None, link: Link) -> Place:
        """The place that ``link`` leads to from ``here``."""
        if here is None:
            return Place.of(link, self.given)
        return Place.of(link, here.onward, here.connections)

    def open(self, place: Place, *, instead: bool = False, new_tab: bool = False) -> None:
        """Open a place: as the next one of this tab, ``instead`` of the one that is shown, or in a tab of its own."""
        self.cancel()
        self.say("")
        tab = Tab() if new_tab else self.tab
        self.opening = start(
            self,
            place.address,
            partial(visit, self.core, place, self.bookmarks),
            partial(self._arrive, tab, instead=instead),
            partial(self._astray, place, instead=instead),
        )
        self._patience = self.set_timer(_SLOW, partial(self._tell_slow, place))

    def _tell_slow(self, place: Place) -> None:
        if self.opening is None:
            return
        self._slow = True
        self.say(f"Running {place.address} … (Esc cancels)", "note")

    def cancel(self) -> bool:
        """Drop what is being opened; returns whether something was."""
        if self._patience is not None:
            self._patience.stop()
        if self.opening is None:
            return False
        self.opening.cancel()
        self.opening = None
        return True

    def _arrive(self, tab: Tab, place: Place, *, instead: bool) -> None:
        self._opened()
        if place.view is not None:
            self.show(place, place.view, tab, instead=instead)

    def _astray(self, place: Place, error: Exception, *, instead: bool) -> None:
        self._opened()
        self.fail(place, error, instead=instead)

    def _opened(self) -> None:
        self.opening = None
        if self._patience is not None:
            self._patience.stop()
        if self._slow and self.query_one(Notice).level == "note":
            self.say("")
        self._slow = False

    def show(self, place: Place, view: View, tab: Tab | None = None, *, instead: bool = False) -> None:
        """Show a place whose view is there, in ``tab`` (the shown one unless given; a new one is added)."""
        tab = tab or self.tab
        if tab not in self.tabs:
            self.tabs.insert(self.tab_at + 1, tab)
        place.view = view
        place.title = getattr(view, "title", "") or getattr(view, "name", "") or _last(place.link) or place.title
        place.pane = self.pane_of(place, view)
        gone = ([old] if (old := tab.swap(place)) else []) if instead else tab.go(place)
        for each in gone:
            self.drop(each)
        self.query_one("#panes").mount(place.pane)
        if place.state:
            self.call_after_refresh(place.pane.restore, place.state)
        self.arrived(place)
        self.turn_to(tab)

    def pane_of(self, place: Place, view: View) -> Pane[Any]:
        """A new pane for the place's view."""
        is_dry_run = place.run is not None and place.run.settings.dry_run
        return pane_for(view, read_only=is_dry_run or self.reads_only(place))

    def arrived(self, place: Place) -> None:
        """A place is shown for the first time: for those that keep a record of it."""

    def turn_to(self, tab: Tab) -> None:
        """Show the tab's place and what it says of itself."""
        self.tab_at = self.tabs.index(tab)
        for pane in self.query_one("#panes").children:
            pane.display = pane is self.pane
        for place in list(tab.stale()):
            place.state = place.pane.state() if place.pane else place.state
            self.drop(place)
        self.tell()
        self.call_after_refresh(self.take_focus)

    def take_focus(self, tries: int = _TRIES) -> None:
        """Give the keys to the pane that is shown, as soon as it has something that takes them."""
        pane = self.pane
        if pane is None or len(self.screen_stack) > 1 or self.query_one(CommandLine).is_open:
            return
        if self.focused is not None and pane in self.focused.ancestors_with_self:
            return
        for widget in pane.walk_children(with_self=True) if pane.is_attached else ():
            if isinstance(widget, Widget) and widget.focusable:
                widget.focus()
                return
        if tries:
            self.set_timer(_SOON, partial(self.take_focus, tries - 1))

    def drop(self, place: Place) -> None:
        """Take a place's pane away, and end what runs for it."""
        if place.pane is not None:
            place.pane.stop()
            place.pane.remove()
            place.pane = None

    def reads_only(self, place: Place) -> bool:
        """Whether nothing can be changed from this place."""
        sessions = place.run.sessions if place.run else ()
        return bool(place.given.get("read_only")) or (
            bool(sessions) and all(session.connection.read_only for session in sessions)
        )

    # What it says

    def tell(self) -> None:
        """Bring the lines around the pane up to date."""
        place = self.place
        if place is None or not self.is_framed:
            return
        where = self.where(place)
        self.query_one("#where", Static).update(where.content)
        self.query_one("#panes").set_class("production" in where.kind, "production")
        self.query_one(Crumbs).show([_title(each) for each in self.tab.trail])
        self.query_one(TabLine).show([_title(tab.place) if tab.place else "…" for tab in self.tabs], self.tab_at)
        self.query_one("#address", Static).update(_address(place))
        self._told = place.connections
        self.tell_summary()
        self.refresh_bindings()

    def tell_summary(self) -> None:
        """Show what the pane says of itself, which may change many times a second; the rest of the frame stays.

        Home comes to know its connection only after it is shown.
        """
        if self.place is not None and self.place.connections != self._told:
            self.tell()
        elif self.pane is not None and self.is_framed and self.query_one(Notice).level is None:
            self.say(self.pane.summary)

    def where(self, place: Place) -> Where:
        """The connection and region in force at a place."""
        sessions = place.run.sessions if place.run else ()
        connections = [session.connection for session in sessions]
        return Where(
            ", ".join(dict.fromkeys(connection.name for connection in connections)),
            ", ".join(dict.fromkeys(session.region for session in sessions)),
            ", ".join(dict.fromkeys(connection.kind for connection in connections)),
            self.reads_only(place),
        )

    def fail(self, place: Place, error: Exception, *, instead: bool = False) -> None:
        """Say what went wrong at a place. ``instead``: it was to take the place of the one that is shown."""
        raise NotImplementedError

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        if self.is_framed:
            event.task.settle(event)

    # Back, forward, tabs

    def action_go_back(self) -> None:
        """Cancel what is under way; else take what was said away; else go back to where one was."""
        if self.cancel():
            self.say("Cancelled.", "note")
        elif self.query_one(Notice).level is not None:
            self.say("")
            self.tell()
        elif self.tab.at > 0:
            self.step(-1)

    def action_go_forward(self) -> None:
        """Go to where one came back from."""
        if self.tab.at + 1 < len(self.tab.places):
            self.step(1)

    def step(self, by: int) -> None:
        """Go to the place so many steps away in this tab's history."""
        self.tab.at += by
        place = self.tab.place
        self.say("")
        if place is not None and place.pane is None:
            self.open(place.same(), instead=True)
        else:
            self.turn_to(self.tab)

    def action_reload(self) -> None:
        """Run the place's command again; the user stays at the same row."""
        place = self.place
        if place is None:
            return
        if place.repeatable:
            self.open(place.same(), instead=True)
        else:
            self.run_again(place)

    def run_again(self, place: Place) -> None:
        """Run a command again that may change something, once the user has said so."""
        raise NotImplementedError

    def action_home(self) -> None:
        """Go to the list of services."""
        self.follow(HOME)

    def action_new_tab(self) -> None:
        """Open a further tab, at the list of services."""
        self.follow(HOME, new_tab=True)

    def action_close_tab(self) -> None:
        """Close this tab and end what runs in it; the last one stays."""
        if len(self.tabs) > 1:
            self.cancel()
            closed = self.tabs.pop(self.tab_at)
            for place in closed.places:
                self.drop(place)
            self.turn_to(self.tabs[min(self.tab_at, len(self.tabs) - 1)])

    def action_turn(self, by: int) -> None:
        """Turn to the next tab, or the one before."""
        self.say("")
        self.turn_to(self.tabs[(self.tab_at + by) % len(self.tabs)])

    @on(TabLine.Chosen)
    def _chosen(self, event: TabLine.Chosen) -> None:
        self.turn_to(self.tabs[event.index])


def _last(link: Link) -> str:
    """What a link is about, where its view does not say: its last argument, or else its command."""
    return " ".join(link.argv) if len(link.argv) < 3 else link.argv[-1]


def _title(place: Place) -> str:
    return place.title or " ".join(place.link.argv)


def _address(place: Place) -> Any:
    from textual.content import Content

    return Content.assemble(("❯ ", "dim"), place.address)
