"""``dynamodb copy``: a table's items into another table, here or elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, View, command
from stackpane_dynamodb.calls import BATCH_WRITE_ITEM, CREATE_TABLE, DESCRIBE_TABLE, SCAN
from stackpane_dynamodb.finding import Find
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session

_SHORTEST_KEY = 16


@command("copy", calls=(DESCRIBE_TABLE, SCAN, CREATE_TABLE, BATCH_WRITE_ITEM))
@click.argument("table", type=TABLE)
@click.argument("other", type=TABLE)
@click.option("--to-connection", metavar="NAME", help="The connection that OTHER belongs to; this one unless given.")
@click.option("--to-region", metavar="REGION", help="The region that OTHER is in.")
@click.option("--create", is_flag=True, help="Create OTHER like TABLE where there is none, with on-demand capacity.")
@click.option("--mask", "masked", default="", metavar="PATHS", help="Replace these values: a,b.c[0].")
@click.option(
    "--mask-key",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="A file whose bytes decide what values are replaced with; without it, every copy has other ones.",
)
@click.option("--filter", "text", default="", metavar="EXPRESSION", help="Only these items; the others cost as well.")
@click.option("--segments", type=click.IntRange(1, 64), default=8, show_default=True, help="Parts at a time.")
@click.option("--consistent", is_flag=True, help="Strongly consistent reads, at twice the capacity.")
@click.option("--max-rcu", type=click.FloatRange(min=0.5), metavar="N", help="Stop after N read units.")
@click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")
def copy(
    session: Session,
    table: str,
    other: str,
    to_connection: str | None,
    to_region: str | None,
    create: bool,
    masked: str,
    mask_key: str | None,
    restart: bool,
    **options: Any,
) -> View:
    """Copy the items of TABLE into OTHER, also of another connection or region.

    Items of the same keys are replaced, as a plan says first where OTHER has any. Masked values are replaced by others
    of the same type, the same value by the same one. The same command again goes on after an interruption.
    """
    from stackpane_dynamodb.moving.copying import Copy

    key = None if mask_key is None else Path(mask_key).read_bytes()
    if key is not None and len(key) < _SHORTEST_KEY:
        raise InvalidInput(f"{mask_key} has {len(key)} bytes, and a key wants {_SHORTEST_KEY} at least")
    target = session.at(to_connection, to_region)
    return Copy(Find(session, table, **options), other, target, create, masked, key, mask_key, restart).view()
