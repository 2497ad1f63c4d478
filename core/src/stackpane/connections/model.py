"""What a connection is: a named way into AWS. It says where credentials come from and never holds a secret key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from stackpane.connections.urls import checked_endpoint, checked_proxy
from stackpane.errors import InvalidInput
from stackpane.text import safe

__all__ = [
    "DUMMY_KEY",
    "Connection",
    "Kind",
    "Origin",
    "Role",
    "SecretRef",
    "Source",
    "looks_dummy",
    "masked_key",
]

Kind = Literal["production", "development", "local"]
"""``production`` asks before every change and is shown in a warning colour; ``local`` is an emulator."""

DUMMY_KEY = "test"
"""The access key id and secret that emulators take: https://docs.localstack.cloud/aws/capabilities/config/credentials/"""


class Source(StrEnum):
    """Where a connection's credentials come from."""

    PROFILE = "profile"
    """A profile of the AWS config files: keys, SSO, a role, ``credential_process``, web identity, ``aws login``."""
    ENVIRONMENT = "environment"
    """``AWS_ACCESS_KEY_ID`` and its kin, a web identity token, or the container's credentials."""
    KEYRING = "keyring"
    """Keys in the operating system's keyring."""
    CONNECTION = "connection"
    """Another connection, with whose credentials a role is assumed."""
    INSTANCE = "instance"
    """The role of the EC2 instance this runs on, from its metadata service."""
    DUMMY = "dummy"
    """Made-up keys for an emulator. They open nothing on AWS."""


class Origin(StrEnum):
    """Where a connection is defined."""

    SAVED = "connections.toml"
    PROFILE = "AWS profile"
    ENVIRONMENT = "environment"
    BUILT_IN = "built-in"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a connection's keys lie in the keyring: a random ``id``, never used again, and the ``backend``'s class."""

    id: str
    backend: str
    hint: str = ""
    """The access key id as ``AKIA…WXYZ``, for a person to recognise."""


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role to assume. The limits are those of ``sts:AssumeRole``:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """

    arn: str
    external_id: str | None = field(default=None, repr=False)
    mfa_serial: str | None = None
    session_name: str | None = None
    duration_seconds: int | None = None

    def __post_init__(self) -> None:
        _match(self.arn, _ROLE_ARN, "role ARN", "arn:aws:iam::123456789012:role/Name")
        if self.external_id is not None and not re.fullmatch(r"[\w+=,.@:/-]{2,1224}", self.external_id):
            # The value itself is not repeated: it is shared with one other party only.
            raise InvalidInput("the external id must have 2 to 1224 letters, digits or characters of _+=,.@:/-")
        if self.mfa_serial is not None:
            _match(self.mfa_serial, r"[\w+=/:,.@-]{9,256}", "MFA serial", "arn:aws:iam::123456789012:mfa/name")
        if self.session_name is not None:
            _match(self.session_name, r"[\w+=,.@-]{2,64}", "role session name", "alice")
        if self.duration_seconds is not None and not 900 <= self.duration_seconds <= 43200:
            raise InvalidInput(f"a role's duration is 900 to 43200 seconds, not {self.duration_seconds}")


_ROLE_ARN = r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,576}"
_NAME = r"\w[\w.@+/-]{0,63}"
_HOST_LABEL = r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)"
_PIN = r"(?:arn:aws[a-z-]*:[a-z0-9-]+:\S*|[a-z][a-z0-9+.-]*://\S+)"
_SERVICE = r"[a-z][a-z0-9-]{0,62}"


