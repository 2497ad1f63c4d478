"""Names that AWS would never give: whatever an endpoint answers, it is text, and every link is a command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.testing import HOSTILE_TEXTS, Kit, unsafe_characters
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.emulators import Emulator

POOL = "us-east-1_AbCdEfGhI"
HEADERS = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-requestid": "made-up"}


def user(text: str) -> dict[str, Any]:
    attributes = [{"Name": text, "Value": text}, {"Name": "email", "Value": text}]
    return {"Username": text, "UserStatus": text, "Enabled": True, "Attributes": attributes, "UserCreateDate": 1.0}


REPLIES: dict[str, Any] = {
    "ListUserPools": {"UserPools": [{"Id": text, "Name": text} for text in HOSTILE_TEXTS]},
    "DescribeUserPool": {
        "UserPool": {
            "Id": HOSTILE_TEXTS[0],
            "Name": HOSTILE_TEXTS[1],
            "SchemaAttributes": [{"Name": text, "AttributeDataType": text} for text in HOSTILE_TEXTS],
            "LambdaConfig": {"PreSignUp": HOSTILE_TEXTS[2]},
            "UserPoolTags": {text: text for text in HOSTILE_TEXTS},
            "Domain": HOSTILE_TEXTS[3],
        }
    },
    "GetUserPoolMfaConfig": {"MfaConfiguration": HOSTILE_TEXTS[0]},
    "ListUsers": {"Users": [user(text) for text in HOSTILE_TEXTS]},
    "AdminGetUser": {**user(HOSTILE_TEXTS[4]), "UserAttributes": user(HOSTILE_TEXTS[4])["Attributes"]},
    "AdminListGroupsForUser": {"Groups": [{"GroupName": text} for text in HOSTILE_TEXTS]},
    "AdminListDevices": {"Devices": [{"DeviceKey": text} for text in HOSTILE_TEXTS]},
    "ListGroups": {"Groups": [{"GroupName": text, "Description": text} for text in HOSTILE_TEXTS]},
    "GetGroup": {"Group": {"GroupName": HOSTILE_TEXTS[5], "Description": HOSTILE_TEXTS[6], "RoleArn": "x\x1b"}},
    "ListUsersInGroup": {"Users": [user(text) for text in HOSTILE_TEXTS]},
    "ListUserPoolClients": {"UserPoolClients": [{"ClientId": text, "ClientName": text} for text in HOSTILE_TEXTS]},
    "DescribeUserPoolClient": {"UserPoolClient": {"ClientId": HOSTILE_TEXTS[0], "CallbackURLs": list(HOSTILE_TEXTS)}},
    "AdminDeleteUser": {},
    "DeleteGroup": {},
}
LINES = (
    "cognito ls",
    f"cognito show {POOL}",
    f"cognito users {POOL}",
    f"cognito user {POOL} ann",
    f"cognito groups {POOL}",
    f"cognito group show {POOL} staff",
    f"cognito group users {POOL} staff",
    f"cognito clients {POOL}",
    f"cognito client {POOL} x",
    f"cognito rm {POOL} --search a",
    f"cognito group rm {POOL} staff",
    f"cognito export {POOL} out.csv --overwrite",
    f"cognito export {POOL} - --format json",
)


@pytest.fixture
def hostile(aws: Emulator) -> Iterator[FaultProxy]:
    """An endpoint that answers with hostile texts wherever it can."""
    with FaultProxy(aws.url) as proxy:
        for operation, reply in REPLIES.items():
            proxy.fault(modes.answer(200, json.dumps(reply).encode(), HEADERS), operation)
        yield proxy


def test_whatever_is_answered_is_shown_as_text_and_links_are_command_lines(hostile: FaultProxy) -> None:
    kit = Kit(hostile.url)
    for line in LINES:
        ran = kit.run(line)
        assert kit.unresolved(kit.links(ran)) == [], line
        for form, text in kit.shown(ran):
            assert not unsafe_characters(text), f"{line} -o {form}"
