"""User pools: listed, found by what people have at hand, and shown with all there is to know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackpane_cognito.places import link_of
from tests.cognito.stage import denied, make_pool
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.cognito.stage import Stage
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode

ID = "us-east-1_AbCdEfGhI"
ARN = f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{ID}"


HEADERS = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-requestid": "made-up"}


def answers(reply: object) -> Mode:
    return modes.answer(200, json.dumps(reply).encode(), HEADERS)


def test_pools_are_listed_by_the_page(faults: FaultProxy, invoke: Invoke) -> None:
    pages = [[{"Id": f"us-east-1_{page}{number}", "Name": "x"} for number in range(60)] for page in "abc"]
    replies = [{"UserPools": found, "NextToken": f"token{number}"} for number, found in enumerate(pages, 1)]
    replies[-1].pop("NextToken")
    faults.fault(modes.in_turn(*map(answers, replies)), "ListUserPools")
    rows = invoke("cognito", "ls", "--all", "-o", "json", at=faults).ok().json()
    assert [row["Id"] for row in rows] == [pool["Id"] for page in pages for pool in page]
    assert set(rows[0]) == {"Id", "Name", "CreationDate", "LastModifiedDate"}
    tokens = [json.loads(request.body).get("NextToken") for request in faults.requests]
    assert tokens == [None, "token1", "token2"]


@pytest.mark.parametrize("may_describe", [True, False])
def test_where_listing_is_denied_the_pinned_pools_are_shown(
    shop: Stage, faults: FaultProxy, cli: Cli, may_describe: bool
) -> None:
    faults.fault(denied("ListUserPools"), "ListUserPools")
    if not may_describe:
        faults.fault(denied("DescribeUserPool"), "DescribeUserPool")
    pins = [f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{shop.pool}", ARN.replace("us-east-1", "eu-west-1")]
    options = [word for pin in pins for word in ("--pin", pin)]
    cli("connection", "add", "pinned", "--endpoint-url", faults.url, "--no-test", *options).ok()
    result = cli("-c", "pinned", "--region", "us-east-1", "cognito", "ls", "-o", "json").ok()
    (row,) = result.json()
    assert (row["Id"], row["Name"]) == (shop.pool, "shop" if may_describe else None)
    assert "every user pool but the pinned ones left out: cognito-idp:ListUserPools is denied" in result.errors
    assert ("cognito-idp:DescribeUserPool is denied" in result.errors) is not may_describe


def test_a_pool_goes_by_its_id_its_arn_and_its_name(shop: Stage, invoke: Invoke) -> None:
    arn = shop.client.describe_user_pool(UserPoolId=shop.pool)["UserPool"]["Arn"]
    for text in (shop.pool, arn, "shop"):
        rows = invoke("cognito", "users", text, "-o", "json", at=shop.aws).ok().json()
        assert sorted(row["Username"] for row in rows) == ["ann", "bob", "cat"]


def test_a_name_of_two_pools_or_of_none_is_no_pool(shop: Stage, invoke: Invoke) -> None:
    other = make_pool(shop.aws)
    result = invoke("cognito", "show", "shop", at=shop.aws)
    assert result.exit_code == 252
    assert shop.pool in result.errors
    assert other.pool in result.errors
    result = invoke("cognito", "show", "no such", at=shop.aws)
    assert result.exit_code == 254
    assert "no user pool in us-east-1 is named 'no such'" in result.errors


def test_a_name_that_cannot_be_looked_up_says_what_needs_no_right(
    shop: Stage, faults: FaultProxy, invoke: Invoke
) -> None:
    faults.fault(denied("ListUserPools"), "ListUserPools")
    result = invoke("cognito", "users", "shop", at=faults)
    assert result.exit_code == 254
    assert "cognito-idp:ListUserPools" in result.errors
    assert "by its id" in result.errors
    assert len(invoke("cognito", "users", shop.pool, "-o", "json", at=faults).ok().json()) == 3


def test_a_pool_of_another_region_is_refused_before_anything_is_sent(invoke: Invoke) -> None:
    env = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    for text in (ID, ARN):
        result = invoke("cognito", "users", text, env=env)
        assert result.exit_code == 252
        assert "Add --region us-east-1." in result.errors


def test_a_record_has_all_there_is_to_know(aws: Emulator, invoke: Invoke) -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:before"
    stage = make_pool(
        aws,
        UserPoolTags={"team": "\x1b[31mred"},
        LambdaConfig={"PreSignUp": function},
        AutoVerifiedAttributes=["email"],
        MfaConfiguration="OFF",
    )
    found = invoke("cognito", "show", "shop", "-o", "json", at=aws).ok().json()
    assert found["Id"] == stage.pool
    assert found["MinimumLength"] == 8
    assert found["MfaConfiguration"] == "OFF"
    assert found["PreSignUp"] == function
    assert found["custom:tenant"].startswith("String")
    assert found["Tags"] == {"team": "\x1b[31mred"}
    assert found["Arn"].endswith(f"userpool/{stage.pool}")
    assert f"user-pools/{stage.pool}/" in found["ConsoleUrl"]
    labels = [link["Label"] for link in found["Links"]]
    assert {"Users", "Groups", "App clients", "Export the users"} <= set(labels)
    assert "\x1b" not in invoke("cognito", "show", "shop", at=aws).text


def test_mfa_that_may_not_be_read_is_left_out_and_said(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(denied("GetUserPoolMfaConfig"), "GetUserPoolMfaConfig")
    result = invoke("cognito", "show", "shop", "-o", "json", at=faults).ok()
    assert "the second factors of" in result.errors
    assert "cognito-idp:GetUserPoolMfaConfig is denied" in result.errors
    assert result.json()["Id"] == shop.pool


def test_the_secret_of_a_client_is_masked_until_it_is_asked_for(shop: Stage, invoke: Invoke) -> None:
    made = shop.app(secret=True)
    for argv in (["clients", "shop"], ["client", "shop", made["ClientId"]]):
        for form in ("table", "json", "jsonl", "csv", "tsv", "yaml"):
            result = invoke("cognito", *argv, "-o", form, "--debug", at=shop.aws).ok()
            assert made["ClientSecret"] not in result.text + result.errors, (argv, form)
            assert made["ClientId"] in result.text
    shown = invoke("cognito", "client", "shop", made["ClientId"], "--reveal", "-o", "json", at=shop.aws).ok()
    assert shown.json()["ClientSecret"] == made["ClientSecret"]


def test_a_list_that_goes_round_in_circles_ends(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    for argv, operation, reply in (
        (["ls"], "ListUserPools", {"UserPools": [{"Id": ID, "Name": "x"}], "NextToken": "again"}),
        (["users", shop.pool], "ListUsers", {"Users": [{"Username": "x"}], "PaginationToken": "again"}),
        (["groups", shop.pool], "ListGroups", {"Groups": [{"GroupName": "x"}], "NextToken": "again"}),
    ):
        faults.fault(answers(reply), operation)
        result = invoke("cognito", *argv, "--all", at=faults)
        assert result.exit_code == 254, argv
        assert "a page token came twice" in result.errors


SHOW = ["--region", "us-east-1", "cognito", "show", ID]
CONSOLE = f"https://us-east-1.console.aws.amazon.com/cognito/v2/idp/user-pools/{ID}"


@pytest.mark.parametrize(
    ("target", "argv"),
    [
        (ARN, SHOW),
        (f"{CONSOLE}/overview?region=us-east-1", SHOW),
        (f"{CONSOLE}/user-management/users?region=us-east-1", ["--region", "us-east-1", "cognito", "users", ID]),
        (
            f"{CONSOLE}/user-management/users/details/ann%40example.com?region=us-east-1",
            ["--region", "us-east-1", "cognito", "user", ID, "ann@example.com"],
        ),
        (f"{CONSOLE}/user-management/groups/details/staff", ["cognito", "group", "show", ID, "staff"]),
        (f"{CONSOLE}/applications/app-clients/abc/overview", ["cognito", "client", ID, "abc"]),
        (f"https://console.aws.amazon.com/cognito/users/?region=us-east-1#/pool/{ID}/details", SHOW),
        (f"https://evil.example/cognito/v2/idp/user-pools/{ID}/users", None),
        ("arn:aws:cognito-identity:us-east-1:123456789012:identitypool/us-east-1:1", None),
        ("arn:aws:s3:::photos", None),
    ],
)
def test_arns_and_console_addresses_lead_to_their_places(target: str, argv: list[str] | None) -> None:
    link = link_of(target)
    assert (None if link is None else link.to_argv()) == argv


def test_ids_names_users_and_groups_complete(shop: Stage, invoke: Invoke) -> None:
    def proposed(words: str) -> list[str]:
        env = {"_STACKPANE_COMPLETE": "bash_complete", "COMP_WORDS": f"stackpane {words}", "COMP_WORDBREAKS": "="}
        result = invoke(at=shop.aws, env=env)
        assert (result.exit_code, result.errors) == (0, "")
        return sorted(line.removeprefix("plain,") for line in result.text.splitlines())

    assert proposed("cognito users ") == [shop.pool]
    assert proposed("cognito users sh") == ["shop"]
    assert proposed("cognito user shop ") == ["ann", "bob", "cat"]
    assert proposed(f"cognito disable {shop.pool} b") == ["bob"]
    assert proposed("cognito rm shop ann c") == ["cat"]
    assert proposed("cognito group show shop st") == ["staff"]
