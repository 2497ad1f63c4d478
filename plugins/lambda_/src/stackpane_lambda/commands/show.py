"""``lambda show``: the record of a function, or of a version or alias of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Record, command
from stackpane_lambda.calls import (
    GET_CONCURRENCY,
    GET_FUNCTION,
    GET_POLICY,
    LIST_ALIASES,
    LIST_EVENT_SOURCE_MAPPINGS,
    LIST_INVOKE_CONFIGS,
    LIST_PROVISIONED,
    LIST_URLS,
    LIST_VERSIONS,
)
from stackpane_lambda.params import FUNCTION, QUALIFIER, qualifier_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

_CALLS = (
    GET_FUNCTION,
    LIST_EVENT_SOURCE_MAPPINGS,
    GET_POLICY,
    GET_CONCURRENCY,
    LIST_PROVISIONED,
    LIST_URLS,
    LIST_INVOKE_CONFIGS,
    LIST_ALIASES,
    LIST_VERSIONS,
)


@command("show", calls=_CALLS)
@click.argument("function", type=FUNCTION)
@click.option("--qualifier", type=QUALIFIER, help="Of this version or alias; NAME:ALIAS is the same.")
def show(session: Session, function: FunctionName, qualifier: str | None) -> Record:
    """Show all there is to know of a function: code, limits, environment, triggers, aliases, URL, tags.

    The values of the environment are masked; --reveal shows them.
    """
    from stackpane_lambda.functionrecord import function_record

    return function_record(session, function, qualifier_of(function, qualifier))
