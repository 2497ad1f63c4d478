"""The browser: one Textual app that shows places in panes, and knows views and links and no service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Footer, Input, Static, TextArea

from stackpane.app import App as Core
from stackpane.text import safe
from stackpane_tui.dialogs.ask import Ask
from stackpane_tui.opening import visit
from stackpane_tui.panes import pane_for
from stackpane_tui.panes.pane import Pane
from stackpane_tui.places import HOME, Place, Tab
from stackpane_tui.speech import Asked, Said, Speech
from stackpane_tui.widgets.bars import Crumbs, Notice, Where
from stackpane_tui.work import Ended, Task, start

if TYPE_CHECKING:
    from stackpane import Link

__all__ = ["Browser"]


class Browser(App[None]):
    """The terminal browser. It opens at ``first``, with the global options ``given``."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "browser.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "go_back", "Back", id="back"),
        Binding("right_square_bracket,alt+right", "forward", "Forward", show=False, id="forward"),
        Binding("left_square_bracket,alt+left", "go_back", "Back", show=False, id="back.alternative"),
        Binding("r", "refresh", "Refresh", id="refresh"),
        Binding("tilde", "home", "Home", show=False, id="home"),
        Binding("y", "copy_address", "Copy address", show=False, id="copy.address"),
        Binding("q", "leave", "Quit", id="quit"),
        Binding("ctrl+q,ctrl+c", "leave", show=False, system=True, id="quit.always"),
    ]

    def __init__(self, first: Link = HOME, given: Mapping[str, Any] | None = None, core: Core | None = None) -> None:
        super().__init__()
        self.speech = Speech()
        self.core = core or Core(self.speech)
        self.core.face = self.speech
        self.first, self.given = first, dict(given or {})
        self.tabs: list[Tab] = [Tab()]
        self.tab_at = 0
        self.opening: Task[Place] | None = None

    # What is on the screen

    def compose(self) -> ComposeResult:
        """The frame; panes are put into it as places are opened."""
        with Horizontal(id="top"):
            yield Static(id="where")
            yield Crumbs(id="crumbs")
        yield Container(id="panes")
        yield Notice(id="notice")
        yield Static(id="address")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Open the first place, once the frame is on the screen."""
        self.speech.to = self
        self.call_after_refresh(self.follow, self.first)

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

    # Going somewhere

    def follow(self, link: Link, *, fill: bool = False) -> None:
        """Go where ``link`` leads, from where we are; through its form, where something is missing."""
        here = self.place
        given = here.run.given if here is not None and here.run is not None else (here.given if here else self.given)
        self.open(Place.of(link, given, here.connections if here else frozenset()))

    def open(self, place: Place, *, instead: bool = False) -> None:
        """Open a place: as the next one, or ``instead`` of the one that is shown."""
        if self.opening is not None:
            self.opening.cancel()
        self.say(Content(f"Running {safe(place.address)} … (Esc cancels)"), "note")
        arrive = partial(self._arrive, self.tab, instead=instead)
        self.opening = start(self, place.address, partial(visit, self.core, place), arrive, partial(self.fail, place))

    def _arrive(self, tab: Tab, place: Place, *, instead: bool) -> None:
        self.opening = None
        if place.view is not None:
            self.show(place, tab, instead=instead)

    def show(self, place: Place, tab: Tab, *, instead: bool = False) -> None:
        """Show a place whose view is there."""
        assert place.view is not None  # noqa: S101 - whoever calls has made sure
        place.pane = pane_for(place.view, read_only=self._reads_only(place))
        gone = [old] if instead and (old := tab.swap(place)) else [] if instead else tab.go(place)
        for old in gone:
            self.drop(old)
        self.query_one("#panes").mount(place.pane)
        if place.state:
            self.call_after_refresh(place.pane.restore, place.state)
        self.turn_to(tab)

    def turn_to(self, tab: Tab) -> None:
        """Show the tab's place and what it says of itself."""
        self.tab_at = self.tabs.index(tab)
        for pane in self.query_one("#panes").children:
            pane.display = pane is self.pane
        for place in list(tab.stale()):
            place.state = place.pane.state() if place.pane else place.state
            self.drop(place)
        self.say(Content(""))
        self.tell()
        self.call_after_refresh(self.take_focus)

    def take_focus(self) -> None:
        """Give the keys to the pane that is shown."""
        pane = self.pane
        if pane is None or not pane.is_attached:
            return
        if self.focused is not None and pane in self.focused.ancestors_with_self:
            return
        for widget in pane.walk_children(with_self=True):
            if isinstance(widget, Widget) and widget.focusable:
                widget.focus()
                return

    def drop(self, place: Place) -> None:
        """Take a place's pane away, and end what runs for it."""
        if place.pane is not None:
            place.pane.stop()
            place.pane.remove()
            place.pane = None

    def tell(self) -> None:
        """Bring the lines around the pane up to date."""
        place = self.place
        if place is None:
            return
        sessions = place.run.sessions if place.run else ()
        where = Where()
        if sessions:
            where = Where(
                ", ".join(dict.fromkeys(session.connection.name for session in sessions)),
                ", ".join(dict.fromkeys(session.region for session in sessions)),
                ", ".join(dict.fromkeys(session.connection.kind for session in sessions)),
                all(session.connection.read_only for session in sessions),
            )
        self.query_one("#where", Static).update(where.content)
        self.query_one("#panes").set_class("production" in where.kind, "production")
        self.query_one(Crumbs).show([each.title or " ".join(each.link.argv) for each in self.tab.trail])
        self.query_one("#address", Static).update(Content(f"❯ {safe(place.address)}"))
        if self.pane is not None and self.query_one(Notice).classes <= {""}:
            self.query_one(Notice).show(Content(safe(self.pane.summary)))

    def say(self, content: Content, kind: str = "") -> None:
        """Show a line below the pane."""
        self.query_one(Notice).show(content, kind)

    def fail(self, place: Place, error: Exception) -> None:
        """Show what went wrong at a place, in a line, with what to do about it."""
        self.opening = None
        explained = place.run.explain(error) if place.run else None
        message = explained.message if explained is not None else f"{type(error).__name__}: {error}"
        self.say(Content(safe(message)), "error")

    def _reads_only(self, place: Place) -> bool:
        sessions = place.run.sessions if place.run else ()
        return bool(sessions) and all(session.connection.read_only for session in sessions)

    # What tasks and panes say

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        event.task.settle(event)

    @on(Said)
    def _said(self, event: Said) -> None:
        self.say(Content(event.text), event.level)

    @on(Asked)
    def _asked(self, event: Asked) -> None:
        if not event.is_over:
            self.push_screen(Ask(event.question, secret=event.secret, default=event.default), event.answer)

    @on(Pane.Follow)
    def _follow(self, event: Pane.Follow) -> None:
        self.follow(event.link, fill=event.fill)

    @on(Pane.Changed)
    def _changed(self, event: Pane.Changed) -> None:
        self.tell()

    @on(Pane.Failed)
    def _failed(self, event: Pane.Failed) -> None:
        if self.place is not None and isinstance(event.error, Exception):
            self.fail(self.place, event.error)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key acts while text is edited, but those that leave."""
        if isinstance(self.focused, (Input, TextArea)):
            return action in ("leave", "focus_next", "focus_previous", "simulate_key")
        return True

    def action_go_back(self) -> None:
        """Cancel what is under way; else go back to where one was."""
        if self.opening is not None:
            self.opening.cancel()
            self.opening = None
            self.say(Content("Cancelled."), "note")
        elif self.tab.at > 0:
            self.step(-1)

    def action_forward(self) -> None:
        """Go to where one came back from."""
        if self.tab.at + 1 < len(self.tab.places):
            self.step(1)

    def step(self, by: int) -> None:
        """Go to the place so many steps away in this tab's history."""
        self.tab.at += by
        place = self.tab.place
        if place is not None and place.pane is None:
            self.open(place.same(), instead=True)
        else:
            self.turn_to(self.tab)

    def action_refresh(self) -> None:
        """Run the place's command again; the user stays at the same row."""
        if self.place is not None:
            self.open(self.place.same(), instead=True)

    def action_home(self) -> None:
        """Go to the list of services."""
        self.follow(HOME)

    def action_copy_address(self) -> None:
        """Copy the command line that gives the same."""
        if self.place is not None:
            self.copy_to_clipboard(f"stackpane {self.place.address}")

    def action_leave(self) -> None:
        """End the browser."""
        self.exit()
