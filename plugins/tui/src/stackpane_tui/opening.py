"""Opening a place: its command is run in a thread, and what comes back is a view to make a pane of."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from stackpane import Document, Link, Refused
from stackpane.app import Run
from stackpane.calls import Effect
from stackpane.commands import Command
from stackpane.connections.resolve import resolve
from stackpane.forms import form_of
from stackpane_tui.home import home_view

if TYPE_CHECKING:
    from stackpane import View
    from stackpane.app import App
    from stackpane_tui.bookmarks import Bookmarks
    from stackpane_tui.places import Place

__all__ = ["CarefulRun", "command_of", "help_of", "is_read", "missing_in", "only_reads", "visit"]


class CarefulRun(Run):
    """A run that has the name of a production connection typed before anything there may change."""

    def run(self, command: Command, params: Mapping[str, Any]) -> View:
        """As any run does, after the user has confirmed it where that is needed."""
        if command.needs == "session" and not only_reads(command):
            places = resolve(self.settings, store=self.app.store, note=lambda _line: None)
            for connection in dict.fromkeys(connection for connection, _region in places):
                if connection.kind == "production" and not connection.read_only:
                    self._confirm(connection.name, command.name or "the command")
        return super().run(command, params)

    def _confirm(self, name: str, command: str) -> None:
        question = f"{name} is a production connection, and {command!r} may change it. To go on, type {name}"
        # Compared code point by code point: a look-alike is another name.
        if self.app.face.ask(question) != name:
            raise Refused("Nothing was sent: the connection's name was not typed.")


_HELP = "--help"
_SHOWN_ELSEWHERE = {"output": "-o", "query": "--query", "limit": "--limit", "cursor": "--cursor"}


def command_of(root: click.Group, link: Link) -> click.Command | None:
    """The command that the link names; ``None`` where there is none, or only a group."""
    with suppress(click.UsageError):
        found = form_of(root, link)
        return found[0].command if found else None
    return None


def is_read(root: click.Group, link: Link) -> bool:
    """Whether all that the link's command may do in AWS is to read. What cannot be told is no read."""
    command = command_of(root, link)
    return command is not None and only_reads(command)


def only_reads(command: click.Command) -> bool:
    """Whether every call of the command has a form that only reads."""
    calls = command.calls if isinstance(command, Command) else ()
    return all(any(form.effect is Effect.READ for form in call.forms) for call in calls)


def missing_in(root: click.Group, link: Link) -> bool:
    """Whether something must be filled in before the link's command can run."""
    with suppress(click.UsageError):
        found = form_of(root, link)
        return found is not None and bool(found[0].missing(found[1]))
    return False


def visit(core: App, place: Place, bookmarks: Bookmarks) -> Place:
    """Run the place's command and keep its view in the place. For a thread; raises what the command raises.

    On a production connection a command that may change something runs only when the connection's name was typed.
    """
    run = place.run = CarefulRun(core, given=dict(place.given))
    words = place.link.argv
    if place.is_home:
        place.view = home_view(run, bookmarks)
        return place
    if _HELP in words[: words.index("--") if "--" in words else None]:
        place.view = help_of(core.root, [word for word in words if word != _HELP])
        return place
    place.repeatable = is_read(core.root, place.link)
    try:
        place.view = core.run_in(run, Link(words))
    except click.exceptions.NoArgsIsHelpError:
        place.view = help_of(core.root, words)
    _tell_unused(run)
    return place


def help_of(root: click.Group, words: tuple[str, ...] | list[str]) -> View:
    """The help of the command or group that the words lead to, as text."""
    context = click.Context(root, info_name="stackpane")
    command: click.Command = root
    for word in words:
        if word.startswith("-") or not isinstance(command, click.Group):
            continue
        found = command.get_command(context, word)
        if found is None:
            break
        command, context = found, click.Context(found, info_name=word, parent=context)
    text = f"{command.get_help(context)}\n"
    return Document(text.encode(), "text/plain; charset=utf-8", f"{context.command_path} --help")


def _tell_unused(run: Run) -> None:
    unused = [option for name, option in _SHOWN_ELSEWHERE.items() if run.given.get(name)]
    if unused:
        run.app.face.note(f"{', '.join(unused)} is for the command line's output; here it changes nothing")
