"""``dynamodb copy`` and ``diff``: the same items elsewhere, and what two tables differ in."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dynamodb.moving import contents, fill, key_items, new_table, same
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

ITEMS = key_items(120)


@pytest.fixture
def source(aws: Emulator) -> str:
    """A table to copy."""
    new_table(aws, "source")
    fill(aws, "source", ITEMS)
    return "source"


def test_a_copy_that_is_killed_goes_on_and_the_tables_are_equal(
    source: str, aws: Emulator, faults: FaultProxy, cli: Cli
) -> None:
    command = ("dynamodb", "copy", source, "target", "--create", "--segments", "3", "-y")
    fault = faults.fault(modes.hang_after_body(), "BatchWriteItem", after=3)
    process = cli.start(*command, at=faults)
    fault.wait()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    faults.clear()
    fault.release()
    cli(*command, at=faults).ok()
    assert contents(aws, "target") == same(ITEMS)
    assert cli("dynamodb", "diff", source, "target", "-o", "json", at=aws).ok().json() == []


def test_a_copy_onto_items_shows_a_plan_and_none_onto_other_keys(source: str, aws: Emulator, invoke: Invoke) -> None:
    new_table(aws, "target")
    fill(aws, "target", ITEMS[:1])
    asked = invoke("dynamodb", "copy", source, "target", at=aws)
    assert asked.exit_code == 3
    assert "replaced as a whole" in asked.errors
    new_table(aws, "numbered", "id:N")
    other = invoke("dynamodb", "copy", source, "numbered", at=aws)
    assert other.exit_code == 252
    assert "has other keys" in other.errors
    assert invoke("dynamodb", "copy", source, source, at=aws).exit_code == 252


def test_nothing_is_written_in_a_region_of_a_read_only_connection(source: str, aws: Emulator, invoke: Invoke) -> None:
    refused = invoke(
        "dynamodb", "copy", source, "target", "--create", "--to-region", "eu-west-1", "--read-only", at=aws
    )
    assert refused.exit_code == 3
    assert invoke("dynamodb", "ls", "--region", "eu-west-1", "-o", "json", at=aws).ok().json() == []


def test_masked_values_have_the_same_type_and_the_same_ones_stay_the_same(aws: Emulator, invoke: Invoke) -> None:
    new_table(aws, "source")
    people = [
        {"id": {"S": str(number)}, "name": {"S": name}, "age": {"N": "41"}, "more": {"M": {"tags": {"SS": ["a", "b"]}}}}
        for number, name in enumerate(["Ann", "Bob", "Ann"])
    ]
    fill(aws, "source", people)
    invoke("dynamodb", "copy", "source", "target", "--create", "--mask", "name,age,more.tags", at=aws).ok()
    found = [value for _, value in sorted(contents(aws, "target").items())]
    names = [item["name"][1] for item in found]
    assert names[0] == names[2] != names[1]
    assert not {"Ann", "Bob"} & set(names)
    assert {item["age"][0] for item in found} == {"N"}
    assert len({item["age"][1] for item in found}) == 1
    assert all(item["more"][1]["tags"][0] == "SS" and len(item["more"][1]["tags"][1]) == 2 for item in found)
    assert [item["id"] for item in found] == [("S", "0"), ("S", "1"), ("S", "2")]


def test_a_masked_copy_goes_on_by_its_own_key(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, no_pauses: list[float]
) -> None:
    new_table(aws, "source")
    fill(aws, "source", [{"id": {"S": str(number)}, "name": {"S": "Ann"}} for number in range(60)])
    Path("key").write_bytes(b"k" * 32)
    expired = modes.error(400, "ExpiredTokenException", "The security token included in the request is expired")
    faults.fault(expired, "BatchWriteItem", after=1)
    masked = ("--mask", "name", "--mask-key", "key")
    stopped = invoke("dynamodb", "copy", "source", "target", "--create", *masked, "--segments", "1", at=faults)
    assert stopped.exit_code == 253
    faults.clear()
    goes_on = stopped.errors.partition("Go on with: stackpane ")[2].splitlines()[0].split()
    assert "--mask-key=key" in goes_on
    invoke(*goes_on, "--yes", at=faults).ok()
    found = contents(aws, "target").values()
    assert len(found) == 60
    assert len({item["name"] for item in found}) == 1


def test_a_comparison_shows_what_differs_and_nothing_else(aws: Emulator, invoke: Invoke) -> None:
    new_table(aws, "left")
    new_table(aws, "right")
    fill(
        aws,
        "left",
        [
            {"id": {"S": "a"}, "n": {"N": "1"}, "s": {"SS": ["x", "y"]}},
            {"id": {"S": "b"}, "m": {"M": {"x": {"N": "1"}, "y": {"NULL": True}}}},
            {"id": {"S": "c"}, "only": {"BOOL": True}},
        ],
    )
    fill(
        aws,
        "right",
        [
            {"id": {"S": "a"}, "n": {"N": "1.0"}, "s": {"SS": ["y", "x"]}},
            {"id": {"S": "b"}, "m": {"M": {"x": {"N": "2"}, "y": {"NULL": True}}}},
            {"id": {"S": "d"}},
        ],
    )
    rows = invoke("dynamodb", "diff", "left", "right", "-o", "json", at=aws).ok().json()
    assert rows == [
        {"id": "b", "Path": "m.x", "Left": 1, "Right": 2},
        {"id": "c", "Path": "", "Left": {"only": True}, "Right": None},
        {"id": "d", "Path": "", "Left": None, "Right": {}},
    ]
    assert invoke("dynamodb", "diff", "left", "a", "--with", "c", "-o", "json", at=aws).ok().json()[0] == {
        "Path": "id",
        "Left": "a",
        "Right": "c",
    }
