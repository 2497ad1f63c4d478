"""What opens in Lambda, which texts name a function, and what leads from other records to functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane import Field, InvalidInput, Record, Section
from stackpane.testing import Kit
from stackpane_lambda import stackpane_links, stackpane_open, stackpane_service
from stackpane_lambda.names import function_name, layer_version
from stackpane_lambda.places import function_actions, function_links

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:resize"
LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:vat:3"
CONSOLE = "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1"
SHOW = "lambda show"


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (ARN, f"{SHOW} resize"),
        (f"{ARN}:prod", f"{SHOW} --qualifier=prod resize"),
        (f"{ARN}:7", f"{SHOW} --qualifier=7 resize"),
        (f"{ARN}:$LATEST", f"{SHOW} '--qualifier=$LATEST' resize"),
        (ARN.replace("arn:aws:", "arn:aws-cn:"), f"{SHOW} resize"),
        (LAYER, f"lambda layer {LAYER}"),
        (f"{CONSOLE}#/functions/resize", f"{SHOW} resize"),
        (f"{CONSOLE}#/functions/resize?tab=code", f"{SHOW} resize"),
        (f"{CONSOLE}#/functions/resize/versions/7", f"{SHOW} --qualifier=7 resize"),
        (f"{CONSOLE}#/functions/resize/aliases/prod?tab=configure", f"{SHOW} --qualifier=prod resize"),
        (f"{CONSOLE}#/functions", None),
        (f"{CONSOLE}#/functions/../x", None),
        (CONSOLE.replace("lambda", "s3") + "#/functions/resize", None),
        ("https://console.aws.amazon.com.example/lambda/home#/functions/resize", None),
        (f"{ARN}\n", None),
        (f"{ARN}:prod:7", None),
        ("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:1", None),
        ("arn:aws:s3:::resize", None),
        ("resize", None),
    ],
)
def test_a_target_leads_to_its_pane(target: str, address: str | None) -> None:
    link = stackpane_open(target)
    assert (None if link is None else link.address) == address


def test_every_link_is_taken_by_its_command() -> None:
    service = stackpane_service()
    links = (*function_actions("-x"), *function_links(ARN, "prod"), service.home, service.probe)
    assert Kit("http://127.0.0.1:9").unresolved(links) == []
    assert all(link.label for link in links)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resize", ("resize", None, "", "resize")),
        ("resize:prod", ("resize", "prod", "", "resize")),
        (ARN, ("resize", None, "eu-west-1", ARN)),
        (f"{ARN}:7", ("resize", "7", "eu-west-1", ARN)),
        ("123456789012:function:resize:7", ("resize", "7", "", "123456789012:function:resize")),
    ],
)
def test_a_function_goes_by_its_name_an_arn_or_a_part_of_one(text: str, expected: tuple[str, ...]) -> None:
    name = function_name(text)
    assert (str(name), name.qualifier, name.region, name.target) == expected


@pytest.mark.parametrize("text", ["", "../x", "a b", "größe", "resize\n", "resize:", "arn:x", LAYER, "a" * 141])
def test_what_is_no_function_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        function_name(text)


def test_a_layer_goes_by_the_arn_of_a_version() -> None:
    assert layer_version(LAYER) == ("eu-west-1", LAYER[:-2], 3)
    with pytest.raises(InvalidInput):
        layer_version(LAYER[:-2])


@pytest.mark.parametrize(
    ("arn", "fields", "address"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:q", (), "lambda ls --event-source=arn:aws:sqs:us-east-1:123456789012:q"),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/t", (), None),
        (
            "arn:aws:dynamodb:us-east-1:123456789012:table/t",
            (Field("LatestStreamArn", "arn:aws:dynamodb:us-east-1:1:table/t/stream/2026"),),
            "lambda ls --event-source=arn:aws:dynamodb:us-east-1:1:table/t/stream/2026",
        ),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/resize:*", (), f"{SHOW} resize"),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/resize", (), f"{SHOW} resize"),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/shop/web:*", (), None),
        ("arn:aws:s3:::photos", (), None),
        (ARN, (), None),
    ],
)
def test_other_services_records_lead_to_functions(arn: str, fields: tuple[Field, ...], address: str | None) -> None:
    links = stackpane_links(Record("x", (Section("", fields),), arn=arn))
    assert [link.address for link in links] == ([address] if address else [])
    assert Kit("http://127.0.0.1:9").unresolved(links) == []


def test_an_arn_of_another_region_reaches_no_function_of_that_name_here(proxy: FaultProxy, invoke: Invoke) -> None:
    for words in (("invoke",), ("config", "--memory", "256"), ("show",), ("versions",), ("aliases",), ("code",)):
        ran = invoke("lambda", words[0], ARN, *words[1:], at=proxy)
        assert (ran.exit_code, proxy.requests) == (252, [])
        assert "Add --region eu-west-1." in ran.errors


def test_an_arn_of_another_account_reaches_no_function_of_that_name_here(cloud: Emulator, invoke: Invoke) -> None:
    for name in ("arn:aws:lambda:us-east-1:999999999999:function:resize", "999999999999:function:resize"):
        assert invoke("lambda", "invoke", name, at=cloud).exit_code == 254
    assert invoke("lambda", "invoke", f"{cloud.account_id}:function:resize", at=cloud).exit_code == 0


def test_names_complete(cloud: Emulator, kit_at: Kit) -> None:
    import click

    from stackpane.app import Run
    from stackpane_lambda.params import FUNCTION

    context = click.Context(kit_at.app.root, obj=Run(kit_at.app, given=kit_at.given))
    found = FUNCTION.shell_complete(context, click.Argument(["function"]), "re")
    assert [item.value for item in found] == ["resize"]


@pytest.fixture
def kit_at(cloud: Emulator) -> Kit:
    return Kit(cloud.url)
