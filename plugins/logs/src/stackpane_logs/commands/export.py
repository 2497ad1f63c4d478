"""``logs export``: a log group's events into a file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, View, command
from stackpane.times import MOMENT
from stackpane_logs.calls import FILTER_LOG_EVENTS, GET_LOG_EVENTS
from stackpane_logs.params import GROUP

if TYPE_CHECKING:
    from stackpane import Session


@command("export", calls=(FILTER_LOG_EVENTS, GET_LOG_EVENTS))
@click.argument("group", type=GROUP)
@click.argument("file")
@click.option("--since", type=MOMENT, metavar="TIME", help="From then on; from the beginning unless given.")
@click.option("--until", type=MOMENT, metavar="TIME", help="Before then; until now unless given.")
@click.option("--stream", metavar="NAME", help="This stream only.")
@click.option("--filter", "pattern", metavar="PATTERN", help="Only what AWS's filter pattern matches.")
@click.option("--overwrite", is_flag=True, help="Replace the file where there is one.")
@click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")
def export(
    session: Session,
    group: str,
    file: str,
    since: datetime | None,
    until: datetime | None,
    stream: str | None,
    pattern: str | None,
    overwrite: bool,
    restart: bool,
) -> View:
    """Write the events of a log group to FILE, or to stdout (-), in the order of their times.

    The name says the form: .txt and .log are the messages alone, all others a line of JSON for each event, as AWS has
    it; .gz behind it is packed. The file appears under its name once it is whole; the same command again goes on after
    an interruption.
    """
    from stackpane_logs.exporting import Export
    from stackpane_logs.groups import at_home

    if since is not None and until is not None and since >= until:
        raise InvalidInput("--since is not before --until", "Nothing lies between them.")
    made = Export(session, at_home(session, group), file, since, until, stream, pattern, overwrite, restart)
    return made.document() if file == "-" else made.job()
