"""Which endpoint and proxy addresses a connection may name.

A request carries a signature, often a session token, and the data. So an address must mean exactly one host, in the
reading of every URL parser; plain ``http`` leads to this machine only; and the addresses under which clouds hand out
credentials are no endpoints.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from stackpane.aws.endpoints import is_loopback
from stackpane.errors import InvalidInput
from stackpane.text import safe

__all__ = ["checked_endpoint", "checked_proxy", "is_private_url"]

_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")

# inet_aton, which many HTTP clients end in, also reads 127.1, 2130706433, 0x7f000001 and 0177.0.0.1 as 127.0.0.1.
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*")

# Where instance metadata and container credentials are served: AWS (IPv4 link-local, fd00:ec2::/32), Alibaba Cloud,
# Google Cloud. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
_METADATA_NETWORKS = tuple(
    ipaddress.ip_network(network) for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "100.100.100.200/32")
)
_METADATA_NAMES = {"instance-data", "instance-data.ec2.internal", "metadata.google.internal", "metadata"}

# LocalStack's own domain, all of whose names resolve to 127.0.0.1.
# https://docs.localstack.cloud/aws/capabilities/networking/transparent-endpoint-injection/
_LOCALSTACK_DOMAIN = "localhost.localstack.cloud"


def checked_endpoint(url: str, *, dummy_keys: bool) -> str:
    """The endpoint ``url`` in its one normal form: lower-case scheme and host, no trailing slash or dot.

    Plain ``http`` is for loopback. With ``dummy_keys`` there is nothing to steal, so ``http`` may also lead to a
    private name or address, as a container has (``http://localstack:4566``). Raises ``InvalidInput``.
    """
    scheme, host, rest = _split(url, "an endpoint")
    if scheme == "http" and not is_loopback(host) and not (dummy_keys and _is_private(host)):
        hint = "Use https"
        if dummy_keys:
            hint += ", or a host on this machine or in a private network"
        raise InvalidInput(f"{_shown(url)}: plain http would send the data to {host} unencrypted", hint + ".")
    return f"{scheme}://{rest}"


def checked_proxy(url: str) -> str:
    """The proxy ``url`` in its normal form. Raises ``InvalidInput``; a password belongs in no configuration file."""
    scheme, _host, rest = _split(url, "a proxy")
    return f"{scheme}://{rest}"


def is_private_url(url: str) -> bool:
    """Whether an endpoint leads to this machine or the network around it. Raises ``InvalidInput`` for a bad one."""
    _scheme, host, _rest = _split(url, "an endpoint")
    return is_loopback(host) or _is_private(host)


def _split(url: str, what: str) -> tuple[str, str, str]:
    """Scheme, host, and host with port and path, all normal. Raises ``InvalidInput``."""

    def refuse(reason: str, hint: str = "") -> InvalidInput:
        return InvalidInput(f"{_shown(url)} cannot be {what}: {reason}", hint)

    if re.search(r"[\s\\\x00-\x20\x7f]", url):
        raise refuse("it contains a space, a backslash or a control character")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").removesuffix(".")
    except ValueError as error:
        raise refuse(str(error)) from None
    if parts.scheme not in ("http", "https"):
        raise refuse("it must begin with https:// or http://", "For example http://localhost:4566.")
    if "@" in parts.netloc:
        raise refuse("it must not carry a user name or password")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise refuse("it must end with the host, the port or a path")
    if not host or port == 0:
        raise refuse("it names no host" if not host else "port 0 does not exist")
    if reason := _bad_host(host):
        raise refuse(*reason)
    shown_host = f"[{host}]" if ":" in host else host
    path = parts.path.rstrip("/")
    return parts.scheme, host, shown_host + (f":{port}" if port is not None else "") + path


def _shown(url: str) -> str:
    """The address for a message, without a password that may stand in it."""
    return safe(re.sub(r"//[^/@]*@", "//…@", url))


def _bad_host(host: str) -> tuple[str, str] | None:
    """The reason and the hint where a host is refused."""
    if not host.isascii():
        return "the host has letters beyond ASCII", _punycode_hint(host)
    if ":" not in host and not _HOST.fullmatch(host):
        return f"{host!r} is not a host name", ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if _NUMERIC.fullmatch(host):
            return "an IPv4 address has four decimal numbers", "For this machine write 127.0.0.1 or localhost."
        if host in _METADATA_NAMES:
            return "this is where a cloud hands out credentials", ""
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    if any(address in network for network in _METADATA_NETWORKS if network.version == address.version):
        return "link-local and metadata addresses are where a cloud hands out credentials", ""
    if address.is_unspecified:
        return "no request can be sent to it", "For this machine write 127.0.0.1 or localhost."
    if address.is_multicast:
        return "it is a multicast address", ""
    return None


def _punycode_hint(host: str) -> str:
    try:
        return f"Write it as {host.encode('idna').decode()} if that is the host you mean."
    except UnicodeError:
        return ""


def _is_private(host: str) -> bool:
    """Whether a host can only be reached in the user's own network: a name without a domain, a private address."""
    if host == _LOCALSTACK_DOMAIN or host.endswith("." + _LOCALSTACK_DOMAIN):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        # .internal is reserved for private use (host.docker.internal), .local is mDNS, .test is RFC 6761's.
        return "." not in host or host.endswith((".internal", ".local", ".test"))
