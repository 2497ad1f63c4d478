"""Log groups as AWS lists them: all, those of a prefix or a part of their names, those that patterns match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, InvalidInput
from stackpane.paging import Tokens
from stackpane_logs.names import GroupName, is_glob, matches

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["PAGE", "arn_of", "at_home", "described", "expanded", "group_pages", "moment"]

PAGE = 50
"""The most that ``DescribeLogGroups`` and ``DescribeLogStreams`` give at a time."""

Group = Mapping[str, Any]


def group_pages(
    session: Session, token: str | None = None, prefix: str = "", contains: str = "", size: int | None = None
) -> Iterator[tuple[list[Group], str | None]]:
    """Pages of log groups, in the order of their names, each with the token of the next one.

    AWS takes a prefix or a part of the name, not both, so the part is looked for here as well:
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
    """
    asked: dict[str, Any] = {"limit": PAGE if size is None or contains else max(1, min(size, PAGE))}
    if prefix:
        asked["logGroupNamePrefix"] = prefix
    elif contains:
        asked["logGroupNamePattern"] = contains
    tokens = Tokens()
    while True:
        more = {} if token is None else {"nextToken": token}
        reply = session.client("logs").describe_log_groups(**asked, **more)
        found = reply.get("logGroups", [])
        token = reply.get("nextToken") or None
        if token is not None:
            tokens.check(token, empty=not found)
        yield [each for each in found if contains in each["logGroupName"]], token
        if token is None:
            return


def arn_of(group: Group) -> str:
    """The ARN of a log group without ``:*`` behind it, as tags and live tail want it; empty where AWS gave none."""
    arn: str = group.get("logGroupArn") or group.get("arn", "").removesuffix(":*")
    return arn


def described(session: Session, name: str) -> Group:
    """The log group of just this name. Raises ``AwsError`` where there is none."""
    at_home(session, name)
    for page, _ in group_pages(session, prefix=name):
        for group in page:
            if group["logGroupName"] == name:
                return group
    raise missing(session, name)


def missing(session: Session, name: str) -> AwsError:
    """The error that there is no such log group."""
    return AwsError(
        f"there is no log group {name} in {session.region}",
        "stackpane logs ls lists those that there are; another --region has others.",
        "ResourceNotFoundException",
    )


def at_home(session: Session, name: str) -> str:
    """The name. Raises ``InvalidInput`` for one given by the ARN of another region or account: it means another."""
    if isinstance(name, GroupName):
        if name.region not in ("", session.region):
            raise InvalidInput(
                f"by its ARN {name} is in {name.region}, and this is {session.region}", f"Add --region {name.region}."
            )
        if name.account and name.account != session.account_id():
            raise InvalidInput(
                f"by its ARN {name} is of the account {name.account}, and this is {session.account_id()}",
                "Use a connection of that account.",
            )
    return str(name)


def expanded(session: Session, names: Iterable[str]) -> list[str]:
    """The log groups that names and patterns mean, each once. Raises ``InvalidInput`` where a pattern has none."""
    found: dict[str, None] = {}
    for name in names:
        if not is_glob(name):
            found[at_home(session, name)] = None
            continue
        matching = _matching(session, name)
        if not matching:
            raise InvalidInput(f"no log group matches {name}", "stackpane logs ls lists those that there are.")
        found |= dict.fromkeys(matching)
    return list(found)


def _matching(session: Session, pattern: str) -> Sequence[str]:
    prefix = pattern[: min(pattern.index(character) for character in "*?[" if character in pattern)]
    return [
        group["logGroupName"]
        for page, _ in group_pages(session, prefix=prefix)
        for group in page
        if matches(group["logGroupName"], pattern)
    ]


def moment(milliseconds: Any) -> datetime | None:
    """The moment of a count of milliseconds since 1970, which is how this service has all its times."""
    if not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
