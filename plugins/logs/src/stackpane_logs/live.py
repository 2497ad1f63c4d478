"""Live tail: one session of ``StartLiveTail``, as updates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane_logs.groups import arn_of, described
from stackpane_logs.lean import Event
from stackpane_logs.trouble import is_passing

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["LiveEnded", "Unavailable", "Update", "updates"]

_SILENCE = 30.0
"""Seconds without any update after which a session is taken for broken; AWS sends one every second."""


class Unavailable(Exception):
    """There is no live tail for these log groups, as the end of a sentence."""

    def __init__(self, reason: str, error: BaseException) -> None:
        super().__init__(reason)
        self.error = error


class LiveEnded(Exception):
    """The session is over; ``at_once``: before it had given an update that counts."""

    def __init__(self, *, at_once: bool) -> None:
        super().__init__("live tail ended")
        self.at_once = at_once


@dataclass(frozen=True, slots=True)
class Update:
    """What one update gives: events by log group, and whether they are a sample only."""

    events: list[tuple[str, list[Event]]]
    sampled: bool


def updates(session: Session, groups: Sequence[str], pattern: str | None) -> Iterator[Update | None]:
    """The updates of one session; ``None`` says that it has begun. Raises ``Unavailable``, or ``LiveEnded`` at its end.

    Closing the iterator ends the session.
    """
    stream = _opened(session, groups, pattern)
    seen = 0
    try:
        for event in stream:
            if "sessionStart" in event:
                yield None
            elif "sessionUpdate" in event:
                seen += 1
                yield _update(event["sessionUpdate"], groups)
    except Exception as error:
        if not (is_passing(error) or _is_broken(error)):
            raise
    finally:
        stream.close()
    raise LiveEnded(at_once=seen < 2)


def _opened(session: Session, groups: Sequence[str], pattern: str | None) -> Any:
    from botocore.exceptions import ClientError

    try:
        reply = session.client("logs", read_timeout=_SILENCE).start_live_tail(
            logGroupIdentifiers=[arn_of(described(session, group)) for group in groups],
            **({"logEventFilterPattern": pattern} if pattern else {}),
        )
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ResourceNotFoundException" or is_passing(error):
            raise
        raise Unavailable(_reason(code), error) from error
    return reply["responseStream"]


def _reason(code: str) -> str:
    if code in ("AccessDeniedException", "AccessDenied"):
        return "live tail is denied (logs:StartLiveTail)"
    if code == "LimitExceededException":
        return "the account has no session of live tail left"
    return f"there is no live tail here ({code or 'no such operation'})"


def _is_broken(error: BaseException) -> bool:
    """Whether the connection broke off in the middle: then it is not botocore's error but that of the layer below."""
    return type(error).__module__.partition(".")[0] == "urllib3" or isinstance(error, OSError)


def _update(update: dict[str, Any], groups: Sequence[str]) -> Update:
    by_group: dict[str, list[Event]] = {}
    for each in update.get("sessionResults", ()):
        group = _group_of(each.get("logGroupIdentifier", ""), groups)
        event = Event(each.get("timestamp"), each.get("message"), each.get("ingestionTime"), each.get("logStreamName"))
        by_group.setdefault(group, []).append(event)
    return Update(list(by_group.items()), bool(update.get("sessionMetadata", {}).get("sampled")))


def _group_of(identifier: str, groups: Sequence[str]) -> str:
    """The log group that an identifier means: its name, its ARN, or its name behind the account's number."""
    name = identifier.removesuffix(":*")
    name = name.rpartition(":log-group:")[2] if ":log-group:" in name else name.rpartition(":")[2]
    return name if name in groups else identifier
