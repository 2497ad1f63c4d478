"""A plugin for tests of the browser: a service whose commands need no AWS, and do what a test tells them."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator

import click

import stackpane
from stackpane import (
    Call,
    Column,
    Document,
    Effect,
    Field,
    Job,
    Link,
    Outcome,
    Page,
    PageRequest,
    Plan,
    Progress,
    Record,
    Section,
    Service,
    Session,
    Stream,
    Table,
    View,
    hookimpl,
)

READ = Call("toy:Get", ("toy:Get",))
WRITE = Call("toy:Put", ("toy:Put",), effect=Effect.WRITE)

ROWS = 60
release = threading.Event()
"""What ``toy hang`` waits for."""
sent: list[str] = []
"""What was changed, by whatever command."""
names: list[str] = []
"""The names of the rows of ``toy ls``; numbered ones where there are none."""


def reset() -> None:
    """As it is before a test."""
    release.clear()
    sent.clear()
    names.clear()


@stackpane.command("ls", calls=(READ,))
@click.argument("prefix", required=False, default="")
def ls(session: Session, prefix: str) -> Table:
    """List toys."""
    shown = [name for name in names or [f"toy-{number:03}" for number in range(ROWS)] if name.startswith(prefix)]

    def fetch(_request: PageRequest) -> Iterator[Page]:
        yield Page([(name, len(name), f"arn:aws:toy:us-east-1:123456789012:{name}") for name in shown])

    return Table(
        (Column("Name"), Column("Size", "size"), Column("Arn", "arn")),
        fetch,
        title="Toys",
        link=lambda row: Link.to("toy show", row[0], label="Show"),
        actions=lambda row: (
            Link.to("toy put", row[0], label="Put"),
            Link.to("toy rm", row[0], label="Delete"),
            Link.to("toy cat", row[0], label="Read"),
        ),
    )


@stackpane.command("show", calls=(READ,))
@click.argument("name")
def show(session: Session, name: str) -> Record:
    """Show a toy."""
    fields = (Field("Name", name), Field("Region", session.region), Field("Secret", "hunter2-in-toy", secret=True))
    return Record(
        name,
        (Section("", fields),),
        arn=f"arn:aws:toy:us-east-1:123456789012:{name}",
        console_url="https://console.aws.amazon.com/toy",
        tags={name: name},
        links=(Link.to("toy put", name, label="Put"), Link.to("toy rm", name, label="Delete")),
    )


@stackpane.command("cat", calls=(READ,))
@click.argument("name")
def cat(_session: Session, name: str) -> Document:
    """Read a toy."""
    return Document(f"{name}\n".encode(), "text/plain", name)


@stackpane.command("tail", calls=(READ,))
def tail(_session: Session) -> Stream:
    """Follow toys."""
    return Stream(
        (Column("timestamp", "time"), Column("message")), lambda: iter([(None, name) for name in names]), "Tail"
    )


@stackpane.command("put", calls=(WRITE,))
@click.argument("name")
def put(_session: Session, name: str) -> Outcome:
    """Change a toy."""
    sent.append(f"put {name}")
    return Outcome(f"Put {name}.", undo=Link.to("toy rm", name, label="Delete"))


@stackpane.command("rm", calls=(WRITE,))
@click.argument("name")
def rm(_session: Session, name: str) -> Plan:
    """Delete a toy."""

    def run() -> Generator[Progress, None, Outcome]:
        yield Progress(0, 1, "toys", name)
        sent.append(f"rm {name}")
        return Outcome(f"Deleted {name}.")

    return Plan(f"Delete {name}", 1, lambda: iter((name,)), name, lambda: Job(f"Delete {name}", run), unit="toy")


@stackpane.command("work", calls=(WRITE,))
def work(_session: Session) -> Job:
    """Work until released."""

    def run() -> Generator[Progress, None, Outcome]:
        step = 0
        while not release.wait(0.02):
            step += 1
            yield Progress(step, None, "toys")
        return Outcome("Worked.")

    return Job("Work", run)


@stackpane.command("hang", calls=(READ,))
def hang(_session: Session) -> Outcome:
    """Answer only when released."""
    release.wait(30)
    return Outcome("Came late.")


@stackpane.command("ask", calls=(READ,))
@click.option("--secret", is_flag=True)
def ask(session: Session, *, secret: bool) -> Outcome:
    """Ask the user."""
    return Outcome(f"The answer has {len(session.ask('What is it?', secret=secret))} letters.")


@stackpane.command("question", calls=(READ,))
@click.argument("text")
def question(session: Session, text: str) -> Outcome:
    """Ask the user a question of their own."""
    return Outcome(session.ask(text))


@stackpane.command("fail", calls=(READ,))
@click.argument("message")
@click.option("--fault", is_flag=True)
def fail(session: Session, message: str, *, fault: bool) -> View:
    """Fail, with a message."""
    password = f"canary-{message}"  # what a stack with the values of variables would show
    session.warn(message)
    if fault:
        raise RuntimeError(message, len(password))
    raise stackpane.InvalidInput(message, message)


@stackpane.command("expire", calls=(READ,))
def expire(_session: Session) -> Outcome:
    """Fail as with credentials that have expired, until ``release`` is set."""
    if release.is_set():
        return Outcome("Welcome back.")
    from botocore.exceptions import ClientError

    raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "The token has expired"}}, "GetToy")


_COMMANDS = ("ls", "show", "cat", "tail", "put", "rm", "work", "hang", "ask", "question", "fail", "expire")
toy = stackpane.group("toy", "Toys.", {name: f"tests.tui.toy:{name}" for name in _COMMANDS})


@hookimpl
def stackpane_service() -> Service:
    """Add the service."""
    home = Link.to("toy ls", label="Toys")
    return Service("toy", "Toy Service", "Toys to test with.", "tests.tui.toy:toy", home=home, probe=home)


@hookimpl
def stackpane_open(target: str) -> Link | None:
    """Open a toy's ARN."""
    return Link.to("toy show", target.rpartition(":")[2]) if target.startswith("arn:aws:toy:") else None
