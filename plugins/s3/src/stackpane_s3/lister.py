"""A client for one long listing: its requests go through the core's lane, which costs half of a client's call.

The first requests are the client's own, as most listings end there. Where the lane has no answer (an error, a redirect,
a page in another form than AWS's) the client makes the call, which retries, explains and raises as always.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane.wanted import Unwanted
from stackpane_s3.buckets import bucket_client, bucket_lane
from stackpane_s3.lean import object_listing

if TYPE_CHECKING:
    from stackpane import Lane, Session

__all__ = ["Lister"]

_FIRST = 4
"""Requests before a lane pays: it has a connection of its own."""


class Lister:
    """Has ``list_objects_v2`` of a raw client, for a bucket. Close it: whoever waits for an answer is hung up on."""

    def __init__(self, session: Session, bucket: str) -> None:
        self._session = session
        self._bucket = bucket
        self._client = bucket_client(session, bucket, raw=True)
        self._lock = threading.Lock()
        self._made = 0
        self._lane: Lane | None = None
        self._fits = True
        self._is_closed = False

    def list_objects_v2(self, **request: Any) -> Mapping[str, Any]:
        """One page, as the raw client gives it; of what is not in a page's entries only where the next one begins."""
        lane = self._next_lane()
        if lane is not None:
            reply = lane.send("list_objects_v2", request)
            page = None if reply is None else object_listing(reply.body)
            if page is not None:
                return page
            if self._is_closed:  # and the fan-out that this thread works for ends
                raise Unwanted
            if reply is not None:  # the other pages will not be of AWS's form either: ask for each of them only once
                self._fits = False
        answer: Mapping[str, Any] = self._client.list_objects_v2(**request)
        return answer

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._is_closed = True
            if self._lane is not None:
                self._lane.close()

    def _next_lane(self) -> Lane | None:
        """The lane for the next request, opened when it is first worth it; ``None``: the client makes the call."""
        with self._lock:
            self._made += 1
            if self._made == _FIRST + 1 and not self._is_closed:
                self._lane = bucket_lane(self._session, self._bucket)
            return self._lane if self._fits else None
