"""``dynamodb sql``: items where the statement is proven to read, a plan that is sent once where it is not."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import Table
from stackpane.testing import Kit
from tests.dynamodb.answers import replaced
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackpane.testing.kit import Ran
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode
    from tests.harness.terminal import TerminalFactory

ALL = 'SELECT * FROM "shop"'
INSERT = "INSERT INTO shop VALUE {'pk': 'new', 'sk': '1'}"


@pytest.fixture
def shop(ministack: Emulator) -> Emulator:
    """A table of three orders, on the emulator that runs every kind of statement."""
    ministack.reset()
    client = ministack.client("dynamodb")
    client.create_table(
        TableName="shop",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(3):
        item: dict[str, Any] = {"pk": {"S": "o"}, "sk": {"S": str(number)}, "raw": {"B": b"\0\xff"}}
        client.put_item(TableName="shop", Item={**item, "total": {"N": "12345678901234567890.5"}})
    return ministack


@pytest.fixture
def proxy(shop: Emulator) -> Iterator[FaultProxy]:
    """A fault proxy before the shop."""
    with FaultProxy(shop.url) as proxy:
        yield proxy


def keys(emulator: Emulator) -> list[str]:
    return sorted(item["sk"]["S"] for item in emulator.client("dynamodb").scan(TableName="shop")["Items"])


def columns(ran: Ran) -> list[str]:
    """The columns that the rows are shown in."""
    assert isinstance(ran.view, Table)
    assert ran.view.sample is not None
    rows: Any = ran.rows
    return [column.name for column in ran.view.sample(rows)]


def bodies(proxy: FaultProxy) -> list[dict[str, Any]]:
    """What was asked for by statements."""
    return [json.loads(request.body) for request in proxy.requests if request.operation == "ExecuteStatement"]


# Reading


def test_a_select_gives_items_with_every_digit_and_byte(shop: Emulator, invoke: Invoke) -> None:
    ran = invoke("dynamodb", "sql", ALL + " WHERE pk = 'o' AND sk = '1'", "-o", "jsonl", at=shop).ok()
    assert ran.text == '{"pk": "o", "sk": "1", "raw": {"$B": "AP8="}, "total": 12345678901234567890.5}\n'
    assert "read unit in 1 request" in ran.errors


@pytest.mark.parametrize(("value", "sent"), [("o", {"S": "o"}), ("12", {"N": "12"}), ('{"$B": "AP8="}', {"B": "AP8="})])
def test_a_parameter_is_a_value_in_the_plain_form_or_a_text(
    proxy: FaultProxy, invoke: Invoke, value: str, sent: dict[str, str]
) -> None:
    invoke("dynamodb", "sql", f"{ALL} WHERE pk = ?", "--param", value, at=proxy).ok()
    assert bodies(proxy)[0]["Parameters"] == [sent]


def test_columns_begin_with_the_keys_that_were_asked_for_and_rows_lead_to_their_items(shop: Emulator) -> None:
    kit = Kit(shop.url)
    ran = kit.run("dynamodb", "sql", "SELECT raw, sk, pk FROM shop")
    assert columns(ran)[:2] == ["pk", "sk"]
    assert "dynamodb get shop o 1" in [link.address for link in kit.links(ran)]
    assert kit.unresolved(kit.links(ran)) == []
    assert columns(kit.run("dynamodb", "sql", "SELECT raw FROM shop")) == ["raw"]


def test_a_table_that_may_not_be_described_can_be_read_all_the_same(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(modes.access_denied("dynamodb:DescribeTable"), "DescribeTable")
    ran = invoke("dynamodb", "sql", ALL, "-o", "json", at=proxy).ok()
    assert len(ran.json()) == 3
    assert "the keys of shop left out: dynamodb:DescribeTable is denied" in ran.errors


def page(items: list[dict[str, Any]], token: str | None) -> Mode:
    reply = {"Items": items, "ConsumedCapacity": {"CapacityUnits": 2.0}, **({"NextToken": token} if token else {})}
    return replaced(reply)


ROWS = [{"pk": {"S": "o"}, "sk": {"S": str(number)}} for number in range(4)]


def test_pages_follow_one_another_by_their_tokens(proxy: FaultProxy, invoke: Invoke) -> None:
    for rows, token in ((ROWS[:2], "T1"), ([], "T2"), (ROWS[2:], None)):
        proxy.fault(page(rows, token), "ExecuteStatement", times=1)
    ran = invoke("dynamodb", "sql", ALL, "--all", "-o", "json", at=proxy).ok()
    assert [row["sk"] for row in ran.json()] == ["0", "1", "2", "3"]
    assert [body.get("NextToken") for body in bodies(proxy)] == [None, "T1", "T2"]
    assert "Consumed 6 read units in 3 requests" in ran.errors


def test_a_token_that_comes_twice_is_an_error(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(page(ROWS, "T1"), "ExecuteStatement")
    ran = invoke("dynamodb", "sql", ALL, "--all", at=proxy)
    assert (ran.exit_code, len(bodies(proxy))) == (254, 2)
    assert "a page token came twice" in ran.errors


def test_the_budget_ends_it_before_the_next_request_and_the_line_goes_on(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(page(ROWS[:2], "T1"), "ExecuteStatement", times=1)
    ran = invoke("dynamodb", "sql", ALL, "--max-rcu", "2", "--all", at=proxy)
    assert (ran.exit_code, len(bodies(proxy))) == (1, 1)
    assert "stopped after 2 read units" in ran.errors
    [line] = [line for line in ran.errors.splitlines() if "stackpane dynamodb sql" in line]
    proxy.fault(page(ROWS[2:], None), "ExecuteStatement", times=1)
    rest = invoke(*shlex.split(line[line.index("dynamodb") :]), "-o", "json", at=proxy).ok()
    assert [row["sk"] for row in rest.json()] == ["2", "3"]
    assert bodies(proxy)[-1]["NextToken"] == "T1"


def test_only_a_statement_without_conditions_is_limited(proxy: FaultProxy, invoke: Invoke) -> None:
    invoke("dynamodb", "sql", ALL, "--limit", "2", at=proxy).ok()
    invoke("dynamodb", "sql", f"{ALL} WHERE total > 1", "--limit", "2", "--consistent", at=proxy).ok()
    assert [body.get("Limit") for body in bodies(proxy)] == [2, None]
    assert [body.get("ConsistentRead") for body in bodies(proxy)] == [None, True]


def test_a_select_is_tried_again_and_runs_on_a_read_only_connection(
    proxy: FaultProxy, invoke: Invoke, no_pauses: list[float]
) -> None:
    proxy.fault(modes.status(500), "ExecuteStatement", times=1)
    ran = invoke("dynamodb", "sql", ALL, "--read-only", "--dry-run", "-o", "json", at=proxy).ok()
    assert (len(ran.json()), len(bodies(proxy))) == (3, 2)


def test_a_denied_select_names_its_own_right(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(modes.error(403, "AccessDeniedException", "no"), "ExecuteStatement")
    ran = invoke("dynamodb", "sql", ALL, at=proxy)
    assert ran.exit_code == 254
    assert "it needs dynamodb:PartiQLSelect on" in ran.errors


def test_moto_runs_it_too(moto: Emulator, invoke: Invoke) -> None:
    moto.reset()
    moto.client("dynamodb").create_table(
        TableName="plain",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
    moto.client("dynamodb").put_item(TableName="plain", Item={"id": {"N": "7"}})
    assert invoke("dynamodb", "sql", "SELECT * FROM plain", "-o", "json", at=moto).ok().json() == [{"id": 7}]


# Changing


def test_a_change_is_a_plan_that_sends_nothing_unless_it_is_confirmed(proxy: FaultProxy, invoke: Invoke) -> None:
    ran = invoke("dynamodb", "sql", INSERT, at=proxy)
    assert (ran.exit_code, bodies(proxy)) == (3, [])
    shown = invoke("dynamodb", "sql", INSERT, "--dry-run", at=proxy).ok()
    assert INSERT in shown.text
    assert bodies(proxy) == []


def test_the_table_is_typed_to_go_on(shop: Emulator, terminal: TerminalFactory) -> None:
    asked = terminal("dynamodb", "sql", INSERT, at=shop)
    asked.wait_for("Type shop to go on")
    asked.send("shop\r")
    assert asked.wait() == 0
    assert keys(shop) == ["0", "1", "1", "2"]


@pytest.mark.parametrize("options", [("--read-only",), ("--read-only", "--yes")])
def test_a_change_is_refused_on_a_read_only_connection_before_anybody_is_asked(
    proxy: FaultProxy, invoke: Invoke, options: tuple[str, ...]
) -> None:
    ran = invoke("dynamodb", "sql", f"/* SELECT */ {INSERT}", *options, at=proxy)
    assert (ran.exit_code, proxy.requests) == (3, [])
    assert "is read-only, and this is not proven to only read" in ran.errors


def test_a_change_is_done_once_and_says_what_came_back(shop: Emulator, invoke: Invoke) -> None:
    ran = invoke("dynamodb", "sql", INSERT, "--yes", at=shop).ok()
    assert "Carried out the INSERT on shop." in ran.errors
    assert "write unit" in ran.errors
    gone = invoke(
        "dynamodb", "sql", "DELETE FROM shop WHERE pk='o' AND sk='2' RETURNING ALL OLD *", "-y", "-o", "json", at=shop
    )
    assert gone.ok().json()["Result"]["Items"][0]["raw"] == {"$B": "AP8="}
    assert keys(shop) == ["0", "1", "1"]


@pytest.mark.parametrize("mode", [modes.status(500), modes.reset_after_body()], ids=["500", "reset"])
def test_a_change_whose_answer_is_lost_is_sent_once_and_its_outcome_is_unknown(
    proxy: FaultProxy, invoke: Invoke, mode: Any
) -> None:
    proxy.fault(mode, "ExecuteStatement")
    ran = invoke("dynamodb", "sql", INSERT, "--yes", at=proxy)
    assert ran.exit_code in (253, 254)
    assert len(bodies(proxy)) == 1
    assert "look before you repeat it" in ran.errors


def test_options_for_reading_do_not_go_with_a_change(proxy: FaultProxy, invoke: Invoke) -> None:
    ran = invoke("dynamodb", "sql", INSERT, "--consistent", "--yes", at=proxy)
    assert (ran.exit_code, proxy.requests) == (252, [])


# Where the statement comes from


def test_a_statement_comes_from_a_file_or_from_standard_input(shop: Emulator, cli: Cli, invoke: Invoke) -> None:
    Path("all.sql").write_text(f"-- everything\n{ALL}\n", encoding="utf-8-sig")
    for argument in ("@all.sql", "file://all.sql"):
        assert len(invoke("dynamodb", "sql", argument, "-o", "json", at=shop).ok().json()) == 3
    assert len(cli("dynamodb", "sql", "-", "-o", "json", input=ALL.encode(), at=shop).ok().json()) == 3
    Path("latin.sql").write_bytes(b"SELECT \xff")
    assert invoke("dynamodb", "sql", "@latin.sql", at=shop).exit_code == 252
    assert "no statement" in invoke("dynamodb", "sql", " -- nothing", at=shop).errors
    assert "nowhere.sql" in invoke("dynamodb", "sql", "@nowhere.sql", at=shop).errors
