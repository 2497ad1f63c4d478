"""``lambda invoke``: run a function once, with its answer on stdout and what it took beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, View, command
from stackpane.inputs import given_text
from stackpane_lambda.calls import GET_CONFIGURATION, INVOKE
from stackpane_lambda.params import FUNCTION, QUALIFIER, complete_event, qualifier_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName


@command("invoke", calls=(INVOKE, GET_CONFIGURATION))
@click.argument("function", type=FUNCTION)
@click.option("--payload", metavar="JSON|@FILE|-", help="The event; {} unless given.")
@click.option("--event", metavar="NAME", shell_complete=complete_event, help="A saved event, instead of --payload.")
@click.option("--async", "asynchronous", is_flag=True, help="Hand the event over, and do not wait for the function.")
@click.option("--qualifier", type=QUALIFIER, help="This version or alias; NAME:ALIAS is the same.")
@click.option("--client-context", "context", metavar="JSON|@FILE", help="What the function finds in its context.")
def invoke(
    session: Session,
    function: FunctionName,
    payload: str | None,
    event: str | None,
    asynchronous: bool,
    qualifier: str | None,
    context: str | None,
) -> View:
    """Run a function, exactly once, and write its answer.

    The log, what it took and what was billed are told beside it. Where the function fails, its error and its stack are
    shown and the exit code is 1. It is waited for as long as the function may run, unless --timeout says otherwise.
    --dry-run has AWS check that you may run it, and does not run it.
    """
    from stackpane_lambda.invoking import Invocation
    from stackpane_lambda.invoking import invoke as run
    from stackpane_lambda.payloads import checked_payload, client_context

    if payload is not None and event is not None:
        raise InvalidInput("two events are given: --payload and --event", "Leave one of them out.")
    if asynchronous and context is not None:
        raise InvalidInput("a client context reaches a function that is waited for only", "Leave --async out.")
    text = _saved(session, function, event) if event is not None else given_text(payload or "{}")
    invocation = Invocation(
        function,
        qualifier_of(function, qualifier),
        checked_payload(text, asynchronous=asynchronous),
        asynchronous,
        None if context is None else client_context(context),
    )
    return run(session, invocation)


def _saved(session: Session, function: FunctionName, name: str) -> str:
    from stackpane_lambda.events.store import Store

    found = Store.here().find(function, name)
    session.note(f"Event from {found.path}")
    return found.read()
