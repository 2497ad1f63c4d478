"""``lambda config``: change the configuration of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, View, command
from stackpane_lambda.calls import GET_CONFIGURATION, UPDATE_CONFIGURATION
from stackpane_lambda.params import FUNCTION

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName


@command("config", calls=(GET_CONFIGURATION, UPDATE_CONFIGURATION))
@click.argument("function", type=FUNCTION)
@click.option("--memory", type=click.IntRange(128), metavar="MB", help="Its memory, and with it its share of CPU.")
@click.option("--function-timeout", type=click.IntRange(1, 900), metavar="SECONDS", help="How long it may run at most.")
@click.option("--storage", type=click.IntRange(512, 10240), metavar="MB", help="The size of its /tmp.")
@click.option("--handler", metavar="NAME", help="What of the code is called: app.handler.")
@click.option("--runtime", metavar="RUNTIME", help="What runs the code: python3.14, nodejs24.x.")
@click.option("--description", metavar="TEXT", help="What it is for.")
@click.option("--role", metavar="ARN", help="The role that it runs as.")
@click.option("--layer", "layers", multiple=True, metavar="ARN", help="Its layers, all of them, in their order.")
@click.option("--no-layers", is_flag=True, help="No layer any more.")
@click.option("--log-group", metavar="GROUP", help="The log group that it writes to.")
@click.option("--log-format", type=click.Choice(["Text", "JSON"]), help="How its log is written.")
@click.option("--tracing", type=click.Choice(["Active", "PassThrough"]), help="Whether X-Ray samples its requests.")
def config(session: Session, function: FunctionName, layers: tuple[str, ...], no_layers: bool, **wanted: Any) -> View:
    """Change settings of a function.

    Nothing is changed where somebody else has changed the function meanwhile. It ends when AWS has put the change into
    effect, and says what takes it back.
    """
    from stackpane_lambda.configuring import change
    from stackpane_lambda.functions import configuration
    from stackpane_lambda.settings import settings_change

    if function.qualifier is not None:
        raise InvalidInput(f"{function.qualifier} of {function} cannot be changed", "Name the function alone.")
    if layers and no_layers:
        raise InvalidInput("--layer and --no-layers exclude each other")
    found = configuration(session, function)
    asked = {**wanted, "layer": list(layers) if layers or no_layers else None}
    return change(session, function, found, settings_change(function, found, asked))
