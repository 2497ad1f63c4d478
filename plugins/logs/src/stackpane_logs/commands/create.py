"""``logs create``: a log group, or a stream of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Outcome, command
from stackpane_logs.calls import CREATE_LOG_GROUP, CREATE_LOG_STREAM, PUT_RETENTION_POLICY
from stackpane_logs.params import GROUP

if TYPE_CHECKING:
    from stackpane import Session

_CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")


@command("create", calls=(CREATE_LOG_GROUP, CREATE_LOG_STREAM, PUT_RETENTION_POLICY))
@click.argument("group", type=GROUP)
@click.option("--stream", metavar="NAME", help="Create this stream of a log group that there is.")
@click.option("--retention", metavar="DAYS", help="Keep events so long, unless they are never to expire.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag; may be repeated.")
@click.option("--kms-key", metavar="ARN", help="Encrypt with this key.")
@click.option("--class", "log_class", type=click.Choice(_CLASSES), help="Its class, which stays.")
def create(
    session: Session,
    group: str,
    stream: str | None,
    retention: str | None,
    tags: tuple[str, ...],
    kms_key: str | None,
    log_class: str | None,
) -> Outcome:
    """Create a log group, or with --stream a stream of one."""
    from stackpane_logs.editing import create_group, create_stream, days_of

    if stream is not None:
        if retention or tags or kms_key or log_class:
            raise InvalidInput("--stream goes with no other option", "Retention, tags, key and class are of a group.")
        return create_stream(session, group, stream)
    pairs = dict(_pair(tag) for tag in tags)
    return create_group(session, group, days_of(retention) if retention else None, pairs, kms_key, log_class)


def _pair(tag: str) -> tuple[str, str]:
    key, equals, value = tag.partition("=")
    if not key or not equals:
        raise InvalidInput(f"{tag!r} is no tag", "Write KEY=VALUE.")
    return key, value
