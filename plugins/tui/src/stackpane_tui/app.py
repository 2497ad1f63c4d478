"""The browser with all its keys; what each of them does stands in the classes that it is made of."""

from __future__ import annotations

import webbrowser
from typing import ClassVar

from textual.binding import Binding, BindingType

from stackpane.text import safe
from stackpane_tui.dialogs.help import Help
from stackpane_tui.dialogs.picker import Choice, Picker
from stackpane_tui.previewing import Previewing
from stackpane_tui.switching import Switching
from stackpane_tui.widgets.bars import Notice

__all__ = ["Browser"]


class Browser(Previewing, Switching):
    """The terminal browser."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon", "command", "Command", key_display=":", id="command"),
        Binding("a", "actions", "Actions", id="actions"),
        Binding("escape", "go_back", "Back", id="back"),
        Binding("question_mark", "help", "Keys", key_display="?", id="help"),
        Binding("ctrl+p", "palette", "Go to", id="palette"),
        Binding("ctrl+o", "connection", "Connection", id="connection"),
        Binding("left_square_bracket,alt+left", "go_back", "Back", show=False, id="back.also"),
        Binding("right_square_bracket,alt+right", "go_forward", "Forward", show=False, id="forward"),
        Binding("r", "reload", "Refresh", show=False, id="refresh"),
        Binding("tilde", "home", "Home", show=False, id="home"),
        Binding("ctrl+r", "recent", "Visited places", show=False, id="recent"),
        Binding("b", "bookmark", "Bookmark", show=False, id="bookmark"),
        Binding("d", "describe", "Show the row's record, or what went wrong", show=False, id="describe"),
        Binding("ctrl+d", "verb('rm')", "Delete (shows its plan first)", show=False, id="delete"),
        Binding("E", "verb('edit')", "Edit", show=False, id="edit"),
        Binding("y", "copy_address", "Copy the address", show=False, id="copy.address"),
        Binding("Y", "copy_arn", "Copy the ARN", show=False, id="copy.arn"),
        Binding("o", "console", "Open the AWS console's page", show=False, id="console"),
        Binding("ctrl+t", "new_tab", "New tab", show=False, id="tab.new"),
        Binding("ctrl+w", "close_tab", "Close the tab", show=False, id="tab.close"),
        Binding("right_curly_bracket,ctrl+pagedown", "turn(1)", "Next tab", show=False, id="tab.next"),
        Binding("left_curly_bracket,ctrl+pageup", "turn(-1)", "Previous tab", show=False, id="tab.previous"),
        Binding("p", "preview", "Preview", show=False, id="preview"),
        Binding("J", "jobs", "Running jobs", show=False, id="jobs"),
        Binding("M", "messages", "What was said", show=False, id="messages"),
        Binding("exclamation_mark", "details", "What went wrong", show=False, id="details"),
        Binding("q", "leave", "Quit", id="quit"),
        Binding("ctrl+q,ctrl+c", "leave", "Quit", show=False, id="quit.always"),
    ]

    def action_describe(self) -> None:
        """Show the error that is on the screen in full; otherwise the record of the row."""
        if self.query_one(Notice).level == "error":
            self.action_details()
        else:
            self.action_verb("show")

    def action_help(self) -> None:
        """Show the keys that are in force now."""
        self.push_screen(Help(list(self.screen.active_bindings.values()), self.config))

    # Copying

    def action_copy_address(self) -> None:
        """Copy the command line that gives what is shown."""
        if self.place is not None:
            self._copy(f"stackpane {self.place.address}", "the command line")

    def action_copy_arn(self) -> None:
        """Copy the ARN of what is shown or selected."""
        arn = self.pane.arn if self.pane is not None else None
        if arn:
            self._copy(safe(arn), "the ARN")
        else:
            self.say("There is no ARN here.", "note")

    def _copy(self, text: str, what: str) -> None:
        self.copy_to_clipboard(text)
        self.say(f"Copied {what}: {text}", "note")

    def action_console(self) -> None:
        """Open the AWS console's page of what is shown or selected; where there is no desktop, its address is said."""
        url = self.pane.console_url if self.pane is not None else None
        if url is None or not url.startswith("https://"):
            self.say("The AWS console has no page for this that is known here.", "note")
        elif webbrowser.open(url):
            self.say(f"Opened {url}", "note")
        else:
            self._copy(url, "the page's address, as there is no web browser here")

    # Jobs, leaving

    def action_jobs(self) -> None:
        """Let the user go to a job that is still running."""
        running = self.jobs()
        if not running:
            self.say("No job is running.", "note")
            return
        choices = [Choice(index, job.job.title, job.line(60)) for index, (job, _place) in enumerate(running)]

        def chosen(index: int | None) -> None:
            if index is not None:
                self.go_to_job(running[index][1])

        self.push_screen(Picker("Running jobs", choices), chosen)

    def action_leave(self) -> None:
        """End the browser; where a job is still running, once the user has said so."""
        running = self.jobs()
        if not running:
            self.end()
            return
        titles = ", ".join(job.job.title for job, _place in running)
        self.confirm("Jobs are still running. Leave?", "what is still running is stopped first", self.end, titles)

    def end(self) -> None:
        """Leave: jobs are stopped at their next step, so that they clean up, and panes end what runs for them."""
        self.cancel()
        for job, _place in self.jobs():
            job.cancel()
        for tab in self.tabs:
            for place in tab.places:
                if place.pane is not None:
                    place.pane.stop()
        self.exit()
