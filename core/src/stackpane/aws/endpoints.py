"""Which hosts a connection's credentials may go to, and what belongs to an AWS partition.

Pure functions over the data that botocore ships (partitions, endpoint rules); nothing here touches the network, and
botocore itself is imported late.
"""

from __future__ import annotations

import ipaddress
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from stackpane.connections.model import Connection

__all__ = [
    "Origin",
    "Partition",
    "allowed",
    "console_host",
    "is_aws",
    "is_aws_region",
    "is_emulator",
    "is_loopback",
    "origin",
    "partition",
    "partition_of",
    "partitions",
    "proxies",
    "refusal",
    "uses_proxy",
]


class Partition(NamedTuple):
    """One AWS partition: its name (``aws-cn``), what its regions look like, and the domains its endpoints end in.

    ``regions`` are the known ones that one can be in, without botocore's pseudo-regions (``aws-cn-global``).
    """

    name: str
    region_pattern: str
    regions: tuple[str, ...]
    suffixes: tuple[str, ...]
    default_region: str


@cache
def partitions() -> tuple[Partition, ...]:
    """All partitions that the installed botocore knows, ``aws`` first. Source: botocore's ``partitions.json``."""
    entries = json.loads(_data("partitions.json").read_text())["partitions"]
    return tuple(
        Partition(
            name=entry["id"],
            region_pattern=entry["regionRegex"],
            regions=tuple(name for name in entry["regions"] if re.fullmatch(entry["regionRegex"], name)),
            suffixes=(entry["outputs"]["dnsSuffix"], entry["outputs"]["dualStackDnsSuffix"]),
            default_region=entry["outputs"]["implicitGlobalRegion"],
        )
        for entry in entries
    )


def _data(name: str) -> Any:
    import importlib.resources

    return importlib.resources.files("botocore").joinpath("data", name)


def partition(name: str) -> Partition:
    """The partition of that name. Raises ``KeyError``."""
    for each in partitions():
        if each.name == name:
            return each
    raise KeyError(name)


def partition_of(region: str) -> Partition:
    """The partition that a region belongs to: ``aws-cn`` for ``cn-north-1``; ``aws`` for names no partition claims.

    Names that AWS does not have are those of S3-compatible servers (``garage``, ``auto``), which take any.
    """
    for each in partitions():
        if region in each.regions or re.fullmatch(each.region_pattern, region):
            return each
    return partition("aws")


def is_aws_region(region: str) -> bool:
    """Whether the name has the form of an AWS region of some partition; new regions need no new botocore."""
    return any(region in each.regions or re.fullmatch(each.region_pattern, region) for each in partitions())


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine.

    ``localhost`` and all names under it are loopback by RFC 6761, section 6.3; IPv4-mapped IPv6 counts as what it maps.
    """
    name = host.lower().removesuffix(".").removeprefix("[").removesuffix("]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class Origin(NamedTuple):
    """Where a URL leads: scheme, host and port, in lower case and with the scheme's own port filled in."""

    scheme: str
    host: str
    port: int


def origin(url: str) -> Origin:
    """The origin of a URL; port 0 where the scheme has no usual one. Raises ``ValueError`` where it is no number."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    port = parts.port if parts.port is not None else {"http": 80, "https": 443}.get(scheme, 0)
    return Origin(scheme, (parts.hostname or "").removesuffix("."), port)


def refusal(url: str, connection: Connection, service: str, partition_name: str) -> str | None:
    """Why requests of ``service`` must not go to ``url``, as the end of a sentence; ``None`` where they may.

    A URL is right when its scheme, host and port are exactly those of the endpoint that the connection names for the
    service. Where it names none, the host must be one that AWS's endpoint rules give for this service, in the
    connection's partition, by https.
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        return "the address carries a user name or password"
    try:
        found = origin(url)
    except ValueError:
        return f"{url!r} is not a valid address"
    endpoint = connection.endpoint_for(service)
    if endpoint is not None:
        return _refused_by_endpoint(found, endpoint, connection, service)
    if found.scheme != "https" or found.port != 443:
        return f"{_show(found)} is not an AWS endpoint: those are https on port 443"
    if not _is_service_host(found.host, service, partition_name):
        return f"{found.host} is not an AWS endpoint for {service} in the partition {partition_name}"
    return None


def _refused_by_endpoint(found: Origin, endpoint: str, connection: Connection, service: str) -> str | None:
    wanted = origin(endpoint)
    if connection.ad_hoc and not is_aws(endpoint, service):
        return f"{_show(wanted)} is neither an AWS endpoint for {service} nor saved with {connection.name!r}"
    # An endpoint that is AWS's own (a VPC endpoint, FIPS, dual-stack) serves buckets under host names of their own.
    under = found.host.endswith("." + wanted.host) and is_aws(endpoint, service)
    if found == wanted or (under and found._replace(host=wanted.host) == wanted):
        return None
    return f"{_show(found)} is not the endpoint of {connection.name!r} for {service}, {_show(wanted)}"


def allowed(url: str, connection: Connection, service: str, partition_name: str) -> bool:
    """Whether requests of ``service`` may go to ``url``: see ``refusal``."""
    return refusal(url, connection, service, partition_name) is None


