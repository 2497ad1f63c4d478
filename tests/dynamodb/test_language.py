"""The condition language: what is typed becomes the condition that is meant, or an error that shows where not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import InvalidInput
from stackpane_dynamodb.expressions.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Function,
    In,
    Moment,
    Not,
    Or,
    Path,
    Size,
    Value,
    without_inner,
)
from stackpane_dynamodb.expressions.language import parse, parse_paths
from stackpane_dynamodb.expressions.render import Names
from tests.dynamodb.conditions import NOW, conditions, paths, text_of

A, PK = Path(("a",)), Path(("pk",))


def text(value: str) -> Value:
    return Value(("S", value))


def word(value: str) -> Value:
    return Value(("S", value), value)


def number(digits: str) -> Value:
    return Value(("N", digits), digits)


def ago(**time: int) -> Moment:
    return Moment(NOW - timedelta(**time))


@given(conditions, st.data())
def test_every_condition_is_read_back_from_its_text(condition: Condition, data: st.DataObject) -> None:
    written = text_of(condition, lambda ways: data.draw(st.sampled_from(ways)))
    assert parse(written, now=NOW) == condition


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a = open", Compare(A, "=", word("open"))),
        ("a == 'it''s'", None),
        ("a=open", Compare(A, "=", word("open"))),
        ("a != 5", Compare(A, "<>", number("5"))),
        ("a <> -1.50e3", Compare(A, "<>", number("-1.50e3"))),
        ("5 < a", Compare(A, ">", number("5"))),
        ("2.5 >= a", Compare(A, "<=", number("2.5"))),
        ("'x' = a.b[0].c", Compare(Path(("a", "b", 0, "c")), "=", text("x"))),
        ("a > 2d", Compare(A, ">", ago(days=2))),
        ("90m >= a", Compare(A, "<=", ago(minutes=90))),
        ("a = 2d", Compare(A, "=", word("2d"))),
        ("a in (2d, 1)", In(A, (word("2d"), number("1")))),
        ("a between 2w and 1h", Between(A, ago(weeks=2), ago(hours=1))),
        ("a not between 1 and 2", Not(Between(A, number("1"), number("2")))),
        ("not a not in (1)", Not(Not(In(A, (number("1"),))))),
        ("a = TRUE", Compare(A, "=", Value(("BOOL", True), "TRUE"))),
        ("a = null", Compare(A, "=", Value(("NULL", True), "null"))),
        ('a = "null"', Compare(A, "=", text("null"))),
        ('a = b"aGk="', Compare(A, "=", Value(("B", "aGk=")))),
        (r"a = 'it\'s \\ \n'", Compare(A, "=", text("it's \\ n"))),
        ("a = example.com:80/x@y", Compare(A, "=", word("example.com:80/x@y"))),
        ("a.2024 = 1", Compare(Path(("a", "2024")), "=", number("1"))),
        ("`a.b``c` = `pk`", Compare(Path(("a.b`c",)), "=", PK)),
        ("size(a) > size(`pk`)", Compare(Size(A), ">", Size(PK))),
        ("size = 1", Compare(Path(("size",)), "=", number("1"))),
        ("begins_with(a, 2024)", Function("begins_with", A, Value(("S", "2024"), "2024"))),
        ("contains(a, 5)", Function("contains", A, number("5"))),
        ("type(a, ns)", Function("attribute_type", A, text("NS"))),
        ("exists(a) OR missing(a)", Or((Function("attribute_exists", A), Function("attribute_not_exists", A)))),
        (
            "a = 1 or a = 2 and not pk = 3",
            Or((Compare(A, "=", number("1")), And((Compare(A, "=", number("2")), Not(Compare(PK, "=", number("3"))))))),
        ),
    ],
)
def test_what_is_typed_is_what_is_meant(typed: str, meant: Condition | None) -> None:
    if meant is None:
        with pytest.raises(InvalidInput):
            parse(typed, now=NOW)
    else:
        assert parse(typed, now=NOW) == meant


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "ends where an attribute is wanted: ▸"),
        ("a", "wants a comparison such as =, < or between: a▸"),
        ("a = ", "ends where a value is wanted: a = ▸"),
        ("a = 1 b = 2", "wants 'and' or 'or': a = 1 ▸b = 2"),
        ("a = 1 and", "ends where an attribute is wanted: a = 1 and▸"),
        ("a = and", "wants a value: a = ▸and"),
        ("a = (1)", "wants a value: a = ▸(1)"),
        ("(a = 1", "wants ')': (a = 1▸"),
        ("a = 'open", "cannot be read from here: a =▸ 'open"),
        ("and = 1", "wants an attribute: ▸and = 1"),
        ("a[x] = 1", "wants an element's number: a[▸x] = 1"),
        ("a not = 1", "wants between or in: a not ▸= 1"),
        ("1 = 2", "compares two values: one of them must be an attribute: 1 = ▸2"),
        ("2d = a", "wants an attribute that is before or after this time: ▸2d = a"),
        ("2d between 1 and 2", "wants an attribute, not a time: ▸2d between 1 and 2"),
        ("type(a, text)", "wants one of S, SS, N, NS, B, BS, BOOL, NULL, L, M as the type: type(a, ▸text)"),
        ("begins_with(a)", "wants ',': begins_with(a▸)"),
        ("exists(a, b)", "wants ')': exists(a▸, b)"),
        ("begins_with = 1 x", "wants 'and' or 'or': begins_with = 1 ▸x"),
        ("a = b'?'", "has a binary value that is no base64: a = ▸b'?'"),
        (f"a = {'1' * 39}", "has a number that DynamoDB has not"),
        ("a > 99999999999w", "means a time before all calendars: a > ▸99999999999w"),
        ("(" * 5000 + "a = 1", "is nested too deeply"),
        ("not " * 5000 + "a = 1", "is nested too deeply"),
    ],
)
def test_an_error_shows_where_it_is(typed: str, says: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse(typed, now=NOW)
    assert says in raised.value.message
    assert raised.value.hint


def test_paths_are_read_with_commas_between() -> None:
    assert parse_paths("a, `x,y`.b[2],1") == [A, Path(("x,y", "b", 2)), Path(("1",))]
    with pytest.raises(InvalidInput, match="wants a comma"):
        parse_paths("a b")


@given(st.lists(paths, max_size=6))
def test_paths_within_others_are_left_out_and_nothing_else(given: list[Path]) -> None:
    kept = without_inner(given)
    assert all(any(path.steps[: len(each.steps)] == each.steps for each in kept) for path in given)
    assert not any(one is not other and one.steps[: len(other.steps)] == other.steps for one in kept for other in kept)


# As DynamoDB's expressions


def test_every_name_and_value_has_a_placeholder() -> None:
    """Reserved words, dots, control characters: what stands behind a placeholder needs no care."""
    names = Names()
    said = names.condition(parse("status = open and `a.b`.`size`[3] > 5 and begins_with(status, x)"))
    assert said == "(#n0 = :v0) AND (#n1.#n2[3] > :v1) AND (begins_with(#n0, :v2))"
    assert names.members == {
        "ExpressionAttributeNames": {"#n0": "status", "#n1": "a.b", "#n2": "size"},
        "ExpressionAttributeValues": {":v0": {"S": "open"}, ":v1": {"N": "5"}, ":v2": {"S": "x"}},
    }


@pytest.mark.parametrize(
    ("kind", "typed", "sent"),
    [
        ("S", "pk = 007", {"S": "007"}),
        ("S", "pk = TRUE", {"S": "TRUE"}),
        ("S", "pk = null", {"S": "null"}),
        ("S", "pk = 1e3", {"S": "1e3"}),
        ("N", "pk = 007", {"N": "007"}),
        ("B", 'pk = b"aGk="', {"B": b"hi"}),
        ("S", "pk in (1)", {"S": "1"}),
        ("S", "type(pk, N)", {"S": "N"}),
        ("N", "type(pk, S)", {"S": "S"}),
        ("N", "size(pk) = 1", {"N": "1"}),
    ],
)
def test_a_word_that_meets_a_key_is_of_its_type(kind: str, typed: str, sent: dict[str, Any]) -> None:
    names = Names({"pk": kind})
    names.condition(parse(typed))
    assert names.members["ExpressionAttributeValues"] == {":v0": sent}


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("N", "pk = open", "pk is a number, and 'open' is none"),
        ("N", "pk = 'x'", "pk is a number"),
        ("B", "pk = open", "pk is binary"),
        ("N", "pk = true", "pk is of type N, and cannot be compared with one of type BOOL"),
        ("S", 'pk = b"aGk="', "pk is of type S, and cannot be compared with one of type B"),
        ("N", "begins_with(pk, 1)", "pk is a number, and begins_with is for texts and binaries"),
    ],
)
def test_what_cannot_be_a_keys_value_is_refused(kind: str, typed: str, says: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        Names({"pk": kind}).condition(parse(typed))
    assert says in raised.value.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a = j"[1, {\\"b\\": null}]"', ("L", [{"N": "1"}, {"M": {"b": {"NULL": True}}}])),
        ("""a = j'{"$SS": ["x"]}'""", ("SS", ["x"])),
        ("a != j'9.50'", ("N", "9.50")),
    ],
)
def test_any_value_may_stand_in_the_plain_form(text: str, value: tuple[str, Any]) -> None:
    condition = parse(text)
    assert isinstance(condition, Compare)
    assert condition.right == Value(value)


def test_what_is_no_value_in_the_plain_form_is_pointed_at() -> None:
    with pytest.raises(InvalidInput, match="has a value that is none"):
        parse('a = j"[1,"')
    with pytest.raises(InvalidInput, match="has a value that is none"):
        parse("""a = j'{"$NS": ["x"]}'""")
