"""``lambda env``: the environment of a function, shown or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, View, command
from stackpane_lambda.calls import GET_CONFIGURATION, UPDATE_CONFIGURATION
from stackpane_lambda.params import FUNCTION, QUALIFIER, qualifier_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName


@command("env", calls=(GET_CONFIGURATION, UPDATE_CONFIGURATION))
@click.argument("function", type=FUNCTION)
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="Set a variable; NAME=@file and NAME=- (stdin) too."
)
@click.option("--ask", "asked", multiple=True, metavar="NAME", help="Set a variable to what you are asked for, unseen.")
@click.option("--remove", "removed", multiple=True, metavar="NAME", help="Remove a variable.")
@click.option("--qualifier", type=QUALIFIER, help="Show that of this version or alias, which cannot be changed.")
def env(
    session: Session,
    function: FunctionName,
    given: tuple[str, ...],
    asked: tuple[str, ...],
    removed: tuple[str, ...],
    qualifier: str | None,
) -> View:
    """Show the environment of a function, masked, or change variables of it.

    Nothing is changed where somebody else has changed the function meanwhile. Values that are secret are better given
    by --ask or NAME=@file than on the command line. It ends when AWS has put the change into effect.
    """
    from stackpane_lambda.configuring import change
    from stackpane_lambda.environment import environment_change, environment_record, given_variables
    from stackpane_lambda.functions import configuration

    version = qualifier_of(function, qualifier)
    if not (given or asked or removed):
        return environment_record(session, function, configuration(session, function, version), version)
    if version is not None:
        raise InvalidInput(f"{version} of {function} cannot be changed", "Name the function alone.")
    variables = given_variables(session, given, asked)
    config = configuration(session, function)
    return change(session, function, config, environment_change(function, config, variables, removed))
