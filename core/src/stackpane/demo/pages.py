"""Keeps web pages away from the emulator.

It answers whoever comes, runs code it is given (Lambda functions), and allows every origin: without this, any page that
the user's browser shows could use it. Programs send none of the headers that give a page away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, Scope

__all__ = ["from_a_page", "without_pages"]

_HOSTS = (b"127.0.0.1", b"localhost")


def without_pages(app: ASGIFramework) -> ASGIFramework:
    """The application, which answers requests that come from a web page with 403 and does nothing for them."""

    async def guarded(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan" or not from_a_page(scope["headers"]):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": None})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This demo is not for web pages.\n", "more_body": False})

    return guarded


def from_a_page(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request with these headers (names in lower case) may have been made by a web page.

    A page's scripts and forms send ``Origin``, its images and frames ``Sec-Fetch-Site``, which is ``none`` for an
    address that the user typed or clicked outside the browser (https://www.w3.org/TR/fetch-metadata/). A page that has
    its own name resolve to this machine (DNS rebinding) is known by ``Host``.
    """
    given = dict(headers)
    host = given.get(b"host", b"").lower().partition(b":")[0]
    ours = host in _HOSTS or host.endswith(b".localhost")
    return b"origin" in given or given.get(b"sec-fetch-site", b"none") != b"none" or not ours
