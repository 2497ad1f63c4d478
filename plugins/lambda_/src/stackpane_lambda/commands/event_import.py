"""``lambda event import``: the test events that are shared in the Lambda console."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Outcome, command
from stackpane_lambda.calls import DESCRIBE_SCHEMA
from stackpane_lambda.params import FUNCTION

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName


@command("import", calls=(DESCRIBE_SCHEMA,))
@click.argument("function", type=FUNCTION)
@click.option("--project", is_flag=True, help="With the code, in .stackpane/events, and not in the user's own folder.")
@click.option("--overwrite", is_flag=True, help="Replace those of the same names.")
def import_(session: Session, function: FunctionName, project: bool, overwrite: bool) -> Outcome:
    """Save the shareable test events of a function, which the Lambda console keeps in EventBridge's schema registry."""
    from stackpane_lambda.events.shared import import_shared

    return import_shared(session, function, project=project, overwrite=overwrite)
