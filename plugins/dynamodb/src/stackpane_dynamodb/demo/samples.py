"""What lies in the demo's tables, the same in every demo: a shop, every type of value, sessions that expire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.tablespec import IndexSpec, Key, TableSpec
from stackpane_dynamodb.values.plain import item_from_text

if TYPE_CHECKING:
    from stackpane_dynamodb.values.plain import Item

__all__ = ["TABLES", "Table"]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what it is made of, its items, and the attribute by which they expire."""

    spec: TableSpec
    items: Callable[[], Iterator[Item]]
    ttl: str | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return self.spec.table

    @property
    def request(self) -> dict[str, Any]:
        """What to ask ``CreateTable`` for."""
        return self.spec.request()


_NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
_NAMES = ("Anke", "Bo", "Chidi", "Dolores", "Émile", "Fatma", "Grzegorz", "Hana", "Ingrid", "João")
_TOWNS = ("Hamburg", "Aarhus", "Gdańsk", "Turku", "Bergen", "Oostende", "Łódź")
_GOODS = ("rope", "lantern", "anchor", "compass", "sail", "barometer", "oilskin", "kettle")
_STATES = ("open", "paid", "sent", "sent", "returned")
_CUSTOMERS = range(1001, 1201)
_ORDERS = range(5001, 5901)


def _shop() -> Iterator[Item]:
    """A single-table design: what belongs together has one partition key, and the sort key says what it is."""
    yield from map(_item, _products())
    yield from map(_item, map(_customer, _CUSTOMERS))
    for number in _ORDERS:
        lines = list(_lines(number))
        yield _item(_order(number, lines))
        yield from map(_item, lines)


def _products() -> Iterator[dict[str, Any]]:
    for number, name in enumerate(_GOODS, 1):
        for size in ("S", "M", "L"):
            # JSON within a text, as programs write it: --unfold shows it as what it is.
            specs = json.dumps({"weight": {"kg": number * 0.4, "packed": True}, "care": ["dry", "dark"]})
            sku = _sku(name, size)
            yield {
                "pk": f"PRODUCT#{sku}",
                "sk": "INFO",
                "name": name,
                "size": size,
                "specs": specs,
                "stock": number * 7,
            }


def _customer(number: int) -> dict[str, Any]:
    name, town = _NAMES[number % 10], _TOWNS[number % 7]
    return {
        "pk": f"CUSTOMER#{number}",
        "sk": "PROFILE",
        "name": name,
        "email": f"c{number}@mail.example",
        "address": {"town": town, "quay": number % 12 + 1},
        "interests": {"$SS": sorted({_GOODS[number % 8], _GOODS[number // 8 % 8]})},
        "since": f"{_NOW - timedelta(days=number % 900):%Y-%m-%d}",
        **({"newsletter": True} if number % 3 else {}),
    }


def _order(number: int, lines: list[dict[str, Any]]) -> dict[str, Any]:
    placed = f"{_NOW - timedelta(hours=3 * (_ORDERS.stop - number)):%Y-%m-%dT%H:%MZ}"
    cents = sum(round(line["price"] * 100) * line["quantity"] for line in lines)
    return {
        "pk": f"CUSTOMER#{_CUSTOMERS[number % len(_CUSTOMERS)]}",
        "sk": f"ORDER#{number}",
        "status": _STATES[number % 5] if number < _ORDERS.stop - 30 else "open",
        "placed": placed,
        "total": cents / 100,
        "lines": len(lines),
    }


def _lines(order: int) -> Iterator[dict[str, Any]]:
    for line in range(1, order % 4 + 2):
        name = _GOODS[(order + line) % 8]
        yield {
            "pk": f"ORDER#{order}",
            "sk": f"LINE#{line:02}",
            "sku": _sku(name, "SML"[(order + line) % 3]),
            "quantity": order % 3 + 1,
            "price": ((order * line) % 90 + 5) + 0.95,
        }


def _sku(name: str, size: str) -> str:
    return f"{name[:3].upper()}-{size}"


# The plain form of ``stackpane_dynamodb.values.plain``, in which items are shown and edited.
_TYPES = r"""
{"id": "string", "value": "Grüße 🌊", "note": "any Unicode, up to 400 KB"}
{"id": "string, empty", "value": ""}
{"id": "number", "value": 12345678901234567890123456789012345678, "note": "38 digits, each of them kept"}
{"id": "number, precise", "value": 3.1415926535897932384626433832795028842}
{"id": "binary", "value": {"$B": "3q2+7w=="}}
{"id": "boolean", "value": true}
{"id": "null", "value": null, "note": "there, and nothing: not the same as no attribute"}
{"id": "list", "value": ["mixed", 2, null, ["nested", {"deeply": true}]]}
{"id": "map", "value": {"a.b": "names may have dots", "two words": "and spaces"}}
{"id": "string set", "value": {"$SS": ["anchor", "rope"]}}
{"id": "number set", "value": {"$NS": [1, 2.5, -3]}}
{"id": "binary set", "value": {"$BS": ["AAE=", "AgM="]}}
{"id": "map like a tag", "value": {"$M": {"$SS": ["a map, not a set"]}}}
{"id": "hostile", "value": "\u001b[31mnot red\u001b[0m", "=SUM(A1)": "a name that a spreadsheet would run"}
"""


def _types() -> Iterator[Item]:
    """One item per type, and one with all of them."""
    items = [item_from_text(line) for line in _TYPES.strip().splitlines()]
    yield from items
    yield {"id": {"S": "all"}, **{each["id"]["S"]: each["value"] for each in items[:12]}}


def _sessions() -> Iterator[Item]:
    for number in range(1, 61):
        began = _NOW - timedelta(minutes=7 * number)
        yield _item(
            {
                "id": f"{number * 2654435761 % 2**32:08x}",
                "customer": f"CUSTOMER#{_CUSTOMERS[number * 17 % len(_CUSTOMERS)]}",
                "began": f"{began:%Y-%m-%dT%H:%M:%SZ}",
                # An emulator that deletes what has expired must find nothing to delete while somebody looks.
                "expires": int((began + timedelta(days=3650)).timestamp()),
                "pages": [f"/goods/{_GOODS[(number + step) % 8]}" for step in range(number % 4 + 1)],
            }
        )


def _item(plain: Mapping[str, Any]) -> Item:
    return item_from_text(json.dumps(plain))


TABLES = (
    Table(
        TableSpec(
            "shop",
            (Key("pk", "S"), Key("sk", "S")),
            (IndexSpec("by-status", Key("status", "S"), Key("placed", "S")),),
            tags={"team": "sales"},
        ),
        _shop,
    ),
    Table(TableSpec("types", (Key("id", "S"),)), _types),
    Table(TableSpec("sessions", (Key("id", "S"),), stream="NEW_AND_OLD_IMAGES"), _sessions, ttl="expires"),
)
