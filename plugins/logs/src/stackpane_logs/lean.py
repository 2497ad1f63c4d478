"""Lean replies of ``FilterLogEvents`` and ``GetLogEvents``: events as small structures, at a tenth of botocore's cost.

A full page is 1 MiB of JSON, some thousand events; a generic parser makes a dictionary of each and looks every value up
in the model. See ``stackpane.aws.lean`` for the contract: whatever is not exactly of the form that AWS documents, also
a member that is unknown here, is left to botocore.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Event", "StreamEvent", "events_of", "filter_log_events", "get_log_events"]


class StreamEvent(msgspec.Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An event as ``GetLogEvents`` gives it: neither its stream nor an id. Times are milliseconds since 1970."""

    timestamp: int | None = None
    message: str | None = None
    ingestionTime: int | None = None  # noqa: N815 - AWS's names


class Event(StreamEvent, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An event as ``FilterLogEvents`` gives it."""

    logStreamName: str | None = None  # noqa: N815
    eventId: str | None = None  # noqa: N815


class _Filtered(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    events: list[Event]
    nextToken: str | None = None  # noqa: N815
    searchedLogStreams: msgspec.Raw = msgspec.Raw(b"[]")  # noqa: N815


class _Got(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    events: list[StreamEvent]
    nextForwardToken: str | None = None  # noqa: N815
    nextBackwardToken: str | None = None  # noqa: N815


_FILTERED = msgspec.json.Decoder(_Filtered)
_GOT = msgspec.json.Decoder(_Got)
_ENCODE = msgspec.json.Encoder().encode


def filter_log_events(body: bytes, *, raw: bool = False) -> tuple[bytes, dict[str, Any]] | None:
    """The events of a page as ``Event``; only for a raw client."""
    return _taken(_FILTERED, body) if raw else None


def get_log_events(body: bytes, *, raw: bool = False) -> tuple[bytes, dict[str, Any]] | None:
    """The events of a page of one stream as ``StreamEvent``; only for a raw client."""
    return _taken(_GOT, body) if raw else None


def _taken(decoder: msgspec.json.Decoder[Any], body: bytes) -> tuple[bytes, dict[str, Any]] | None:
    try:
        reply = decoder.decode(body)
    except msgspec.DecodeError:  # another form; also text that only Python's own parser takes
        return None
    events, reply.events = reply.events, []
    return _ENCODE(reply), {"events": events}


def events_of(reply: Mapping[str, Any], stream: str | None = None) -> list[Event]:
    """The events of a page from a raw client, also where botocore had to parse it; all of one ``stream``, if given."""
    found: list[Any] = reply.get("events", [])
    if found and isinstance(found[0], dict):
        names = Event.__struct_fields__
        found = [Event(**{name: each[name] for name in names if name in each}) for each in found]
    if stream is None:
        return found
    return [Event(each.timestamp, each.message, each.ingestionTime, stream) for each in found]
