"""User pools by what people have at hand: an id, an ARN, an AWS console address; and what else an address names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["Place", "could_be_id", "id_and_region", "place_of"]

_ANY_ID = r"[\w-]+_[0-9a-zA-Z]+"
"""https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html"""
_ID = re.compile(r"(?P<region>[a-z]{2,}(?:-[a-z]+)+-[0-9]+)_[0-9a-zA-Z]+")
_ARN = re.compile(rf"arn:[\w-]+:cognito-idp:(?P<region>[\w-]+):\d*:userpool/(?P<pool>{_ANY_ID})", re.ASCII)
_CONSOLE_HOST = re.compile(r"(?:[\w-]+\.)*console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)")
_PATH = re.compile(
    rf"/cognito/(?:v2/idp/)?user-pools/(?P<pool>{_ANY_ID})(?:/.*?(?P<what>users|groups|app-clients)"
    r"(?:/(?:details/)?(?P<name>[^/]+))?(?:/.*)?|/.*)?",
    re.ASCII,
)
_OLD_FRAGMENT = re.compile(rf"/pool/(?P<pool>{_ANY_ID})(?:/.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A pool, or what is in it: ``what`` is ``users``, ``groups`` or ``app-clients``, ``name`` one of them."""

    pool: str
    region: str | None = None
    what: str = ""
    name: str = ""


def id_and_region(text: str) -> tuple[str, str] | None:
    """The id that an id or an ARN says, with its region; ``None`` for a text that is neither."""
    if match := _ARN.fullmatch(text):
        return match["pool"], match["region"]
    if match := _ID.fullmatch(text):
        return text, match["region"]
    return None


def could_be_id(text: str) -> bool:
    """Whether a text has the form of an id, also of one that names no region, as some emulators have them."""
    return re.fullmatch(_ANY_ID, text, re.ASCII) is not None


def place_of(target: str) -> Place | None:
    """What an ARN or an address of the AWS console names; ``None`` for all else."""
    if match := _ARN.fullmatch(target):
        return Place(match["pool"], match["region"])
    if not target.startswith("https://"):
        return None
    url = urlsplit(target)
    if not _CONSOLE_HOST.fullmatch(url.hostname or ""):
        return None
    region = next(iter(parse_qs(url.query).get("region", [])), None)
    if match := _PATH.fullmatch(url.path):
        return Place(match["pool"], region, match["what"] or "", unquote(match["name"] or ""))
    if url.path.startswith("/cognito/") and (match := _OLD_FRAGMENT.fullmatch(url.fragment)):
        return Place(match["pool"], region)
    return None
