"""Speaking with the user: what commands say and ask, errors with their remedies, and the login that some need."""

from __future__ import annotations

import shlex
import subprocess
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from textual import on
from textual.app import SuspendNotSupported
from textual.message import Message

from stackpane_tui.dialogs.details import Details
from stackpane_tui.dialogs.picker import Choice, Picker
from stackpane_tui.panes.pane import Pane
from stackpane_tui.places import HOME
from stackpane_tui.problems import Problem, problem_of
from stackpane_tui.speech import Asked, Said
from stackpane_tui.visiting import Visiting
from stackpane_tui.widgets.bars import Notice

if TYPE_CHECKING:
    from textual.screen import ModalScreen

    from stackpane_tui.places import Place

__all__ = ["Telling"]


class Telling(Visiting):
    """A browser that speaks with its user."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.problem: Problem | None = None
        """The error that is shown."""
        self._questions: deque[Asked] = deque()
        self._asking = False

    # What is said

    @on(Said)
    def _said(self, event: Said) -> None:
        # What is worth knowing does not hide what went wrong; all of it can be looked at.
        if not (event.level == "note" and self.query_one(Notice).level in ("warning", "error")):
            self.say(event.text, event.level)

    def action_messages(self) -> None:
        """Show everything that was said."""
        lines = [f"{said.at:%H:%M:%S}Z {said.level}: {said.text}" for said in self.speech.said]
        self.push_screen(Details("Messages", "\n".join(reversed(lines)) or "Nothing was said yet."))

    # What is asked

    @on(Asked)
    def _asked(self, event: Asked) -> None:
        self._questions.append(event)
        self._ask_next()

    def _ask_next(self) -> None:
        while self._questions and self._questions[0].is_over:
            self._questions.popleft()
        if not self._questions or self._asking:
            return
        asked, self._asking = self._questions.popleft(), True
        dialog = asked.make()
        asked.on_end(lambda: self.post_message(self.Withdrawn(dialog)))

        def answered(result: Any) -> None:
            asked.answer(result)
            self._asking = False
            self._ask_next()

        self.push_screen(dialog, answered)

    class Withdrawn(Message):
        """Nobody waits for what a dialog asks any more, or it has answered."""

        def __init__(self, dialog: ModalScreen[Any]) -> None:
            super().__init__()
            self.dialog = dialog

    @on(Withdrawn)
    def _withdrawn(self, event: Withdrawn) -> None:
        if event.dialog.is_current:
            event.dialog.dismiss(None)

    # What goes wrong

    def fail(self, place: Place, error: Exception, *, instead: bool = False) -> None:
        """Say what went wrong, in a line with its remedy; a missing parameter is asked for in a form."""
        if isinstance(error, (click.Abort, click.exceptions.Exit)):
            return
        if isinstance(error, click.MissingParameter) and not instead:
            self.fill(place)
            return
        self.problem = problem = problem_of(place, error)
        self.speech.keep("error", f"{problem.message} {problem.hint}".strip())
        if self.place is None and not place.is_home:
            self.follow(HOME)  # there is nothing else to look at
        self.say(problem.message, "error", problem.hint)
        if problem.login:
            self._offer_login(problem)

    def run_again(self, place: Place) -> None:
        """Run a command again that may change something, once the user has said so."""
        question = "It may change something, or came out of what did. Run it again?"
        self.confirm(question, f"run {place.address} again", lambda: self.open(place.same(), instead=True))

    def confirm(self, question: str, consequence: str, then: Callable[[], None], about: str = "") -> None:
        """Have ``then`` called where the user says yes, knowing the consequence."""
        choices = [Choice("no", "No", about or "leave it as it is", "n"), Choice("yes", "Yes", consequence, "y")]

        def chosen(choice: str | None) -> None:
            if choice == "yes":
                then()

        self.push_screen(Picker(question, choices), chosen)

    def fill(self, place: Place) -> None:
        """Have what is missing filled in, in the form of the place's command."""
        raise NotImplementedError

    @on(Pane.Failed)
    def _failed(self, event: Pane.Failed) -> None:
        event.stop()
        place = next((each for each in self._places() if each.pane is not None and each.pane in event.path), self.place)
        if place is not None:
            error = event.error if isinstance(event.error, Exception) else RuntimeError(str(event.error))
            self.fail(place, error, instead=True)

    def _places(self) -> list[Place]:
        return [place for tab in self.tabs for place in tab.places]

    @on(Notice.Clicked)
    def action_details(self) -> None:
        """Show the error that is on the screen in full; a click on what was said shows all that was."""
        if self.problem is None or self.query_one(Notice).level != "error":
            self.action_messages()
            return
        problem = self.problem
        keys = {"l": "logs in"} if problem.login else {}

        def closed(key: str | None) -> None:
            if key == "l":
                self._offer_login(problem)

        self.push_screen(Details("What went wrong", problem.details, keys), closed)

    # Logging in

    def _offer_login(self, problem: Problem) -> None:
        choices = [
            Choice("run", f"Run {problem.login}", "here; afterwards it goes on from where you are", "l"),
            Choice("copy", "Copy the command", problem.login, "c"),
            Choice("again", "Try again", "it was done elsewhere", "r"),
        ]
        self.push_screen(Picker(problem.message, choices), lambda choice: self._log_in(problem, choice))

    def _log_in(self, problem: Problem, choice: str | None) -> None:
        if choice == "copy":
            self.copy_to_clipboard(problem.login)
        elif choice == "again" or (choice == "run" and self._run_outside(shlex.split(problem.login))):
            for session in problem.place.run.sessions if problem.place.run is not None else ():
                self.core.forget(session.connection)
            self.open(problem.place.same(), instead=problem.place is self.place)

    def _run_outside(self, command: list[str]) -> bool:
        """Run a program on the terminal itself, without the browser; whether it said that all went well."""
        try:
            with self.suspend():
                return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - the AWS CLI, as it was shown
        except (SuspendNotSupported, OSError) as error:
            self.say(f"{command[0]} cannot be run here: {error}", "error", f"Run it elsewhere: {shlex.join(command)}")
            return False
