"""Lean replies of Scan and Query: the same items that botocore would give, undecoded."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.aws import lean
from stackpane_dynamodb.calls import QUERY, SCAN
from stackpane_dynamodb.lean import items as lean_items
from stackpane_dynamodb.values.wire import decoded, received, sent
from tests.core.canned import Replies, client
from tests.dynamodb.items import items

MORE = {"Count": 1, "ScannedCount": 2, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 0.5}}


@cache
def scanner(*, raw: bool) -> tuple[Any, Replies]:
    """A client, with a lean parser in front where ``raw``, and what it gets; made once, as that is slow."""
    replies = Replies()
    made = client("dynamodb", replies)
    if raw:
        lean.attach(made, [SCAN, QUERY], raw=True)
    return made, replies


def scanned(body: bytes, *, raw: bool) -> Any:
    """What a client makes of a reply."""
    made, replies = scanner(raw=raw)
    replies.given = [(200, body)]
    reply = made.scan(TableName="t")
    reply.pop("ResponseMetadata")
    return reply


@given(st.lists(items, max_size=4), st.none() | items, st.booleans())
def test_items_are_those_that_botocore_gives(
    given_items: list[dict[str, Any]], last: dict[str, Any] | None, spaced: bool
) -> None:
    reply = {"Items": given_items, **MORE, **({"LastEvaluatedKey": last} if last else {})}
    body = json.dumps(reply, indent=1 if spaced else None, ensure_ascii=spaced).encode()
    by_botocore, cheap = scanned(body, raw=False), scanned(body, raw=True)
    assert all(isinstance(each, msgspec.Raw) for each in cheap["Items"])
    assert [decoded(each) for each in cheap.pop("Items")] == [received(each) for each in by_botocore["Items"]]
    assert [decoded(each) for each in by_botocore.pop("Items")] == given_items
    assert cheap == by_botocore


@given(items)
def test_what_is_sent_is_received_as_it_was(item: dict[str, Any]) -> None:
    assert received(sent(item)) == item


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"Count": 3}', b'{"Items": 5}', b'{"Items": [', b'{"Items": null}', b"\xff", b'{"Items": []} x'],
)
def test_what_does_not_fit_is_left_to_botocore(body: bytes) -> None:
    assert lean_items(body, raw=True) is None


def test_botocore_is_left_with_nothing_of_the_items() -> None:
    taken = lean_items(b'{"Items": [{"id": {"S": "1"}}], "Count": 1}', raw=True)
    assert taken is not None
    assert json.loads(taken[0]) == {"Count": 1}


def test_a_client_that_is_not_raw_gets_what_botocore_gives() -> None:
    assert lean_items(b'{"Items": []}') is None
