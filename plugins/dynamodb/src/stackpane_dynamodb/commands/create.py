"""``dynamodb create``: make a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Job, Plan, command
from stackpane_dynamodb.calls import CREATE_TABLE, DESCRIBE_TABLE, UPDATE_TIME_TO_LIVE
from stackpane_dynamodb.params import TABLE
from stackpane_dynamodb.tableoptions import INDEX, STREAM_VIEWS, capacity_options

if TYPE_CHECKING:
    from stackpane import Session


@command("create", calls=(DESCRIBE_TABLE, CREATE_TABLE, UPDATE_TIME_TO_LIVE))
@click.argument("table", type=TABLE)
@click.option("--key", "keys", multiple=True, metavar="NAME:TYPE", help="The partition key, then the sort key.")
@capacity_options
@click.option("--index", "indexes", multiple=True, metavar=INDEX, help="A global index.")
@click.option("--local-index", "local_indexes", multiple=True, metavar="NAME:SORT:TYPE[:…]", help="A local index.")
@click.option("--stream", type=click.Choice(STREAM_VIEWS, case_sensitive=False), help="Have a stream of what changes.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag.")
@click.option("--ttl", metavar="ATTRIBUTE", help="Items expire at the time (epoch seconds) in this attribute.")
@click.option("--from", "source", metavar="FILE", help="JSON as CreateTable takes it or describe-table gives it, or -.")
def create(
    session: Session, table: str, tags: tuple[str, ...], ttl: str | None, source: str | None, **options: Any
) -> Job | Plan:
    """Make a table, and return when it can be used: create shop --key pk:S --key sk:S --index by-mail:mail:S.

    Types are S (string), N (number) and B (binary). An index has all attributes unless KEYS_ONLY or a list of them
    (a,b) ends it. A table is paid per request unless units are given.
    """
    from stackpane_dynamodb.tablecreation import Creation
    from stackpane_dynamodb.tablespec import IndexSpec, Key, TableSpec

    named = _tags(tags)
    if source is not None:
        given = [name for name, value in options.items() if value]
        if given:
            raise InvalidInput("--from says what the table is like", "Only --tag and --ttl go with it.")
        return Creation(session, _from(session, source, table, named), ttl).view()
    if not options["keys"]:
        raise InvalidInput("a table has a key", "Give --key NAME:TYPE, or all of it with --from FILE.")
    spec = TableSpec(
        table,
        [Key.parse(text) for text in options.pop("keys")],
        [IndexSpec.parse(text) for text in options.pop("indexes")],
        [IndexSpec.parse(text, local=True) for text in options.pop("local_indexes")],
        tags=named,
        **options,
    )
    return Creation(session, spec.request(), ttl).view()


def _from(session: Session, source: str, table: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """The request that a file says."""
    from stackpane.inputs import given_text
    from stackpane_dynamodb.tablespec import request_from_text, tags_of

    model = session.client("dynamodb").meta.service_model.operation_model("CreateTable")
    request = request_from_text(given_text(source if source == "-" else f"@{source}"), model.input_shape, table)
    if tags:
        request["Tags"] = [*(tag for tag in request.get("Tags", ()) if tag["Key"] not in tags), *tags_of(tags)]
    return request


def _tags(given: tuple[str, ...]) -> dict[str, str]:
    tags = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise InvalidInput(f"--tag wants KEY=VALUE, not {text!r}")
        tags[name] = value
    return tags
