"""What ``cognito copy`` does: reads one pool to its end, and imports what it has into another."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from stackpane import InvalidInput, Link, Plan
from stackpane.text import human_count
from stackpane_cognito.moving.importing import Import, Options
from stackpane_cognito.moving.reading import Counts, PoolReader
from stackpane_cognito.moving.sources import Source

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["copy_plan"]

_NOTE = (
    "Passwords cannot be copied, since nobody can read them: everybody gets a temporary one, or resets it. Second "
    "factors and the sub are not copied either."
)


def copy_plan(
    session: Session, pool: str, target: Session, other: str, options: Options, rejects: Path, filter_: str | None
) -> Plan:
    """The plan to copy the users and groups of ``pool`` into ``other``, which ``target`` reaches.

    All of the pool is read first, into a file that goes away with the process.
    """
    if pool == other and session.connection == target.connection and session.region == target.region:
        raise InvalidInput("a pool is not copied into itself", "Name another pool, connection or region.")
    counts, spool = Counts(), tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the source
    name = f"{pool} ({session.connection.name}, {session.region})"
    source = Source(name, "jsonl", spool=spool)
    session.note(f"Reading {name} first.")
    with closing(PoolReader(session, pool, counts, filter_).lines()) as lines:
        spool.writelines(line for line in lines if line)
    again = Link.to(
        "cognito copy",
        pool,
        other,
        to_connection=target.connection.name if target.connection.name != session.connection.name else None,
        to_region=target.region if target.region != session.region else None,
        update=options.update,
        invite=options.message if options.message != "suppress" else None,
        filter=filter_,
        label="Go on",
    )
    header = {
        "from": [session.connection.name, session.region, pool],
        "to": [target.connection.name, target.region, other],
        "filter": filter_,
        "update": options.update,
    }
    notes = (f"Read: {human_count(counts.users, 'user')} and {human_count(counts.groups, 'group')}.", _NOTE)
    # The order of Cognito's lists is not promised, so a copy that goes on looks at everybody again.
    return Import(
        target,
        other,
        source,
        name,
        options,
        rejects,
        again,
        ("cognito-copies", header),
        in_place=False,
        notes=notes,
    ).plan()
