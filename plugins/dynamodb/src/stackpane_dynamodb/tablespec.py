"""What ``CreateTable`` is asked for: from options, from a file, from the description of a table that there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from stackpane import InvalidInput

if TYPE_CHECKING:
    from botocore.model import Shape

__all__ = [
    "IndexSpec",
    "Key",
    "TableSpec",
    "global_indexes",
    "index_definition",
    "request_from_text",
    "request_of",
    "tags_of",
]

Request = dict[str, Any]
_TYPES = {"S": "string", "N": "number", "B": "binary"}
_PROJECTIONS = ("ALL", "KEYS_ONLY")


@dataclass(frozen=True, slots=True)
class Key:
    """A key attribute with its type: ``S``, ``N`` or ``B``."""

    name: str
    kind: str

    @classmethod
    def of(cls, name: str, kind: str, where: str) -> Self:
        """The key that two words of ``where`` name. Raises ``InvalidInput``."""
        if kind.upper() not in _TYPES or not 1 <= len(name.encode()) <= 255:
            types = ", ".join(f"{letter} ({meant})" for letter, meant in _TYPES.items())
            raise InvalidInput(f"{where} names no key: {name}:{kind}", f"A key is NAME:TYPE, and types are {types}.")
        return cls(name, kind.upper())

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that ``NAME:TYPE`` means; names may have colons."""
        name, _, kind = text.rpartition(":")
        return cls.of(name, kind, repr(text))


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """An index to be made. ``partition`` is ``None`` for a local one, which has the table's.

    ``projection`` is ``ALL``, ``KEYS_ONLY``, or attributes with commas between.
    """

    name: str
    partition: Key | None
    sort: Key | None
    projection: str = "ALL"

    @classmethod
    def parse(cls, text: str, *, local: bool = False) -> Self:
        """``NAME:PARTITION:TYPE[:SORT:TYPE][:KEYS_ONLY|ATTRIBUTES]``, without the partition key for a local one."""
        name, *words = text.split(":")
        projection = words.pop() if len(words) % 2 else "ALL"
        keys = [Key.of(*pair, repr(text)) for pair in zip(words[::2], words[1::2], strict=True)]
        wanted = (1,) if local else (1, 2)
        if not name or len(keys) not in wanted or not projection:
            form = "NAME:SORT:TYPE" if local else "NAME:PARTITION:TYPE[:SORT:TYPE]"
            raise InvalidInput(f"{text!r} names no index", f"An index is {form}[:KEYS_ONLY|ATTRIBUTE,…].")
        if local:
            return cls(name, None, keys[0], projection)
        return cls(name, keys[0], keys[1] if len(keys) > 1 else None, projection)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its own key attributes."""
        return tuple(key for key in (self.partition, self.sort) if key is not None)

    def schema(self, partition: Key | None = None) -> list[dict[str, str]]:
        """The key schema; ``partition`` is the table's, for a local index."""
        first = self.partition or partition
        assert first is not None  # noqa: S101 - a local index has a table
        return _schema(first, self.sort)

    def projected(self) -> dict[str, Any]:
        """What is copied into it."""
        if self.projection.upper() in _PROJECTIONS:
            return {"ProjectionType": self.projection.upper()}
        names = [name for name in self.projection.split(",") if name]
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": names}

    def __str__(self) -> str:
        """The text that ``parse`` reads."""
        words = [word for key in self.keys for word in (key.name, key.kind)]
        return ":".join((self.name, *words, *([] if self.projection == "ALL" else [self.projection])))


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table to be made, as the options of ``dynamodb create`` say it."""

    table: str
    keys: Sequence[Key]
    indexes: Sequence[IndexSpec] = ()
    local_indexes: Sequence[IndexSpec] = ()
    billing_mode: str | None = None
    read_units: int | None = None
    write_units: int | None = None
    stream: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        """What to ask ``CreateTable`` for. Raises ``InvalidInput`` where the options contradict one another."""
        if len(self.keys) not in (1, 2):
            raise InvalidInput(f"a table has one or two keys, not {len(self.keys)}", "Give --key pk:S [--key sk:S].")
        mode, units = self._capacity()
        more = {"ProvisionedThroughput": units} if units else {}
        request: Request = {
            "TableName": self.table,
            "AttributeDefinitions": _definitions(self.keys, *(index.keys for index in self._all_indexes)),
            "KeySchema": _schema(*self.keys),
            "BillingMode": mode,
            **more,
        }
        if self.indexes:
            request["GlobalSecondaryIndexes"] = [index_definition(index, units) for index in self.indexes]
        if self.local_indexes:
            if len(self.keys) < 2:
                raise InvalidInput("a table with a local index has a sort key", "Give a second --key.")
            request["LocalSecondaryIndexes"] = [
                {"IndexName": index.name, "KeySchema": index.schema(self.keys[0]), "Projection": index.projected()}
                for index in self.local_indexes
            ]
        if self.stream:
            request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": self.stream}
        if self.tags:
            request["Tags"] = tags_of(self.tags)
        return request

    @property
    def _all_indexes(self) -> tuple[IndexSpec, ...]:
        return (*self.indexes, *self.local_indexes)

    def _capacity(self) -> tuple[str, dict[str, int]]:
        given = self.read_units is not None or self.write_units is not None
        mode = self.billing_mode or ("PROVISIONED" if given else "PAY_PER_REQUEST")
        if mode == "PAY_PER_REQUEST":
            if given:
                raise InvalidInput("a table on demand has no units", "Leave them out, or --billing-mode PROVISIONED.")
            return mode, {}
        if self.read_units is None or self.write_units is None:
            raise InvalidInput("provisioned capacity is --read-units and --write-units")
        return mode, {"ReadCapacityUnits": self.read_units, "WriteCapacityUnits": self.write_units}


def index_definition(index: IndexSpec, units: Mapping[str, int] | None = None) -> Request:
    """A global index as ``CreateTable`` and ``UpdateTable`` take it; with ``units`` of its own where provisioned."""
    throughput = {"ProvisionedThroughput": dict(units)} if units else {}
    return {"IndexName": index.name, "KeySchema": index.schema(), "Projection": index.projected(), **throughput}


def tags_of(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as AWS takes them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def _schema(partition: Key, sort: Key | None = None) -> list[dict[str, str]]:
    first = {"AttributeName": partition.name, "KeyType": "HASH"}
    return [first] if sort is None else [first, {"AttributeName": sort.name, "KeyType": "RANGE"}]


def _definitions(*keys: Iterable[Key]) -> list[dict[str, str]]:
    """Every key attribute once. Raises ``InvalidInput`` where one is of two types."""
    kinds: dict[str, str] = {}
    for key in (key for each in keys for key in each):
        if kinds.setdefault(key.name, key.kind) != key.kind:
            raise InvalidInput(f"{key.name} is given as {kinds[key.name]} and as {key.kind}")
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()]


# From files and descriptions


def request_from_text(text: str, shape: Shape, table: str) -> Request:
    """The request that JSON means: as ``CreateTable`` takes it, or as ``DescribeTable`` gives it.

    ``shape`` is the operation's input; ``table`` is the name of the new table. Raises ``InvalidInput``.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"the file is no JSON: {error}") from None
    if isinstance(found, dict) and isinstance(found.get("Table"), dict):
        found = found["Table"]
    if not isinstance(found, dict) or "KeySchema" not in found:
        raise InvalidInput(
            "the file describes no table", "It is JSON as CreateTable takes it, or describe-table gives."
        )
    if "TableStatus" in found:
        return request_of(found, shape, table)
    unknown = sorted(set(found) - set(_members(shape)))
    if unknown:
        raise InvalidInput(f"CreateTable takes no {', '.join(unknown)}")
    return {**found, "TableName": table}


