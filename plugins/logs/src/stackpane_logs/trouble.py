"""What passes by itself: a connection that breaks, a server that fails, a quota that is used up for the moment."""

from __future__ import annotations

__all__ = ["is_passing"]


def is_passing(error: BaseException) -> bool:
    """Whether the same request may do well a little later."""
    from botocore.exceptions import ClientError, EventStreamError, HTTPClientError

    from stackpane import UnprovenResponse
    from stackpane.patience import THROTTLED

    if isinstance(error, EventStreamError):
        return True
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or error.response.get("Error", {}).get("Code") in THROTTLED
    # Connections that are refused, break or time out; and answers of a proxy or a login page on the way.
    return isinstance(error, (HTTPClientError, UnprovenResponse))
