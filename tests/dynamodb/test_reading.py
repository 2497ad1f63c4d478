"""Items page by page: nothing twice, nothing lost, wherever a limit, a budget or a failure ends a page."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackpane import InvalidInput, PageRequest
from stackpane.cli.output.pages import Pages
from stackpane_dynamodb.finding import Find
from tests.core.support import session
from tests.dynamodb.stage import READS, make_table
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.harness.hostile import VALUES

if TYPE_CHECKING:
    from stackpane import Table
    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode

BIG = "x" * 120_000
"""Eight of these are a page."""
ITEMS: list[dict[str, Any]] = [
    {"pk": {"S": f"p{number % 3}"}, "sk": {"N": str(number)}, "kind": {"S": "xy"[number % 2]}, "big": {"S": BIG}}
    for number in range(30)
]


@pytest.fixture
def shop(moto: Emulator) -> Emulator:
    """moto with the big table, made anew only where another test has emptied it or made one of its own."""
    client = moto.client("dynamodb")
    there = "shop" in client.list_tables()["TableNames"]
    if not there or client.describe_table(TableName="shop")["Table"]["ItemCount"] != len(ITEMS):
        moto.reset()
        make_table(moto, "shop", [("pk", "S"), ("sk", "N")], ITEMS, indexes={"by-kind": [("kind", "S"), ("sk", "N")]})
    return moto


WAYS: dict[str, Callable[[Find], Table]] = {
    "a scan": lambda find: _scan(find),
    "a filtered scan": lambda find: _scan(find, text="kind = x or sk > 15"),
    "a scan in segments": lambda find: _scan(find, segments=4),
    "a filtered scan in segments": lambda find: _scan(find, text="kind = x or sk > 15", segments=3),
    "a scan of an index": lambda find: _scan(find, index="by-kind"),
    "a query": lambda find: _found(find, "kind = x"),
    "a query backwards": lambda find: _found(find, "kind = x", backwards=True),
    "a query filtered here": lambda find: _found(find, "kind = x and sk <> 4 and sk <> 8"),
    "queries of several partitions": lambda find: _found(find, "pk in (p2, p0, none, p1) and sk > 3"),
    "several items by their keys": lambda find: _found(find, "pk in (p1, p2) and sk in (1, 2, 4, 5, 100)"),
    "a projection": lambda find: _scan(find, project="kind"),
}


def _scan(find: Find, **options: Any) -> Table:
    find = Find(find.session, find.table, **options)
    model = find.model()
    return find.view(model, find.everything(model))


def _found(find: Find, text: str, **options: Any) -> Table:
    find = Find(find.session, find.table, text, **options)
    model = find.model()
    return find.view(model, find.access(model))


def read(view: Table, cursor: str | None, limit: int | None) -> tuple[list[tuple[str, int]], str | None]:
    """The keys of the next rows, and the cursor behind them unless they were the last."""
    pages = Pages(view, cursor, limit)
    rows: list[Any] = [row for batch in pages.batches() for row in batch]
    return [(row["pk"], int(row["sk"])) for row in rows], None if pages.ended else pages.cursor


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("way", WAYS)
@given(limits=st.lists(st.integers(1, 25), min_size=1, max_size=3))
def test_a_cursor_goes_on_exactly_where_a_limit_ended(shop: Emulator, way: str, limits: list[int]) -> None:
    view = WAYS[way](Find(session(shop.url, *READS), "shop"))
    whole, _ = read(view, None, None)
    assert len(whole) == len(set(whole))
    assert len(whole) > 3
    parts: list[tuple[str, int]] = []
    cursor = None
    for limit in [*limits, None]:
        part, cursor = read(view, cursor, limit)
        assert limit is None or len(part) <= limit
        parts += part
        if cursor is None:
            break
    assert (sorted(parts) == sorted(whole)) if "segments" in way else (parts == whole)


@pytest.mark.parametrize("cursor", ["", "x", "[]", "[5, null]", '["a"]', "[null]", '{"pk": {"S": "a"}}'])
def test_a_cursor_of_another_command_is_refused(shop: Emulator, cursor: str) -> None:
    find = Find(session(shop.url, *READS), "shop")
    for segments in (1, 3):
        with pytest.raises(InvalidInput, match="--cursor"):
            list(_scan(find, segments=segments).fetch(PageRequest(cursor)))


# What it costs


def goes_on(result: Result) -> list[str]:
    """The arguments of the command line that goes on, as it was printed."""
    (line,) = [line for line in result.errors.splitlines() if "more follow: " in line]
    return shlex.split(line.partition("more follow: ")[2])[1:]


@pytest.mark.parametrize("options", [[], ["--segments", "2"], ["--filter", "sk >= 0"]])
def test_a_budget_stops_before_the_next_request_and_its_command_goes_on(
    shop: Emulator, invoke: Invoke, options: list[str]
) -> None:
    command = ["dynamodb", "scan", "shop", "--all", "--max-rcu", "1", "--project", "sk", "-o", "jsonl", *options]
    seen: list[int] = []
    for _ in range(20):
        result = invoke(*command, at=shop)
        seen += [json.loads(line)["sk"] for line in result.lines]
        if result.exit_code == 0:
            break
        assert result.exit_code == 1
        assert "the budget is 1 (--max-rcu)" in result.errors
        command = goes_on(result)
    assert sorted(seen) == list(range(30))


def test_a_budget_that_finds_nothing_in_time_goes_on_as_well(shop: Emulator, invoke: Invoke) -> None:
    result = invoke("dynamodb", "scan", "shop", "--filter", "sk > 99", "--max-rcu", "1", at=shop)
    assert (result.exit_code, result.text) == (1, "")
    assert "0 rows shown, more follow: " in result.errors
    assert "--cursor" in goes_on(result)[-1]


def test_capacity_is_told_once_and_counts_what_was_filtered_out(shop: Emulator, invoke: Invoke) -> None:
    result = invoke("dynamodb", "scan", "shop", "--all", "--filter", "sk = 4", at=shop).ok()
    assert result.errors.count("Consumed") == 1
    assert "in 4 requests, 30 items read." in result.errors


# What goes wrong


def last_key(number: int) -> Callable[[bytes], bytes]:
    """Make an answer say that more follow behind an item."""

    def change(body: bytes) -> bytes:
        key = {"pk": {"S": "p0"}, "sk": {"N": str(number)}}
        return json.dumps(json.loads(body) | {"LastEvaluatedKey": key}).encode()

    return change


@pytest.fixture
def proxied(aws: Emulator, faults: FaultProxy) -> FaultProxy:
    make_table(aws, "one", [("pk", "S"), ("sk", "N")], [{"pk": {"S": "p0"}, "sk": {"N": "1"}}])
    return faults


@pytest.mark.parametrize("keys", [[1], [1, 2], [1, 2, 3]])
@pytest.mark.parametrize("options", [[], ["--segments", "2"]])
def test_a_scan_that_goes_round_in_circles_ends(
    proxied: FaultProxy, invoke: Invoke, keys: list[int], options: list[str]
) -> None:
    proxied.fault(modes.in_turn(*(modes.rewrite(last_key(number)) for number in keys)), "Scan")
    result = invoke("dynamodb", "scan", "one", "--all", *options, at=proxied)
    assert result.exit_code == 254
    assert "a page token came twice" in result.errors
    assert proxied.count("Scan") <= 2 * len(keys) + 4


def test_empty_pages_of_a_filter_are_no_end(shop: Emulator, invoke: Invoke) -> None:
    result = invoke("dynamodb", "scan", "shop", "--filter", "pk = p2 and sk = 29", "-o", "jsonl", "--all", at=shop).ok()
    assert [json.loads(line)["sk"] for line in result.lines] == [29]


DENIED = (
    "User: arn:aws:iam::123456789012:user/u is not authorized to perform: dynamodb:Scan on resource: "
    "arn:aws:dynamodb:us-east-1:123456789012:table/shop"
)


@pytest.mark.parametrize(
    ("mode", "code", "says"),
    [
        (modes.error(400, "ExpiredTokenException", "The security token in the request is expired"), 253, "expired"),
        (modes.error(400, "ResourceNotFoundException", "Requested resource not found"), 254, "not found"),
        (modes.error(400, "AccessDeniedException", DENIED), 254, "dynamodb:Scan"),
        (modes.html200(), 254, "no AWS service"),
        (modes.corrupt(3), 254, "checksum (CRC-32)"),
    ],
)
def test_what_fails_half_way_keeps_what_was_read_and_says_how_to_go_on(
    shop: Emulator, invoke: Invoke, mode: Mode, code: int, says: str
) -> None:
    with FaultProxy(shop.url) as proxy:
        proxy.fault(mode, "Scan", after=1, times=1)
        result = invoke("dynamodb", "scan", "shop", "--all", "--project", "sk", "-o", "jsonl", at=proxy)
        seen = [json.loads(line)["sk"] for line in result.lines]
        assert result.exit_code == code
        assert says in result.errors
        assert seen
        rest = invoke(*goes_on(result), at=proxy).ok()
        seen += [json.loads(line)["sk"] for line in rest.lines]
    assert sorted(seen) == list(range(30))


def test_a_scan_that_hangs_half_way_ends_and_says_how_to_go_on(
    shop: Emulator, invoke: Invoke, impatient: Callable[[float], None]
) -> None:
    impatient(1)
    with FaultProxy(shop.url) as proxy:
        hung = proxy.fault(modes.hang_before(), "Scan", after=2)
        result = invoke("dynamodb", "scan", "shop", "--all", "--project", "sk", "-o", "jsonl", at=proxy)
        assert result.exit_code == 253
        assert len(hung.requests) == 2
        assert "did not answer in time" in result.errors
        seen = [json.loads(line)["sk"] for line in result.lines]
        hung.release()
        proxy.clear()
        seen += [json.loads(line)["sk"] for line in invoke(*goes_on(result), at=proxy).ok().lines]
    assert sorted(seen) == list(range(30))


@pytest.mark.usefixtures("no_pauses")
def test_a_throttled_scan_goes_on_by_itself(proxied: FaultProxy, invoke: Invoke) -> None:
    throttled = modes.error(400, "ProvisionedThroughputExceededException", "The level of configured provisioned")
    proxied.fault(throttled, "Scan", times=2)
    result = invoke("dynamodb", "scan", "one", "-o", "jsonl", at=proxied).ok()
    assert len(result.lines) == 1
    assert proxied.count("Scan") == 3


# What is shown


def test_hostile_values_are_shown_as_text_in_every_format(aws: Emulator, invoke: Invoke) -> None:
    items = [{"id": {"S": f"{number}"}, "text": {"S": value}} for number, value in enumerate(VALUES)]
    make_table(aws, "hostile", [("id", "S")], items)
    found = invoke("dynamodb", "scan", "hostile", "--all", "-o", "json", at=aws).ok().json()
    assert {(row["id"], row["text"]) for row in found} == {(item["id"]["S"], item["text"]["S"]) for item in items}
    for name in ("table", "csv", "tsv", "yaml", "jsonl"):
        shown = invoke("dynamodb", "scan", "hostile", "--all", "-o", name, at=aws).ok()
        assert "\x1b" not in shown.text.replace("\x1b[0m", "")


def test_null_is_not_missing_and_numbers_keep_their_digits(aws: Emulator, invoke: Invoke) -> None:
    digits = "12345678901234567890123456789012345678"
    items: list[dict[str, Any]] = [
        {"id": {"N": "1"}, "a": {"NULL": True}, "b": {"N": digits}},
        {"id": {"N": "2"}, "b": {"N": "0.1"}, "only": {"BOOL": False}},
    ]
    make_table(aws, "things", [("id", "N")], items)
    shown = {
        name: invoke("dynamodb", "scan", "things", "-o", name, at=aws).ok() for name in ("json", "csv", "yaml", "table")
    }
    assert f'"b": {digits}' in shown["json"].text
    assert {row["id"]: "a" in row for row in shown["json"].json()} == {1: True, 2: False}
    assert sorted(shown["csv"].text.split()) == sorted(["id,b,a,only", f"1,{digits},null,", "2,0.1,,false"])
    assert digits in shown["yaml"].text
    assert digits in shown["table"].text


@pytest.mark.parametrize("digits", ["1E99999999", "+5", "abc", "1E-99999999"])
def test_a_number_that_cannot_be_is_shown_as_what_it_is(proxied: FaultProxy, invoke: Invoke, digits: str) -> None:
    items = {"Items": [{"pk": {"S": "a"}, "sk": {"N": digits}}], "Count": 1, "ScannedCount": 1}
    proxied.fault(modes.rewrite(lambda _: json.dumps(items).encode()), "Scan")
    (row,) = invoke("dynamodb", "scan", "one", "-o", "json", at=proxied).ok().json()
    assert row == {"pk": "a", "sk": {"$N": digits}}


def test_json_in_a_text_folds_out_on_request_but_not_in_a_key(aws: Emulator, invoke: Invoke) -> None:
    item = {"id": {"S": '{"a": 1}'}, "doc": {"S": '{"a": [1.10, "[2]"], "b": "{no"}'}, "not": {"S": "[NaN]"}}
    make_table(aws, "docs", [("id", "S")], [item])
    (row,) = invoke("dynamodb", "scan", "docs", "--unfold", "-o", "json", at=aws).ok().json()
    assert row == {"id": '{"a": 1}', "doc": {"a": [1.1, [2]], "b": "{no"}, "not": "[NaN]"}
    (row,) = invoke("dynamodb", "scan", "docs", "-o", "json", at=aws).ok().json()
    assert row["doc"] == item["doc"]["S"]


def test_a_row_leads_to_its_item_whatever_its_key_is(aws: Emulator, invoke: Invoke) -> None:
    item: dict[str, Any] = {"id": {"B": "AAEC/w=="}, "n": {"N": "-1.5"}, "doc": {"S": "{}"}}
    make_table(aws, "binary", [("id", "B"), ("n", "N")], [item])
    for options in ({}, {"unfold": True}, {"project": "doc"}):
        view = _scan(Find(session(aws.url, *READS), "binary"), **options)
        pages = Pages(view, None, 1)
        ((row,),) = pages.batches()
        assert view.link is not None
        link = view.link(row)
        assert link is not None
        assert invoke(*link.to_argv(), at=aws).ok().json() == {"id": {"$B": "AAEC/w=="}, "n": -1.5, "doc": "{}"}


def test_a_projection_shows_the_paths_and_the_keys(aws: Emulator, invoke: Invoke) -> None:
    item: dict[str, Any] = {
        "id": {"S": "1"}, "a": {"M": {"b": {"N": "1"}, "c": {"N": "2"}}}, "size": {"S": "x"}, "no": {"S": "y"},
    }  # fmt: skip
    make_table(aws, "things", [("id", "S")], [item])
    (row,) = invoke("dynamodb", "scan", "things", "--project", "a.b,size,a.b", "-o", "json", at=aws).ok().json()
    assert row == {"id": "1", "a": {"b": 1}, "size": "x"}
    (row,) = invoke("dynamodb", "find", "things", "id = 1", "--project", "a", "-o", "json", at=aws).ok().json()
    assert row == {"id": "1", "a": {"b": 1, "c": 2}}


def test_a_query_of_items_is_jmespath_over_exact_numbers(aws: Emulator, invoke: Invoke) -> None:
    items = [{"id": {"S": str(number)}, "n": {"N": f"{number}.5"}} for number in range(4)]
    make_table(aws, "things", [("id", "S")], items)
    assert invoke("dynamodb", "scan", "things", "--query", "sum([].n)", "-o", "json", at=aws).ok().json() == 8.0
    found = invoke("dynamodb", "scan", "things", "--query", "sort_by([?n > `1`], &n)[].id", "-o", "json", at=aws).ok()
    assert found.json() == ["1", "2", "3"]


def test_a_local_index_is_asked_for_whole_items_and_a_slim_global_one_for_what_it_has(
    aws: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    """Only the request can be looked at: what an index has is the same as what the table has to these emulators."""
    make_table(
        aws,
        "slim",
        [("pk", "S"), ("sk", "S")],
        indexes={"by-kind": [("kind", "S")]},
        local={"by-at": [("pk", "S"), ("at", "S")]},
        has=["price"],
    )
    invoke("dynamodb", "find", "slim", "pk = a and at = c and more = d", at=faults).ok()
    assert asked(faults)["Select"] == "ALL_ATTRIBUTES"
    invoke("dynamodb", "find", "slim", "pk = a and at = c and more = d", "--project", "x", at=faults).ok()
    names = asked(faults)["ExpressionAttributeNames"]
    assert {names[mark] for mark in asked(faults)["ProjectionExpression"].split(", ")} == {
        "pk",
        "at",
        "sk",
        "x",
        "more",
    }
    invoke("dynamodb", "query", "slim", "kind = k", "--index", "by-kind", at=faults).ok()
    assert "Select" not in asked(faults)


def asked(proxy: FaultProxy) -> Any:
    """What the last request asked for."""
    return json.loads(proxy.requests[-1].body)


# Several regions


def test_tables_of_several_regions_merge_and_go_on_where_each_was(moto: Emulator, invoke: Invoke) -> None:
    moto.reset()
    for region in ("us-east-1", "eu-west-1"):
        client = moto.client("dynamodb", region=region)
        client.create_table(
            TableName="things",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(5):
            client.put_item(TableName="things", Item={"id": {"S": f"{number}"}, "Region": {"S": "own"}})
    command = ["dynamodb", "scan", "things", "--region", "us-east-1,eu-west-1", "--limit", "3", "-o", "jsonl"]
    rows: list[dict[str, str]] = []
    for _ in range(4):
        result = invoke(*command, at=moto).ok()
        rows += [json.loads(line) for line in result.lines]
        if "more follow" not in result.errors:
            break
        command = goes_on(result)
    found = sorted((row["SessionRegion"], row["id"], row["Region"]) for row in rows)
    assert found == [(region, f"{number}", "own") for region in ("eu-west-1", "us-east-1") for number in range(5)]
    shown = invoke("dynamodb", "scan", "things", "--region", "us-east-1,eu-west-1", at=moto).ok()
    assert shown.lines[0].split() == ["Connection", "SessionRegion", "id", "Region"]


def test_a_region_without_the_table_costs_one_warning(moto: Emulator, invoke: Invoke) -> None:
    moto.reset()
    make_table(moto, "things", [("id", "S")], [{"id": {"S": "1"}}])
    result = invoke("dynamodb", "scan", "things", "--region", "us-east-1,eu-west-1", "-o", "jsonl", at=moto)
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.lines] == ["1"]
    assert "eu-west-1" in result.errors


def test_segments_together_keep_to_the_budget(proxied: FaultProxy, invoke: Invoke) -> None:
    scan = ("dynamodb", "scan", "one", "--segments", "8", "--all", "--max-rcu")
    assert invoke(*scan, "0.5", at=proxied).exit_code == 1
    assert proxied.count("Scan") == 1
    invoke(*scan, "100000", at=proxied).ok()
    assert proxied.count("Scan") == 1 + 8
