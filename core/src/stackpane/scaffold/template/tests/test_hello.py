import boto3
import pytest

from stackpane.testing import HOSTILE_TEXTS, Kit, PluginContract

ARN = "arn:aws:sns:us-east-1:123456789012:news"
DISGUISED = next(text for text in HOSTILE_TEXTS if "\u202e" in text)


def create_topic(endpoint: str) -> str:
    """A topic, made with a plain client."""
    client = boto3.client("sns", endpoint_url=endpoint, region_name="us-east-1")
    arn: str = client.create_topic(Name="news", Attributes={"DisplayName": DISGUISED})["TopicArn"]
    return arn


class TestContract(PluginContract):
    plugin = "hello"
    runs = ("hello ls", f"hello show {ARN}", f"hello publish {ARN} hi")

    def prepare(self, aws_endpoint: str) -> None:
        create_topic(aws_endpoint)


@pytest.fixture
def topic(aws_endpoint: str) -> str:
    return create_topic(aws_endpoint)


def test_topics_are_listed_and_lead_to_their_record(kit: Kit, topic: str) -> None:
    ran = kit.run("hello ls")
    assert ran.dicts == [{"Name": "news", "TopicArn": topic}]
    (link,) = kit.links(ran)
    assert kit.run(*link.to_argv()).fields["TopicArn"] == topic


def test_a_message_is_published(kit: Kit, topic: str) -> None:
    ran = kit.run("hello", "publish", "--", topic, "-dashed message")
    assert ran.outcome is not None
    assert ran.outcome.result["MessageId"]
