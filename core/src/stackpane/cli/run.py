"""One command line from its words to its exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from stackpane.app import App, Run
from stackpane.cli.output.console import Console, ReaderGone
from stackpane.errors import ExitCode, Refused
from stackpane.links import Link, spelled_out
from stackpane.text import safe

if TYPE_CHECKING:
    from stackpane.cli.output.options import OutputOptions
    from stackpane.editor import Editing

__all__ = ["Terminal", "run"]

_NAMED = 3
"""Changes of unknown outcome that are named; there may be as many as workers."""


class Terminal:
    """How the command line speaks to its user: on stderr, one line at a time."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def warn(self, message: str) -> None:
        """Say that something is missing or failed."""
        self.console.warn(message)

    def note(self, message: str) -> None:
        """Say something worth knowing."""
        self.console.note(message)

    def ask(self, question: str, *, secret: bool = False, default: str | None = None) -> str:
        """Ask on the terminal; what is typed for a secret is not shown. Raises ``Refused`` without a terminal."""
        if not self.console.can_ask:
            raise Refused(
                f"this needs an answer, and there is no terminal to ask on: {question}",
                "Give it as an option, or run the command on a terminal.",
            )
        if secret:
            from getpass import getpass

            return getpass(f"{safe(question)}: ")
        shown = f"{question} [{default}]:" if default else f"{question}:"
        answer = self.console.ask(shown)
        if answer is None:
            raise Refused("no answer was given")
        return answer or default or ""

    def edit(self, editing: Editing) -> str | None:
        """Edit a text in the user's editor."""
        from stackpane.editor import edit_in_terminal

        return edit_in_terminal(editing)


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error becomes a line on stderr."""
    argv = spelled_out(argv)
    console = Console.standard()
    debug = "--debug" in argv
    _log_to_stderr(debug=debug)
    app = App(Terminal(console), strict=debug)
    state = Run(app)
    try:
        if instruction := os.environ.get("_STACKPANE_COMPLETE"):
            from stackpane.completion import complete

            console.write(complete(app.root, state, instruction))
            return ExitCode.DONE
        code = int(_run(app, state, argv, console))
        if code == ExitCode.INTERRUPTED:
            _tell_under_way(state, console)
        return code
    except ReaderGone:
        return ExitCode.DONE
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        return _usage(error, console)
    except (KeyboardInterrupt, click.Abort):
        console.note("Interrupted.")
        _tell_under_way(state, console)
        return ExitCode.INTERRUPTED
    except Exception as error:
        return _failed(error, state, console, debug=debug)


def _run(app: App, state: Run, argv: Sequence[str], console: Console) -> int:
    argv = [*argv, *_front(app, argv, console)]
    view = app.run_in(state, argv)
    # Only now is there something to show: a command line that asks for help or is wrong never needs these.
    from stackpane.cli.place import placed
    from stackpane.cli.show import show

    code = show(placed(view, state.settings.place), _options(state, argv), console)
    return ExitCode.SOME_FAILED if state.failed and code == ExitCode.DONE else code


def _front(app: App, argv: Sequence[str], console: Console) -> list[str]:
    """The front command where no command is given: called alone on a terminal, the program opens it."""
    if not (console.can_ask and console.stdout_is_terminal) or (argv and not argv[0].startswith("-")):
        return []
    try:
        options, words, _ = app.root.make_parser(click.Context(app.root)).parse_args(list(argv))
    except click.UsageError:  # the command line itself will say so
        return []
    front = None if words or "help" in options else app.front()
    return [front] if front else []


def _tell_under_way(state: Run, console: Console) -> None:
    """Say which changes were sent and not answered when the command was interrupted: nothing else is left to doubt."""
    sent = [text for session in state.sessions for text in session.under_way()]
    if sent:
        more = f" and {len(sent) - _NAMED:,} more" if len(sent) > _NAMED else ""
        named = ", ".join(sent[:_NAMED])
        console.note(f"Sent and not answered, so it may have been done (look before you repeat it): {named}{more}")


def _options(state: Run, argv: Sequence[str]) -> OutputOptions:
    from stackpane.cli.output.options import OutputOptions

    settings = state.settings
    return OutputOptions(
        format=settings.output,
        query=settings.query,
        limit=settings.limit,
        cursor=settings.cursor,
        yes=settings.yes,
        dry_run=settings.dry_run,
        color=settings.color,
        reveal=settings.reveal,
        here=Link.from_argv(argv),
    )


def _usage(error: click.UsageError, console: Console) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        for line in error.format_message().splitlines():
            console.note(line)
        return ExitCode.USAGE
    console.note(f"error: {error.format_message()}")
    if error.ctx is not None:
        console.note(f"See: {error.ctx.command_path} --help")
    return ExitCode.USAGE


def _failed(error: Exception, state: Run, console: Console, *, debug: bool) -> int:
    """One line for what was expected to go wrong somewhere; anything else is a bug and says so."""
    if debug:
        _traceback(error, console)
    explained = state.explain(error)
    if explained is not None:
        console.note(f"error: {explained.message}")
        if explained.hint:
            console.note(explained.hint)
        return explained.exit_code
    from stackpane.redaction import redact

    console.note(redact(f"error: {type(error).__name__}: {error}"))
    console.note("This is a fault of Stackpane's or of a plugin; run it again with --debug to see where it is.")
    return ExitCode.OTHER


def _traceback(error: Exception, console: Console) -> None:
    """The stack without locals, each line made safe to show."""
    import traceback

    from stackpane.redaction import redact_lines

    for line in redact_lines("".join(traceback.format_exception(error))):
        console.note(line)


def _log_to_stderr(*, debug: bool) -> None:
    import logging

    from stackpane.redaction import install, install_last_resort

    if debug:
        install(logging.DEBUG)
    else:
        install_last_resort()
