"""``cognito export``: a pool's users and groups into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import View, command
from stackpane_cognito.calls import DESCRIBE_POOL, LIST_GROUPS, LIST_POOLS, LIST_USERS, LIST_USERS_IN_GROUP
from stackpane_cognito.params import POOL

if TYPE_CHECKING:
    from stackpane import Session


@command("export", calls=(LIST_POOLS, DESCRIBE_POOL, LIST_GROUPS, LIST_USERS_IN_GROUP, LIST_USERS))
@click.argument("pool", type=POOL)
@click.argument("file")
@click.option(
    "--format", "kind", type=click.Choice(("json", "jsonl", "csv")), help="The form, unless the name says it."
)
@click.option("--filter", "filter_", metavar="FILTER", help="Only the users that Cognito's filter finds.")
@click.option("--overwrite", is_flag=True, help="Replace the file where there is one.")
def export(session: Session, pool: str, file: str, kind: Any, filter_: str | None, overwrite: bool) -> View:
    """Write the users of a pool, with their groups, to FILE or to stdout (-).

    The name says the form: .json (an array), .jsonl (an entry a line), .csv. JSON has the groups themselves first.
    Passwords and second factors cannot be read by anybody. In CSV a text that a spreadsheet would run as a formula, as
    it would +49…, has a ' in front, which an import takes off again.
    """
    from stackpane_cognito.moving.exporting import Export
    from stackpane_cognito.moving.files import kind_of
    from stackpane_cognito.pools import find

    form = kind_of(file, kind)
    return Export(session, find(session, pool), file, form, filter_, overwrite).view()
