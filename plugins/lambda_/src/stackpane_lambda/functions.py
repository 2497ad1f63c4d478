"""Asking AWS for functions: one by its name, all by the page, and the small lists that belong to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput
from stackpane.paging import Tokens

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

__all__ = ["check_place", "configuration", "listed", "moment", "qualified"]

Reply = Mapping[str, Any]


def check_place(session: Session, function: FunctionName) -> str:
    """What to tell AWS for a function's name.

    Raises ``InvalidInput`` where the function was named by the ARN of another region: the one of that name here is
    another function.
    """
    if function.region not in ("", session.region):
        raise InvalidInput(
            f"by its ARN {function} is in {function.region}, and this is {session.region}",
            f"Add --region {function.region}.",
        )
    if function.account and not function.region:
        return f"arn:{session.partition}:lambda:{session.region}:{function.target}"
    return function.target


def qualified(session: Session, function: FunctionName, qualifier: str | None) -> dict[str, str]:
    """The parameters that name a function, or a version or alias of it. Raises ``InvalidInput`` as ``check_place``."""
    return {"FunctionName": check_place(session, function), **({"Qualifier": qualifier} if qualifier else {})}


def configuration(session: Session, function: FunctionName, qualifier: str | None = None) -> Reply:
    """The function as ``GetFunctionConfiguration`` has it."""
    found: Reply = session.client("lambda").get_function_configuration(**qualified(session, function, qualifier))
    return found


def listed(session: Session, method: str, member: str, **request: Any) -> Iterator[Mapping[str, Any]]:
    """The entries of all pages of a list; ``method`` is the client's, ``member`` the reply's."""
    marker, tokens = None, Tokens()
    while True:
        reply = getattr(session.client("lambda"), method)(**request, **({"Marker": marker} if marker else {}))
        entries: Sequence[Reply] = reply.get(member, ())
        yield from entries
        marker = reply.get("NextMarker")
        if not marker:
            return
        tokens.check(marker, empty=not entries)


def moment(text: str | None) -> datetime | str | None:
    """A time as Lambda writes it, ``2026-11-22T01:00:00.000+0000``, or the text where it is none."""
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return text