def request_of(description: Mapping[str, Any], shape: Shape, table: str) -> Request:
    """The request for a table like the one described: keys, indexes, capacity, stream, encryption, protection.

    What only tells of the table that there is (counts, dates, ARNs, replicas) is left out, as is warm throughput, which
    would be bought anew.
    """
    known = {name: value for name, value in description.items() if name != "WarmThroughput"}
    request: Request = {**_kept(known, shape), "TableName": table}
    request["BillingMode"] = description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    if "TableClassSummary" in description:
        request["TableClass"] = description["TableClassSummary"]["TableClass"]
    encryption = description.get("SSEDescription", {})
    if encryption.get("Status") in ("ENABLED", "ENABLING", "UPDATING"):
        named = {"SSEType": encryption.get("SSEType"), "KMSMasterKeyId": encryption.get("KMSMasterKeyArn")}
        request["SSESpecification"] = {"Enabled": True, **{name: value for name, value in named.items() if value}}
    for place in (request, *request.get("GlobalSecondaryIndexes", ())):
        place.pop("WarmThroughput", None)
        if request["BillingMode"] == "PAY_PER_REQUEST":
            place.pop("ProvisionedThroughput", None)
    if not request.get("StreamSpecification", {}).get("StreamEnabled", True):
        del request["StreamSpecification"]
    return request


def _members(shape: Shape) -> Mapping[str, Shape]:
    members: Mapping[str, Shape] = getattr(shape, "members", {})
    return members


def _kept(value: Any, shape: Any) -> Any:
    """What of a value AWS's own model of the request has a place for; empty lists are left out as it refuses them."""
    if isinstance(value, Mapping) and shape.type_name == "structure":
        kept = {name: _kept(each, shape.members[name]) for name, each in value.items() if name in shape.members}
        return {name: each for name, each in kept.items() if each not in ([], None)}
    if isinstance(value, Sequence) and shape.type_name == "list":
        return [_kept(each, shape.member) for each in value]
    return value


def global_indexes(description: Mapping[str, Any]) -> Iterator[IndexSpec]:
    """The global indexes of a table that there is."""
    kinds = {each["AttributeName"]: each["AttributeType"] for each in description["AttributeDefinitions"]}
    for index in description.get("GlobalSecondaryIndexes", ()):
        keys = {each["KeyType"]: each["AttributeName"] for each in index["KeySchema"]}
        sort = keys.get("RANGE")
        projection = index.get("Projection", {})
        yield IndexSpec(
            index["IndexName"],
            Key(keys["HASH"], kinds[keys["HASH"]]),
            None if sort is None else Key(sort, kinds[sort]),
            ",".join(projection.get("NonKeyAttributes", ())) or projection.get("ProjectionType", "ALL"),
        )
