"""Saved queries, and those that were run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput
from stackpane.paging import Tokens

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["definition", "definitions", "save"]

_PAGE = 1000
"""The most that ``DescribeQueryDefinitions`` and ``DescribeQueries`` give at a time."""

Definition = Mapping[str, Any]


def definitions(
    session: Session, prefix: str = "", token: str | None = None
) -> Iterator[tuple[list[Definition], str | None]]:
    """Pages of saved queries whose names begin with a prefix, each with the token of the next one."""
    asked: dict[str, Any] = {"queryDefinitionNamePrefix": prefix} if prefix else {}
    tokens = Tokens()
    while True:
        more = {"nextToken": token} if token else {}
        reply = session.client("logs").describe_query_definitions(maxResults=_PAGE, **asked, **more)
        found = reply.get("queryDefinitions", [])
        token = reply.get("nextToken") or None
        if token is not None:
            tokens.check(token, empty=not found)
        yield found, token
        if token is None:
            return


def definition(session: Session, name: str) -> Definition:
    """The saved query of that name. Raises ``InvalidInput`` where there is none."""
    found = _named(session, name)
    if found is None:
        raise InvalidInput(f"no query is saved as {name}", "stackpane logs queries lists those that are.")
    return found


def save(session: Session, name: str, text: str, groups: Sequence[str], language: str | None) -> None:
    """Save a query, in place of the one of the same name where there is one."""
    there = _named(session, name)
    more: dict[str, Any] = {"queryDefinitionId": there["queryDefinitionId"]} if there else {}
    if language:
        more["queryLanguage"] = language
    if groups:
        more["logGroupNames"] = list(groups)
    session.client("logs").put_query_definition(name=name, queryString=text, **more)


def _named(session: Session, name: str) -> Definition | None:
    return next((each for page, _ in definitions(session, name) for each in page if each["name"] == name), None)