def _match(value: str, pattern: str, what: str, example: str) -> None:
    if not re.fullmatch(pattern, value, re.ASCII):
        raise InvalidInput(f"{safe(value)!r} is not a valid {what}", f"It looks like {example}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A named way into AWS: public facts only, safe to show and to log.

    ``profile`` goes with the source ``profile``, ``secret`` with ``keyring``, ``base`` (another connection's name) with
    ``connection``; ``access_key`` is the made-up key of ``dummy`` (emulators take twelve digits as the account).
    ``role`` is assumed with those credentials. ``endpoint_url`` is for every service, ``endpoints`` overrides it by
    botocore's service name. ``rate_limit`` is in calls per second; ``services`` empty means all; ``pins`` are ARNs or
    URIs that are listed where the right to list is missing. ``account_id`` makes every command check that the
    credentials belong to that account. Raises ``InvalidInput`` where a value cannot be right.
    """

    name: str
    source: Source
    origin: Origin = Origin.SAVED
    profile: str | None = None
    base: str | None = None
    secret: SecretRef | None = None
    access_key: str = DUMMY_KEY
    role: Role | None = None
    regions: tuple[str, ...] = ()
    endpoint_url: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict, hash=False)
    ca_bundle: str | None = None
    proxy: str | None = None
    account_id: str | None = None
    read_only: bool = False
    kind: Kind = "development"
    pins: tuple[str, ...] = ()
    rate_limit: float | None = None
    services: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    timeout: float | None = None
    """Seconds to wait for the answer to each try of a request, in this run only; ``None``: what clients wait."""
    ad_hoc: bool = False
    """The endpoints hold for this run only and were not saved: real credentials go there only where it is AWS."""

    def __post_init__(self) -> None:
        self._check_name()
        self._check_source()
        for region in self.regions:
            _match(region, _HOST_LABEL, "region", "eu-west-1")
        if self.account_id is not None:
            _match(self.account_id, r"\d{12}", "account id", "123456789012")
        for pin in self.pins:
            _match(pin, _PIN, "ARN or URI to pin", "s3://bucket/prefix/")
        for service in (*self.services, *self.endpoints):
            _match(service, _SERVICE, "service name", "cognito-idp")
        if self.kind not in ("production", "development", "local"):
            raise InvalidInput(f"a connection is production, development or local, not {safe(str(self.kind))!r}")
        if self.rate_limit is not None and not 0 < self.rate_limit <= 10_000:
            raise InvalidInput(f"a rate limit is a number of calls per second above 0, not {self.rate_limit}")
        self._normalise_urls()

    def _check_name(self) -> None:
        # A profile's name is what its file says; it only has to be one that a command line can carry.
        if self.origin is Origin.PROFILE:
            return
        if not re.fullmatch(_NAME, self.name):
            raise InvalidInput(
                f"{safe(self.name)!r} cannot name a connection",
                "A name has 1 to 64 letters, digits or characters of _.@+/- and begins with a letter or digit.",
            )

    def _check_source(self) -> None:
        needs = {Source.PROFILE: self.profile, Source.KEYRING: self.secret, Source.CONNECTION: self.base}
        if self.source in needs and not needs[self.source]:
            raise InvalidInput(
                f"the connection {self.name!r} takes its credentials from a {self.source}, but names none"
            )
        if self.source is Source.CONNECTION and self.role is None:
            raise InvalidInput(f"the connection {self.name!r} is based on {self.base!r} but names no role to assume")
        if self.source is Source.DUMMY and not looks_dummy(self.access_key):
            raise InvalidInput(
                "that access key could be a real one; an emulator is given a made-up one",
                "Where a server really checks keys, save them: stackpane connection add NAME --endpoint-url URL.",
            )
        if self.source is Source.DUMMY and not (self.endpoint_url or self.endpoints):
            raise InvalidInput(f"the connection {self.name!r} has made-up keys, so it needs an endpoint URL")

    def _normalise_urls(self) -> None:
        dummy = self.source is Source.DUMMY
        if self.endpoint_url is not None:
            object.__setattr__(self, "endpoint_url", checked_endpoint(self.endpoint_url, dummy_keys=dummy))
        checked = {service: checked_endpoint(url, dummy_keys=dummy) for service, url in self.endpoints.items()}
        object.__setattr__(self, "endpoints", MappingProxyType(checked))
        if self.proxy is not None:
            object.__setattr__(self, "proxy", checked_proxy(self.proxy))

    def endpoint_for(self, service: str) -> str | None:
        """The endpoint that this connection names for a service; ``None``: AWS's own.

        An endpoint of AWS's that is given for one run (``--endpoint-url`` with a VPC endpoint) is about the command's
        service: who the credentials belong to is still asked of AWS's usual STS.
        """
        if self.ad_hoc and service == "sts":
            return self.endpoints.get(service)
        return self.endpoints.get(service, self.endpoint_url)


# An access key id has 16 to 128 characters. LocalStack turns AKIA and ASIA into these two, to keep real keys away.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
# https://docs.localstack.cloud/aws/capabilities/config/credentials/
_SHORTEST_ACCESS_KEY = 16
_LOCALSTACK_PREFIXES = ("LSIA", "LKIA")


def looks_dummy(access_key: str) -> bool:
    """Whether an access key id visibly opens nothing on AWS: too short for one, or of LocalStack's own making."""
    return len(access_key) < _SHORTEST_ACCESS_KEY or access_key.startswith(_LOCALSTACK_PREFIXES)


def masked_key(access_key: str) -> str:
    """An access key id for a person to recognise, without giving it away: ``AKIA…WXYZ``."""
    return f"{access_key[:4]}…{access_key[-4:]}" if len(access_key) >= _SHORTEST_ACCESS_KEY else "…"
