"""Requests that are not answered in time: how long was waited for them, and a word to the one who waits as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackpane.connections.model import Connection

__all__ = ["Waiting", "timeouts", "waited"]

_CONNECT_TIMEOUT, _READ_TIMEOUT = 5, 30
"""Seconds to wait for a connection, and for an answer, unless the user or the call says otherwise."""

_MARK = "stackpane_waited"
"""The seconds that a try was waited for: their key in the context of a request, and their name on its error."""


def timeouts(connection: Connection, usual: float | None = None) -> tuple[float, float]:
    """Seconds to wait for a connection, and for an answer.

    What the user says goes before what is ``usual`` for the calls.
    """
    read = connection.timeout or usual or _READ_TIMEOUT
    return min(_CONNECT_TIMEOUT, read), read


class Waiting:
    """Notes the tries of a connection's requests that time out. Safe to share between threads.

    ``note`` is told when a request is tried again, once for each number of tries: many may hang at a time.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._told: set[int] = set()

    def attach(self, client: Any, tries: int) -> None:
        """Watch the client, which makes at most so many tries."""
        from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

        config = client.meta.config

        def tried(attempts: int, caught_exception: Any, request_dict: Mapping[str, Any], **_: Any) -> None:
            if isinstance(caught_exception, (ConnectTimeoutError, ReadTimeoutError)):
                connecting = isinstance(caught_exception, ConnectTimeoutError)
                seconds = config.connect_timeout if connecting else config.read_timeout
                request_dict["context"][_MARK] = seconds
                setattr(caught_exception, _MARK, (seconds, attempts))

        def created(request: Any, **_: Any) -> None:
            seconds = request.context.pop(_MARK, None)
            attempt = request.context.get("retries", {}).get("attempt", 1)
            if seconds is not None and attempt not in self._told:
                self._told.add(attempt)
                self._note(f"no answer within {seconds:g} s; trying again ({attempt} of {tries})")

        # Before the guard, which ends a call that must not be tried again.
        client.meta.events.register_first("needs-retry", tried)
        client.meta.events.register_last("request-created", created)


def waited(error: BaseException, otherwise: float) -> str:
    """How long was waited for what timed out: ``30 s``, ``30 s, 4 times``. ``otherwise`` is for what was no request."""
    seconds, tries = getattr(error, _MARK, (otherwise, 1))
    return f"{seconds:g} s" if tries == 1 else f"{seconds:g} s, {tries} times"
