"""Functions and layers by what people have at hand: a name, an ARN, a part of one, an AWS console address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from stackpane import InvalidInput

__all__ = [
    "LATEST",
    "FunctionName",
    "Place",
    "checked_qualifier",
    "function_name",
    "is_layer",
    "layer_version",
    "place_of",
]

LATEST = "$LATEST"
"""The version of a function that changes are made to."""

_FUNCTION = r"(?P<function>[a-zA-Z0-9_-]{1,140})"
_QUALIFIER = r"(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]{1,128})"
_PLAIN = re.compile(rf"{_FUNCTION}(?::{_QUALIFIER})?")
_PARTIAL = re.compile(rf"(?P<account>\d{{12}}):function:{_FUNCTION}(?::{_QUALIFIER})?")
_ARN = re.compile(
    rf"arn:[\w-]+:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{{12}}):function:{_FUNCTION}(?::{_QUALIFIER})?"
)
"""https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters"""
_LAYER = re.compile(
    r"arn:[\w-]+:lambda:(?P<region>[a-z0-9-]+):(?:\d{12}|aws):layer:(?P<layer>[a-zA-Z0-9_-]{1,140}):(?P<version>\d+)"
)
_CONSOLE_HOST = re.compile(r"(?:[\w-]+\.)*console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)")
_PAGE = re.compile(
    rf"/functions/{_FUNCTION}(?:/(?P<kind>versions|aliases)/(?P<qualified>[\w$-]+))?/?(?:\?.*)?", re.ASCII
)


class FunctionName(str):
    """The name of a function, with what an ARN said beside it: ``region`` and ``account`` may be empty.

    ``qualifier`` is the version or alias that was named with it, ``None`` where none was. ``target`` is what AWS is to
    be told: the ARN (or the part of one) where one was given, since a function of that name in the account of the
    credentials is another one.
    """

    __slots__ = ("account", "qualifier", "region", "target")
    region: str
    account: str
    qualifier: str | None
    target: str

    @classmethod
    def of(cls, match: re.Match[str], text: str) -> FunctionName:
        """The name that a pattern of this module has found."""
        found = match.groupdict()
        name = cls(found["function"])
        name.region, name.account = found.get("region") or "", found.get("account") or ""
        name.qualifier = found["qualifier"]
        whole = text.removesuffix(f":{name.qualifier}") if name.qualifier else text
        name.target = whole if name.account else str(name)
        return name


@dataclass(frozen=True, slots=True)
class Place:
    """A function, or a version or alias of it."""

    function: str
    qualifier: str | None = None


def function_name(text: str) -> FunctionName:
    """The function that an argument names: ``resize``, ``resize:prod``, an ARN, ``ACCOUNT:function:resize``.

    Raises ``InvalidInput``.
    """
    for form in (_ARN,) if text.startswith("arn:") else (_PARTIAL, _PLAIN):
        if match := form.fullmatch(text):
            return FunctionName.of(match, text)
    raise InvalidInput(
        f"{text!r} is no function's name",
        "A name has letters, digits, - and _; NAME:ALIAS, NAME:VERSION and an ARN are taken as well.",
    )


def checked_qualifier(text: str) -> str:
    """A version or alias as it is given to ``--qualifier``. Raises ``InvalidInput``."""
    if re.fullmatch(_QUALIFIER, text) is None:
        raise InvalidInput(f"{text!r} is no version or alias", "A version is a number or $LATEST, an alias a name.")
    return text


def layer_version(text: str) -> tuple[str, str, int]:
    """The region, the layer's own ARN and the version that such an ARN names. Raises ``InvalidInput``."""
    match = _LAYER.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f"{text!r} is no ARN of a layer's version", "It ends in layer:NAME:VERSION; `lambda show` has those in use."
        )
    return match["region"], text.rpartition(":")[0], int(match["version"])


def is_layer(text: str) -> bool:
    """Whether a text is the ARN of a layer's version."""
    return _LAYER.fullmatch(text) is not None


def place_of(target: str) -> Place | None:
    """What an ARN or an address of the AWS console names, where it is a function; ``None`` for all else."""
    if match := _ARN.fullmatch(target):
        return Place(match["function"], match["qualifier"])
    if not target.startswith("https://"):
        return None
    url = urlsplit(target)
    if not _CONSOLE_HOST.fullmatch(url.hostname or "") or not url.path.startswith("/lambda"):
        return None
    match = _PAGE.fullmatch(unquote(url.fragment))
    return Place(match["function"], match["qualified"]) if match else None
