"""What a table is, as far as reading and writing its items needs it: its keys, its indexes, its size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.names import TableName

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Index", "Model", "billing_mode", "describe", "described", "model_of", "table_id"]


@dataclass(frozen=True, slots=True)
class Index:
    """The table itself (``name`` is ``None``) or a secondary index: its keys, and what its items have.

    ``partition`` and ``sort`` are attribute names; ``attributes`` those that are copied into it besides the keys,
    ``None`` where all are. ``is_global``: has partitions, capacity and (only eventual) consistency of its own.
    ``items`` and ``size`` (bytes) are AWS's counts; of an index that is not ``counted`` yet they are those of the
    table, which it cannot exceed.
    """

    name: str | None
    partition: str
    sort: str | None
    attributes: frozenset[str] | None = None
    is_global: bool = False
    items: int = 0
    size: int = 0
    status: str = "ACTIVE"
    counted: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        """The key attributes, the partition key first."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    def __str__(self) -> str:
        return f"index {self.name}" if self.name else "the table"


@dataclass(frozen=True, slots=True)
class Model:
    """A table. ``types`` are the types (``S``, ``N``, ``B``) of all attributes that are a key of it or of an index.

    ``items`` and ``size`` (bytes) are AWS's own counts, brought up to date about every six hours:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
    """

    table: Index
    indexes: tuple[Index, ...]
    types: Mapping[str, str]
    name: str
    arn: str = ""

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The table's key attributes with their types, the partition key first."""
        return tuple((name, self.types[name]) for name in self.table.keys)

    @property
    def indexed(self) -> Mapping[str, str]:
        """The types of the key attributes of indexes, which an item need not have."""
        return {name: kind for name, kind in self.types.items() if name not in self.table.keys}

    @property
    def places(self) -> tuple[Index, ...]:
        """The table and the indexes that can be read."""
        return (self.table, *(index for index in self.indexes if index.status == "ACTIVE"))

    def index(self, name: str | None) -> Index:
        """The index of that name, the table for ``None``. Raises ``InvalidInput`` where there is none."""
        for place in (self.table, *self.indexes):
            if place.name == name:
                return place
        have = ", ".join(str(index.name) for index in self.indexes)
        raise InvalidInput(f"{self.name} has no index {name!r}", f"It has {have}." if have else "It has none at all.")


def describe(session: Session, table: str) -> Mapping[str, Any]:
    """The table as ``DescribeTable`` has it.

    Raises ``InvalidInput`` for a table that was named by the ARN of another region: the one of that name here is
    another table.
    """
    if isinstance(table, TableName) and table.region not in ("", session.region):
        raise InvalidInput(
            f"by its ARN {table} is in {table.region}, and this is {session.region}", f"Add --region {table.region}."
        )
    found: Mapping[str, Any] = needed(session.client("dynamodb").describe_table(TableName=table), "Table")
    return found


def described(session: Session, table: str) -> Mapping[str, Any] | None:
    """As ``describe``; ``None`` where there is no such table."""
    from botocore.exceptions import ClientError

    try:
        return describe(session, table)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None


def table_id(description: Mapping[str, Any]) -> str:
    """What tells a table from another one that has had the same name."""
    return str(description.get("TableId") or description.get("CreationDateTime", ""))


def model_of(description: Mapping[str, Any]) -> Model:
    """The model of a table as ``DescribeTable`` gives it."""
    return Model(
        table=_index(description, None, description, is_global=False),
        indexes=tuple(_indexes(description)),
        types={each["AttributeName"]: each["AttributeType"] for each in description["AttributeDefinitions"]},
        name=description["TableName"],
        arn=description.get("TableArn", ""),
    )


def billing_mode(description: Mapping[str, Any]) -> str:
    """``PAY_PER_REQUEST`` or ``PROVISIONED``, which is also what a table without a summary is."""
    mode: str = description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    return mode


def _indexes(description: Mapping[str, Any]) -> Iterator[Index]:
    for each in description.get("LocalSecondaryIndexes", ()):
        yield _index(each, each["IndexName"], description, is_global=False)
    for each in description.get("GlobalSecondaryIndexes", ()):
        yield _index(each, each["IndexName"], description, is_global=True)


def _index(found: Mapping[str, Any], name: str | None, table: Mapping[str, Any], *, is_global: bool) -> Index:
    keys = {each["KeyType"]: each["AttributeName"] for each in found["KeySchema"]}
    projection = found.get("Projection", {"ProjectionType": "ALL"})
    every = name is None or projection.get("ProjectionType", "ALL") == "ALL"
    # An index that is new is counted after up to six hours; until then its counts are absent, or 0.
    counted = found if name is None or found.get("ItemCount") else table
    return Index(
        name,
        keys["HASH"],
        keys.get("RANGE"),
        None if every else frozenset(projection.get("NonKeyAttributes", ())),
        is_global,
        counted.get("ItemCount", 0),
        counted.get("TableSizeBytes", counted.get("IndexSizeBytes", 0)),
        found.get("IndexStatus") or "ACTIVE",
        counted=bool(found.get("ItemCount")),
    )
