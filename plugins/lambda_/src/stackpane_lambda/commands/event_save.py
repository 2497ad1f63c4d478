"""``lambda event save``: keep an event to run a function with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Link, Outcome, command
from stackpane.inputs import given_text
from stackpane_lambda.params import FUNCTION, complete_template

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane_lambda.names import FunctionName


@command("save", needs="runner")
@click.argument("function", type=FUNCTION)
@click.argument("name")
@click.argument("payload", metavar="[JSON|@FILE|-]", required=False)
@click.option("--template", "sample", metavar="NAME", shell_complete=complete_template, help="A sample, to be changed.")
@click.option("--project", is_flag=True, help="With the code, in .stackpane/events, and not in the user's own folder.")
@click.option("--overwrite", is_flag=True, help="Replace the one of this name.")
def save(
    run: Run,
    function: FunctionName,
    name: str,
    payload: str | None,
    sample: str | None,
    project: bool,
    overwrite: bool,
) -> Outcome:
    """Save an event under a name, for `lambda invoke --event NAME`.

    It is a plain file that can be edited; where it is, is said.
    """
    from stackpane_lambda.events.store import Store
    from stackpane_lambda.events.templates import template
    from stackpane_lambda.payloads import checked_json

    if (payload is None) == (sample is None):
        raise InvalidInput("one event is wanted", "Give JSON, @FILE or - (stdin), or --template NAME.")
    text = template(sample).text if sample is not None else checked_json(given_text(payload or ""), "the event")
    if run.settings.dry_run:
        return Outcome(f"Dry run: {name} would be saved for {function}.", done=0)
    saved = Store.here().save(function, name, text, project=project, overwrite=overwrite)
    return Outcome(
        f"Saved {name} for {function} in {saved.path}.",
        result={"Path": str(saved.path)},
        links=(Link.to("lambda invoke", function.target, label="Invoke with it", event=name),),
    )
