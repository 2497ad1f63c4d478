"""``logs events``: the events of a log group or of one stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, View, command
from stackpane.times import MOMENT
from stackpane_logs.calls import FILTER_LOG_EVENTS, GET_LOG_EVENTS
from stackpane_logs.params import GROUP, REGEX, complete_stream
from stackpane_logs.places import console_url, group_actions

if TYPE_CHECKING:
    from stackpane import Session

_SINCE = timedelta(hours=1)


@command("events", calls=(FILTER_LOG_EVENTS, GET_LOG_EVENTS))
@click.argument("group", type=GROUP)
@click.argument("stream", required=False, shell_complete=complete_stream)
@click.option("--since", type=MOMENT, metavar="TIME", help="From then on (15m, 2h, 3d, ISO); an hour ago unless given.")
@click.option("--until", type=MOMENT, metavar="TIME", help="Before then.")
@click.option("--filter", "pattern", metavar="PATTERN", help="Only what AWS's filter pattern matches.")
@click.option("--grep", type=REGEX, metavar="REGEX", help="Only what this matches, looked for here.")
@click.option("-i", "--ignore-case", is_flag=True, help="Let --grep take small and capital letters as the same.")
@click.option("-v", "--invert", is_flag=True, help="Only what --grep does not match.")
@click.option("-C", "--context", type=click.IntRange(min=0), metavar="N", help="N lines around each match too.")
@click.option("-B", "--before", type=click.IntRange(min=0), metavar="N", help="N lines before each match too.")
@click.option("-A", "--after", type=click.IntRange(min=0), metavar="N", help="N lines after each match too.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="The last N only.")
@click.option("--fields", metavar="NAMES", help="Members of JSON lines as columns: auto, or level,user.id.")
@click.option("--raw", is_flag=True, help="The messages byte for byte, for a pipe or a file.")
def events(
    session: Session,
    group: str,
    stream: str | None,
    since: datetime | None,
    until: datetime | None,
    pattern: str | None,
    grep: str | None,
    ignore_case: bool,
    invert: bool,
    context: int | None,
    before: int | None,
    after: int | None,
    last: int | None,
    fields: str | None,
    raw: bool,
) -> View:
    """List the events of a log group, or of one STREAM of it, oldest first.

    Lines around a match (-C, -A, -B) are those of the match's own stream; Group numbers what belongs together. Without
    --since the events are those of the last hour, and of a stream all there are.
    """
    from stackpane_logs.eventview import Form
    from stackpane_logs.finding import Find
    from stackpane_logs.grep import Around, matcher
    from stackpane_logs.groups import at_home
    from stackpane_logs.reading import Source
    from stackpane_logs.times import time_range

    around = Around(_first(before, context), _first(after, context))
    if around and not (pattern or grep):
        raise InvalidInput("lines around what?", "-C, -A and -B go with --grep or --filter.")
    if (ignore_case or invert) and not grep:
        raise InvalidInput("--ignore-case and --invert are for --grep", "Give a regular expression to look for.")
    if raw and fields:
        raise InvalidInput("--raw and --fields exclude each other", "--raw is the messages as they are.")
    now = datetime.now(UTC)
    begin = since or (datetime.fromtimestamp(0, UTC) if stream or until or last else now - _SINCE)
    name = at_home(session, group)
    find = Find(
        session,
        Source(name, *time_range(begin, until, now), stream, pattern),
        Form(fields, around=bool(around)),
        matcher(grep, ignore_case=ignore_case, invert=invert) if grep else None,
        around,
        last,
        hint="" if since or begin.year == 1970 else "Nothing within the last hour: --since 1d looks further back.",
    )
    if raw:
        return find.document()
    return find.form.table(
        find.pages,
        title=f"Events of {name}" + (f", {stream}" if stream else ""),
        links=group_actions(name),
        console_url=console_url(session, name, stream),
    )


def _first(own: int | None, both: int | None) -> int:
    return own if own is not None else both or 0
