"""Doing things: the menu of actions, forms for what is missing, actions on all marked rows, and jobs that run on."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from textual import on

from stackpane import Job, Link, View
from stackpane.forms import form_of
from stackpane_tui.dialogs.picker import Choice, Picker
from stackpane_tui.jobs import RunningJob
from stackpane_tui.opening import CarefulRun, is_read, missing_in
from stackpane_tui.panes.job import JobPane
from stackpane_tui.panes.pane import Pane
from stackpane_tui.places import Place, Tab
from stackpane_tui.telling import Telling
from stackpane_tui.together import all_of
from stackpane_tui.work import start

if TYPE_CHECKING:
    from stackpane.app import Run

__all__ = ["Acting"]

_KEYS = "123456789"


class Acting(Telling):
    """A browser that does what the links of its panes offer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.running: list[tuple[RunningJob, Place]] = []
        """Jobs, and the places that show them; those that are over go when the next one comes."""

    # What panes ask for

    @on(Pane.Follow)
    def _follow(self, event: Pane.Follow) -> None:
        event.stop()
        self.act(event.link, fill=event.fill, new_tab=event.new_tab)

    @on(Pane.Show)
    def _show(self, event: Pane.Show) -> None:
        event.stop()
        self.show_view(event.view)

    @on(Pane.Start)
    def _start(self, event: Pane.Start) -> None:
        event.stop()
        self.show_view(event.job)

    @on(Pane.Changed)
    def _changed(self, event: Pane.Changed) -> None:
        event.stop()
        self.tell_summary()

    def show_view(self, view: View) -> None:
        """Show a view that is at hand as a place of its own, at the address of the one that it came from."""
        here = self.place
        if here is not None:
            title = getattr(view, "title", "") or type(view).__name__
            self.show(Place(here.link, here.given, title, here.run, repeatable=False), view)

    # Following with care

    def act(self, link: Link, *, fill: bool = False, new_tab: bool = False) -> None:
        """Follow a link, through its form where ``fill`` says so."""
        if fill:
            self.fill(self.place_of(link))
        else:
            self.follow(link, new_tab=new_tab)

    def fill(self, place: Place) -> None:
        """Have what is missing filled in, in the form of the place's command; then go there."""
        from stackpane_tui.dialogs.form import FormDialog

        def runner() -> Run:
            return CarefulRun(self.core, given=dict(place.given))

        try:
            found = form_of(self.core.root, place.link, runner)
        except click.UsageError as error:
            super().fail(place, error)
            return
        if found is None:
            self.say(f"There is no command {place.link.address!r}.", "error")
            return

        def filled(link: Link | None) -> None:
            if link is not None:
                self.open(Place(link, place.given, place.title))

        form, values = found
        self.push_screen(FormDialog(form, values), filled)

    def needs_form(self, link: Link) -> bool:
        """Whether something must be filled in before the link's command can run."""
        return missing_in(self.core.root, link)

    # Actions

    def offered(self, links: Iterable[Link]) -> list[Link]:
        """The links that may be followed from where we are: on a read-only connection those that only read."""
        place = self.place
        found = list(dict.fromkeys(links))
        if place is None or not self.reads_only(place):
            return found
        return [link for link in found if is_read(self.core.root, link)]

    def action_actions(self) -> None:
        """Let the user pick what to do with the row, or with all marked ones."""
        pane = self.pane
        if pane is None:
            return
        marked = {label: list(links) for label, links in pane.marked_links().items() if self.offered(links[:1])}
        if marked:
            several = [
                Choice(label, f"{label} ({len(links)} marked)", links[0].address, key)
                for (label, links), key in zip(marked.items(), _keys(marked), strict=False)
            ]
            self.push_screen(Picker("What is to be done with the marked rows?", several), partial(self._act_on, marked))
            return
        links = self.offered(pane.links())
        if not links:
            self.say("There is nothing to do here.", "note")
            return
        labels = [link.label or link.address for link in links]
        choices = [
            Choice(link, label, link.address, key)
            for link, label, key in zip(links, labels, _keys(labels), strict=True)
        ]
        self.push_screen(Picker("What is to be done?", choices), self._acted)

    def _acted(self, link: Link | None) -> None:
        if link is not None:
            self.follow(link)

    def _act_on(self, marked: dict[str, list[Link]], label: str | None) -> None:
        if label is None or self.place is None:
            return
        here, links = self.place, marked[label]
        runs = CarefulRun(self.core, given=dict(self.options))

        def run(link: Link) -> View:
            made = self.place_from(here, link)
            inner = CarefulRun(self.core, given=dict(made.given))
            runs.sessions = runs.sessions or inner.sessions
            return self.core.run_in(inner, made.link)

        place = Place(here.link, here.given, label, here.run, repeatable=False)
        self.say(f"Preparing {label} for {len(links)} rows … (Esc cancels)", "note")
        self.opening = start(
            self,
            label,
            partial(all_of, label, links, run),
            partial(self._prepared, place),
            lambda error: self._astray(place, error, instead=False),
        )

    def _prepared(self, place: Place, view: View) -> None:
        self.opening = None
        self.say("")
        self.show(place, view)

    def action_verb(self, verb: str) -> None:
        """Follow the link of the row, or of the whole, whose command is that verb."""
        for link in self.offered(self.pane.links() if self.pane else ()):
            try:
                found = form_of(self.core.root, link)
            except click.UsageError:
                continue
            if found is not None and verb in found[0].path[-1].split("-"):
                self.follow(link)
                return
        self.say(f"There is nothing to {verb} here.", "note")

    # Jobs

    def pane_of(self, place: Place, view: View) -> Pane[Any]:
        """A new pane for the place's view. A job is started, and listed until it is over."""
        if not isinstance(view, Job):
            return super().pane_of(place, view)
        running = next((job for job, at in self.running if at is place), None)
        if running is None:
            place.repeatable = False
            running = RunningJob(view, explain=partial(_explained, place))
            self.running = [*self.jobs(), (running, place)]
            running.start()
        return JobPane(view, running=running, read_only=self.reads_only(place))

    def jobs(self) -> list[tuple[RunningJob, Place]]:
        """The jobs that are still running, and where each of them is shown."""
        return [(job, place) for job, place in self.running if not job.is_over]

    def go_to_job(self, place: Place) -> None:
        """Show the place of a job, in a new tab where its own was closed."""
        for tab in self.tabs:
            if place in tab.places:
                tab.at = tab.places.index(place)
                self.turn_to(tab)
                return
        if place.view is not None:
            self.show(place, place.view, Tab())


def _explained(place: Place, error: BaseException) -> BaseException:
    found = place.run.explain(error) if place.run is not None and isinstance(error, Exception) else None
    return found or error


def _keys(labels: Iterable[str]) -> list[str]:
    """A key for each label: a letter of it that no other one has, or a digit; none where all are taken."""
    taken: set[str] = set()
    keys = []
    for label in labels:
        letters = [letter for letter in label.lower() if letter.isascii() and letter.isalpha()]
        key = next((letter for letter in [*letters, *_KEYS] if letter not in taken), "")
        taken.add(key)
        keys.append(key)
    return keys
