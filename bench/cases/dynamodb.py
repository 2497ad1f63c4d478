"""Amazon DynamoDB: a table read to its end, into each form of file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bench.comparing import MEMORY, SCRIPTS, Bench, Figure, Result, emptied
from bench.measure import Command, server

_SCAN = SCRIPTS / "boto3_scan.py"
ITEMS = 100_000


def exports(bench: Bench) -> Iterator[Result]:
    """Exports of 100,000 items of 450 bytes, each against what people use for it."""
    table = f"items-{ITEMS}"
    with server() as at:
        make = bench.commands(at)
        aws, boto3 = make.aws("dynamodb", "scan", "--table-name", table, "--output", "json"), make.boto3(_SCAN, table)
        forms: dict[str, list[tuple[Command, Figure, float]]] = {
            "DynamoDB-JSON": [(aws, "cpu", 1 / 20), (aws, "memory", 1 / 5)],
            "plain JSON lines": [(boto3, "cpu", 1 / 8)],
            "Parquet": [(boto3, "cpu", 1 / 10)],
        }
        names = {"DynamoDB-JSON": "items.json", "plain JSON lines": "items.jsonl", "Parquet": "items.parquet"}
        for form, peers in forms.items():
            target = bench.folder / "exported"
            words = ("dynamodb", "export", table, str(target / names[form]))
            ours = replace(make.stackpane(*words), before=partial(emptied, target))
            case = f"export {ITEMS:,} items as {form}"
            yield from bench.compare("dynamodb", case, ours, peers)
            yield from bench.alone("dynamodb", case, ours, MEMORY)


CASES = {"dynamodb": exports}
