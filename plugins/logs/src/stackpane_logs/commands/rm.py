"""``logs rm``: delete log groups, or streams of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Plan, command
from stackpane_logs.calls import DELETE_LOG_GROUP, DELETE_LOG_STREAM, DESCRIBE_LOG_GROUPS, DESCRIBE_LOG_STREAMS
from stackpane_logs.params import GROUPS

if TYPE_CHECKING:
    from stackpane import Session


@command("rm", calls=(DESCRIBE_LOG_GROUPS, DESCRIBE_LOG_STREAMS, DELETE_LOG_GROUP, DELETE_LOG_STREAM))
@click.argument("groups", type=GROUPS, nargs=-1, required=True, metavar="GROUP…")
@click.option("--stream", "streams", multiple=True, metavar="NAME", help="Delete this stream only; may be repeated.")
def rm(session: Session, groups: tuple[str, ...], streams: tuple[str, ...]) -> Plan:
    """Delete log groups with all their events, or with --stream streams of one.

    Names may be patterns: the plan says what they mean, and only that is deleted.
    """
    from stackpane_logs.deletion import delete_groups, delete_streams
    from stackpane_logs.groups import expanded

    names = expanded(session, groups)
    if not streams:
        return delete_groups(session, names)
    if len(names) != 1:
        raise InvalidInput("--stream is of one log group", f"These are {len(names)}.")
    return delete_streams(session, names[0], streams)
