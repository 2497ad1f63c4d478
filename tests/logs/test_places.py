"""What opens in CloudWatch Logs, which texts name a log group, and what a Lambda function leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane import Field, InvalidInput, Record, Section
from stackpane.testing import Kit
from stackpane_logs import stackpane_links, stackpane_open
from stackpane_logs.names import Place, console_fragment, group_name, place_of

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/hello"
CONSOLE = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
STREAM = "2026/11/22/[$LATEST]0123"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:hello"


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (ARN, "logs show /aws/lambda/hello"),
        (f"{ARN}:*", "logs show /aws/lambda/hello"),
        (ARN.replace("arn:aws:", "arn:aws-cn:"), "logs show /aws/lambda/hello"),
        (f"{ARN}:log-stream:{STREAM}", f"logs events /aws/lambda/hello '{STREAM}'"),
        (f"{CONSOLE}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fhello", "logs show /aws/lambda/hello"),
        (
            f"{CONSOLE}#logsV2:log-groups/log-group/$252Fapp/log-events/2026$252F11$252F22$252F$255B$2524LATEST$255D0123",
            f"logs events /app '{STREAM}'",
        ),
        (f"{CONSOLE}#logsV2:log-groups", None),
        (f"{CONSOLE}#alarmsV2:", None),
        (f"{CONSOLE}#logsV2:log-groups/log-group/a$2520b", None),
        ("arn:aws:logs:eu-west-1:123456789012:destination:x", None),
        ("https://example.com/cloudwatch/home#logsV2:log-groups/log-group/x", None),
    ],
)
def test_what_a_text_leads_to(target: str, address: str | None) -> None:
    link = stackpane_open(target)
    assert (None if link is None else link.address) == address


@pytest.mark.parametrize("place", [Place("/aws/lambda/a_b#c.d"), Place("/app", STREAM), Place("x", "a b%/$25")])
def test_a_console_address_leads_back(place: Place) -> None:
    assert place_of(f"{CONSOLE}#{console_fragment(place)}") == place


def test_only_names_and_arns_of_groups_name_a_group() -> None:
    assert group_name(f"{ARN}:*") == "/aws/lambda/hello"
    assert group_name("/app/*", globs=True) == "/app/*"
    for wrong in ("/app/*", "a b", "", "x" * 513, f"{ARN}:log-stream:x"):
        with pytest.raises(InvalidInput):
            group_name(wrong)


def test_a_function_leads_to_what_it_logs() -> None:
    links = stackpane_links(Record("hello", (), arn=FUNCTION))
    assert [link.address for link in links] == [
        "logs tail --follow /aws/lambda/hello",
        "logs events /aws/lambda/hello",
        "logs show /aws/lambda/hello",
    ]
    elsewhere = Record("hello", (Section("", (Field("LogGroup", "/shop/all"),)),), arn=FUNCTION)
    assert stackpane_links(elsewhere)[0].address == "logs tail --follow /shop/all"
    assert stackpane_links(Record("b", (), arn="arn:aws:s3:::b")) == ()


def test_the_group_of_another_region_or_account_is_not_taken_for_ours(moto: Emulator) -> None:
    kit = Kit(moto.url)
    with pytest.raises(InvalidInput, match="in eu-west-1, and this is us-east-1"):
        kit.run("logs", "show", ARN)
    with pytest.raises(InvalidInput, match="of the account 999999999999"):
        kit.run("logs", "events", "arn:aws:logs:us-east-1:999999999999:log-group:/app")
