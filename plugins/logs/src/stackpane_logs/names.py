"""Log groups and streams by what people have at hand: a name, an ARN, an AWS console address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import quote, unquote, urlsplit

from stackpane import InvalidInput

__all__ = ["GroupName", "Place", "console_fragment", "group_name", "is_glob", "matches", "place_of"]

_NAME = r"[.\-_/#A-Za-z0-9]{1,512}"
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"""
_GROUP = re.compile(_NAME)
_PATTERN = re.compile(r"[.\-_/#A-Za-z0-9*?\[\]!]{1,512}")
_ARN = re.compile(
    rf"arn:[\w-]+:logs:(?P<region>[\w-]*):(?P<account>\d*):log-group:(?P<group>{_NAME})"
    r"(?::(?:\*|log-stream:(?P<stream>[^:*]+)(?::\*)?)?)?"
)
_CONSOLE_HOST = re.compile(r"(?:[\w-]+\.)*console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)")
_FRAGMENT = re.compile(r"logsV2:log-groups/log-group/(?P<group>[^/?]+)(?:/log-events(?:/(?P<stream>[^/?]+))?)?")


@dataclass(frozen=True, slots=True)
class Place:
    """A log group, or a stream of it."""

    group: str
    stream: str | None = None


class GroupName(str):
    """The name of a log group that was given by its ARN, with the region and account of that (may be empty)."""

    __slots__ = ("account", "region")
    account: str
    region: str


def group_name(text: str, *, globs: bool = False) -> str:
    """The log group that an argument names, by its name or its ARN; with ``globs`` also a pattern of names.

    Raises ``InvalidInput``. The ARN of a stream names no group: what is meant for one must not reach all of them.
    """
    if match := _ARN.fullmatch(text):
        if match["stream"]:
            raise InvalidInput(f"{text} is a stream of the log group {match['group']}", "Name the log group.")
        name = GroupName(match["group"])
        name.region, name.account = match["region"], match["account"]
        return name
    if (_PATTERN if globs else _GROUP).fullmatch(text) is None:
        more = "; * and ? match several" if globs else ""
        raise InvalidInput(
            f"{text!r} is no log group's name",
            f"A name has up to 512 letters, digits or characters of ._-/#; an ARN is taken as well{more}.",
        )
    return text


def is_glob(name: str) -> bool:
    """Whether a name is a pattern."""
    return any(character in name for character in "*?[")


def matches(name: str, pattern: str) -> bool:
    """Whether a pattern matches a name; a slash is a character like any other."""
    return fnmatchcase(name, pattern)


def place_of(target: str) -> Place | None:
    """What an ARN or an address of the AWS console names, where it is a log group or in one; else ``None``."""
    if match := _ARN.fullmatch(target):
        return Place(match["group"], match["stream"])
    if not target.startswith("https://"):
        return None
    url = urlsplit(target)
    if not _CONSOLE_HOST.fullmatch(url.hostname or "") or not url.path.startswith("/cloudwatch"):
        return None
    if (found := _FRAGMENT.match(url.fragment)) is None:
        return None
    group, stream = (_from_console(found[name]) if found[name] else None for name in ("group", "stream"))
    return Place(group, stream) if group and _GROUP.fullmatch(group) else None


def console_fragment(place: Place) -> str:
    """The fragment of a place's console address: names are encoded twice, with ``$`` for the second ``%``."""
    group = f"logsV2:log-groups/log-group/{_to_console(place.group)}"
    return group if place.stream is None else f"{group}/log-events/{_to_console(place.stream)}"


def _to_console(name: str) -> str:
    return quote(quote(name, safe=""), safe="").replace("%", "$")


def _from_console(text: str) -> str:
    return unquote(unquote(text.replace("$", "%")))
