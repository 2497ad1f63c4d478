"""The way to the items: the cheapest that finds all of them, and what it is said to cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackpane import InvalidInput, PageRequest
from stackpane_dynamodb.expressions.evaluate import predicate
from stackpane_dynamodb.expressions.language import parse, parse_paths
from stackpane_dynamodb.expressions.moments import resolved
from stackpane_dynamodb.expressions.plan import Access, everything, plan
from stackpane_dynamodb.expressions.render import Names
from stackpane_dynamodb.finding import Find
from stackpane_dynamodb.tables import Index, Model, model_of
from tests.core.support import session
from tests.dynamodb.conditions import NOW
from tests.dynamodb.stage import READS, make_table

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

TYPES = {"pk": "S", "sk": "N", "kind": "S", "at": "S"}
TABLE = Index(None, "pk", "sk", items=1000, size=10 << 20)
BY_KIND = Index("by-kind", "kind", "at", is_global=True, items=900, size=9 << 20)
SLIM = Index("slim", "kind", "sk", frozenset({"price"}), is_global=True)
LOCAL = Index("local", "pk", "at", frozenset())
MODEL = Model(TABLE, (BY_KIND, SLIM, LOCAL), TYPES, "shop")


def planned(text: str, model: Model = MODEL, **options: Any) -> Access:
    project = options.pop("project", "")
    return plan(model, parse(text, now=NOW), wanted=parse_paths(project) if project else (), **options)


def said(access: Access) -> tuple[str, str | None, list[str], str | None, str | None]:
    """Kind, index, key conditions, filter and what is left to our side, with values in place of placeholders."""

    def text(*conditions: Any) -> str:
        names = Names(TYPES)
        written = " AND ".join(map(names.condition, conditions))
        for mark, name in reversed(names.members.get("ExpressionAttributeNames", {}).items()):
            written = written.replace(mark, name)
        for mark, value in reversed(names.members.get("ExpressionAttributeValues", {}).items()):
            written = written.replace(mark, str(next(iter(value.values()))))
        return written

    rest = None if access.rest is None else text(access.rest)
    local = None if access.local is None else text(access.local)
    return access.kind, access.index.name, [text(*chain) for chain in access.chains if chain], rest, local


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pk = a and sk = 1", ("get", None, ["pk = a AND sk = 1"], None, None)),
        ("sk = 1 and 'a' = pk and price > 5", ("query", None, ["pk = a AND sk = 1"], "price > 5", None)),
        ("pk = 5", ("query", None, ["pk = 5"], None, None)),
        ("pk = a and sk >= 1 and sk <= 5", ("query", None, ["pk = a AND sk BETWEEN 1 AND 5"], None, None)),
        (
            "pk = a and sk > 1 and sk < 5",
            ("query", None, ["pk = a AND sk BETWEEN 1 AND 5"], None, "(sk > 1) AND (sk < 5)"),
        ),
        ("pk = a and sk > 1 and sk > 3", ("query", None, ["pk = a AND sk > 3"], None, "sk > 1")),
        ("pk = a and sk > 5 and sk < 1", ("query", None, ["pk = a AND sk > 5"], None, "sk < 1")),
        (
            "pk = a and sk between 1 and 5 and sk > 2",
            ("query", None, ["pk = a AND sk BETWEEN 2 AND 5"], None, "(sk BETWEEN 1 AND 5) AND (sk > 2)"),
        ),
        ("pk = a and sk between 1 and 5", ("query", None, ["pk = a AND sk BETWEEN 1 AND 5"], None, None)),
        ("pk = a and sk between 5 and 1", ("query", None, ["pk = a AND sk >= 5"], None, "sk BETWEEN 5 AND 1")),
        ("pk = a and sk != 1", ("query", None, ["pk = a"], None, "sk <> 1")),
        ("pk = a and (sk = 1 or x = 2) and y = 3", ("query", None, ["pk = a"], "y = 3", "(sk = 1) OR (x = 2)")),
        ("pk = a and pk = b", ("query", None, ["pk = a"], None, "pk = b")),
        ("pk in (a, b, a)", ("query", None, ["pk = a", "pk = b"], None, None)),
        ("pk = a or pk = b", ("query", None, ["pk = a", "pk = b"], None, None)),
        ("pk = a and sk in (2, 1, 1.0)", ("get", None, ["pk = a AND sk = 1", "pk = a AND sk = 2"], None, None)),
        (
            "pk in (b, a) and (sk = 2 or sk = 1)",
            (
                "get",
                None,
                ["pk = b AND sk = 1", "pk = b AND sk = 2", "pk = a AND sk = 1", "pk = a AND sk = 2"],
                None,
                None,
            ),
        ),
        (
            "kind = x and begins_with(at, 2026)",
            ("query", "by-kind", ["kind = x AND begins_with(at, 2026)"], None, None),
        ),
        (
            "kind = x and begins_with(at, 2026) and at > 2026-05",
            ("query", "by-kind", ["kind = x AND begins_with(at, 2026)"], None, "at > 2026-05"),
        ),
        ("kind = x and at > 1d", ("query", "by-kind", ["kind = x AND at > 2026-11-21T12:00:00Z"], None, None)),
        (
            "pk = a and sk > 1d",
            ("query", None, ["pk = a AND sk > 1795262400"], None, "(sk < 100000000000) OR (sk > 1795262400000)"),
        ),
        ("pk = a and kind = x", ("query", None, ["pk = a"], "kind = x", None)),
        ("pk = a and at = x", ("query", "local", ["pk = a AND at = x"], None, None)),
        ("kind = `pk`", ("scan", None, [], "kind = pk", None)),
        ("price > 5", ("scan", None, [], "price > 5", None)),
        ("pk > a and sk = 1", ("scan", None, [], "(pk > a) AND (sk = 1)", None)),
        ("not pk = a", ("scan", None, [], "NOT (pk = a)", None)),
        ("pk = a or sk = 1", ("scan", None, [], "(pk = a) OR (sk = 1)", None)),
    ],
)
def test_the_way_is_the_cheapest_that_finds_all(text: str, expected: Any) -> None:
    assert said(planned(text)) == expected


def test_an_index_that_has_not_all_that_is_wanted_is_passed_over_with_the_reason() -> None:
    model = replace(MODEL, indexes=(SLIM,))
    access = planned("kind = x", model)
    assert access.kind == "scan"
    assert access.passed_over == (
        ("index slim", "it does not have all attributes; --project names those that are wanted"),
    )
    assert planned("kind = x", model, project="price,pk").index is SLIM
    assert planned("kind = x and name = y", model, project="price").passed_over == (
        ("index slim", "it does not have name"),
    )


def test_an_index_in_the_making_and_a_global_one_for_a_consistent_read_are_passed_over() -> None:
    model = replace(MODEL, indexes=(replace(BY_KIND, status="CREATING"),))
    assert planned("kind = x", model).passed_over == (("index by-kind", "it is CREATING"),)
    access = planned("kind = x", consistent=True)
    assert (access.kind, access.consistent) == ("scan", True)
    assert ("index by-kind", "a global index has no consistent reads") in access.passed_over


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("kind = x", {"index": "by-kind", "consistent": True}, "index by-kind is global, and such indexes have no"),
        ("kind = x", {"index": "none"}, "shop has no index 'none'"),
        ("kind = x and name = y", {"index": "slim"}, "index slim does not have name"),
        ("kind = x", {"index": "slim", "project": "name.first"}, "index slim does not have name"),
    ],
)
def test_what_an_index_cannot_do_is_refused_where_it_is_named(text: str, options: Any, says: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        planned(text, **options)
    assert says in raised.value.message


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("kind = x", "at"),
        ("kind = x and at != 1", "at"),
        ("kind = x and missing(at)", "at"),
        ("kind = x and (at = 1 or a = 2)", "at"),
        ("kind = x and at < 5", None),
        ("kind = x and exists(at)", None),
        ("kind = x and contains(at, 5)", None),
        ("pk = a", None),
    ],
)
def test_a_way_by_an_index_says_what_items_it_does_not_have(text: str, lacking: str | None) -> None:
    assert planned(text).lacking == lacking


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("pk = a and sk = 1", {}, (1, 1.5, False)),
        ("pk = a and sk = 1", {"consistent": True}, (1, 3.0, False)),
        ("pk in (a, b) and sk = 1", {}, (2, 3.0, False)),
        ("pk = a", {}, (10, 1280.0, True)),
        ("pk in (a, b, c)", {"consistent": True}, (12, 2562.0, True)),
        ("x = 1", {}, (10, 1280.0, False)),
        ("x = 1", {"index": "slim", "project": "price"}, None),
    ],
)
def test_costs_are_estimated_from_awss_counts(text: str, options: Any, expected: Any) -> None:
    if expected is None:
        with pytest.raises(InvalidInput):
            planned(text, **options)
        return
    estimate = planned(text, **options).estimate()
    assert (estimate.pages, estimate.units, estimate.at_most) == expected


def test_a_table_of_unknown_size_costs_a_page_at_least() -> None:
    empty = replace(MODEL, table=Index(None, "pk", "sk"))
    assert planned("x = 1", empty).estimate().pages == 1
    assert planned("x = 1", empty).estimate().units == 0.5
    assert planned("pk = a and sk = 1", empty).estimate().units == 0.5


# Whatever the way, the items are those that meet the condition

ITEMS: list[dict[str, Any]] = [
    {
        "pk": {"S": "abc"[number % 3]},
        "sk": {"N": str(number)},
        "kind": {"S": "xy"[number % 2]},
        "at": {"S": f"2026-11-{number:02}"},
        **({"price": {"N": str(number * 10)}} if number % 4 else {}),
    }
    for number in range(1, 25)
]
_equal = st.sampled_from(["pk = a", "pk = b", "pk in (a, c, a)", "kind = x", "kind = y", "pk = z", "kind in (y, x)"])
_sort = st.builds(
    "{} {} {}".format, st.just("sk"), st.sampled_from(["=", "<", "<=", ">", ">=", "<>"]), st.integers(0, 26)
)
_sort_more = st.one_of(
    st.builds("sk between {} and {}".format, st.integers(0, 26), st.integers(0, 26)),
    st.builds("sk in ({}, {})".format, st.integers(0, 26), st.integers(0, 26)),
    st.builds("begins_with(at, 2026-11-{})".format, st.integers(0, 2)),
    st.builds("at {} 2026-11-{:02}".format, st.sampled_from(["=", "<", ">", "<="]), st.integers(0, 26)),
    st.builds("(sk = {} or price > {})".format, st.integers(0, 26), st.integers(0, 260)),
    st.builds("not sk > {}".format, st.integers(0, 26)),
    st.sampled_from(["price > 100", "missing(price)", "price <> 50"]),
)
_texts = st.lists(st.one_of(_equal, _sort, _sort_more), min_size=1, max_size=4).map(" and ".join)


@pytest.fixture(scope="module")
def shop(moto: Emulator) -> Emulator:
    moto.reset()
    make_table(
        moto,
        "shop",
        [("pk", "S"), ("sk", "N")],
        ITEMS,
        indexes={"by-kind": [("kind", "S"), ("at", "S")]},
        local={"local": [("pk", "S"), ("at", "S")]},
    )
    return moto


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_texts, backwards=st.booleans())
def test_every_way_finds_what_meets_the_condition_once(shop: Emulator, text: str, backwards: bool) -> None:
    find = Find(session(shop.url, *READS), "shop", text, backwards=backwards)
    model = find.model()
    view = find.view(model, find.access(model))
    found = [(row["pk"], int(row["sk"])) for page in view.fetch(PageRequest()) for row in page.rows]  # type: ignore[call-overload]
    holds = predicate(resolved(parse(text), model.types), model.types)
    assert sorted(found) == sorted((item["pk"]["S"], int(item["sk"]["N"])) for item in ITEMS if holds(item))


def test_an_index_that_is_not_counted_yet_is_not_taken_for_empty() -> None:
    found = {
        "TableName": "t",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "a", "b")],
        "ItemCount": 1_000_000,
        "TableSizeBytes": 1 << 30,
        "GlobalSecondaryIndexes": [
            {"IndexName": "new", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]},
            {
                "IndexName": "old",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "ItemCount": 10,
                "IndexSizeBytes": 1 << 20,
            },
        ],
    }
    model = model_of(found)
    new, old = model.index("new"), model.index("old")
    assert (new.items, new.size, new.counted) == (1_000_000, 1 << 30, False)
    assert (old.items, old.size, old.counted) == (10, 1 << 20, True)
    assert everything(model, None, index="new").estimate().at_most
    assert plan(model, parse("a = x")).index.name == "old"
