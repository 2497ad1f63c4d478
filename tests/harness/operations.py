"""Which AWS operation an HTTP request is, read from botocore's service models: nothing here knows a service."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")


def service_of(headers: Mapping[str, str], query: Mapping[str, Sequence[str]]) -> str:
    """The signing name in the request's SigV4 scope (header or presigned), or ``""`` for an unsigned request."""
    presigned = f"Credential={query['X-Amz-Credential'][0]}" if "X-Amz-Credential" in query else ""
    scope = _SCOPE.search(headers.get("authorization", "") or presigned)
    return scope["service"] if scope else ""


def operation_of(
    service: str, method: str, path: str, query: Mapping[str, Sequence[str]], headers: Mapping[str, str], body: bytes
) -> str:
    """The operation's name as in the model (``ListObjectsV2``), or ``""`` where none fits.

    ``path`` as it is on the wire, ``headers`` with lower-case names.
    """
    if target := headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if protocol_of(service) in ("query", "ec2"):
        form = parse_qs(body.decode("utf-8", "replace"))
        return (form.get("Action") or list(query.get("Action", [])) or [""])[0]
    fitting = [route for route in _routes(service) if route.fits(method, path, query, headers)]
    return max(fitting, key=lambda route: route.weight).name if fitting else ""


@lru_cache
def protocol_of(service: str) -> str:
    """``rest-xml``, ``rest-json``, ``json`` or ``query``; ``""`` for an unknown service."""
    return str(_model(service).get("metadata", {}).get("protocol", ""))


@dataclass(frozen=True)
class _Route:
    """The HTTP shape of one operation: what a request must have to be one."""

    name: str
    method: str
    path: re.Pattern[str]
    literals: Mapping[str, str]
    """Query arguments in the model's own URI; an empty value stands for any."""
    query: frozenset[str]
    headers: frozenset[str]
    current: bool
    """Not deprecated: ``GetBucketNotification`` has a successor with the same URI."""

    @property
    def weight(self) -> tuple[int, bool]:
        """The more a route asks for, the better: ``UploadPartCopy`` before ``UploadPart`` before ``PutObject``."""
        return len(self.literals) + len(self.query) + len(self.headers), self.current

    def fits(self, method: str, path: str, query: Mapping[str, Sequence[str]], headers: Mapping[str, str]) -> bool:
        return (
            method == self.method
            and self.path.fullmatch(path) is not None
            and all(name in query and value in ("", query[name][0]) for name, value in self.literals.items())
            and self.query <= query.keys()
            and self.headers <= headers.keys()
        )


@lru_cache
def _model(service: str) -> dict[str, Any]:
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        model: dict[str, Any] = Loader().load_service_model(service, "service-2")
    except UnknownServiceError:
        return {}
    return model


@lru_cache
def _routes(service: str) -> list[_Route]:
    model = _model(service)
    # of two operations with one shape (ListBuckets, ListDirectoryBuckets at another host) ``max`` takes the first
    return [_route(name, operation, model["shapes"]) for name, operation in model.get("operations", {}).items()]


def _route(name: str, operation: Mapping[str, Any], shapes: Mapping[str, Any]) -> _Route:
    uri = urlsplit(operation["http"]["requestUri"])
    shape = shapes[operation["input"]["shape"]] if "input" in operation else {}
    members = [shape["members"][member] for member in shape.get("required", [])]
    return _Route(
        name=name,
        method=operation["http"]["method"],
        path=re.compile(_path_pattern(uri.path), re.DOTALL),
        literals={key: values[0] for key, values in parse_qs(uri.query, keep_blank_values=True).items()},
        query=frozenset(m["locationName"] for m in members if m.get("location") == "querystring"),
        headers=frozenset(m["locationName"].lower() for m in members if m.get("location") == "header"),
        current=not operation.get("deprecated"),
    )


def _path_pattern(path: str) -> str:
    """``/{Bucket}/{Key+}`` as a pattern: one part, and all that follows."""
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/") or "/")
    pattern = "".join(
        ".+" if part.endswith("+}") else "[^/]+" if part.startswith("{") else re.escape(part) for part in parts
    )
    return pattern if ".+" in pattern else pattern + "/?"
