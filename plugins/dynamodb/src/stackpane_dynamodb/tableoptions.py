"""The options by which a table is changed, and what they say. Nothing heavy: commands import it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self, TypeVar

import click

__all__ = [
    "BILLING_MODES",
    "INDEX",
    "OFF",
    "ON",
    "STREAM_VIEWS",
    "TableChanges",
    "capacity_options",
    "table_changes_options",
]

F = TypeVar("F", bound=Callable[..., Any])

BILLING_MODES = ("PAY_PER_REQUEST", "PROVISIONED")
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BillingModeSummary.html"""
STREAM_VIEWS = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html"""
ON, OFF = "on", "off"
"""What turns point-in-time recovery on, and that, a stream or the time to live off."""
INDEX = "NAME:KEY:TYPE[:SORT:TYPE][:…]"
"""How an option says a global index."""

_UNITS = click.IntRange(min=1)


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What is to be another way of a table; ``None`` and empty: as it is."""

    billing_mode: str | None = None
    read_units: int | None = None
    write_units: int | None = None
    ttl: str | None = None
    add_index: tuple[str, ...] = ()
    remove_index: tuple[str, ...] = ()
    stream: str | None = None
    pitr: str | None = None
    deletion_protection: bool | None = None

    def __bool__(self) -> bool:
        return self != TableChanges()

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Self:
        """The changes that a command's options say; they are taken out of ``options``."""
        return cls(**{each.name: options.pop(each.name) for each in fields(cls)})


def capacity_options(function: F) -> F:
    """The options for a table's capacity."""
    return _with(
        function,
        click.option(
            "--billing-mode",
            type=click.Choice(BILLING_MODES, case_sensitive=False),
            help="Pay per request, or for provisioned units.",
        ),
        click.option("--read-units", type=_UNITS, metavar="N", help="Provisioned read units a second."),
        click.option("--write-units", type=_UNITS, metavar="N", help="Provisioned write units a second."),
    )


def table_changes_options(function: F) -> F:
    """The options of ``TableChanges``."""
    return capacity_options(
        _with(
            function,
            click.option("--ttl", metavar=f"ATTRIBUTE|{OFF}", help="Items expire at the time in this attribute."),
            click.option(
                "--add-index",
                multiple=True,
                metavar=INDEX,
                help="Add a global index; see dynamodb create --help.",
            ),
            click.option("--remove-index", multiple=True, metavar="NAME", help="Remove a global index."),
            click.option(
                "--stream",
                type=click.Choice((*STREAM_VIEWS, OFF), case_sensitive=False),
                help="Have a stream of what changes, or none.",
            ),
            click.option(
                "--pitr",
                metavar=f"{ON}|{OFF}|DAYS",
                help="Keep backups of every second of the last DAYS (35), or none: point-in-time recovery.",
            ),
            click.option(
                "--deletion-protection/--no-deletion-protection",
                "deletion_protection",
                default=None,
                help="Whether the table cannot be deleted.",
            ),
        )
    )


def _with(function: F, *options: Callable[[F], F]) -> F:
    for option in reversed(options):
        function = option(function)
    return function
