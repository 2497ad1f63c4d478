"""Strategies: conditions of the language, and the text of each as people might type it."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

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
)

__all__ = ["NOW", "conditions", "paths", "text_of", "values"]

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_AGES = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_NAMES = ["pk", "sk", "a", "size", "and", "a.b", "a b", "1", "2d", "`", "é", 'x"y', "BETWEEN", "(", "b", "\n", "type"]
_WORDS = ["open", "example.com", "10:30", "a@b.c", "$x", "#1", "-", "é", "size", "1.5.2", "2d", "ORDER#1"]
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_#-]*")

names = st.one_of(st.sampled_from(_NAMES), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5))
paths = st.builds(
    lambda first, more: Path((first, *more)), names, st.lists(st.one_of(names, st.integers(0, 99)), max_size=2)
)
numbers = st.decimals(-(10**20), 10**20, places=3).map(str) | st.sampled_from(["0", "1E+5", "1.50", "9" * 38])
values: st.SearchStrategy[Value] = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6).map(lambda text: Value(("S", text))),
    st.sampled_from(_WORDS[:-2]).map(lambda word: Value(("S", word), word)),
    numbers.map(lambda digits: Value(("N", digits), digits)),
    st.sampled_from(["true", "TRUE", "false"]).map(lambda word: Value(("BOOL", word.lower() == "true"), word)),
    st.just(Value(("NULL", True), "null")),
    st.binary(max_size=4).map(lambda data: Value(("B", base64.b64encode(data).decode()))),
)
moments = st.builds(
    lambda count, unit: Moment(NOW - timedelta(seconds=count * _AGES[unit])),
    st.integers(0, 99),
    st.sampled_from("smhdw"),
)
sizes = st.builds(Size, paths)
left = st.one_of(paths, sizes)
right = st.one_of(values, paths, sizes)


def _compare(one: Any, sign: Any, other: Any) -> Compare:
    return Compare(one, sign, other)


compares = st.one_of(
    st.builds(_compare, left, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), right),
    st.builds(_compare, paths, st.sampled_from(["<", "<=", ">", ">="]), moments),
)
functions = st.one_of(
    st.builds(Function, st.sampled_from(["attribute_exists", "attribute_not_exists"]), paths),
    st.builds(Function, st.just("contains"), paths, right),
    st.builds(Function, st.just("begins_with"), paths, st.text(max_size=4).map(lambda text: Value(("S", text)))),
    st.builds(
        Function,
        st.just("attribute_type"),
        paths,
        st.sampled_from(["S", "N", "BS", "NULL", "L"]).map(lambda kind: Value(("S", kind))),
    ),
)
simple: st.SearchStrategy[Condition] = st.one_of(
    compares,
    functions,
    st.builds(Between, left, st.one_of(right, moments), st.one_of(right, moments)),
    st.builds(In, left, st.lists(right, min_size=1, max_size=3).map(tuple)),
)
# `and` within `and` is one, as typed without brackets.
conditions: st.SearchStrategy[Condition] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


def text_of(condition: Condition, choose: Any) -> str:
    """The condition as text; ``choose`` picks one of several ways to write the same."""

    def path(each: Path) -> str:
        first, *others = each.steps
        return name(str(first)) + "".join(f"[{step}]" if isinstance(step, int) else f".{name(step)}" for step in others)

    def name(each: str) -> str:
        words = ("and", "or", "not", "between", "in")
        plain = _PLAIN_NAME.fullmatch(each) and each.lower() not in words
        return str(choose([each, f"`{each}`"])) if plain else "`" + each.replace("`", "``") + "`"

    def operand(each: Any, *, is_left: bool = False) -> str:
        match each:
            case Path():
                return path(each) if is_left else quoted(each)
            case Size(inner):
                return f"{choose(['size', 'SIZE'])}({path(inner)})"
            case Moment(at):
                return f"{int((NOW - at).total_seconds())}s"
            case Value((_, held), None) if each.value[0] == "B":
                return f'b"{held}"'
            case Value((_, held), None):
                quote = choose(["'", '"'])
                return quote + re.sub(rf"([\\{quote}])", r"\\\1", held) + quote
            case Value(_, word):
                return word or ""
        raise AssertionError(each)

    def quoted(each: Path) -> str:
        first, *others = each.steps
        rest = "".join(f"[{step}]" if isinstance(step, int) else f".{name(step)}" for step in others)
        return "`" + str(first).replace("`", "``") + "`" + rest

    def written(each: Condition) -> str:
        match each:
            case And(parts) | Or(parts):
                word = choose(["and", "AND"]) if isinstance(each, And) else choose(["or", "Or"])
                return f" {word} ".join(f"({written(part)})" for part in parts)
            case Not(In(one, choices)) if choose([True, False]):
                return f"{operand(one, is_left=True)} not in ({', '.join(map(operand, choices))})"
            case Not(inner):
                return f"not ({written(inner)})"
            case Compare(one, sign, other):
                signs = {"=": ["=", "=="], "<>": ["<>", "!="]}.get(sign, [sign])
                return f"{operand(one, is_left=True)}{choose([' ', ''])}{choose(signs)} {operand(other)}"
            case Between(one, low, high):
                return f"{operand(one, is_left=True)} between {operand(low)} and {operand(high)}"
            case In(one, choices):
                return f"{operand(one, is_left=True)} in ({','.join(map(operand, choices))})"
            case Function(kind, where, argument):
                short = {"attribute_exists": "exists", "attribute_not_exists": "missing", "attribute_type": "type"}
                said = choose([kind, short.get(kind, kind.upper())])
                if kind == "attribute_type" and isinstance(argument, Value):
                    return f"{said}({path(where)}, {choose([argument.value[1], argument.value[1].lower()])})"
                more = "" if argument is None else f", {operand(argument)}"
                return f"{said}({path(where)}{more})"

    return written(condition)
