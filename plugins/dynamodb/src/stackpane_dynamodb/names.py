"""Tables by what people have at hand: a name, an ARN, an AWS console address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from stackpane import InvalidInput

__all__ = ["Place", "TableName", "place_of", "table_name"]

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"""
_ARN = re.compile(
    r"arn:[\w-]+:dynamodb:(?P<region>[\w-]*):\d*:table/(?P<table>[a-zA-Z0-9_.-]{3,255})"
    r"(?P<within>/(?:index/(?P<index>[a-zA-Z0-9_.-]+)|(?:stream|export|import|backup)/.+))?"
)
_CONSOLE_HOST = re.compile(r"(?:[\w-]+\.)*console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)")
_OLD_FRAGMENT = re.compile(r"/?tables:selected=(?P<table>[^;]+)(?:;.*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """A table, or an index of it."""

    table: str
    index: str | None = None


class TableName(str):
    """The name of a table that was given by its ARN, with the region that the ARN names (may be empty)."""

    __slots__ = ("region",)
    region: str


def table_name(text: str) -> str:
    """The table that an argument names: by its name or by its ARN. Raises ``InvalidInput``.

    The ARN of something within a table names no table: what is meant for an index must not reach all of it.
    """
    if match := _ARN.fullmatch(text):
        if match["within"]:
            raise InvalidInput(f"{text} is not the table {match['table']}, but something of it", "Name the table.")
        name = TableName(match["table"])
        name.region = match["region"]
        return name
    if _NAME.fullmatch(text) is None:
        raise InvalidInput(
            f"{text!r} is no table's name",
            "A name has 3 to 255 letters, digits or characters of _.-; an ARN is taken as well.",
        )
    return text


def place_of(target: str) -> Place | None:
    """What an ARN or an address of the AWS console names, where it is a table or in one; ``None`` for all else."""
    if match := _ARN.fullmatch(target):
        return Place(match["table"], match["index"])
    if not target.startswith("https://"):
        return None
    url = urlsplit(target)
    if not _CONSOLE_HOST.fullmatch(url.hostname or "") or not url.path.startswith("/dynamodb"):
        return None
    fragment, _, query = url.fragment.partition("?")
    asked = parse_qs(query)
    name = next(iter(asked.get("name", asked.get("table", []))), "")
    if not name and (match := _OLD_FRAGMENT.fullmatch(fragment)):
        name = unquote(match["table"])
    return Place(name) if _NAME.fullmatch(name) else None
