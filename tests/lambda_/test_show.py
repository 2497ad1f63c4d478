"""Functions are listed and shown as far as they may be read; secrets and links to code are not among it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.testing import Kit
from stackpane.views import PageRequest, Table
from stackpane_lambda.calls import GET_CONFIGURATION, LIST_EVENT_SOURCE_MAPPINGS, LIST_FUNCTIONS
from stackpane_lambda.commands.ls import ls
from tests.core.support import session
from tests.harness import faults as modes
from tests.lambda_.stage import archive, described, make_function

if TYPE_CHECKING:
    from tests.harness.canary import Canary
    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode

PARTS = {
    "ListEventSourceMappings": "the event sources",
    "GetPolicy": "the policy",
    "GetFunctionConcurrency": "the reserved concurrency",
    "ListProvisionedConcurrencyConfigs": "the provisioned concurrency",
    "ListFunctionUrlConfigs": "the URLs",
    "ListFunctionEventInvokeConfigs": "the asynchronous settings",
    "ListAliases": "the aliases",
    "ListVersionsByFunction": "the versions",
}


@pytest.fixture
def furnished(cloud: Emulator) -> Emulator:
    """``resize`` with all there can be to a function."""
    client = cloud.client("lambda")
    client.get_waiter("function_active_v2").wait(FunctionName="resize")
    client.publish_version(FunctionName="resize")
    client.create_alias(FunctionName="resize", Name="prod", FunctionVersion="1", Description="live")
    client.put_function_concurrency(FunctionName="resize", ReservedConcurrentExecutions=5)
    client.create_function_url_config(FunctionName="resize", AuthType="AWS_IAM")
    client.add_permission(
        FunctionName="resize",
        StatementId="photos",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::photos",
    )
    client.put_function_event_invoke_config(
        FunctionName="resize",
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:sqs:us-east-1:{cloud.account_id}:dead"}},
    )
    queue = cloud.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    arn = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    client.create_event_source_mapping(
        EventSourceArn=arn["Attributes"]["QueueArn"], FunctionName="resize", Enabled=False
    )
    return cloud


def shown(invoke: Invoke, at: Any, *words: str) -> tuple[dict[str, Any], Result]:
    ran = invoke("lambda", "show", *words, "-o", "json", at=at).ok()
    return ran.json(), ran


def test_a_record_has_all_there_is_to_a_function(furnished: Emulator, invoke: Invoke) -> None:
    found, ran = shown(invoke, furnished, "resize")
    queue = f"arn:aws:sqs:us-east-1:{furnished.account_id}:orders"
    wanted = {
        "FunctionName": "resize",
        "Runtime": "python3.12",
        "Timeout": 3,
        "MemorySize": 128,
        "ReservedConcurrentExecutions": 5,
        "photos (may)": "arn:aws:s3:::photos",
        "MaximumRetryAttempts": 1,
        "OnFailure": f"arn:aws:sqs:us-east-1:{furnished.account_id}:dead",
        "LogGroup": "/aws/lambda/resize",
        "prod": "version 1 – live",
        "AuthType": "AWS_IAM",
        "PublishedVersions": 1,
        "NewestVersion": "1",
        "STAGE": "••••",
    }
    assert {name: found.get(name) for name in wanted} == wanted
    assert queue in found.values()
    assert found["ConsoleUrl"].endswith("#/functions/resize")
    labels = {link["Label"] for link in found["Links"]}
    assert labels >= {
        "Invoke",
        "Recent invocations",
        "Code",
        "Environment",
        "Versions",
        "Aliases",
        "Saved events",
        "prod",
    }
    assert ran.errors == "Masked: STAGE. --reveal shows what is there.\n"


def test_a_version_is_shown_as_it_is(furnished: Emulator, invoke: Invoke) -> None:
    found, _ = shown(invoke, furnished, "resize:prod")
    assert found["Version"] == "1"
    assert found["ConsoleUrl"].endswith("#/functions/resize/aliases/prod")
    (link,) = [link["Command"] for link in found["Links"] if link["Label"] == "Invoke"]
    assert "--qualifier=prod" in link


def test_parts_that_are_denied_are_left_out_and_named(furnished: Emulator, proxy: FaultProxy, invoke: Invoke) -> None:
    for operation in PARTS:
        proxy.fault(modes.access_denied(f"lambda:{operation}"), operation)
    found, ran = shown(invoke, proxy, "resize")
    assert found["FunctionName"] == "resize"
    left_out = {f"warning: {what} of resize left out: lambda:{name} is denied" for name, what in PARTS.items()}
    assert set(ran.errors.splitlines()) - left_out == {"Masked: STAGE. --reveal shows what is there."}
    assert left_out <= set(ran.errors.splitlines())


def test_the_environment_and_the_link_to_the_code_stay_secret(
    cloud: Emulator, proxy: FaultProxy, invoke: Invoke, canary: Canary
) -> None:
    secret, link = canary.add("a variable"), canary.add("the link to the code")
    variables = {"DB_PASSWORD": secret}
    cloud.client("lambda").update_function_configuration(FunctionName="resize", Environment={"Variables": variables})

    def with_link(body: bytes) -> bytes:
        reply = json.loads(body)
        reply["Code"] = {"RepositoryType": "S3", "Location": f"https://x.s3.us-east-1.amazonaws.com/?Signature={link}"}
        return json.dumps(reply).encode()

    proxy.fault(modes.rewrite(with_link), "GetFunction")
    lines = (
        "show resize",
        "show resize --debug",
        "ls",
        "ls -l",
        "env resize",
        "versions resize",
        "code resize --debug",
    )
    for line in lines:
        for format_ in ("table", "json"):
            ran = invoke("lambda", *line.split(), "-o", format_, at=proxy)
            assert canary.scan(stdout=ran.stdout, stderr=ran.stderr) == [], line
    assert secret in invoke("lambda", "show", "resize", "--reveal", at=proxy).ok().text
    assert secret in invoke("lambda", "env", "resize", "--reveal", "-o", "json", at=proxy).ok().text


def test_an_environment_that_aws_cannot_decrypt_is_said_to_be_so(proxy: FaultProxy, invoke: Invoke) -> None:
    def undecrypted(body: bytes) -> bytes:
        reply = json.loads(body)
        error = {"ErrorCode": "AccessDeniedException", "Message": "no kms:Decrypt"}
        reply.get("Configuration", reply)["Environment"] = {"Error": error}
        return json.dumps(reply).encode()

    proxy.fault(modes.rewrite(undecrypted), "GetFunction GetFunctionConfiguration")
    assert shown(invoke, proxy, "resize")[0]["EnvironmentError"] == "no kms:Decrypt"
    ran = invoke("lambda", "env", "resize", "--set", "NEW=1", at=proxy)
    assert (ran.exit_code, proxy.count("UpdateFunctionConfiguration")) == (3, 0)
    assert "what there is would be lost" in ran.errors


def test_an_answer_that_is_not_awss_is_no_function(proxy: FaultProxy, invoke: Invoke) -> None:
    for mode in (modes.html200(), modes.empty200(), modes.no_request_id(), modes.json_not_json()):
        proxy.clear()
        proxy.fault(mode)
        for line in ("ls", "show resize", "versions resize", "aliases resize", "ls --event-source arn:aws:sqs:a:b:c"):
            ran = invoke("lambda", *line.split(), at=proxy)
            assert (ran.exit_code, ran.stdout) == (254, b""), line


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_functions_are_found_by_a_part_of_the_name_and_by_runtime(cloud: Emulator, invoke: Invoke) -> None:
    for name, runtime in (("Orders-in", "python3.12"), ("orders-out", "nodejs22.x")):
        make_function(cloud, name, Runtime=runtime)

    def names(*words: str) -> set[str]:
        ran = invoke("lambda", "ls", *words, "-o", "json", at=cloud).ok()
        return {row["FunctionName"] for row in ran.json()}

    assert names() == {"resize", "Orders-in", "orders-out"}
    assert names("orders") == {"Orders-in", "orders-out"}
    assert names("--runtime", "node") == {"orders-out"}
    (row,) = invoke("lambda", "ls", "resize", "-l", "-o", "json", at=cloud).ok().json()
    assert row["State"] in ("Active", "Pending")
    assert row["LastModified"].endswith("+00:00")


def test_many_functions_come_page_by_page(proxy: FaultProxy, invoke: Invoke) -> None:
    def page(start: int, marker: str | None) -> Mode:
        found = [{"FunctionName": f"f{number}", "Runtime": "python3.12"} for number in range(start, start + 50)]
        return described(Functions=found, NextMarker=marker)

    proxy.fault(modes.in_turn(page(0, "a"), page(50, "b"), page(100, None)), "ListFunctions")
    assert len(invoke("lambda", "ls", "--all", "-o", "json", at=proxy).ok().json()) == 150
    assert proxy.count("ListFunctions") == 3
    proxy.clear()
    # Names complete from the first page that has any.
    names = Kit(proxy.url).view("lambda ls f149")
    assert isinstance(names, Table)
    proxy.fault(modes.in_turn(page(0, "a"), page(50, "b"), page(100, None)), "ListFunctions")
    assert [row[0] for row in next(names.fetch(PageRequest())).rows] == ["f149"]
    proxy.clear()
    proxy.fault(modes.in_turn(page(0, "a"), page(50, "b")), "ListFunctions")
    ran = invoke("lambda", "ls", "--all", at=proxy)
    assert "repeats itself" in ran.errors
    assert proxy.count("ListFunctions") < 5


def test_pinned_functions_are_shown_where_listing_is_denied(cloud: Emulator, proxy: FaultProxy) -> None:
    arn = f"arn:aws:lambda:us-east-1:{cloud.account_id}:function:resize"
    warnings: list[str] = []
    calls = (LIST_FUNCTIONS, GET_CONFIGURATION, LIST_EVENT_SOURCE_MAPPINGS)
    made = session(proxy.url, *calls, pins=(arn, "s3://photos"), notify=warnings.append)
    proxy.fault(modes.access_denied("lambda:ListFunctions"), "ListFunctions")
    function: Any = ls.callback
    (page,) = function(made, "", long=False, runtime=None, event_source=None).fetch(PageRequest())
    assert [row[:2] for row in page.rows] == [("resize", "python3.12")]
    assert warnings == ["every function but the pinned ones left out: lambda:ListFunctions is denied"]


def test_the_functions_of_a_queue_and_of_a_table(furnished: Emulator, proxy: FaultProxy, invoke: Invoke) -> None:
    def names(source: str, *words: str) -> list[str]:
        rows = invoke("lambda", "ls", *words, "--event-source", source, "-o", "json", at=proxy).ok().json()
        return [row["FunctionName"] for row in rows]

    queue = f"arn:aws:sqs:us-east-1:{furnished.account_id}:orders"
    assert names(queue) == ["resize"]
    assert names(queue, "other") == []
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/shop"
    function = "arn:aws:lambda:us-east-1:123456789012:function:audit:prod"
    mappings = [
        {"EventSourceArn": f"{table}/stream/2026", "FunctionArn": function, "UUID": "1"},
        {"EventSourceArn": f"{table}-other/stream/2026", "FunctionArn": "x", "UUID": "2"},
        {"UUID": "3"},
    ]
    proxy.fault(described(EventSourceMappings=mappings), "ListEventSourceMappings")
    assert names(table) == ["audit:prod"]
    assert invoke("lambda", "ls", "--event-source", "orders", at=proxy).exit_code == 252


def test_a_layer_is_shown_without_the_link_to_its_code(cloud: Emulator, invoke: Invoke) -> None:
    made = cloud.client("lambda").publish_layer_version(LayerName="vat", Content={"ZipFile": archive({"a": "b"})})
    ran = invoke("lambda", "layer", made["LayerVersionArn"], "-o", "json", at=cloud).ok()
    assert (ran.json()["Version"], ran.json()["CodeSize"]) == (1, made["Content"]["CodeSize"])
    assert "Location" not in ran.text
    assert (
        invoke("lambda", "layer", made["LayerVersionArn"].replace("us-east-1", "eu-west-1"), at=cloud).exit_code == 252
    )
