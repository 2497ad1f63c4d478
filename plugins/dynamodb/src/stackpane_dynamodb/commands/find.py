"""``dynamodb find``: the items that an expression means, by the cheapest way there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import Field, Record, Section, Table, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM, QUERY, SCAN
from stackpane_dynamodb.finding import Find, check_scan, reading_options
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.expressions.plan import Access
    from stackpane_dynamodb.tables import Model


@command("find", calls=(DESCRIBE_TABLE, GET_ITEM, QUERY, SCAN))
@click.argument("table", type=TABLE)
@click.argument("text", metavar="EXPRESSION")
@click.option("--explain", is_flag=True, help="Show the way that would be taken, and what it may cost; read nothing.")
@click.option("--scan", "may_scan", is_flag=True, help="Read the whole table where nothing else finds it.")
@click.option("--index", metavar="NAME", help="By the keys of this index; the best one unless given.")
@reading_options
def find(session: Session, table: str, explain: bool, may_scan: bool, **options: Any) -> Table | Record:
    """Find the items that an expression means: by their key, by the best index, by a scan as the last resort.

    status = open and created > 2d and begins_with(sk, "ORDER#")

    Comparisons are =, !=, <, <=, >, >=, between … and …, in (…); functions are begins_with, contains, exists, missing,
    type and size; and, or, not and brackets join them. A word on the right is a text, 2d is two days ago. Names with
    other characters stand in backticks, and any value may be written as j'{"$SS": ["a"]}'.
    """
    search = Find(session, table, may_scan=may_scan, **options)
    model = search.model()
    access = search.access(model)
    if explain:
        return _explained(search, model, access)
    check_scan(model, access, allowed=may_scan)
    return search.view(model, access)


def _explained(search: Find, model: Model, access: Access) -> Record:
    """The way that would be taken."""
    from stackpane_dynamodb.expressions.render import Names

    names = Names(model.types)
    estimate = access.estimate()
    known = access.index.items > 0
    bound = "unknown; at least " if not known else "at most " if estimate.at_most else "about "
    chains = [" AND ".join(map(names.condition, chain)) for chain in access.chains if chain]
    said = {
        "Access": {"get": "GetItem", "query": "Query", "scan": "Scan"}[access.kind],
        "Index": access.index.name or "(the table)",
        "KeyCondition": chains[0] if len(chains) == 1 else " OR ".join(f"({each})" for each in chains) or None,
        "Chains": f"{len(chains):,}, one after the other" if len(chains) > 1 else None,
        "Filter": names.condition(access.rest) if access.rest is not None else None,
        "FilteredHere": names.condition(access.local) if access.local is not None else None,
        "Lacks": f"items without {access.lacking}" if access.lacking is not None else None,
    }
    if not access.index.counted:
        whose = "the table's: the index has none yet" if access.index.items else "none yet"
        said["Counts"] = f"{whose}; AWS brings them up to date about every six hours"
    placeholders = names.members
    costs = (
        Field("Pages", f"{bound}{estimate.pages:,}"),
        Field("ReadUnits", f"{bound}{estimate.units:,.1f}"),
        Field("CountedItems", access.index.items, "number"),
        Field("CountedBytes", access.index.size, "size"),
    )
    sections = [
        Section("", tuple(Field(name, value) for name, value in said.items() if value is not None)),
        Section("Cost, by AWS's counts of the last hours", costs),
        Section("Placeholders", tuple(Field(name, value, "json") for name, value in placeholders.items())),
        Section("Passed over", tuple(Field(name, reason) for name, reason in access.passed_over)),
    ]
    return Record(f"{search.table}: {search.text}", tuple(section for section in sections if section.fields))
