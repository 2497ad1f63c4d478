"""The sample tables that the demo shows: there, as they were written, and the same every time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import Session
from stackpane.app import App
from stackpane.demo.inside import connection_to
from stackpane_dynamodb.demo import TOUR, seed
from stackpane_dynamodb.demo.samples import TABLES
from stackpane_dynamodb.values.check import faults
from stackpane_dynamodb.values.plain import item_text
from stackpane_dynamodb.values.wire import received

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

ITEMS = {table.name: list(table.items()) for table in TABLES}
KEYS = {table.name: [(key.name, key.kind) for key in table.spec.keys] for table in TABLES}
INDEXED = {table.name: {key.name: key.kind for index in table.spec.indexes for key in index.keys} for table in TABLES}


@pytest.fixture
def seeded(ministack: Emulator) -> Emulator:
    """An emulator with the sample data."""
    ministack.reset()
    assert seed(Session(App().open(connection_to(ministack.url)), "us-east-1", None)) == TOUR
    return ministack


def by_key(table: str, items: list[Any]) -> dict[str, str]:
    return {json.dumps([item[name] for name, _ in KEYS[table]]): item_text(item) for item in items}


def test_everything_arrives_in_its_table_as_it_is(seeded: Emulator) -> None:
    client = seeded.client("dynamodb")
    assert sorted(client.list_tables()["TableNames"]) == ["sessions", "shop", "types"]
    for table, items in ITEMS.items():
        pages = client.get_paginator("scan").paginate(TableName=table)
        found = [received(item) for page in pages for item in page["Items"]]
        assert by_key(table, [dict(sorted(item.items())) for item in found]) == by_key(
            table, [dict(sorted(item.items())) for item in items]
        )
    shop = client.describe_table(TableName="shop")["Table"]
    assert [index["IndexName"] for index in shop["GlobalSecondaryIndexes"]] == ["by-status"]
    sessions = client.describe_table(TableName="sessions")["Table"]
    assert sessions["StreamSpecification"]["StreamEnabled"] is True
    ttl = client.describe_time_to_live(TableName="sessions")["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires")


@pytest.mark.parametrize("table", ITEMS)
def test_dynamodb_itself_would_take_every_item_and_no_key_comes_twice(table: str) -> None:
    assert [fault for item in ITEMS[table] for fault in faults(item, KEYS[table], INDEXED[table])] == []
    assert len(by_key(table, ITEMS[table])) == len(ITEMS[table])


def test_the_shop_has_a_few_thousand_items_of_several_kinds() -> None:
    assert 2000 < len(ITEMS["shop"]) < 5000
    kinds = {item["pk"]["S"].partition("#")[0] for item in ITEMS["shop"]}
    assert kinds == {"CUSTOMER", "ORDER", "PRODUCT"}


def test_all_ten_types_are_there() -> None:
    assert {kind for item in ITEMS["types"] for kind in item["value" if "value" in item else "id"]} == {
        *("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS")
    }


def test_each_step_of_the_tour_shows_something(seeded: Emulator, invoke: Invoke) -> None:
    for link in TOUR:
        assert link.label
        assert len(invoke(*link.to_argv(), at=seeded).ok().lines) > 1, link
