"""Lean replies: the bulk of a big reply is parsed by a few lines made for it, the rest by botocore.

botocore's generic parser costs more than the network: about 60 ms for a page of 1,000 S3 keys, and twice that where the
reply is parsed a second time to look for an error in it. ``install`` makes timestamps cheap for every reply of a
session. ``attach`` puts the lean parsers that calls name (``Call.lean``) in front of botocore's, for one client.

A lean parser takes the bulk *out* of a body: ``parse(body, raw=False)`` returns

- ``(rest, bulk)``: ``rest`` is the body without the bulk, which botocore goes on with (its own checks for an error in a
  200, markers, headers, everything that is small); ``bulk`` are the members that were taken out, exactly as botocore
  would have parsed them (``{"Contents": [{"Key": …}, …]}``), and are put into the parsed reply;
- or ``None``: the body does not fit, in whole or in part; botocore parses it as if nothing had happened.

With ``raw=True`` the values in ``bulk`` may be anything the plugin likes better (tuples, undecoded slices); its
commands get a client of this kind from ``session.client(..., raw=True)``. A page that did not fit still comes as
botocore parses it, so they must take both.

So a lean parser never sees an error (only replies with status 200), never decides what a reply means, and cannot lose
what it does not know: it must answer ``None`` to a member it has never heard of. Client, signing, retries, events and
guard are untouched. Everything used here is botocore's public interface: ``before-parse`` events and
``ResponseParserFactory.set_parser_defaults``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import datetime
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

    from stackpane.calls import Call

__all__ = ["LeanParser", "attach", "install", "parse_timestamp"]


class LeanParser(Protocol):
    """What ``Call.lean`` refers to; see the module's text."""

    def __call__(self, body: bytes, *, raw: bool = False) -> tuple[bytes, Mapping[str, Any]] | None:
        """The rest of the body and the parsed bulk of it, or ``None`` where the body does not fit."""


def install(session: Session) -> None:
    """Make clients that are created from this botocore session parse timestamps the cheap way, with equal values."""
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parse_timestamp)


def attach(client: BaseClient, calls: Iterable[Call], *, raw: bool = False) -> None:
    """Put the lean parsers of those ``calls`` that are for this client's service in front of botocore's parser.

    A second ``attach`` of the same operation changes nothing, so ``raw`` is settled by the first one. Raises
    ``ImportError`` or ``AttributeError`` where a reference leads nowhere.
    """
    service = client.meta.service_model
    for call in calls:
        if call.lean and call.service == service.service_name:
            # By this name it runs before botocore's own handler of `before-parse.s3.*`, which parses the whole body to
            # look for an error in it. If it ran after that one, replies would be the same, only slower.
            client.meta.events.register_first(
                f"before-parse.*.{call.operation}",
                _handler(resolve_name(call.lean), raw),
                unique_id=f"stackpane-lean-{call.name}",
            )


def _handler(parse: LeanParser, raw: bool) -> Callable[..., None]:
    """The handler of a ``before-parse`` event that hands botocore the rest of the body, and the bulk already parsed."""

    def take_bulk(
        response_dict: MutableMapping[str, Any], customized_response_dict: MutableMapping[str, Any], **_: Any
    ) -> None:
        if response_dict["status_code"] != 200:
            return
        taken = parse(response_dict["body"], raw=raw)
        if taken is not None:
            response_dict["body"], bulk = taken
            customized_response_dict.update(bulk)

    return take_bulk


# The one form that botocore's parser (dateutil) and fromisoformat of every Python are known to read alike.
_ISO_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z")


def parse_timestamp(value: Any) -> datetime:
    """The moment that a timestamp of a reply stands for, equal to what ``botocore.utils.parse_timestamp`` gives.

    ISO 8601 in UTC, which is what AWS sends in XML, is 20 times cheaper; every other form (RFC 822, epoch seconds as
    text or number, offsets) is left to botocore.
    """
    if isinstance(value, str) and _ISO_UTC.fullmatch(value):
        with suppress(ValueError):  # no such day or hour: botocore says so in its own way
            return datetime.fromisoformat(value)
    from botocore.utils import parse_timestamp as by_botocore

    moment: datetime = by_botocore(value)
    return moment
