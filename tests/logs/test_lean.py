"""Lean replies say the same as botocore's, or leave it to botocore."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import botocore.session
import msgspec
import pytest
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from stackpane_logs.lean import Event, events_of, filter_log_events, get_log_events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MODEL = botocore.session.get_session().get_service_model("logs")
PARSERS: dict[str, Callable[..., Any]] = {"FilterLogEvents": filter_log_events, "GetLogEvents": get_log_events}

texts = st.text(max_size=20) | st.sampled_from(["\x1b[31m", "\u202e", "\ud800", "", "\n", "{}"])
numbers = st.integers(-(2**40), 2**62)
events = st.fixed_dictionaries(
    {},
    optional={
        "timestamp": numbers,
        "message": texts,
        "ingestionTime": numbers,
        "logStreamName": texts,
        "eventId": texts,
    },
)
odd = st.fixed_dictionaries(
    {}, optional={"timestamp": st.none() | numbers, "message": st.none() | texts, "more": texts}
)


def by_botocore(operation: str, body: bytes) -> dict[str, Any]:
    parser = create_parser("json")
    response = {"headers": {}, "status_code": 200, "body": body}
    shape: Any = MODEL.operation_model(operation).output_shape
    parsed: dict[str, Any] = parser.parse(response, shape)
    del parsed["ResponseMetadata"]
    return parsed


def leanly(operation: str, body: bytes) -> dict[str, Any]:
    """As a raw client has it."""
    taken = PARSERS[operation](body, raw=True)
    rest, bulk = (body, {}) if taken is None else taken
    whole: dict[str, Any] = by_botocore(operation, rest) | bulk
    return whole


def rows(reply: Mapping[str, Any]) -> list[Event]:
    return [Event(*msgspec.structs.astuple(event)) for event in events_of(reply)]


@pytest.mark.parametrize("operation", PARSERS)
@given(st.lists(events | odd, max_size=5), st.none() | texts, st.booleans(), st.booleans())
def test_a_page_reads_as_botocore_reads_it(
    operation: str, page: list[dict[str, Any]], following: str | None, escaped: bool, searched: bool
) -> None:
    reply: dict[str, Any] = {"events": page}
    if following is not None:
        reply["nextToken" if operation == "FilterLogEvents" else "nextForwardToken"] = following
    if searched and operation == "FilterLogEvents":
        reply["searchedLogStreams"] = [{"logStreamName": "a", "searchedCompletely": True}]
    body = json.dumps(reply, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    try:
        wanted = by_botocore(operation, body)
    except UnicodeDecodeError:  # no UTF-8 at all
        return
    found = leanly(operation, body)
    assert rows(found) == rows(wanted)
    assert {name: found[name] for name in found if name != "events"} == {
        name: wanted[name] for name in wanted if name != "events"
    }


def test_without_raw_botocore_reads_it_all() -> None:
    assert filter_log_events(b'{"events": []}') is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b'{"events": {}}', b'{"events": [{"new": 1}]}'])
def test_what_is_of_another_form_is_left_to_botocore(body: bytes) -> None:
    assert filter_log_events(body, raw=True) is None
