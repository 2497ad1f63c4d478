"""Choosing where to go: the command line, the palette, what was visited last, bookmarks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual import on

from stackpane import Link, StackpaneError
from stackpane_tui.acting import Acting
from stackpane_tui.commands import all_commands, proposals, target_of
from stackpane_tui.config import THEMES
from stackpane_tui.dialogs.picker import Choice, Picker
from stackpane_tui.places import HOME, Place
from stackpane_tui.recent import Lines
from stackpane_tui.widgets.commandline import CommandLine
from stackpane_tui.work import Task, start

__all__ = ["Choosing"]

Go = Callable[[], Any]
"""Where an entry of the palette leads."""

_REST = 0.12
"""Seconds after the last key before live names are asked for."""
_RECENT = 50
"""Places that are offered to come back to."""


class Choosing(Acting):
    """A browser that goes where its user types or picks."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.recent: list[Place] = []
        """Places that were visited, the latest first; such as may be visited again without asking."""
        self._lines = Lines()
        self._commands: list[tuple[Link, str]] | None = None
        self._proposing: Task[list[tuple[str, str]]] | None = None

    def arrived(self, place: Place) -> None:
        """Keep a record of the place."""
        super().arrived(place)
        if place.repeatable:
            others = [each for each in self.recent if each.address != place.address]
            self.recent = [Place(place.link, place.given, place.title), *others][:_RECENT]

    # The command line

    def action_command(self, text: str = "") -> None:
        """Open the command line."""
        line = self.query_one(CommandLine)
        line.lines = self._lines.read()
        line.open(text)

    @on(CommandLine.Wanted)
    def _wanted(self, event: CommandLine.Wanted) -> None:
        if self._proposing is not None:
            self._proposing.cancel()
        line = self.query_one(CommandLine)
        self.set_timer(_REST, partial(self._propose, line, event.words, event.part), name="proposals")

    def _propose(self, line: CommandLine, words: list[str], part: str) -> None:
        if not line.is_open or not line.holds(words, part):
            return
        work = partial(proposals, self.core, dict(self.options), words, part)
        # A prompt never shows an error; the command itself will.
        self._proposing = start(self, "proposals", work, line.propose, lambda _error: line.propose([]))

    @on(CommandLine.Closed)
    def _line_closed(self) -> None:
        if self._proposing is not None:
            self._proposing.cancel()
        self.call_after_refresh(self.take_focus)

    @on(CommandLine.Typed)
    def _typed(self, event: CommandLine.Typed) -> None:
        text = event.text.strip()
        if text in ("q", "q!", "quit", "exit"):
            self.action_leave()
            return
        self._lines.add(text)
        self.go(text)

    def go(self, text: str) -> None:
        """Go where a typed or pasted text leads: a command line, an ARN, a URI, a console URL."""
        target = target_of(self.core, text)
        if target is not None:
            self.follow(target)
            return
        try:
            link = Link.from_address(text)
        except ValueError as error:
            self.say(f"{text}: {error}", "error", "Close the quote.")
            return
        self.follow(link if link.argv else HOME.at(link.connection, link.region))

    def action_leave(self) -> None:
        """End the browser."""
        raise NotImplementedError

    # The palette

    def action_palette(self) -> None:
        """Let the user jump to any command, bookmark, place, or to what is pasted."""
        choices: list[Choice[Go]] = []
        choices += [Choice(partial(self.open, place), _title(place), place.address) for place in self.recent]
        choices += [Choice(partial(self.follow, link), link.label, f"★ {link.address}") for link in self._marks()]
        choices += [Choice(partial(setattr, self, "theme", name), f"Theme: {title}") for title, name in THEMES.items()]
        picker = Picker(
            "Go to", choices, free=self._free, placeholder="a command, a place, an ARN, a URI, a console URL"
        )
        self.push_screen(picker, self._picked)
        if self._commands is not None:
            self._add_commands(picker, self._commands)
        else:
            work = partial(all_commands, self.core)
            done = partial(self._add_commands, picker)
            start(self, "commands", work, done, lambda error: self.speech.warn(str(error)))

    def _add_commands(self, picker: Picker[Go], commands: list[tuple[Link, str]]) -> None:
        self._commands = commands
        picker.add([Choice(partial(self.choose_command, link), link.address, text) for link, text in commands])

    def choose_command(self, link: Link) -> None:
        """Run a command that was picked by its name; through its form, where something is missing."""
        self.act(link, fill=True) if self.needs_form(link) else self.follow(link)

    def _free(self, text: str) -> Choice[Go] | None:
        if target_of(self.core, text) is None:
            return None
        return Choice(partial(self.go, text), text, "open it")

    def _picked(self, choice: Go | None) -> None:
        if choice is not None:
            choice()

    # Recent places, bookmarks

    def action_recent(self) -> None:
        """Let the user go back to any place that was visited."""
        choices = [Choice(place, _title(place), place.address) for place in self.recent]
        self.push_screen(Picker("Visited", choices), lambda place: self.open(place.same()) if place else None)

    def action_bookmark(self) -> None:
        """Make a bookmark of this place, or take it away."""
        place = self.place
        if place is None or place.is_home:
            self.say("Home needs no bookmark.", "note")
        elif not place.repeatable:
            self.say("Only a place that shows something can be a bookmark, not a command that does something.", "note")
        else:
            try:
                made = self.bookmarks.toggle(place.address, place.title)
            except StackpaneError as error:
                self.say(error.message, "error", error.hint)
            else:
                self.say("Bookmarked; home lists it." if made else "The bookmark is gone.", "note")

    def _marks(self) -> list[Link]:
        try:
            return self.bookmarks.links
        except StackpaneError as error:
            self.speech.warn(f"{error.message}. {error.hint}")
            return []


def _title(place: Place) -> str:
    return place.title or " ".join(place.link.argv)
