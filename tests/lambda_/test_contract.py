"""Lambda keeps the contract of plugins; every command declares exactly the calls it makes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import pytest

from stackpane.testing import HOSTILE_TEXTS, Kit, PluginContract
from stackpane_lambda.events.store import Store
from tests.harness.faultproxy import FaultProxy
from tests.lambda_.stage import archive, described, make_function

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator

CODE = f"""
TEXTS = {HOSTILE_TEXTS!r}

def handler(event, context):
    for text in TEXTS:
        print(text)
    return {{text: text for text in TEXTS}}
"""


@pytest.fixture
def aws_endpoint(ministack: Emulator) -> str:
    """The emulator that runs functions, emptied."""
    ministack.reset()
    return ministack.url


@pytest.fixture
def kit(aws_endpoint: str) -> Kit:
    return Kit(aws_endpoint)


class TestLambda(PluginContract):
    plugin = "lambda"
    runs: ClassVar[tuple[str, ...]] = (
        "lambda ls",
        "lambda ls --long",
        "lambda ls --event-source {queue}",
        "lambda show hostile",
        "lambda versions hostile",
        "lambda aliases hostile",
        "lambda layer {layer}",
        "lambda invoke hostile",
        "lambda invoke hostile:live --event one",
        "lambda invoke hostile --dry-run",
        "lambda history hostile",
        "lambda env hostile --set NEW=1",
        "lambda env hostile",
        "lambda config hostile --memory 256",
        "lambda code hostile code --overwrite",
        "lambda event ls",
        "lambda event show hostile one",
        "lambda event templates",
        "lambda event templates sqs",
        "lambda event save hostile two {} --overwrite",
        "lambda event rm hostile two",
    )

    @pytest.fixture(autouse=True)
    def _emulator(self, ministack: Emulator) -> None:
        self.aws = ministack

    def prepare(self, aws_endpoint: str) -> Mapping[str, str]:
        """A function whose texts are hostile, and an event to run it with."""
        client, everything = self.aws.client("lambda"), " ".join(HOSTILE_TEXTS)
        layer = client.publish_layer_version(LayerName="vat", Content={"ZipFile": archive({"a": "b"})}, Description="a")
        make_function(
            self.aws,
            "hostile",
            CODE,
            Description=everything[:250],
            Environment={"Variables": {f"V{number}": text for number, text in enumerate(HOSTILE_TEXTS)}},
            Layers=[layer["LayerVersionArn"]],
            Tags={f"t{number}": text for number, text in enumerate(HOSTILE_TEXTS)},
        )
        client.get_waiter("function_active_v2").wait(FunctionName="hostile", WaiterConfig={"Delay": 1})
        client.publish_version(FunctionName="hostile", Description=everything[:250])
        client.create_alias(FunctionName="hostile", Name="live", FunctionVersion="1", Description=everything[:250])
        queue = self.aws.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        arn = self.aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        client.create_event_source_mapping(EventSourceArn=arn["QueueArn"], FunctionName="hostile", Enabled=False)
        Store.here().save("hostile", "one", json.dumps(HOSTILE_TEXTS, ensure_ascii=False), overwrite=True)
        return {"queue": arn["QueueArn"], "layer": layer["LayerVersionArn"]}

    def provoke(self, kit: Kit, aws_endpoint: str) -> None:
        """The registry of shared events, which the emulator has not."""
        with FaultProxy(aws_endpoint) as proxy:
            content = {"components": {"examples": {"shared": {"value": HOSTILE_TEXTS}}}}
            proxy.fault(described(Content=json.dumps(content)), "DescribeSchema")
            kit.run("lambda event import hostile", endpoint_url=proxy.url)


def test_a_policy_names_functions_their_versions_and_their_logs(cli: Cli) -> None:
    asked = cli("policy", "--service", "lambda", "--scope", "function=shop-*", "--region", "eu-west-1").ok()
    statements = asked.json()["Statement"]
    resources = {resource: each["Action"] for each in statements for resource in each["Resource"] if resource != "*"}
    function = "arn:aws:lambda:eu-west-1:*:function:shop-*"
    assert "lambda:InvokeFunction" in resources[function]
    assert "lambda:InvokeFunction" in resources[f"{function}:*"]
    assert any("logs:FilterLogEvents" in actions for actions in resources.values())
    reading = cli("policy", "--service", "lambda", "--read-only").ok().json()["Statement"]
    granted = {action for each in reading for action in each["Action"]}
    changing = re.compile(r"lambda:(?!Get|List)|schemas:(?!Describe)|logs:(?!Filter)")
    assert [action for action in granted if changing.match(action)] == []
