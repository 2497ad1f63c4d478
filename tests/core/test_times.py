"""Times as a user writes them."""

from datetime import UTC, datetime, timedelta, timezone

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.errors import InvalidInput
from stackpane.times import MOMENT, parse_duration, parse_moment

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("15m", NOW - timedelta(minutes=15)),
        ("2h", NOW - timedelta(hours=2)),
        ("1h30m", NOW - timedelta(minutes=90)),
        ("3d", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(weeks=1)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        (" 2026-11-22 09:30 ", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2026-11-22T09:30:00+02:00", datetime(2026, 11, 22, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_some_time_ago_or_a_date_in_utc(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment
    assert parse_moment(text, NOW).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "yesterday", "15", "15 m", "m", "-3d", "2026-13-01", "99999999999999w", "9" * 5000 + "d"]
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_moment(text, NOW)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_moment_that_utc_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_moment(text)


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=5, minutes=30))), min_value=datetime(1900, 1, 1)))
def test_every_iso_moment_is_read_back_as_itself(moment: datetime) -> None:
    assert parse_moment(moment.isoformat()) == moment


def test_a_duration_adds_up_its_parts() -> None:
    assert parse_duration("1w2d3h4m5s") == timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)
    with pytest.raises(InvalidInput):
        parse_duration("2026-11-22")


def test_the_parameter_type_keeps_a_moment_and_fails_with_the_hint() -> None:
    assert MOMENT.convert(NOW, None, None) is NOW
    with pytest.raises(click.BadParameter, match="Write how long ago"):
        MOMENT.convert("soon", None, None)
