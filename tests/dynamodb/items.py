"""Strategies: every value that DynamoDB can hold, in DynamoDB-JSON."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import strategies as st

__all__ = ["binaries", "items", "names", "numbers", "strings", "values"]

strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.one_of(
    st.sampled_from(["id", "$B", "$SS", "$M", "$N", "S", "N", "M", "a.b", "a[0]", "", " ", "é", "\x1b[31m"]), strings
).filter(bool)
binaries = st.binary(max_size=12).map(lambda data: base64.b64encode(data).decode())


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number as DynamoDB gives it, up to 38 digits, or as an emulator may echo it."""
    digits = draw(st.integers(min_value=0, max_value=10**38 - 1))
    shift = draw(st.integers(min_value=-40, max_value=40))
    sign = draw(st.sampled_from(["", "-"]))
    style = draw(st.sampled_from(["whole", "point", "exponent", "odd"]))
    if style == "whole":
        return f"{sign}{digits}"
    if style == "point":
        return f"{sign}0.{digits}"
    if style == "exponent":
        return f"{sign}{digits}E{shift:+}"
    return draw(st.sampled_from(["+5", "007", ".5", "5.", "1e3", "-0", "0.0", "1" + "0" * 41, "0." + "0" * 90 + "1"]))


def _unique(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(strategy, min_size=1, max_size=4, unique=True)


scalars: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"S": strings}),
    st.fixed_dictionaries({"N": numbers()}),
    st.fixed_dictionaries({"B": binaries}),
    st.fixed_dictionaries({"BOOL": st.booleans()}),
    st.just({"NULL": True}),
    st.fixed_dictionaries({"SS": _unique(strings)}),
    st.fixed_dictionaries({"NS": _unique(numbers())}),
    st.fixed_dictionaries({"BS": _unique(binaries)}),
)
values: st.SearchStrategy[dict[str, Any]] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"L": st.lists(inner, max_size=4)}),
        st.fixed_dictionaries({"M": st.dictionaries(names, inner, max_size=4)}),
    ),
    max_leaves=12,
)
items = st.dictionaries(names, values, max_size=6)
