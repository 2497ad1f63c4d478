"""Running the browser in this process's terminal, and giving everything back as it was afterwards."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackpane import Link, StackpaneError
from stackpane_tui.config import read_config
from stackpane_tui.places import HOME

if TYPE_CHECKING:
    from stackpane_tui.app import Browser

__all__ = ["browse"]

_GRACE = 3.0
"""Seconds that a job has to stop in when the browser is left; one that hangs in a request ends with the process."""


def browse(first: Link, given: Mapping[str, Any]) -> None:
    """Open the browser at ``first`` (the services, where it names nothing) and return when it is left.

    Raises ``StackpaneError`` where a fault of its own has ended it, after telling of it.
    """
    from stackpane_tui.app import Browser

    _ask_terminal()
    browser = Browser(first if first.argv else HOME.at(first.connection, first.region), given, config=read_config())
    with _heard(browser):
        browser.run()
        for job, _place in browser.running:
            job.join(_GRACE)
    if browser.crash is not None:
        from stackpane_tui.crash import tell

        tell(browser.crash)
        raise StackpaneError("the browser has ended by a fault of its own", "Nothing was sent anywhere.")


def _ask_terminal() -> None:
    """Ask the terminal what images it can draw, and how large its letters are.

    Later its answers would come in between the keys, and be taken for some.
    """
    from textual_image._terminal import get_cell_size

    import stackpane_tui.widgets.picture  # noqa: F401 - its import asks

    get_cell_size()


@contextmanager
def _heard(browser: Browser) -> Iterator[None]:
    """Keep what libraries log, and errors of threads, among the browser's messages: stderr is the screen."""
    root, last, hook = logging.getLogger(), logging.lastResort, threading.excepthook
    handlers, listening = root.handlers[:], _Listening(browser)
    root.handlers[:] = [listening] if handlers else []
    logging.lastResort = listening
    threading.excepthook = lambda failed: browser.speech.log(
        f"error in a thread: {failed.exc_type.__name__}: {failed.exc_value}"
    )
    try:
        yield
    finally:
        root.handlers[:], logging.lastResort, threading.excepthook = handlers, last, hook
        sys.stdout.flush()


class _Listening(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """Gives what is logged to the browser's messages. (``lastResort`` has to be a handler of a stream.)"""

    def __init__(self, browser: Browser) -> None:
        super().__init__()
        self._browser = browser
        self.setLevel(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message, without the stack that may go with it."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError) as error:  # a message whose arguments do not fit it
            message = f"{record.msg} ({error})"
        self._browser.speech.log(f"{record.name}: {message}")
