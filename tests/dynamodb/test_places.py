"""What opens in DynamoDB, and which texts name a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane import InvalidInput
from stackpane.testing import Kit
from stackpane_dynamodb import stackpane_open, stackpane_service
from stackpane_dynamodb.names import table_name
from stackpane_dynamodb.places import index_links, table_actions

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"
CONSOLE = "https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1"


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (ARN, "dynamodb show shop"),
        (ARN.replace("arn:aws:", "arn:aws-us-gov:"), "dynamodb show shop"),
        (f"{ARN}/index/by-status", "dynamodb scan --index=by-status shop"),
        (f"{ARN}/stream/2026-11-22T05:57:03.907", "dynamodb show shop"),
        (f"{ARN}/export/01234567890123-abcdef01", f"dynamodb show {ARN}/export/01234567890123-abcdef01"),
        (f"{ARN}/import/01234567890123-abcdef01", f"dynamodb show {ARN}/import/01234567890123-abcdef01"),
        (f"{ARN}/backup/01234567890123-abcdef01", "dynamodb show shop"),
        (f"{CONSOLE}#table?name=shop", "dynamodb show shop"),
        (f"{CONSOLE}#table?name=my.shop_1-2&tab=indexes", "dynamodb show my.shop_1-2"),
        (f"{CONSOLE}#item-explorer?maximize=true&table=shop", "dynamodb show shop"),
        (f"{CONSOLE.replace('v2', '')}#tables:selected=shop;tab=items", "dynamodb show shop"),
        ("https://console.amazonaws.cn/dynamodbv2/home?region=cn-north-1#table?name=shop", "dynamodb show shop"),
        (f"{CONSOLE}#tables", None),
        (f"{CONSOLE}#table?name=../x", None),
        (f"{CONSOLE.replace('dynamodbv2', 's3')}#table?name=shop", None),
        ("https://console.aws.amazon.com.example/dynamodbv2/home#table?name=shop", None),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/", None),
        (f"{ARN}/index/", None),
        (f"{ARN}\n", None),
        ("arn:aws:dynamodb::123456789012:global-table/shop", None),
        ("arn:aws:s3:::shop", None),
        ("shop", None),
    ],
)
def test_a_target_leads_to_its_pane(target: str, address: str | None) -> None:
    link = stackpane_open(target)
    assert (None if link is None else link.address) == address


def test_every_link_is_taken_by_its_command() -> None:
    description = {"GlobalSecondaryIndexes": [{"IndexName": "a"}], "LocalSecondaryIndexes": [{"IndexName": "-b"}]}
    service = stackpane_service()
    links = (*table_actions("shop"), *index_links("shop", description), service.home, service.probe)
    assert Kit("http://127.0.0.1:9").unresolved(links) == []
    assert all(link.label for link in links)


def test_a_table_goes_by_its_name_or_its_arn() -> None:
    assert table_name("my.shop_1-2") == "my.shop_1-2"
    assert table_name(ARN) == "shop"


@pytest.mark.parametrize("text", ["", "ab", "a" * 256, "my shop", "shop\n", "größe", f"{ARN}/index/by-status", "arn:x"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        table_name(text)


@pytest.mark.parametrize("words", [("rm", "--table", "--yes"), ("edit", "--deletion-protection"), ("show",), ("scan",)])
def test_an_arn_of_another_region_reaches_no_table_of_that_name_here(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, words: tuple[str, ...]
) -> None:
    invoke("dynamodb", "create", "shop", "--key", "pk:S", at=aws).ok()
    ran = invoke("dynamodb", words[0], ARN, *words[1:], at=faults)
    assert (ran.exit_code, faults.requests) == (252, [])
    assert "Add --region eu-west-1." in ran.errors
