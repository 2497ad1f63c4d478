"""``logs tail``: the last events of log groups, and with ``--follow`` those that come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, View, command
from stackpane.times import MOMENT
from stackpane_logs.calls import DESCRIBE_LOG_GROUPS, FILTER_LOG_EVENTS, START_LIVE_TAIL
from stackpane_logs.params import GROUPS, LENGTH, REGEX

if TYPE_CHECKING:
    from stackpane import Session

_SINCE = timedelta(minutes=10)


@command("tail", calls=(DESCRIBE_LOG_GROUPS, FILTER_LOG_EVENTS, START_LIVE_TAIL))
@click.argument("groups", type=GROUPS, nargs=-1, required=True, metavar="GROUP…")
@click.option("-f", "--follow", is_flag=True, help="Go on with the events that come, until Ctrl-C.")
@click.option("--since", type=MOMENT, metavar="TIME", help="From then on; 10 minutes ago unless given.")
@click.option("--filter", "pattern", metavar="PATTERN", help="Only what AWS's filter pattern matches.")
@click.option("--grep", type=REGEX, metavar="REGEX", help="Only what this matches, looked for here.")
@click.option("-i", "--ignore-case", is_flag=True, help="Let --grep take small and capital letters as the same.")
@click.option("--fields", metavar="NAMES", help="Members of JSON lines as columns: auto, or level,user.id.")
@click.option("--poll", "way", flag_value="poll", help="Follow by requests, every two seconds.")
@click.option("--live", "way", flag_value="live", help="Follow by live tail or not at all.")
@click.option(
    "--late", type=LENGTH, default="5m", show_default=True, metavar="LENGTH", help="How late events may come."
)
@click.option("--until-idle", type=LENGTH, metavar="LENGTH", help="End when no event has come for so long: 30s.")
def tail(
    session: Session,
    groups: tuple[str, ...],
    follow: bool,
    since: datetime | None,
    **options: Any,
) -> View:
    """Show the last events of one or more log groups, in the order of their times.

    Names may be patterns: '/aws/lambda/shop-*'. With --follow new events are shown as they come, also those of new
    streams: by live tail where the endpoint has it, by requests where not. None is shown twice, and none is left out
    that comes no later than --late after its time; Lag is how much later it came.
    """
    from stackpane_logs.groups import expanded
    from stackpane_logs.tailing import Tail
    from stackpane_logs.times import milliseconds

    if not follow and (options["way"] or options["until_idle"]):
        raise InvalidInput("--poll, --live and --until-idle are for --follow", "Add -f.")
    if options["ignore_case"] and not options["grep"]:
        raise InvalidInput("--ignore-case is for --grep", "Give a regular expression to look for.")
    begin = milliseconds(since or datetime.now(UTC) - _SINCE)
    tailed = Tail(session, tuple(expanded(session, groups)), begin, **options)
    return tailed.stream() if follow else tailed.table()
