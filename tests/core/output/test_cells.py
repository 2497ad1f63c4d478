from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stackpane.cli.output.paint import paint_state
from stackpane.formats.cells import cell, cells
from stackpane.formats.values import iso_text, iso_texts
from stackpane.text import human_duration, is_plain_ascii
from stackpane.views import Column, Kind, Table
from tests.core.output.showing import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

SENT = "2026-11-22T09:30:00.000Z"
NEAR_UNITS = [0, 1023, 1024, 1048523, 1048524, 1048525, 1048575, 1 << 20, 1 << 40, -1]

sizes = st.integers(-5, 1 << 60) | st.sampled_from(NEAR_UNITS)
times = st.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}") | st.just(SENT[:-5])
sent = st.tuples(times, st.sampled_from([".000Z", "Z", ".123Z", "+01:00"])).map("".join)
odd = st.none() | st.booleans() | st.floats(0, 1e9) | st.text() | st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize("kind", get_args(Kind))
@given(
    values=st.lists(sizes, min_size=1)
    | st.lists(times.map(lambda text: f"{text}.000Z"), min_size=1)
    | st.lists(times.map(lambda text: f"{text}.405Z"), min_size=1)
    | st.lists(sizes | sent | odd, min_size=1)
)
@example(values=[SENT, f"{SENT}\n{SENT}"])
@example(values=[SENT, "\n"])
@example(values=[True, 1000, 2000])
def test_a_column_of_cells_is_its_cells_one_by_one(values: Sequence[Any], kind: Kind) -> None:
    assert list(cells(values, kind)) == [cell(value, kind) for value in values]


def test_usual_values_read_as_people_read_them() -> None:
    assert cells([SENT, "2026-11-22T09:30:00Z"], "time") == ["2026-11-22 09:30:00Z"] * 2
    assert cells([datetime(2026, 11, 22, tzinfo=UTC), None], "time") == ["2026-11-22 00:00:00Z", "-"]
    assert cells([1023, 1024, 1048524, 1048525], "size") == ["1023 B", "1.0 KiB", "1023.9 KiB", "1.0 MiB"]


@pytest.mark.parametrize(
    "state",
    [
        "broken",
        "expired",
        "failed",
        "login needed",
        "needs a code",
        "no answer",
        "no credentials",
        "refused",
        "unreachable",
        "timeout",
        "untrusted",
        "wrong account",
    ],
)
def test_a_connection_that_does_not_work_is_shown_in_red(state: str) -> None:
    assert paint_state(state) == f"\x1b[31m{state}\x1b[0m"


@pytest.mark.parametrize("state", ["ok", "Enabled", "not tested", "Node.js"])
def test_a_state_that_wants_no_attention_has_no_colour(state: str) -> None:
    assert paint_state(state) == state


@pytest.mark.parametrize(("seconds", "shown"), [(float("inf"), "inf"), (float("-inf"), "-inf"), (float("nan"), "nan")])
def test_a_length_of_time_without_an_end_is_shown_as_it_is(seconds: float, shown: str) -> None:
    assert human_duration(seconds) == shown


def test_a_moment_is_shown_to_the_millisecond() -> None:
    texts = ["2026-11-22T09:30:00.000Z", "2026-11-22T09:30:01.405Z"]
    assert cells(texts, "moment") == ["2026-11-22 09:30:00.000Z", "2026-11-22 09:30:01.405Z"]
    assert cells([texts[1], None], "moment") == ["2026-11-22 09:30:01.405Z", "-"]
    assert cell(datetime(2026, 11, 22, 9, 30, 1, 405000, tzinfo=UTC), "moment") == "2026-11-22 09:30:01.405Z"
    assert cells(["\x1bT", texts[0]], "moment")[0] == "␛ "


@pytest.mark.parametrize("format_name", ["json", "csv"])
def test_a_moment_is_written_as_a_time_is(format_name: str) -> None:
    kinds: tuple[Kind, ...] = ("time", "moment")
    tables = [Table.of([Column("at", kind)], [("2026-11-22T09:30:01.405Z",)]) for kind in kinds]
    as_time, as_moment = (shown(table, format=format_name).text for table in tables)
    assert as_time == as_moment
    assert "2026-11-22T09:30:01.405+00:00" in as_moment


def test_the_level_of_a_line_is_coloured_where_it_wants_attention() -> None:
    assert paint_state("WARN") == "\x1b[33mWARN\x1b[0m"
    assert paint_state("FATAL") == "\x1b[31mFATAL\x1b[0m"
    assert paint_state("INFO") == "INFO"


@given(st.text() | st.text("ab \n\t\x1b"))
def test_much_text_is_plain_where_each_character_is(text: str) -> None:
    assert is_plain_ascii(text) == (text.isascii() and text.isprintable())
    assert is_plain_ascii(text, lines=True) == (
        text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()
    )


@given(
    st.lists(times.map(lambda text: f"{text}.000Z") | times.map(lambda text: f"{text}.405Z"), min_size=1)
    | st.lists(sent | odd, min_size=1)
)
def test_times_at_once_are_those_one_by_one(values: list[Any]) -> None:
    assert iso_texts(values) == [iso_text(value) if isinstance(value, str) else value for value in values]
