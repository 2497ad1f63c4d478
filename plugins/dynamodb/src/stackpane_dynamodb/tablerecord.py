"""The record of a table: its description, and the settings that take a request each, as far as they may be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import Field, Link, Record, Section, Tokens
from stackpane.fanout import in_order
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.places import console_url, index_links, scan_link
from stackpane_dynamodb.tables import billing_mode, describe

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.views import Kind

__all__ = ["table_record"]

Reply = Mapping[str, Any]
_KINDS: dict[str, Kind] = {
    "TableStatus": "state",
    "IndexStatus": "state",
    "ItemCount": "number",
    "TableSizeBytes": "size",
    "CreationDateTime": "time",
    "LatestStreamArn": "arn",
    "GlobalTableVersion": "text",
    "DeletionProtectionEnabled": "bool",
}

_FIRST = ("TableName", "TableStatus", "TableId", "CreationDateTime", "DeletionProtectionEnabled")


def table_record(session: Session, table: str) -> Record:
    """All that DynamoDB says of a table. What is denied is left out with a warning."""
    client = session.client("dynamodb")
    description = describe(session, table)
    arn = description.get("TableArn", "")
    more = _more(session, client, table, arn)
    sections = {
        "": _facts(
            description, ("TableName", "TableStatus", "TableId", "CreationDateTime", "DeletionProtectionEnabled")
        ),
        "Keys": _keys(description),
        "Size": _facts(description, ("ItemCount", "TableSizeBytes")),
        "Capacity": _capacity(description),
        "Indexes": [_index(each, kind) for kind in ("Global", "Local") for each in _indexes(description, kind)],
        "Stream": _stream(description),
        "Time to live": _time_to_live(more.get("ttl")),
        "Backups": _backups(more.get("backups")),
        "Encryption": _all(description.get("SSEDescription")),
        "Replicas": [_value(each.get("RegionName", "Replica"), each) for each in description.get("Replicas", ())],
    }
    return Record(
        title=table,
        sections=tuple(Section(title, tuple(fields)) for title, fields in sections.items() if fields),
        arn=arn or None,
        console_url=console_url(session, table),
        tags=more.get("tags"),
        links=(
            scan_link(table),
            *index_links(table, description),
            Link.to("dynamodb exports", table, label="Exports"),
        ),
    )


def _more(session: Session, client: Any, table: str, arn: str) -> dict[str, Any]:
    """What takes a request each, asked for all at once."""
    asked: dict[str, tuple[str, Callable[[], Any]]] = {
        "ttl": (
            "the time to live",
            lambda: needed(client.describe_time_to_live(TableName=table), "TimeToLiveDescription"),
        ),
        "backups": (
            "the backups",
            lambda: needed(client.describe_continuous_backups(TableName=table), "ContinuousBackupsDescription"),
        ),
        "tags": ("the tags", lambda: dict(_tags(client, arn))),
    }
    tasks = [partial(_ask, session, name, f"{what} of {table}", ask) for name, (what, ask) in asked.items()]
    with closing(in_order(tasks, len(tasks))) as answers:
        return dict(answers)


def _ask(session: Session, name: str, what: str, ask: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
    with session.part(what):
        yield name, ask()


def _tags(client: Any, arn: str) -> Iterator[tuple[str, str]]:
    token, tokens = None, Tokens()
    while True:
        reply = client.list_tags_of_resource(ResourceArn=arn, **({"NextToken": token} if token else {}))
        tags = reply.get("Tags", ())
        yield from ((tag["Key"], tag["Value"]) for tag in tags)
        token = reply.get("NextToken")
        if not token:
            return
        tokens.check(token, empty=not tags)


# Fields, under AWS's own names


def _value(name: str, value: Any) -> Field:
    kind = _KINDS.get(name) or ("json" if isinstance(value, (Mapping, list)) else "text")
    return Field(name, value, "bool" if isinstance(value, bool) else kind)


def _facts(found: Reply, names: Sequence[str]) -> list[Field]:
    return [_value(name, found[name]) for name in names if name in found]


def _all(found: Reply | None) -> list[Field]:
    return [_value(name, value) for name, value in (found or {}).items()]


def _keys(description: Reply) -> list[Field]:
    types = {each["AttributeName"]: each["AttributeType"] for each in description.get("AttributeDefinitions", ())}
    titles = {"HASH": "PartitionKey", "RANGE": "SortKey"}
    schema = description.get("KeySchema", ())
    keys = [Field(titles[each["KeyType"]], _typed(each["AttributeName"], types)) for each in schema]
    own = {each["AttributeName"] for each in schema}
    others = [_typed(name, types) for name in types if name not in own]
    return [*keys, *([Field("OtherAttributes", ", ".join(others))] if others else [])]


def _typed(name: str, types: Mapping[str, str]) -> str:
    return f"{name} ({types.get(name, '?')})"


def _capacity(description: Reply) -> list[Field]:
    mode = billing_mode(description)
    given = description.get("ProvisionedThroughput", {}) if mode == "PROVISIONED" else {}
    units = [
        Field(name, given[name], "number") for name in ("ReadCapacityUnits", "WriteCapacityUnits") if name in given
    ]
    return [
        Field("BillingMode", mode),
        *units,
        *_all(description.get("OnDemandThroughput")),
        *(
            [Field("TableClass", description["TableClassSummary"].get("TableClass"))]
            if "TableClassSummary" in description
            else []
        ),
    ]


def _indexes(description: Reply, kind: str) -> Sequence[Reply]:
    found: Sequence[Reply] = description.get(f"{kind}SecondaryIndexes", ())
    return found


def _index(index: Reply, kind: str) -> Field:
    keys = ", ".join(each["AttributeName"] for each in index.get("KeySchema", ()))
    projection = index.get("Projection", {})
    kept = ", ".join(projection.get("NonKeyAttributes", ())) or projection.get("ProjectionType", "ALL")
    status = f", {index['IndexStatus']}" if index.get("IndexStatus", "ACTIVE") != "ACTIVE" else ""
    items = f", {index['ItemCount']:,} items" if "ItemCount" in index else ""
    return Field(index["IndexName"], f"{kind.lower()} on {keys}; has {kept}{items}{status}")


def _stream(description: Reply) -> list[Field]:
    found = description.get("StreamSpecification", {})
    if not found.get("StreamEnabled"):
        return []
    return [Field("StreamViewType", found.get("StreamViewType")), *_facts(description, ("LatestStreamArn",))]


def _time_to_live(found: Reply | None) -> list[Field]:
    if found is None:
        return []
    return [
        Field("TimeToLiveStatus", found.get("TimeToLiveStatus", "DISABLED"), "state"),
        *_facts(found, ("AttributeName",)),
    ]


def _backups(found: Reply | None) -> list[Field]:
    if found is None:
        return []
    recovery = found.get("PointInTimeRecoveryDescription", {})
    times = ("EarliestRestorableDateTime", "LatestRestorableDateTime")
    return [
        Field("PointInTimeRecoveryStatus", recovery.get("PointInTimeRecoveryStatus", "DISABLED"), "state"),
        *(Field(name, recovery[name], "time") for name in times if name in recovery),
        *_facts(recovery, ("RecoveryPeriodInDays",)),
    ]
