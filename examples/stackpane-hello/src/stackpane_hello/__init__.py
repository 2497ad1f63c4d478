"""Amazon SNS for Stackpane: list topics, show one, publish to it."""

import click

import stackpane
from stackpane import Call, Column, Effect, Field, Link, Outcome, Record, Section, Service, Session, Table, hookimpl

TOPIC = ("arn:{partition}:sns:{region}:{account}:{topic}",)
LIST_TOPICS = Call("sns:ListTopics", ("sns:ListTopics",), note="shows the names of all topics of the region")
GET_TOPIC = Call("sns:GetTopicAttributes", ("sns:GetTopicAttributes",), TOPIC)
PUBLISH = Call("sns:Publish", ("sns:Publish",), TOPIC, Effect.ONCE)


@stackpane.command("ls", calls=(LIST_TOPICS,))
def ls(session: Session) -> Table:
    """List the topics."""

    def read(token: str | None, _size: int | None) -> tuple[list[stackpane.Row], str | None]:
        reply = session.client("sns").list_topics(**({"NextToken": token} if token else {}))
        arns = [topic["TopicArn"] for topic in reply["Topics"]]
        return [(arn.rpartition(":")[2], arn) for arn in arns], reply.get("NextToken")

    columns = (Column("Name"), Column("TopicArn", "arn"))
    return Table(columns, stackpane.paged(read), link=lambda row: Link.to("hello show", row[1]))


@stackpane.command("show", calls=(GET_TOPIC,))
@click.argument("arn")
def show(session: Session, arn: str) -> Record:
    """Show a topic."""
    attributes = session.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    fields = tuple(Field(name, value) for name, value in sorted(attributes.items()))
    publish = Link.to("hello publish", arn, label="Publish a message")
    url = session.console_url(f"sns/v3/home?region={session.region}#/topic/{arn}")
    return Record(arn.rpartition(":")[2], (Section("", fields),), arn=arn, console_url=url, links=(publish,))


@stackpane.command("publish", calls=(PUBLISH,))
@click.argument("arn")
@click.argument("message")
def publish(session: Session, arn: str, message: str) -> Outcome:
    """Publish a message to a topic; it is sent once, whatever the network does."""
    reply = session.client("sns").publish(TopicArn=arn, Message=message)
    return Outcome("Published the message.", result={"MessageId": reply["MessageId"]})


hello = stackpane.group("hello", "SNS topics.", {name: f"stackpane_hello:{name}" for name in ("ls", "show", "publish")})


@hookimpl
def stackpane_service() -> Service:
    """Add the service."""
    home = Link.to("hello ls", label="Topics")
    return Service("hello", "Amazon SNS", "SNS topics.", "stackpane_hello:hello", home=home, probe=home)


@hookimpl
def stackpane_open(target: str) -> Link | None:
    """Open a topic's ARN."""
    return Link.to("hello show", target) if target.startswith("arn:") and ":sns:" in target else None
