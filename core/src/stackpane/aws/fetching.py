"""Fetching what an AWS service has answered a link to: a function's code, an export. No credentials go with it.

Such a link is a secret for as long as it holds, and it comes from whoever answered: it is followed to AWS's own hosts
by https, or to the very endpoint that the connection names, never further, and no message has it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from stackpane.aws.endpoints import is_aws, is_loopback, origin, proxies
from stackpane.aws.waiting import timeouts
from stackpane.errors import AwsError, ConnectionProblem, Refused
from stackpane.text import human_size, safe

if TYPE_CHECKING:
    from stackpane.connections.model import Connection

__all__ = ["fetch", "why_not"]

_PIECE = 1 << 16


def fetch(connection: Connection, service: str, url: str, most: int) -> Generator[bytes, None, None]:
    """The body behind a link that ``service`` has answered, piece by piece, at most so many bytes.

    Raises ``Refused`` for a link that leads elsewhere, ``ConnectionProblem`` where it cannot be fetched, ``AwsError``
    where the answer is an error, too long, or ends early.
    """
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError
    from botocore.httpsession import URLLib3Session

    reason = why_not(connection, service, url)
    if reason is not None:
        raise Refused(f"the link to what was asked for was not followed: {reason}")
    usual = {} if is_loopback(origin(url).host) else proxies(connection, service)
    # botocore's own way to the wire, which follows no redirect: the same certificates and time limits as for requests.
    http = URLLib3Session(
        verify=connection.ca_bundle or True,  # type: ignore[arg-type]  # wrong in the stubs
        proxies=_proxies(url, usual),
        timeout=timeouts(connection),  # type: ignore[arg-type]  # for connecting, and for reading
    )
    try:
        request = AWSRequest(method="GET", url=url, stream_output=True)
        response = http.send(request.prepare())
        with closing(response.raw):
            if response.status_code != 200:
                raise AwsError(f"the answer to the link is HTTP {response.status_code}", "Try again: links end soon.")
            yield from _pieces(response, most)
    except BotoCoreError as error:
        # Its own message has the link.
        raise ConnectionProblem(
            f"{origin(url).host} does not send what the link leads to ({type(error).__name__})", "Try again."
        ) from None
    finally:
        http.close()


def why_not(connection: Connection, service: str, url: str) -> str | None:
    """Why a link is not followed, as the end of a sentence; ``None`` where it may be."""
    try:
        found = origin(url)
    except ValueError:
        return "it is not a valid address"
    endpoint = connection.endpoint_for(service)
    if endpoint is None or is_aws(endpoint, service):
        return None if is_aws(url) else f"{safe(found.host)} is no host of AWS's"
    wanted = origin(endpoint)
    # An emulator that is asked by its address may call itself by a name, or the other way round.
    same_machine = is_loopback(found.host) and is_loopback(wanted.host)
    if found == wanted or (same_machine and found._replace(host=wanted.host) == wanted):
        return None
    return f"it leads to {safe(found.host)}, and not to the connection's endpoint, {wanted.host}"


def _proxies(url: str, usual: dict[str, str] | None) -> dict[str, str]:
    from botocore.utils import get_environ_proxies

    found: dict[str, str] = get_environ_proxies(url) if usual is None else usual
    return found


def _pieces(response: Any, most: int) -> Iterator[bytes]:
    from urllib3.exceptions import HTTPError

    got, wanted = 0, response.headers.get("content-length")
    try:
        for piece in response.raw.stream(_PIECE):
            got += len(piece)
            if got > most:
                raise AwsError(f"the link leads to more than {human_size(most)}, which is not fetched")
            yield piece
    except HTTPError as error:
        raise ConnectionProblem(
            f"the answer broke off after {got:,} bytes ({type(error).__name__})", "Try again."
        ) from None
    if wanted is not None and wanted.isdecimal() and int(wanted) != got:
        raise AwsError(f"the answer ended after {got:,} of {int(wanted):,} bytes", "Try again.")