def _show(found: Origin) -> str:
    host = f"[{found.host}]" if ":" in found.host else found.host
    return f"{found.scheme}://{host}" + (f":{found.port}" if found.port not in (80, 443) else "")


def is_aws(url: str, service: str | None = None) -> bool:
    """Whether a URL is AWS's own, in any partition: for one ``service``, or (``None``) under any of AWS's domains.

    With a ``service`` the answer is exact; without, it includes hosts that AWS runs for its customers (load balancers,
    API gateways), so it is good for a description and no permission to send credentials.
    """
    try:
        found = origin(url)
    except ValueError:
        return False
    if found.scheme != "https" or found.port != 443:
        return False
    if service is None:
        return any(found.host.endswith("." + suffix) for each in partitions() for suffix in each.suffixes)
    return any(_is_service_host(found.host, service, each.name) for each in partitions())


def is_emulator(connection: Connection, service: str | None = None) -> bool:
    """Whether requests go to something that is not AWS: an emulator, or a server that speaks AWS's protocols."""
    endpoint = connection.endpoint_for(service) if service else connection.endpoint_url
    if endpoint is not None:
        return not is_aws(endpoint, service)
    return not service and any(not is_aws(url, name) for name, url in connection.endpoints.items())


def uses_proxy(connection: Connection, service: str) -> bool:
    """Whether a proxy may stand between: never before loopback, where it would take an emulator's traffic away."""
    endpoint = connection.endpoint_for(service)
    return endpoint is None or not is_loopback(origin(endpoint).host)


def proxies(connection: Connection, service: str) -> dict[str, str] | None:
    """botocore's ``proxies``: none before loopback, the connection's own, else (``None``) those of the environment."""
    if not uses_proxy(connection, service):
        return {}
    return {"http": connection.proxy, "https": connection.proxy} if connection.proxy else None


def console_host(region: str) -> str:
    """The host of the AWS console for a region: ``eu-west-1.console.aws.amazon.com``.

    Sources: https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/console-help-gsg.html, and for China and GovCloud
    https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html and
    https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/getting-started-console.html
    """
    name = partition_of(region).name
    if name == "aws-cn":
        return f"{region}.console.amazonaws.cn"
    if name == "aws-us-gov":
        return f"{region}.console.amazonaws-us-gov.com"
    if name == "aws-eusc":
        return f"{region}.console.amazonaws-eusc.eu"
    return f"{region}.console.aws.amazon.com"


@cache
def _is_service_host(host: str, service: str, partition_name: str) -> bool:
    """Whether AWS's endpoint rules give ``host`` for ``service`` in the partition; VPC endpoints count as well."""
    pattern = _service_hosts(service, partition_name)
    return pattern is not None and pattern.fullmatch(host) is not None


_VARIABLE = re.compile(r"(\{[^}]*\})")
_LEADING = re.compile(r"^\{(?!\w*region)[^}]*\}[.-]", re.IGNORECASE)
"""A bucket or account in front of the service's own labels, where anything may stand."""


@cache
def _service_hosts(service: str, partition_name: str) -> re.Pattern[str] | None:
    """One pattern for all hosts that a service's endpoint rules can give in a partition.

    Some operations put a label or a prefix before it (``streaming-logs.…``, ``<account>.s3-control.…``), and
    PrivateLink its own labels around it (``bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com``):
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
    """
    where = partition(partition_name)
    templates = sorted({_LEADING.sub("", template) for template in _templates(service) if _is_of(template, where)})
    if not templates:
        return None
    suffix = r"(?:vpce\.)?(?:" + "|".join(re.escape(each) for each in where.suffixes) + ")"
    region = f"(?:{where.region_pattern.strip('^$')})"

    def fill(part: str) -> str:
        if not part.startswith("{"):
            return re.escape(part)
        if "suffix" in part.lower():
            return suffix
        return region if "region" in part.lower() else "[a-z0-9_.-]+"

    hosts = ("".join(fill(part) for part in _VARIABLE.split(template)) for template in templates)
    return re.compile(f"(?:[a-z0-9_.-]+[.-])?(?:{'|'.join(hosts)})")


def _is_of(template: str, where: Partition) -> bool:
    """Whether a host template can be meant for a partition: the domain or region written out in it is no other's."""
    others = {suffix for each in partitions() for suffix in each.suffixes} - set(where.suffixes)
    if template.endswith(tuple("." + suffix for suffix in others)):
        return False
    return all(partition_of(label) == where for label in template.split(".") if is_aws_region(label))


def _templates(service: str) -> set[str]:
    """The host parts of the URLs in a service's endpoint rules, variables in braces; empty for unknown services."""
    from botocore.exceptions import UnknownServiceError

    try:
        rules = _models().load_service_model(service, "endpoint-rule-set-1")
    except UnknownServiceError:
        return set()
    found: set[str] = set()

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(url := node.get("url"), str) and url.startswith("https://"):
                found.add(url.removeprefix("https://").partition("/")[0])
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    collect(rules)
    return {template for template in found if "authority" not in template}


@cache
def _models() -> Any:
    from stackpane.aws.loader import ModelLoader
    from stackpane.paths import cache_folder

    return ModelLoader(cache_folder())
