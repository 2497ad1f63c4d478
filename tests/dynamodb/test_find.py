"""``find``, ``query`` and ``get`` on the command line: the plan that is shown, the scan that is refused, one item."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.policy.statements import declared_calls
from stackpane.testing import HOSTILE_TEXTS, Kit, unsafe_characters
from tests.dynamodb.stage import make_table
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

ITEMS: list[dict[str, Any]] = [
    {"pk": {"S": f"p{number % 2}"}, "sk": {"S": f"s{number}"}, "kind": {"S": "x"}, "at": {"S": f"{number}"}}
    for number in range(6)
]


@pytest.fixture
def shop(aws: Emulator) -> Emulator:
    indexes = {"by-kind": [("kind", "S"), ("at", "S")]}
    make_table(aws, "shop", [("pk", "S"), ("sk", "S")], ITEMS, indexes=indexes)
    return aws


def test_the_plan_is_shown_and_nothing_is_read(shop: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    text = "kind = x and at > 1 and at < 4 and pk = p1 and more = 5"
    result = invoke("dynamodb", "find", "shop", text, "--explain", "--index", "by-kind", "-o", "json", at=faults).ok()
    assert faults.operations == ["DescribeTable"]
    for part in (
        "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
        '"FilteredHere": "(#n1 > :v',
        '"Index": "by-kind"',
        '"Access": "Query"',
        "at most",
    ):
        assert part in result.text


def test_a_plan_says_which_indexes_were_passed_over_and_what_an_index_lacks(shop: Emulator, invoke: Invoke) -> None:
    passed = invoke("dynamodb", "find", "shop", "kind = x", "--explain", "--consistent", "-o", "json", at=shop).ok()
    assert '"Access": "Scan"' in passed.text
    assert "a global index has no consistent reads" in passed.text
    lacking = invoke("dynamodb", "find", "shop", "kind = x", "--explain", at=shop).ok()
    assert "items without at" in lacking.text
    found = invoke("dynamodb", "find", "shop", "kind = x", "-o", "jsonl", at=shop).ok()
    assert len(found.lines) == 6
    assert "Read by index by-kind, which does not have items without at." in found.errors


def big(body: bytes) -> bytes:
    """The description of a table that is too big to be scanned without a word."""
    described = json.loads(body)
    described["Table"] |= {"TableSizeBytes": 64 << 20, "ItemCount": 1 << 20}
    return json.dumps(described).encode()


def test_a_big_table_is_not_scanned_unless_told(shop: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(modes.rewrite(big), "DescribeTable")
    refused = invoke("dynamodb", "find", "shop", "more = 5", at=faults)
    assert refused.exit_code == 3
    assert "64.0 MiB, about 8,192 read units" in refused.errors
    assert faults.operations == ["DescribeTable"]
    assert invoke("dynamodb", "find", "shop", "sk = s1", "--scan", "-o", "jsonl", at=faults).ok().lines
    assert invoke("dynamodb", "find", "shop", "pk = p1", "-o", "jsonl", at=faults).ok().lines


def test_a_query_wants_a_partition_key_and_says_which(shop: Emulator, invoke: Invoke) -> None:
    result = invoke("dynamodb", "query", "shop", "at = 1", at=shop)
    assert result.exit_code == 252
    assert "pk (the table), kind (index by-kind)" in result.errors


def test_a_query_comes_in_the_order_of_the_sort_key_or_against_it(shop: Emulator, invoke: Invoke) -> None:
    def found(*options: str) -> list[str]:
        result = invoke("dynamodb", "query", "shop", "pk = p1", "--query", "[].sk", "-o", "json", *options, at=shop)
        return [str(each) for each in result.ok().json()]

    assert found() == ["s1", "s3", "s5"]
    assert found("--reverse") == ["s5", "s3", "s1"]
    result = invoke(
        "dynamodb", "query", "shop", "pk = p1 and sk in (s1, s5, s3)", "--reverse", "--query", "[].sk", "-o", "json",
        at=shop,
    )  # fmt: skip
    assert result.ok().json() == ["s5", "s3", "s1"]


def test_an_item_is_a_document_plain_or_with_its_types(aws: Emulator, invoke: Invoke) -> None:
    item: dict[str, Any] = {"id": {"N": "5"}, "tags": {"SS": ["a"]}, "price": {"N": "1.5"}, "raw": {"B": "AAE="}}
    make_table(aws, "things", [("id", "N")], [item])
    plain = invoke("dynamodb", "get", "things", "5", at=aws).ok()
    assert plain.json() == {"id": 5, "tags": {"$SS": ["a"]}, "price": 1.5, "raw": {"$B": "AAE="}}
    assert invoke("dynamodb", "get", "things", "5", "--dynamodb-json", at=aws).ok().json() == item
    missing = invoke("dynamodb", "get", "things", "6", at=aws)
    assert (missing.exit_code, missing.text) == (254, "")
    assert "things has no item 6" in missing.errors


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a"], "an item of shop goes by its key: pk (S) sk (S)"),
        (["a", "b", "c"], "goes by its key"),
        (["a", ""], "sk is empty, and no key can be"),
    ],
)
def test_a_key_that_cannot_be_is_refused_before_it_is_asked_for(
    shop: Emulator, faults: FaultProxy, invoke: Invoke, words: list[str], says: str
) -> None:
    result = invoke("dynamodb", "get", "shop", *words, at=faults)
    assert result.exit_code == 252
    assert says in result.errors
    assert faults.count("GetItem") == 0


READING = {
    "ls": ["ls", "ls --long"],
    "scan": ["scan shop", "scan shop --segments 2", "scan shop --index by-kind"],
    "query": ["query shop 'pk = p1'", "query shop 'pk = p1 and sk = s1'"],
    "find": ["find shop 'pk = p1 and sk = s1'", "find shop 'pk = p1'", "find shop 'a = 1'", "find shop a=1 --explain"],
    "get": ["get shop p1 s1"],
}


def test_reading_makes_the_calls_that_are_declared_shows_what_is_hostile_and_leads_somewhere(moto: Emulator) -> None:
    moto.reset()
    hostile: dict[str, Any] = {f"{text}": {"S": text} for text in HOSTILE_TEXTS}
    hostile |= {"pk": {"S": HOSTILE_TEXTS[0]}, "sk": {"S": HOSTILE_TEXTS[4]}, "at": {"S": HOSTILE_TEXTS[3]}}
    indexes = {"by-kind": [("kind", "S"), ("at", "S")]}
    make_table(moto, "shop", [("pk", "S"), ("sk", "S")], [*ITEMS, hostile], indexes=indexes)
    kit = Kit(moto.url)
    for name, lines in READING.items():
        for line in lines:
            ran = kit.run(f"dynamodb {line}")
            assert kit.unresolved(kit.links(ran)) == [], line
            for form, text in kit.shown(ran):
                assert not unsafe_characters(text), (line, form)
        declared = {call.name for call in declared_calls(kit.command(["dynamodb", name]))}
        assert kit.seen["dynamodb", name] == declared, name
    rows = kit.run("dynamodb scan shop").dicts
    assert {row["sk"] for row in rows} == {item["sk"]["S"] for item in [*ITEMS, hostile]}


def test_json_that_a_string_holds_folds_out_on_request(moto: Emulator, invoke: Invoke) -> None:
    moto.reset()
    held = {
        "pk": {"S": '{"a": 1}'},
        "specs": {"S": '{"weight": 9.50, "care": ["dry", {"x": "[1]"}]}'},
        "n": {"S": "[no"},
    }
    make_table(moto, "shop", [("pk", "S")], [held])
    said = {"pk": '{"a": 1}', "specs": {"weight": 9.5, "care": ["dry", {"x": [1]}]}, "n": "[no"}
    assert invoke("dynamodb", "get", "shop", '{"a": 1}', "--unfold", at=moto).ok().json() == said
    assert invoke("dynamodb", "scan", "shop", "--unfold", "-o", "json", at=moto).ok().json() == [said]
    assert invoke("dynamodb", "get", "shop", '{"a": 1}', at=moto).ok().json()["specs"] == held["specs"]["S"]
    assert invoke("dynamodb", "get", "shop", "a", "--unfold", "--dynamodb-json", at=moto).exit_code == 252
