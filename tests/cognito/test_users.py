"""Users: listed by the page, filtered by Cognito, searched here, and shown with all that may be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cognito.stage import denied
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.cognito.stage import Stage
    from tests.harness.cli import Invoke, Result
    from tests.harness.faultproxy import FaultProxy


def names(result: Result) -> list[str]:
    return sorted(row["Username"] for row in result.ok().json())


@pytest.fixture
def crowd(stage: Stage) -> Stage:
    """Users of three pages."""
    stage.users(f"user{number:03}" for number in range(125))
    stage.user("odd", {"email": "odd@example.com", "custom:note": "Änne's [bold]note[/]"})
    return stage


def test_users_are_listed_by_the_page_and_a_cut_list_goes_on(crowd: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    everybody = names(invoke("cognito", "users", crowd.pool, "--all", "-o", "json", at=faults))
    assert len(everybody) == 126
    assert faults.count("ListUsers") == 3
    first = invoke("cognito", "users", crowd.pool, "--limit", "70", "-o", "json", at=faults)
    assert faults.count("ListUsers") == 5
    cursor = first.errors.partition("--cursor=")[2].split()[0]
    rest = invoke("cognito", "users", crowd.pool, "--all", "--cursor", cursor, "-o", "json", at=faults)
    assert sorted(names(first) + names(rest)) == everybody


def test_a_filter_is_cognitos_and_a_search_looks_at_everything(crowd: Stage, invoke: Invoke) -> None:
    def found(*options: str) -> list[str]:
        return names(invoke("cognito", "users", crowd.pool, *options, "--all", "-o", "json", at=crowd.aws))

    assert found("--filter", 'email ^= "user01"') == [f"user{number:03}" for number in range(10, 20)]
    assert found("--search", "ÄNNE") == ["odd"]  # a custom attribute, whatever the case, on the third page
    assert found("--search", "tenant-of-user12") == [f"user{number}" for number in range(120, 125)]
    assert found("--search", "nobody") == []
    assert found("--filter", 'email ^= "user01"', "--search", "user015") == ["user015"]


def test_a_search_goes_on_for_as_long_as_there_are_pages(
    crowd: Stage, faults: FaultProxy, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stackpane import paging

    monkeypatch.setattr(paging, "_EMPTY_PAGES", 2)  # pages without a hit are no empty pages
    assert names(invoke("cognito", "users", crowd.pool, "--search", "user124", "-o", "json", at=faults)) == ["user124"]


def test_further_attributes_are_columns(shop: Stage, invoke: Invoke) -> None:
    rows = invoke("cognito", "users", "shop", "--attribute", "custom:tenant", "-o", "json", at=shop.aws).ok().json()
    assert {row["custom:tenant"] for row in rows} == {"tenant-of-ann", "tenant-of-bob", "tenant-of-cat"}
    assert rows[0]["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert rows[0]["Enabled"] is True


@pytest.mark.usefixtures("no_pauses")
def test_a_record_has_attributes_groups_and_what_can_be_done(shop: Stage, invoke: Invoke) -> None:
    result = invoke("cognito", "user", "shop", "ann", "-o", "json", at=shop.aws).ok()
    found = result.json()
    assert found["sub"] == shop.get("ann")["Attributes"]["sub"]
    assert (found["email"], found["custom:tenant"]) == ("ann@example.com", "tenant-of-ann")
    assert found["Groups"] == ["staff"]
    commands = [link["Command"].split()[2] for link in found["Links"]]
    assert {"edit", "disable", "reset-password", "set-password", "sign-out", "rm", "token", "group"} <= set(commands)
    assert "enable" not in commands
    assert "the devices of ann left out" in result.errors  # which no emulator has


@pytest.mark.parametrize(
    ("operation", "said"), [("AdminListGroupsForUser", "the groups of ann"), ("AdminListDevices", "the devices of ann")]
)
@pytest.mark.usefixtures("no_pauses")
def test_what_is_denied_is_left_out_and_the_action_is_named(
    shop: Stage, faults: FaultProxy, invoke: Invoke, operation: str, said: str
) -> None:
    faults.fault(denied(operation), operation)
    result = invoke("cognito", "user", shop.pool, "ann", "-o", "json", at=faults).ok()
    assert f"{said} left out: cognito-idp:{operation} is denied" in result.errors
    assert result.json()["email"] == "ann@example.com"


def test_devices_are_shown_and_a_pool_that_remembers_none_has_none(
    shop: Stage, faults: FaultProxy, invoke: Invoke
) -> None:
    import json

    device = {"DeviceKey": "us-east-1_key", "DeviceAttributes": [{"Name": "device_name", "Value": "phone"}]}
    reply = json.dumps({"Devices": [device | {"DeviceCreateDate": 1.0}]}).encode()
    header = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-requestid": "made-up"}
    fault = faults.fault(modes.answer(200, reply, header), "AdminListDevices")
    found = invoke("cognito", "user", shop.pool, "ann", "-o", "json", at=faults).ok().json()
    assert found["us-east-1_key"]["device_name"] == "phone"
    faults.clear()
    fault.release()
    faults.fault(modes.error(400, "InvalidUserPoolConfigurationException", "not enabled"), "AdminListDevices")
    assert invoke("cognito", "user", shop.pool, "ann", at=faults).ok().errors == ""


def test_a_user_that_is_not_there_is_an_error(shop: Stage, invoke: Invoke) -> None:
    result = invoke("cognito", "user", "shop", "nobody", at=shop.aws)
    assert result.exit_code == 254
    assert "the user does not exist" in result.errors


@pytest.mark.parametrize(
    "argv",
    [["ls"], ["users", "us-east-1_AbCdEfGhI"], ["user", "us-east-1_AbCdEfGhI", "ann"], ["groups", "us-east-1_A"]],
)
def test_a_login_page_is_an_error_and_never_an_empty_list(
    shop: Stage, faults: FaultProxy, invoke: Invoke, argv: list[str]
) -> None:
    faults.fault(modes.html200())
    result = invoke("cognito", *argv, at=faults)
    assert result.exit_code == 254
    assert "no AWS service's" in result.errors
    assert result.stdout == b""
