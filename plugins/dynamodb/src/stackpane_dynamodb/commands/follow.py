"""``dynamodb follow``: an export or an import of DynamoDB's own, until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Job, Outcome, command
from stackpane_dynamodb.calls import DESCRIBE_EXPORT, DESCRIBE_IMPORT
from stackpane_dynamodb.params import TRANSFER

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.native.transfers import Transfer


@command("follow", calls=(DESCRIBE_EXPORT, DESCRIBE_IMPORT))
@click.argument("transfer", type=TRANSFER, metavar="ARN")
def follow(session: Session, transfer: Transfer) -> Job | Outcome:
    """Follow an export to S3 or an import from it until it ends; it goes on at AWS whether or not it is followed."""
    from stackpane_dynamodb.native.following import follow

    return follow(session, transfer)
