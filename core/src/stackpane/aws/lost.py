"""Lost answers: a call that changes something was sent, and nobody has heard what became of it.

The connection broke, no answer came in time, or the server failed half way. Such a call is sent again, and what AWS
says to the repeat (denied, expired, exists already) says nothing about what the first try has done. So every try is
noted, and whatever the call ends in carries the mark: ``is_lost`` tells it from a plain refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from stackpane.errors import ConnectionProblem

__all__ = ["LostAnswer", "is_lost", "note_try"]

_MARK = "stackpane_lost"
"""The mark's key in the context of a request and in an answer's ``ResponseMetadata``, and its name on an exception."""
_TURNED_AWAY = ("SlowDown", "RequestLimitExceeded")
"""Errors 5xx with which AWS says that it has not begun: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

T = TypeVar("T")


def is_lost(outcome: BaseException | Mapping[str, Any]) -> bool:
    """Whether an earlier try of the call, or this one, may have been carried out without an answer that says so.

    ``outcome`` is what the call raised, or the client's answer. Never so for calls that only read.
    """
    answer = outcome if isinstance(outcome, Mapping) else getattr(outcome, "response", None)
    metadata = answer.get("ResponseMetadata", {}) if isinstance(answer, Mapping) else {}
    return bool(metadata.get(_MARK) or getattr(outcome, _MARK, False))


def note_try(context: dict[str, Any], error: Exception | None, response: tuple[Any, dict[str, Any]] | None) -> None:
    """Note what became of one try of a call that changes something.

    ``context`` is the request's, which all tries share; ``error`` and ``response`` (HTTP's, and the parsed one) are as
    botocore's event ``needs-retry`` has them.
    """
    context[_MARK] = context.get(_MARK, False) or _may_be_done(error, response)
    if not context[_MARK]:
        return
    if error is not None:
        _mark(error)
    if response is not None:
        response[1].setdefault("ResponseMetadata", {})[_MARK] = True


def _may_be_done(error: Exception | None, response: tuple[Any, dict[str, Any]] | None) -> bool:
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError

    if error is not None:
        return not isinstance(error, (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError))
    if response is None:
        return False
    code = response[1].get("Error", {}).get("Code")
    return response[0].status_code >= 500 and code not in _TURNED_AWAY


def _mark(error: Exception) -> None:
    answer = getattr(error, "response", None)
    if isinstance(answer, dict):
        answer.setdefault("ResponseMetadata", {})[_MARK] = True
    else:
        setattr(error, _MARK, True)


class LostAnswer(ConnectionProblem):
    """The lane has sent a call that changes something, and nobody knows what became of it."""

    def __init__(self, message: str, hint: str, *, repeatable: bool) -> None:
        super().__init__(message, hint)
        self._repeatable = repeatable
        _mark(self)

    def repeat(self, call: Callable[[], T]) -> T:
        """Make the call again. What that raises is marked as lost: it tells of the repeat only.

        Raises this very error where the call is one that a repeat would do twice.
        """
        if not self._repeatable:
            raise self
        try:
            return call()
        except Exception as error:
            _mark(error)
            raise
